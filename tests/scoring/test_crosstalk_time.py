import numpy as np
import pytest

from simgen.scoring.crosstalk_bands import PLANT_BINS, plant_frequencies
from simgen.scoring.crosstalk_filters import filter_spectra
from simgen.scoring.crosstalk_plant import doing_nothing
from simgen.scoring.crosstalk_time import reproduction_error_db, time_spread

BINS = PLANT_BINS.stop - PLANT_BINS.start
EARS = np.broadcast_to(np.eye(2, dtype=complex), (BINS, 2, 2))


def spectra(taps):
    return filter_spectra(taps)[PLANT_BINS]


def echo(gain, samples):
    taps = np.roll(doing_nothing(2, 2048), 1000, axis=-1)
    return taps + gain * np.roll(taps, samples, axis=-1)


def test_a_pure_delay_has_no_energy_far_from_its_peak():
    for delay in (0, 1, 700):
        spread = time_spread(EARS, spectra(np.roll(doing_nothing(2, 2048), delay, axis=-1)))
        assert spread.early_db < -30.0
        assert spread.late_db < -45.0


@pytest.mark.parametrize(
    ("samples", "early", "late"),
    [(-500, -12.3, -39), (-120, -12.3, -39), (-80, -29, -39), (400, -29, -39), (520, -29, -12.3)],
)
def test_echoes_count_where_they_are(samples, early, late):
    spread = time_spread(EARS, spectra(echo(0.25, samples)))
    for found, expected in ((spread.early_db, early), (spread.late_db, late)):
        if expected == -12.3:  # 0.25^2 / (1 + 0.25^2)
            assert found == pytest.approx(expected, abs=0.1)
        else:
            assert found < expected


def test_the_input_with_more_of_it_counts():
    taps = echo(0.25, 600)
    taps[0, 0] = echo(0.0, 1)[0, 0]
    assert time_spread(EARS, spectra(taps)).late_db == pytest.approx(-12.3, abs=0.1)


@pytest.mark.parametrize("delay", [0.0, 100.0, 100.05, 100.4, 900.37, -20.5])
def test_a_delayed_and_amplified_input_is_reproduced(delay):
    turn = np.exp(-2j * np.pi * plant_frequencies() * delay / 48000)[:, None, None]
    assert reproduction_error_db(EARS, 7.0 * turn * EARS) < -50.0


def test_reproduction_error_by_hand():
    crosstalk = np.broadcast_to(np.array([[1.0, 0.5], [0.5, 1.0]]), (BINS, 2, 2))
    # 1 - (2 n)^2 / (2 n * 2.5 n) with n frequencies
    assert reproduction_error_db(EARS, crosstalk + 0j) == pytest.approx(10 * np.log10(0.2))
    assert reproduction_error_db(EARS, EARS[:, ::-1]) == 0.0
    assert reproduction_error_db(EARS, EARS * np.array([1.0, -1.0])) == 0.0
