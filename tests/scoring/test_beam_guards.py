import numpy as np
import pytest

from simgen.scoring.beam_bands import GRADED_BANDS, PLANT_BINS
from simgen.scoring.beam_guards import (
    beam_faults,
    beam_time_spread,
    filter_faults,
    out_of_band_gain_db,
)
from simgen.scoring.beam_plant import WINDOW, BeamPlant, beam_spectra, single_driver

BINS = PLANT_BINS.stop - PLANT_BINS.start
FREQUENCY = np.arange(4097) * 48_000 / 8192
EVEN = BeamPlant(np.ones((1, BINS, 72, 3), complex))
LEVEL = np.zeros(12)
PASSED = beam_spectra(single_driver())


def with_gain_at(frequency, gain, driver=1):
    """Spectra of the middle driver alone, with another gain in the bin at a frequency."""
    spectra = PASSED.copy()
    spectra[np.argmin(np.abs(FREQUENCY - frequency)), driver] = gain
    return spectra


def test_who_passes_everything_has_no_fault():
    assert list(filter_faults(single_driver(), num_drivers=3, sample_rate=48_000)) == []
    assert list(beam_faults(EVEN, PASSED, LEVEL)) == []


@pytest.mark.parametrize("frequency", [24.0, 275.0, 4506.0, 19_990.0])
def test_gain_is_looked_at_where_nothing_is_graded_and_heard(frequency):
    spectra = with_gain_at(frequency, 10.0**2.05)  # 41 dB
    assert out_of_band_gain_db(LEVEL, spectra) == pytest.approx(41.0)
    (fault,) = beam_faults(EVEN, spectra, LEVEL)
    assert fault.startswith("the gain out of band is 41.0 dB")
    assert list(beam_faults(EVEN, with_gain_at(frequency, 10.0**1.95), LEVEL)) == []


@pytest.mark.parametrize("frequency", [0.0, 15.0, 290.0, 1000.0, 4480.0, 20_010.0, 24_000.0])
def test_gain_elsewhere_is_for_others_to_judge(frequency):
    spectra = with_gain_at(frequency, 1000.0)
    assert out_of_band_gain_db(LEVEL, spectra) == pytest.approx(0.0, abs=1e-9)


def test_gain_is_of_all_drivers_and_relative_to_the_loudness_in_band():
    spectra = with_gain_at(100.0, 3.0, driver=0)
    spectra[np.argmin(np.abs(FREQUENCY - 100.0)), 2] = 4.0j
    expected = 10.0 * np.log10(9.0 + 1.0 + 16.0)
    assert out_of_band_gain_db(LEVEL, spectra) == pytest.approx(expected)
    assert out_of_band_gain_db(LEVEL + 7.0, spectra) == pytest.approx(expected - 7.0)
    # The mean is of powers: half the bands at 10 dB are 7.4 dB, not 5.
    uneven = np.where(np.arange(12) < 6, 10.0, 0.0)
    loudness = 10.0 * np.log10((10.0 + 1.0) / 2.0)
    assert out_of_band_gain_db(uneven, spectra) == pytest.approx(expected - loudness)


def test_silence_out_of_band_is_no_error():
    assert out_of_band_gain_db(LEVEL, 0.0 * PASSED) < -1000.0


@pytest.mark.parametrize(("quiet", "faulty"), [(-59.0, False), (-61.0, True)])
def test_a_band_is_next_to_silent_60_db_below_all(quiet, faulty):
    level = np.full(12, 20.0)
    level[3] = 20.0 + quiet + 10.0 * np.log10(11 / 12)
    faults = list(beam_faults(EVEN, 10.0 * PASSED, level))
    assert len(faults) == faulty
    if faulty:
        assert faults[0].startswith("the window is at -61.0 dB in the band round 630 Hz")


def test_only_the_first_of_many_silent_bands_is_named():
    level = np.where(np.arange(12) < 10, -500.0, 0.0)
    silent = [fault for fault in beam_faults(EVEN, PASSED, level) if "the window" in fault]
    assert len(silent) == 1
    assert "315 Hz" in silent[0]


@pytest.mark.parametrize(
    ("echo", "told"), [(-200, "before"), (600, "after"), (-60, None), (400, None)]
)
def test_echoes_count_from_2_ms_before_and_10_ms_after_the_peak(echo, told):
    """An echo of -6 dB has a fifth of all energy: -7 dB."""
    taps = np.zeros((3, 2048))
    taps[1, 1000], taps[1, 1000 + echo] = 1.0, 0.5
    spectra = beam_spectra(taps)
    spread = beam_time_spread(EVEN, spectra[PLANT_BINS])
    louder = max(spread.early_db, spread.late_db)
    assert (louder > -10.0) == (told is not None)
    faults = list(beam_faults(EVEN, spectra, LEVEL))
    assert len(faults) == (told is not None)
    if told is not None:
        assert louder == pytest.approx(10.0 * np.log10(0.2), abs=0.1)
        assert faults[0].startswith(f"energy long {told} the main peak is -7.0 dB")


def test_time_is_that_of_the_loudest_direction_in_the_window_of_the_device_as_it_was_meant():
    taps = np.zeros((3, 2048))
    taps[0, 1000], taps[2, 100] = 1.0, 1.0
    clean, smeared = np.array([1.0, 0.0, 0.0]), np.array([1.0, 0.0, 0.9])
    draws = np.broadcast_to(0.1 * smeared, (2, BINS, 72, 3)).astype(complex)
    ahead = int(np.flatnonzero(WINDOW)[2])
    draws[0, :, ahead] = clean
    draws[0, :, 36] = 10.0 * smeared  # louder still, but behind
    spread = beam_time_spread(BeamPlant(draws), beam_spectra(taps)[PLANT_BINS])
    assert max(spread) < -20.0
    draws[0, :, ahead] = smeared
    assert beam_time_spread(BeamPlant(draws), beam_spectra(taps)[PLANT_BINS]).early_db > -4.0


def test_bands_that_are_named_are_those_that_are_graded():
    assert len(GRADED_BANDS.centres) == len(LEVEL)
