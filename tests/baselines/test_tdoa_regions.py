import numpy as np
import pytest

from simgen.baselines.tdoa_regions import (
    PEAK_FRACTION,
    POWER,
    TOLERANCE,
    tdoa_consistency,
    tdoa_regions,
)
from simgen.errors import ShapeError
from tests.baselines.plane_waves import (
    GRID,
    RING,
    SAMPLE_RATE,
    SPEED_OF_SOUND,
    error_deg,
    largest_error_deg,
    plane_waves,
    turn_taking,
)
from tests.references import tdoa_regions as reference


def consistency(signals, microphones=RING, azimuths=GRID):
    return tdoa_consistency(signals, microphones, sample_rate=SAMPLE_RATE, azimuths=azimuths)


def locate(signals, **options):
    return tdoa_regions(signals, RING, sample_rate=SAMPLE_RATE, **options)


def test_map_equals_the_frame_by_frame_reference():
    microphones = np.array([[0.1, 0.0, 0.0], [0.0, 0.08, 0.0], [-0.05, -0.06, 0.0]])
    signals = plane_waves([70.0], num_samples=1024, microphones=microphones)
    signals += 0.1 * np.random.default_rng(5).standard_normal(signals.shape)
    azimuths = np.deg2rad([60.0, 70.0, 75.0, 120.0])
    expected = reference.tdoa_consistency(
        signals,
        microphones,
        sample_rate=SAMPLE_RATE,
        azimuths=azimuths,
        speed_of_sound=SPEED_OF_SOUND,
        tolerance=TOLERANCE,
        power=POWER,
    )
    found = consistency(signals, microphones, azimuths)
    # The reference takes the lag on the grid: half a step of 7.8 microseconds off at most.
    assert found == pytest.approx(expected, abs=0.05)
    assert found.max() > 0.9


def test_map_is_one_for_a_plane_wave_and_zero_for_silence():
    assert consistency(plane_waves([33.0]))[33] == pytest.approx(1.0, abs=1e-3)
    assert np.array_equal(consistency(np.zeros((8, 1000))), np.zeros(360))


def test_noise_agrees_on_no_direction():
    noise = np.random.default_rng(1).standard_normal((8, 16000))
    assert np.max(consistency(noise)) < 0.7


def test_the_share_of_time_sets_the_height_by_the_published_exponent():
    signals = turn_taking([40.0, -140.0])
    silence = np.zeros((8, 6 * 16000))
    alone = consistency(signals).max()
    diluted = consistency(np.concatenate([signals, silence], axis=1)).max()
    assert diluted / alone == pytest.approx((1.0 / 7.0) ** (1.0 / POWER), rel=0.01)


def test_a_region_holds_one_source():
    signals = turn_taking([5.0, 40.0, 100.0])
    told = locate(signals, num_sources=3)
    assert (
        largest_error_deg(told[:2], [40.0, 100.0]) < 1
        or largest_error_deg(told[:2], [5.0, 100.0]) < 1
    )
    assert len({int(np.rad2deg(azimuth) % 360 // 45) for azimuth in told}) == len(told)


def test_neighbours_across_a_border_are_two():
    found = locate(turn_taking([35.0, 60.0]))
    assert largest_error_deg(found, [35.0, 60.0]) < 0.5


@pytest.mark.parametrize("azimuth_deg", [44.6, 44.9, 45.1, 0.2, -0.2, 179.9])
def test_a_source_at_a_border_is_one(azimuth_deg):
    (found,) = locate(turn_taking([azimuth_deg]))
    assert error_deg(found, azimuth_deg) < 0.05


def test_there_are_no_more_than_eight():
    noise = np.random.default_rng(1).standard_normal((8, 16000))
    assert 4 < len(locate(noise, num_sources=100)) <= 8


@pytest.mark.parametrize(("num_samples", "count"), [(2000, 2), (0, 1)])
def test_a_talker_who_speaks_briefly_is_heard(num_samples, count):
    signals = np.concatenate(
        [plane_waves([40.0], num_samples=32000), plane_waves([160.0])[:, :num_samples]], axis=1
    )
    heights = consistency(signals)
    above = heights[[40, 160]] - np.median(heights)
    assert np.count_nonzero(above > PEAK_FRACTION * above.max()) == count
    assert len(locate(signals)) == count


def test_azimuths_of_the_wrong_shape_are_refused():
    with pytest.raises(ShapeError, match="azimuths"):
        consistency(np.ones((8, 1000)), azimuths=[[0.0]])
