import math

import h5py
import numpy as np
import pytest

from simgen.errors import SignalError
from simgen.exchange import sofa_measurements
from simgen.exchange.sofa_file import SofaFile
from simgen.exchange.sofa_measurements import measurements_of
from tests.exchange.test_sofa import CARTESIAN, SPHERICAL

SOURCES = np.array([[3.0, 1.0, 1.0], [3.0, -1.0, 1.0], [0.0, 2.0, 0.5]])
HEADS = np.array([[0.0, 0.0, 1.2], [0.0, 0.3, 1.2]])
YAWS = np.array([10.0, -75.0])


@pytest.fixture
def measured(tmp_path):
    """Measurements told by their source and pose, with whatever is changed of the rows."""
    files = []

    def write(pairs, **changes):
        source, pose = np.array(pairs).T
        hdf5 = h5py.File(tmp_path / f"{len(files)}.sofa", "w")
        files.append(hdf5)
        views = np.stack([YAWS[pose], 0.0 * pose, 1.0 + 0.0 * pose], axis=1)
        rows = {
            "SourcePosition": (SOURCES[source], CARTESIAN),
            "ListenerPosition": (HEADS[pose], CARTESIAN),
            "ListenerView": (views, SPHERICAL),
        } | changes
        for name, (values, described) in rows.items():
            hdf5[name] = values
            hdf5[name].attrs.update(described)
        return measurements_of(SofaFile(hdf5), len(pairs))

    yield write
    for hdf5 in files:
        hdf5.close()


@pytest.mark.parametrize(
    "pairs",
    [
        [(s, p) for s in range(3) for p in range(2)],
        [(s, p) for p in range(2) for s in range(3)],
        [(0, 0), (1, 0), (0, 1), (2, 0), (2, 1), (1, 1)],
        [(2, 1), (2, 0), (0, 1), (0, 0), (1, 1), (1, 0)],
    ],
    ids=["source by source", "pose by pose", "mixed", "backwards"],
)
def test_every_measurement_has_its_cell_in_any_order(measured, pairs):
    found = measured(pairs)
    assert sorted(found.grid.ravel().tolist()) == list(range(6))
    order = list(dict.fromkeys(source for source, _ in pairs))
    poses = [pose for source, pose in pairs if source == order[0]]
    for row, source in enumerate(order):
        assert [pairs[k] for k in found.grid[row]] == [(source, pose) for pose in poses]
    np.testing.assert_array_equal(found.source_positions, SOURCES[order])
    np.testing.assert_array_equal(found.head_positions, HEADS[poses])
    half = np.radians(YAWS[poses]) / 2.0
    expected = np.stack([np.cos(half), 0 * half, 0 * half, np.sin(half)], axis=1)
    np.testing.assert_allclose(found.head_orientations, expected, atol=1e-12)
    np.testing.assert_array_equal(found.source_orientations, [[1.0, 0.0, 0.0, 0.0]] * 3)


def test_one_source_is_all_poses_even_where_a_pose_comes_twice(measured):
    found = measured([(0, 0), (0, 1), (0, 0)])
    assert found.grid.tolist() == [[0, 1, 2]]


def test_a_source_that_only_turns_is_another_one(measured):
    views = ([[180.0, 0.0, 1.0], [180.0, 0.0, 1.0], [90.0, 0.0, 1.0], [90.0, 0.0, 1.0]], SPHERICAL)
    found = measured([(0, 0), (0, 1), (0, 0), (0, 1)], SourceView=views)
    assert found.grid.tolist() == [[0, 1], [2, 3]]
    np.testing.assert_allclose(
        np.abs(found.source_orientations),
        [[0.0, 0.0, 0.0, 1.0], [math.sqrt(0.5), 0.0, 0.0, math.sqrt(0.5)]],
        atol=1e-12,
    )


@pytest.mark.parametrize(("wander", "num_sources"), [(0.9e-3, 1), (1.1e-3, 2)])
def test_sources_are_apart_from_a_millimetre_on(measured, wander, num_sources):
    places = (SOURCES[[0, 0]] + [[0.0, 0.0, 0.0], [0.0, wander, 0.0]], CARTESIAN)
    found = measured([(0, 0), (0, 0)], SourcePosition=places)
    assert len(found.grid) == num_sources


def test_the_same_poses_in_another_order_are_refused(measured):
    with pytest.raises(SignalError) as caught:
        measured([(0, 0), (0, 1), (1, 1), (1, 0)])
    assert "measurement 2 has another pose than measurement 0" in str(caught.value)


def test_a_head_that_only_turns_is_another_pose(measured):
    here = (HEADS[[0, 0, 0, 0]], CARTESIAN)
    with pytest.raises(SignalError, match="measurement 3 has another pose than measurement 1"):
        measured([(0, 0), (0, 1), (1, 0), (1, 0)], ListenerPosition=here)


def test_a_source_with_fewer_measurements_is_refused(measured):
    with pytest.raises(SignalError, match="different numbers of measurements") as caught:
        measured([(0, 0), (0, 1), (1, 0)])
    assert "[2, 1]" in str(caught.value)


def test_as_many_sources_as_anyone_has_and_no_more(measured, monkeypatch):
    pairs = [(s, 0) for s in range(3)]
    monkeypatch.setattr(sofa_measurements, "_MOST_SOURCES", 3)
    assert len(measured(pairs).grid) == 3
    monkeypatch.setattr(sofa_measurements, "_MOST_SOURCES", 2)
    with pytest.raises(SignalError, match="too many different rows"):
        measured(pairs)
