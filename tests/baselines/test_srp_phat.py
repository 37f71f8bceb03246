import numpy as np
import pytest

from simgen.baselines.srp_phat import PEAK_FRACTION, srp_phat, steered_response_power
from simgen.errors import ShapeError
from tests.baselines.plane_waves import (
    GRID,
    RING,
    SAMPLE_RATE,
    SPEED_OF_SOUND,
    error_deg,
    largest_error_deg,
    plane_waves,
)
from tests.references import srp_phat as reference


def locate(signals, microphones=RING, **options):
    return srp_phat(signals, microphones, sample_rate=SAMPLE_RATE, **options)


def power_map(signals, microphones=RING, azimuths=GRID):
    return steered_response_power(signals, microphones, sample_rate=SAMPLE_RATE, azimuths=azimuths)


def test_map_equals_the_pair_by_pair_reference():
    microphones = np.array([[0.1, 0.0, 0.0], [0.0, 0.08, 0.3], [-0.05, -0.06, 0.0]])
    signals = plane_waves([70.0], num_samples=800, microphones=microphones)
    signals += 0.5 * np.random.default_rng(5).standard_normal(signals.shape)
    azimuths = np.deg2rad([-170.0, -3.0, 70.0, 180.0])
    expected = reference.steered_response_power(
        signals,
        microphones,
        sample_rate=SAMPLE_RATE,
        azimuths=azimuths,
        speed_of_sound=SPEED_OF_SOUND,
    )
    assert power_map(signals, microphones, azimuths) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("rate", [8000, 44100, 48000])
def test_other_sample_rates_locate_as_well(rate):
    signals = plane_waves([33.3], num_samples=rate // 2, rate=rate)
    (estimate,) = srp_phat(signals, RING, sample_rate=rate)
    assert error_deg(estimate, 33.3) < 0.5


@pytest.mark.parametrize("azimuths_deg", [(40.0, 160.3), (-5.0, 60.0), (10.0, 130.0, -100.0)])
def test_several_plane_waves_are_found_with_and_without_their_number(azimuths_deg):
    signals = plane_waves(azimuths_deg)
    told = locate(signals, num_sources=len(azimuths_deg))
    assert largest_error_deg(told, azimuths_deg) < 2.0
    assert locate(signals) == pytest.approx(told)


def test_the_louder_source_comes_first():
    quiet = 0.5 * plane_waves([150.0], seed=1)
    assert error_deg(locate(plane_waves([20.0]) + quiet)[0], 20.0) < 2.0


@pytest.mark.parametrize(("level", "count"), [(1.0, 2), (0.7, 2), (0.5, 1), (0.1, 1)])
def test_a_peak_is_a_source_from_the_published_fraction_upwards(level, count):
    signals = plane_waves([40.0]) + level * plane_waves([160.0], seed=1)
    power = power_map(signals)
    above = power[[40, 160]] - np.median(power)
    assert np.count_nonzero(above > PEAK_FRACTION * above.max()) == count
    assert len(locate(signals)) == count


def test_map_is_one_for_a_plane_wave_and_one_over_the_microphones_for_noise():
    leads_zero = np.tile(np.random.default_rng(0).standard_normal(8000), (2, 1))
    apart = np.array([[0.0, 0.1, 0.0], [0.0, -0.1, 0.0]])
    assert power_map(leads_zero, apart, [0.0])[0] == pytest.approx(1.0)
    noise = np.random.default_rng(1).standard_normal((8, 64000))
    assert np.mean(power_map(noise)) == pytest.approx(1.0 / 8.0, abs=0.005)


def test_order_level_and_origin_of_the_microphones_do_not_matter():
    signals = plane_waves([-77.0, 31.0])
    expected = power_map(signals)
    order = np.random.default_rng(0).permutation(8)
    assert power_map(signals[order], RING[order]) == pytest.approx(expected)
    assert power_map(1e-6 * signals) == pytest.approx(expected)
    assert power_map(signals, RING + np.array([3.0, -2.0, 1.0])) == pytest.approx(expected)


def test_a_wrong_speed_of_sound_blurs_the_map():
    signals = plane_waves([10.0])
    slow = steered_response_power(
        signals, RING, sample_rate=SAMPLE_RATE, azimuths=GRID, speed_of_sound=250.0
    )
    assert slow.max() < 0.8 * power_map(signals).max()


def test_azimuths_of_the_wrong_shape_are_refused():
    with pytest.raises(ShapeError, match="azimuths"):
        power_map(np.ones((8, 1000)), azimuths=[[0.0]])
