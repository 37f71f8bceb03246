import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.errors import GeometryError
from simgen.labels.frames import frame_activity, label_array, num_frames
from simgen.labels.regions import RegionGrid

GRID = RegionGrid(8, (1.5,), (6.0, 5.0, 3.0), (3.0, 2.5, 1.0), 0.0)


def activity(active, delay=0, num_samples=None, hop=4):
    active = np.asarray(active, dtype=bool)
    num_samples = len(active) if num_samples is None else num_samples
    return frame_activity(active, delay, num_samples, hop).tolist()


@pytest.mark.parametrize(
    ("num_samples", "hop", "frames"), [(1, 4, 1), (4, 4, 1), (5, 4, 2), (8, 4, 2), (16, 1, 16)]
)
def test_number_of_frames(num_samples, hop, frames):
    assert num_frames(num_samples, hop) == frames


def test_half_of_a_frame_is_enough():
    assert activity([1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0]) == [True, True, False]
    assert activity([1, 0, 0, 0, 0, 1, 0, 1]) == [False, True]


def test_travel_delays_activity():
    active = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    assert activity(active, delay=0) == [True, False, False]
    assert activity(active, delay=1) == [True, False, False]
    assert activity(active, delay=2) == [True, True, False]
    assert activity(active, delay=3) == [False, True, False]
    assert activity(active, delay=8) == [False, False, True]
    assert activity(active, delay=12) == [False, False, False]
    assert activity(active, delay=1000) == [False, False, False]


def test_the_last_frame_may_be_short():
    assert activity([0] * 8 + [1, 0, 0]) == [False, False, False]
    assert activity([0] * 8 + [1, 1, 0]) == [False, False, True]
    assert activity([0] * 8 + [1]) == [False, False, True]
    assert activity([0] * 8 + [1], delay=1) == [False, False, False]


def test_the_recording_may_end_before_the_signal_or_after():
    assert activity([1] * 12, num_samples=6) == [True, True]
    assert activity([1] * 4, num_samples=12) == [True, False, False]


@given(
    st.lists(st.booleans(), min_size=1, max_size=60),
    st.integers(0, 70),
    st.integers(1, 70),
    st.integers(1, 13),
)
def test_activity_agrees_with_counting(active, delay, num_samples, hop):
    expected = []
    for start in range(0, num_samples, hop):
        frame = range(start, min(start + hop, num_samples))
        heard = sum(0 <= k - delay < len(active) and active[k - delay] for k in frame)
        expected.append(heard >= len(frame) / 2)
    assert activity(active, delay, num_samples, hop) == expected


@pytest.mark.parametrize(
    ("offset", "azimuth_deg", "elevation_deg", "distance"),
    [
        ((2, 0, 0), 0, 0, 2),
        ((0, 2, 0), 90, 0, 2),  # left
        ((-2, 0, 0), 180, 0, 2),
        ((0, -2, 0), -90, 0, 2),  # right
        ((0, 0, 2), 0, 90, 2),  # up
        ((0, 0, -2), 0, -90, 2),
        ((1, 1, 0), 45, 0, math.sqrt(2)),
        ((1, 1, math.sqrt(2)), 45, 45, 2),
        ((-1, -1, -math.sqrt(2)), -135, -45, 2),
    ],
)
def test_directions_by_hand(offset, azimuth_deg, elevation_deg, distance):
    labels = label_array([offset], np.ones((3, 1), dtype=bool), None)
    assert labels.doa.shape == (3, 1, 3)
    assert np.linalg.norm(labels.doa, axis=-1) == pytest.approx(np.ones((3, 1)))
    assert labels.doa * labels.distance[..., None] == pytest.approx(np.tile(offset, (3, 1, 1)))
    assert np.degrees(labels.azimuth) == pytest.approx(np.full((3, 1), azimuth_deg), abs=1e-9)
    assert np.degrees(labels.elevation) == pytest.approx(np.full((3, 1), elevation_deg), abs=1e-9)
    assert labels.distance == pytest.approx(np.full((3, 1), distance))
    assert labels.regions is None
    assert labels.source_region is None


@pytest.mark.parametrize("grid", [None, GRID])
def test_no_sources(grid):
    labels = label_array([], np.zeros((5, 0), dtype=bool), grid)
    assert labels.doa.shape == (5, 0, 3)
    assert labels.distance.shape == labels.azimuth.shape == labels.elevation.shape == (5, 0)
    if grid is not None:
        assert labels.regions.shape == (5, 16, 3)
        assert not labels.regions.any()
        assert labels.source_region.shape == (5, 0)


def test_regions_follow_activity():
    offsets = [[1.0, 0.1, 0.0], [-2.0, -0.1, 0.5]]
    active = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=bool)
    labels = label_array(offsets, active, GRID)
    assert labels.source_region.tolist() == [[0, 12]] * 4
    assert labels.regions.shape == (4, 16, 3)
    assert [np.flatnonzero(frame[:, 0]).tolist() for frame in labels.regions] == [
        [],
        [0],
        [0, 12],
        [12],
    ]
    azimuth, distance = GRID.decode(labels.regions[2])
    assert azimuth == pytest.approx(np.mod(labels.azimuth[0], 2.0 * np.pi))
    assert distance == pytest.approx(labels.distance[0])
    assert not labels.regions[0].any()


def test_a_silent_source_does_not_hide_an_active_one_behind_it():
    offsets = [[1.0, 0.1, 0.0], [1.3, 0.1, 0.0]]
    labels = label_array(offsets, np.array([[0, 1], [1, 1]], dtype=bool), GRID)
    for frame, heard in ((0, 1), (1, 0)):
        assert GRID.decode(labels.regions[frame])[1] == pytest.approx([labels.distance[0, heard]])


def test_a_source_at_the_centre_has_no_direction():
    with pytest.raises(GeometryError, match="source 1 is at the array's centre"):
        label_array([[1, 0, 0], [0, 0, 0]], np.ones((1, 2), dtype=bool), None)
