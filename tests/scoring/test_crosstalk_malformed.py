import numpy as np
import pytest

from simgen.errors import ParameterError, ShapeError, SubmissionError
from simgen.scoring.crosstalk import score_crosstalk
from simgen.scoring.crosstalk_bands import PLANT_BINS
from simgen.scoring.crosstalk_plant import CrosstalkPlant, doing_nothing

BINS = PLANT_BINS.stop - PLANT_BINS.start
LEAKY = np.broadcast_to(np.array([[1.0, 0.5], [0.5, 1.0]], dtype=complex), (BINS, 2, 2))


def plant(name="flat", num_poses=2, anechoic=True, responses=LEAKY):
    poses = np.broadcast_to(responses, (num_poses, *responses.shape))
    return CrosstalkPlant(name, poses, responses, anechoic)


def faults_of(filters, **options):
    with pytest.raises(SubmissionError) as refused:
        score_crosstalk({"B": [plant()]}, {"B": filters}, **options)
    return refused.value.faults


def changed(place, value):
    taps = doing_nothing(2)
    taps[place] = value
    return taps


NOTHING = doing_nothing(2)


@pytest.mark.parametrize(
    ("filters", "fault"),
    [
        (NOTHING + 0j, "the filters are of type complex128 (allowed: float32, float64)"),
        (NOTHING.astype(int), "the filters are of type int64 (allowed: float32, float64)"),
        (NOTHING.astype(object), "the filters are of type object (allowed: float32, float64)"),
        (NOTHING.astype(">f8"), "the filters are of type >f8 (allowed: float32, float64)"),
        (NOTHING[0], "the filters have shape (2, 64) (allowed: (2, 2, tap))"),
        (NOTHING[:1], "the filters have shape (1, 2, 64) (allowed: (2, 2, tap))"),
        (NOTHING[:, :1], "the filters have shape (2, 1, 64) (allowed: (2, 2, tap))"),
        (NOTHING[..., :63], "the filters have 63 taps (allowed: 64 to 2048)"),
        (doing_nothing(2, 2049), "the filters have 2049 taps (allowed: 64 to 2048)"),
        ([[[1.0], [1.0, 2.0]]], "the filters are nested unevenly"),
        (changed((1, 0, 7), np.nan), "tap [1, 0, 7] is nan (allowed: finite numbers)"),
        (changed((0, 1, 63), -np.inf), "tap [0, 1, 63] is -inf (allowed: finite numbers)"),
        (changed((1, 1, 0), -2e6), "tap [1, 1, 0] is -2e+06 (allowed: at most 1e+06)"),
        (0 * NOTHING, "every tap is zero (allowed: filters that pass both inputs)"),
        (
            changed((1, 1, 0), 0.0),
            "input 1 is silent: its taps are all zero (allowed: both inputs pass)",
        ),
    ],
)
def test_unusable_filters_are_refused_by_device_and_index(filters, fault):
    faults = faults_of(filters)
    assert len(faults) == 1
    assert faults[0].startswith(f"B: {fault}")


def test_another_sample_rate_is_refused():
    assert faults_of(NOTHING, sample_rate=44100) == (
        "B: the sample rate is 44100 Hz (allowed: 48000 Hz)",
    )


def test_an_input_that_is_next_to_silent_is_refused():
    (fault,) = faults_of(NOTHING * np.array([1.0, 0.9e-3])[:, None])
    assert fault.startswith("B: input 1 is at -60.9 dB in the band round 198 Hz, re the louder")
    assert fault.endswith("under 'flat'")
    score_crosstalk({"B": [plant()]}, {"B": NOTHING * np.array([1.0, 1.1e-3])[:, None]})


def test_a_band_that_is_next_to_silent_is_refused():
    notch = np.ones(4097)
    notch[290:400] = 0.0  # 1699 to 2338 Hz
    spectrum = notch * np.exp(-2j * np.pi * np.arange(4097) * 1024 / 8192)
    taps = np.fft.irfft(spectrum)[:2048] * np.blackman(2048)
    (fault,) = faults_of(np.einsum("di,t->dit", np.eye(2), taps))
    assert fault.startswith("B: input 0 is at -")
    assert "in the band round 2000 Hz" in fault


@pytest.mark.parametrize("frequency", [100.0, 12000.0])
def test_gain_where_nothing_is_graded_is_limited(frequency):
    tone = np.cos(2 * np.pi * frequency / 48000 * np.arange(2048)) * np.hanning(2048)
    filters = doing_nothing(2, 2048)
    filters = np.roll(filters, 1024, axis=-1)
    score_crosstalk({"B": [plant()]}, {"B": filters + 0.05 * np.eye(2)[..., None] * tone})
    (fault,) = faults_of(filters + 0.5 * np.eye(2)[..., None] * tone)
    assert fault.startswith("B: the gain out of band is 4")
    assert "(allowed: at most 40 dB)" in fault


@pytest.mark.parametrize(("quieter", "word"), [("second", "after"), ("first", "before")])
def test_smear_in_time_is_refused_where_there_is_no_room(quieter, word):
    pulse = doing_nothing(2, 1024)
    gains = (1.0, 0.5) if quieter == "second" else (0.5, 1.0)
    filters = np.concatenate([gain * pulse for gain in gains], axis=-1)
    (fault,) = faults_of(filters)
    assert fault.startswith(f"B: energy long {word} the main peak is -7.")
    assert fault.endswith("(allowed: at most -10 dB), under 'flat'")
    score_crosstalk({"B": [plant(anechoic=False)]}, {"B": filters})


def test_every_fault_of_every_device_is_listed():
    devices = {"A": [plant()], "B": [plant("one"), plant("two")]}
    submission = {"Z": NOTHING, "B": NOTHING * np.array([1.0, 1e-4])[:, None], "A": 0 * NOTHING}
    with pytest.raises(SubmissionError) as refused:
        score_crosstalk(devices, submission)
    assert [fault[:12] for fault in refused.value.faults] == [
        "Z: no such d",
        "A: every tap",
        "B: input 1 i",
        "B: input 1 i",
    ]
    with pytest.raises(SubmissionError, match="there are no filters for any device"):
        score_crosstalk(devices, {})


@pytest.mark.parametrize(
    ("devices", "problem"),
    [
        ({}, "there is no condition to score"),
        ({"B": []}, "there is no condition to score"),
        ({"B": [plant(), plant()]}, "two conditions share a name"),
        ({"A": [plant()], "B": [plant(num_poses=3)]}, "differ in their number of poses"),
        (
            {"B": [plant(), plant("wide", responses=np.ones((BINS, 2, 3), complex))]},
            "differ in their number of drivers",
        ),
    ],
)
def test_faults_that_are_not_the_submitter_s(devices, problem):
    with pytest.raises(ParameterError, match=problem):
        score_crosstalk(devices, {"B": NOTHING})


@pytest.mark.parametrize(
    "responses",
    [LEAKY[:-1], LEAKY[:, :1], LEAKY[..., :1], LEAKY[0], np.empty((BINS, 2, 0), complex)],
)
def test_plants_of_another_form_are_refused(responses):
    with pytest.raises(ShapeError, match="plant 'flat' has shape"):
        plant(responses=responses)


def test_plants_whose_parts_do_not_belong_together_are_refused():
    with pytest.raises(ShapeError, match="plant 'x' has shape"):
        CrosstalkPlant("x", np.ones((1, BINS, 2, 3), complex), LEAKY, True)
    with pytest.raises(ShapeError, match="plant 'flat' holds a non-finite value"):
        plant(responses=LEAKY * np.nan)
