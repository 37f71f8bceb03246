import numpy as np
import pytest

from simgen.baselines.srp_16 import FADE_LEVEL_DB, PEAK_FRACTION, POWER, srp_16, steered_power_16
from simgen.errors import ShapeError
from tests.baselines.plane_waves import (
    GRID,
    RING,
    SAMPLE_RATE,
    SPEED_OF_SOUND,
    plane_waves,
    turn_taking,
)
from tests.references import srp_16 as reference


def power_map(signals, microphones=RING, azimuths=GRID):
    return steered_power_16(signals, microphones, sample_rate=SAMPLE_RATE, azimuths=azimuths)


def test_map_equals_the_bin_by_bin_reference():
    microphones = np.array([[0.1, 0.0, 0.0], [0.0, 0.08, 0.3], [-0.05, -0.06, 0.0]])
    signals = plane_waves([70.0], num_samples=1024, microphones=microphones)
    signals[:, 600:] *= 1e-2
    signals += 0.05 * np.random.default_rng(5).standard_normal(signals.shape)
    azimuths = np.deg2rad([-170.0, -3.0, 70.0, 180.0])
    expected = reference.steered_power_16(
        signals,
        microphones,
        sample_rate=SAMPLE_RATE,
        azimuths=azimuths,
        speed_of_sound=SPEED_OF_SOUND,
    )
    assert power_map(signals, microphones, azimuths) == pytest.approx(expected, rel=1e-4)


def test_published_parameters_are_those_of_the_reference():
    assert (POWER, FADE_LEVEL_DB) == (16, -40.0)


def test_map_is_one_for_a_plane_wave_and_next_to_nothing_for_noise():
    same = np.tile(np.random.default_rng(0).standard_normal(8000), (2, 1))
    apart = np.array([[0.0, 0.1, 0.0], [0.0, -0.1, 0.0]])
    assert power_map(same, apart, [0.0])[0] == pytest.approx(1.0, rel=1e-5)
    noise = np.random.default_rng(1).standard_normal((8, 16000))
    assert np.max(power_map(noise)) < 2e-4


def test_silence_has_an_empty_map():
    assert np.array_equal(power_map(np.zeros((8, 1000))), np.zeros(360))


def test_bins_without_sound_do_not_vote():
    signals = turn_taking([30.0])
    hush = np.concatenate([signals, 1e-4 * turn_taking([-120.0])], axis=1)
    power = power_map(hush)
    assert power[240] - np.median(power) < PEAK_FRACTION * power[30]
    assert power_map(signals).max() == pytest.approx(power.max(), rel=0.05)


@pytest.mark.parametrize(("share", "count"), [(0.2, 2), (0.005, 1)])
def test_a_talker_who_speaks_in_more_than_the_published_fraction_is_heard(share, count):
    long, short = plane_waves([40.0], num_samples=32000), plane_waves([160.0], num_samples=32000)
    signals = np.concatenate([long, short[:, : int(share * 32000)]], axis=1)
    power = power_map(signals)
    above = power[[40, 160]] - np.median(power)
    assert np.count_nonzero(above > PEAK_FRACTION * above.max()) == count
    assert len(srp_16(signals, RING, sample_rate=SAMPLE_RATE)) == count


def test_azimuths_of_the_wrong_shape_are_refused():
    with pytest.raises(ShapeError, match="azimuths"):
        power_map(np.ones((8, 1000)), azimuths=[[0.0]])
