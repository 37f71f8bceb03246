import numpy as np
import pytest

from simgen.errors import ParameterError, ShapeError
from simgen.playback.approximate_heads import approximate_plant
from simgen.playback.fractional_octaves import (
    SIXTH_OCTAVES,
    THIRD_OCTAVES,
    FractionalOctaves,
    tonal_balance_db,
)
from tests.playback.example_plants import NARROW, PAIR, RADIUS, SPEED, head_plants, random_responses

FREQUENCIES = np.fft.rfftfreq(8192, 1 / 48000)


def test_centres_are_exact():
    assert pytest.approx(1000.0 * 2.0 ** (np.arange(-7, 10) / 3)) == THIRD_OCTAVES.centres
    assert pytest.approx(1000.0 * 2.0 ** (np.arange(-15, 20) / 6)) == SIXTH_OCTAVES.centres


def test_means_are_those_of_the_bins_in_each_band():
    power = np.random.default_rng(0).random((len(FREQUENCIES), 2))
    means = THIRD_OCTAVES.mean(power, FREQUENCIES)
    for centre, mean in zip(THIRD_OCTAVES.centres, means, strict=True):
        low, high = centre * 2 ** (-1 / 6), centre * 2 ** (1 / 6)
        inside = [low <= frequency < high for frequency in FREQUENCIES]
        assert mean == pytest.approx(power[inside].mean(axis=0))


def test_a_flat_spectrum_is_balanced_and_its_level_does_not_count():
    flat = np.full((len(FREQUENCIES), 2, 2), 3.0j)
    assert tonal_balance_db(flat, FREQUENCIES) == pytest.approx(np.zeros((17, 2)), abs=1e-12)
    some = random_responses(len(FREQUENCIES), 3, 2)
    balance_db = tonal_balance_db(some, FREQUENCIES)
    assert tonal_balance_db(100.0j * some, FREQUENCIES) == pytest.approx(balance_db)
    assert balance_db.mean(axis=0) == pytest.approx(np.zeros(2), abs=1e-12)


def test_a_slope_is_measured_in_db_per_band():
    tilt = np.sqrt(np.maximum(FREQUENCIES, 1.0) / 1000.0)[:, None, None]
    steps = np.diff(tonal_balance_db(tilt, FREQUENCIES)[:, 0])
    assert steps == pytest.approx(np.full(16, 10.0 * np.log10(2.0) / 3.0), abs=0.15)


def test_power_is_summed_over_the_paths():
    crossing = np.zeros((len(FREQUENCIES), 2, 1))
    crossing[:, 0, 0] = np.linspace(0.0, 1.0, len(FREQUENCIES)) ** 0.5
    crossing[:, 1, 0] = np.sqrt(1.0 - crossing[:, 0, 0] ** 2)
    assert tonal_balance_db(crossing, FREQUENCIES) == pytest.approx(np.zeros((17, 1)), abs=1e-9)


@pytest.mark.parametrize("drivers", [PAIR, NARROW], ids=["pair", "narrow"])
def test_the_inverse_of_an_approximate_head_radiates_a_better_balance(drivers):
    band = FREQUENCIES[1:]
    azimuth = np.arctan2(*np.transpose(drivers)[::-1])
    model = approximate_plant(band, azimuth, radius=RADIUS, speed_of_sound=SPEED)
    deviations_db = [
        np.sqrt(np.mean(tonal_balance_db(np.linalg.inv(plant), band) ** 2))
        for plant in (model, head_plants(drivers, band)[0])
    ]
    assert 0.5 < deviations_db[0] < deviations_db[1] - 0.3


def test_wrong_arguments_are_refused():
    with pytest.raises(ParameterError, match="per_octave"):
        FractionalOctaves(0, 200.0, 8000.0)
    with pytest.raises(ParameterError, match="highest"):
        FractionalOctaves(3, 200.0, 100.0)
    with pytest.raises(ParameterError, match="band"):
        tonal_balance_db(np.ones((2, 1, 1)), [100.0, 20000.0])
    with pytest.raises(ParameterError, match="rise"):
        tonal_balance_db(np.ones((2, 1, 1)), [100.0, 100.0])
    with pytest.raises(ShapeError, match="frequency"):
        tonal_balance_db(np.ones((2, 1, 1)), [100.0])
    with pytest.raises(ShapeError, match="responses"):
        tonal_balance_db(np.ones((2, 1)), [100.0, 200.0])
    silent = np.ones((len(FREQUENCIES), 1, 2)) * [1.0, 0.0]
    with pytest.raises(ParameterError, match="input 1"):
        tonal_balance_db(silent, FREQUENCIES)
