import numpy as np
import pytest

from simgen.errors import ParameterError, ShapeError, SubmissionError
from simgen.scoring.beam import score_beams
from simgen.scoring.beam_bands import PLANT_BINS
from simgen.scoring.beam_plant import BeamPlant, BeamSeats, single_driver

BINS = PLANT_BINS.stop - PLANT_BINS.start
EVEN = np.ones((2, BINS, 72, 3), dtype=complex)
FLAT = BeamPlant(EVEN)
SINGLE = single_driver()


def faults_of(filters, **options):
    with pytest.raises(SubmissionError) as refused:
        score_beams({"D": FLAT}, {"D": filters}, **options)
    return refused.value.faults


def changed(place, value):
    taps = single_driver()
    taps[place] = value
    return taps


@pytest.mark.parametrize(
    ("filters", "fault"),
    [
        (SINGLE + 0j, "the filters are of type complex128 (allowed: float32, float64)"),
        (SINGLE.astype(int), "the filters are of type int64 (allowed: float32, float64)"),
        (SINGLE.astype(object), "the filters are of type object (allowed: float32, float64)"),
        (SINGLE[0], "the filters have shape (64,) (allowed: (3, tap))"),
        (SINGLE[:2], "the filters have shape (2, 64) (allowed: (3, tap))"),
        (SINGLE[:, None], "the filters have shape (3, 1, 64) (allowed: (3, tap))"),
        (SINGLE[:, :63], "the filters have 63 taps (allowed: 64 to 2048)"),
        (single_driver(3, 2049), "the filters have 2049 taps (allowed: 64 to 2048)"),
        ([[1.0], [1.0, 2.0]], "the filters are nested unevenly (allowed: an array (driver, tap))"),
        (changed((2, 7), np.nan), "tap [2, 7] is nan (allowed: finite numbers)"),
        (changed((0, 63), -np.inf), "tap [0, 63] is -inf (allowed: finite numbers)"),
        (changed((1, 0), -2e6), "tap [1, 0] is -2e+06 (allowed: at most 1e+06)"),
        (0 * SINGLE, "every tap is zero (allowed: filters that pass the input)"),
    ],
)
def test_unusable_filters_are_refused_by_device_and_index(filters, fault):
    assert faults_of(filters) == (f"D: {fault}",)


def test_another_sample_rate_is_refused():
    assert faults_of(SINGLE, sample_rate=44100) == (
        "D: the sample rate is 44100 Hz (allowed: 48000 Hz)",
    )


def test_a_band_that_is_next_to_silent_is_refused():
    notch = np.ones(4097)
    notch[290:400] = 0.0  # 1699 to 2338 Hz
    spectrum = notch * np.exp(-2j * np.pi * np.arange(4097) * 1024 / 8192)
    taps = np.fft.irfft(spectrum)[:2048] * np.blackman(2048)
    (fault,) = faults_of(np.outer([0, 1, 0], taps))
    assert fault.startswith("D: the window is at -")
    assert "in the band round 2000 Hz, re all bands (allowed: at least -60 dB)" in fault


def test_drivers_that_cancel_everywhere_are_refused():
    faults = faults_of(np.array([[1.0], [0.0], [-1.0]]) * np.eye(1, 64))
    assert faults[0].startswith("D: the gain out of band is ")
    assert "(allowed: at most 40 dB)" in faults[0]


@pytest.mark.parametrize("frequency", [100.0, 12000.0])
def test_gain_where_nothing_is_graded_is_limited(frequency):
    tone = np.cos(2 * np.pi * frequency / 48000 * np.arange(2048)) * np.hanning(2048)
    middle = np.roll(single_driver(3, 2048), 1024, axis=-1)
    along = np.array([0.0, 1.0, 0.0])[:, None] * tone
    score_beams({"D": FLAT}, {"D": middle + 0.05 * along})
    (fault,) = faults_of(middle + 0.5 * along)
    assert fault.startswith("D: the gain out of band is 4")
    assert "(allowed: at most 40 dB)" in fault


@pytest.mark.parametrize(("quieter", "word"), [("second", "after"), ("first", "before")])
def test_smear_in_time_is_refused(quieter, word):
    pulse = single_driver(3, 1024)
    gains = (1.0, 0.5) if quieter == "second" else (0.5, 1.0)
    (fault,) = faults_of(np.concatenate([gain * pulse for gain in gains], axis=-1))
    assert fault.startswith(f"D: energy long {word} the main peak is -")


def test_every_fault_of_every_device_is_listed():
    devices = {"D": FLAT, "E": FLAT}
    with pytest.raises(SubmissionError) as refused:
        score_beams(devices, {"Z": SINGLE, "E": changed((0, 0), np.nan), "D": 0 * SINGLE})
    assert [fault[:14] for fault in refused.value.faults] == [
        "Z: no such dev",
        "D: every tap i",
        "E: tap [0, 0] ",
    ]
    with pytest.raises(SubmissionError, match="there are no filters for any device"):
        score_beams(devices, {})


@pytest.mark.parametrize(
    ("devices", "problem"),
    [
        ({}, "there is no device to score"),
        ({"D": FLAT, "E": BeamPlant(EVEN[:1])}, "differ in their number of draws"),
    ],
)
def test_faults_that_are_not_the_submitter_s(devices, problem):
    with pytest.raises(ParameterError, match=problem):
        score_beams(devices, {"D": SINGLE})


@pytest.mark.parametrize("draws", [EVEN[:, :-1], EVEN[:, :, :-1], EVEN[0], EVEN[:0], EVEN[..., :0]])
def test_plants_of_another_form_are_refused(draws):
    with pytest.raises(ShapeError, match=r"draws of a beam's plant has shape"):
        BeamPlant(draws)


def test_plants_whose_parts_do_not_belong_together_are_refused():
    with pytest.raises(ShapeError, match="holds a non-finite value"):
        BeamPlant(EVEN * np.nan)
    with pytest.raises(ShapeError, match="a driver in the middle"):
        BeamPlant(EVEN[..., :2])
    with pytest.raises(ShapeError, match="sphere of a beam's plant has shape"):
        BeamPlant(EVEN, sphere=np.ones((BINS, 5, 2), complex))
    seats = np.ones((1, 2, BINS, 3), complex)
    with pytest.raises(ShapeError, match="reverberant of a beam's plant has shape"):
        BeamSeats(seats, seats[:, :1])
    with pytest.raises(ShapeError, match="seats of a beam's plant has shape"):
        BeamPlant(EVEN, seats=BeamSeats(seats[..., :2], seats[..., :2]))


def test_time_is_looked_at_where_the_window_is_loudest():
    """The axis hears the left driver alone, faintly; all else hears the middle one."""
    draws = np.zeros_like(EVEN)
    draws[:, :, 1:, 1] = 1.0
    draws[:, :, 0, 0] = draws[:, :, 0, 1] = 1e-3
    taps = single_driver(3, 2048)
    taps[0, [0, 1000]] = 1.0, 0.9
    score_beams({"D": BeamPlant(draws)}, {"D": taps})
    with pytest.raises(SubmissionError, match="energy long after the main peak"):
        score_beams({"D": BeamPlant(draws)}, {"D": taps[[1, 0, 2]]})
