import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.errors import ParameterError, ShapeError
from simgen.labels.regions import RegionGrid
from simgen.scoring.counts import DetectionCounts
from simgen.scoring.regions import (
    collisions,
    fine_errors,
    region_counts,
    sector_activity,
    sector_of,
)


@pytest.mark.parametrize(
    ("azimuth_deg", "sector"),
    [
        (0, 0),
        (44.9, 0),
        (45, 1),
        (90, 2),
        (180, 4),
        (-180, 4),
        (-1, 7),
        (-45, 7),
        (359, 7),
        (360, 0),
    ],
)
def test_sectors_count_counter_clockwise_from_the_front(azimuth_deg, sector):
    assert sector_of(np.deg2rad([azimuth_deg]), 8).tolist() == [sector]


@pytest.mark.parametrize("azimuth", [-1e-20, -5e-324, np.nextafter(2 * np.pi, 0.0), 2 * np.pi])
def test_the_seam_of_the_circle_stays_inside_the_sectors(azimuth):
    assert sector_of([azimuth], 8)[0] in (0, 7)


@given(st.floats(-100.0, 100.0), st.integers(1, 72))
def test_sectors_are_those_of_the_labels(azimuth, num_sectors):
    grid = RegionGrid(num_sectors, (), (4.0, 3.0, 2.5), (2.0, 1.5, 1.0), 0.0)
    assert sector_of([azimuth], num_sectors) == grid.region_of([azimuth], [1.0])


def test_activity_marks_each_occupied_sector_once():
    activity = sector_activity(np.deg2rad([10.0, 20.0, -10.0]), 4)
    assert activity.tolist() == [True, False, False, True]
    assert not sector_activity([], 4).any()


def test_region_counts_by_hand():
    counts = region_counts([True, True, False, False], [True, False, True, False])
    assert counts == DetectionCounts(1, 1, 1)


def test_sources_beyond_the_first_in_a_region_collide():
    assert collisions([]) == 0
    assert collisions([3, 1]) == 0
    assert collisions([3, 3, 3, 1, 1]) == 3


def test_fine_errors_are_those_of_correctly_active_regions():
    reference = [[1.0, 0.5, 0.5], [1.0, 0.2, 0.2], [0.0, 0.0, 0.0], [1.0, 0.0, 1.0]]
    estimate = [[0.5, 0.75, 0.375], [0.49, 0.9, 0.9], [1.0, 0.9, 0.9], [0.9, 0.0, 1.0]]
    errors = fine_errors(reference, estimate)
    np.testing.assert_allclose(errors.distance, [0.25, 0.0])
    np.testing.assert_allclose(errors.azimuth, [0.125, 0.0])


def test_malformed_regions_are_refused():
    with pytest.raises(ParameterError, match=r"num_sectors is out of range, got 0"):
        sector_of([0.0], 0)
    with pytest.raises(ParameterError, match=r"num_sectors is out of range, got -1"):
        sector_activity([0.0], -1)
    with pytest.raises(ShapeError, match=r"estimated_activity is int64 \(2,\)"):
        region_counts([True, False], [1, 0])
    with pytest.raises(ShapeError, match=r"the estimate has shape \(1,\) \(allowed: \(2,\)"):
        region_counts([True, False], [True])
    with pytest.raises(ShapeError, match=r"reference has shape \(1, 2\) \(allowed: \(region, 3\)"):
        fine_errors([[1.0, 0.0]], [[1.0, 0.0]])
    with pytest.raises(ShapeError, match=r"the estimate has shape \(1, 3\)"):
        fine_errors(np.zeros((2, 3)), np.zeros((1, 3)))
