import numpy as np
import pytest

from simgen.scoring.crosstalk_bands import GRADED_BANDS, PLANT_BINS
from simgen.scoring.crosstalk_filters import filter_spectra
from simgen.scoring.crosstalk_guards import out_of_band_gain_db, response_faults
from simgen.scoring.crosstalk_plant import CrosstalkPlant, doing_nothing

BINS = PLANT_BINS.stop - PLANT_BINS.start
FREQUENCY = np.arange(4097) * 48_000 / 8192
LEVEL = np.zeros((17, 2))
PASSED = filter_spectra(doing_nothing(2))
APART = np.broadcast_to(np.eye(2, dtype=complex), (BINS, 2, 2))


def faults(spectra=PASSED, level=LEVEL, anechoic=True):
    plant = CrosstalkPlant("flat", APART[None], APART, anechoic)
    return list(response_faults(plant, spectra, level))


def with_matrix_at(frequency, matrix):
    spectra = PASSED.copy()
    spectra[np.argmin(np.abs(FREQUENCY - frequency))] = matrix
    return spectra


def test_doing_nothing_has_no_fault():
    assert faults() == []


def test_gain_is_that_of_the_loudest_signal_and_not_of_one_input():
    """Inputs in phase: both drivers get the sum of both, a gain of 2 of a pair of unit norm."""
    both = with_matrix_at(100.0, [[1.0, 1.0], [1.0, 1.0]])
    assert out_of_band_gain_db(LEVEL, both) == pytest.approx(20.0 * np.log10(2.0))
    random = np.random.default_rng(0).standard_normal((2, 2)) * 30.0
    exact = np.sqrt(np.linalg.eigvalsh(random.T @ random)[-1])
    found = out_of_band_gain_db(LEVEL, with_matrix_at(10_000.0, random))
    assert found == pytest.approx(20.0 * np.log10(exact))


@pytest.mark.parametrize("frequency", [24.0, 175.0, 9006.0, 19_990.0])
def test_gain_is_looked_at_where_nothing_is_graded_and_heard(frequency):
    (fault,) = faults(with_matrix_at(frequency, 10.0**2.05 * np.eye(2)))
    assert fault == (
        "the gain out of band is 41.0 dB re the loudness in band (allowed: at most 40 dB), "
        "under 'flat'"
    )
    assert faults(with_matrix_at(frequency, 10.0**1.95 * np.eye(2))) == []


@pytest.mark.parametrize("frequency", [0.0, 15.0, 185.0, 8900.0, 20_010.0])
def test_gain_elsewhere_is_for_others_to_judge(frequency):
    spectra = with_matrix_at(frequency, 1000.0 * np.eye(2))
    assert out_of_band_gain_db(LEVEL, spectra) == pytest.approx(0.0, abs=1e-9)


def test_loudness_is_the_mean_power_of_all_bands_and_inputs():
    level = LEVEL.copy()
    level[:, 1] = 10.0
    assert out_of_band_gain_db(level, PASSED) == pytest.approx(-10.0 * np.log10(5.5))


@pytest.mark.parametrize(("quiet", "faulty"), [(-59.0, False), (-61.0, True)])
def test_an_input_is_next_to_silent_60_db_below_the_louder_one(quiet, faulty):
    level = np.add(LEVEL, [0.0, -20.0])
    level[5, 1] = quiet
    found = faults(level=level)
    assert len(found) == faulty
    if faulty:
        assert found[0].startswith("input 1 is at -61.0 dB in the band round 630 Hz")
        assert round(GRADED_BANDS.centres[5]) == 630


@pytest.mark.parametrize(("echo", "told"), [(-200, "before"), (600, "after"), (400, None)])
def test_smear_counts_without_a_room_alone(echo, told):
    taps = np.zeros((2, 2, 2048))
    taps[0, 0, 1000] = taps[1, 1, 1000] = 1.0
    taps[1, 1, 1000 + echo] = 0.5  # of one input: the worse one counts
    spectra = filter_spectra(taps)
    assert faults(spectra, anechoic=False) == []
    found = faults(spectra)
    assert len(found) == (told is not None)
    if told is not None:
        assert found[0].startswith(f"energy long {told} the main peak is -7.0 dB")
        assert found[0].endswith(", under 'flat'")
