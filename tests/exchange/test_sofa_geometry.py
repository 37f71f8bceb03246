import math

import h5py
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from simgen.errors import SignalError
from simgen.exchange.sofa_file import SofaFile
from simgen.exchange.sofa_geometry import (
    directions_and_distances,
    object_poses,
    own_positions,
    own_turns,
    receiver_positions,
    repeated,
    room_corners,
    seen_from,
    source_positions,
)
from tests.exchange.test_sofa import CARTESIAN, SPHERICAL

RANDOM = np.random.default_rng(3)
TURNS = Rotation.random(4, rng=np.random.default_rng(5))
PLACES = RANDOM.uniform(-3.0, 3.0, (4, 3))


@pytest.fixture
def sofa(tmp_path):
    """Write variables, described or not, into a file and read that."""
    files = []

    def write(**variables):
        hdf5 = h5py.File(tmp_path / f"{len(files)}.sofa", "w")
        files.append(hdf5)
        for name, (values, described) in variables.items():
            hdf5[name] = np.asarray(values, dtype=np.float64)
            hdf5[name].attrs.update(described)
        return SofaFile(hdf5)

    yield write
    for hdf5 in files:
        hdf5.close()


def turned(name, turns=TURNS, places=PLACES):
    """A thing at places, whose view and up are scipy's x and z axes, of any length."""
    return {
        f"{name}Position": (places, CARTESIAN),
        f"{name}View": (2.5 * turns.apply([1.0, 0.0, 0.0]), CARTESIAN),
        f"{name}Up": (0.1 * turns.apply([0.0, 0.0, 1.0]), {}),
    }


def spherical(points):
    x, y, z = np.asarray(points).T
    degrees = np.degrees([np.arctan2(y, x), np.arctan2(z, np.hypot(x, y))])
    return np.stack([*degrees, np.linalg.norm(points, axis=1)], axis=1)


def test_spherical_and_cartesian_places_are_the_same_places(sofa):
    for values, described in ((PLACES, CARTESIAN), (spherical(PLACES), SPHERICAL)):
        found = source_positions(sofa(SourcePosition=(values, described)), 4)
        np.testing.assert_allclose(found, PLACES, atol=1e-12)


def test_azimuth_is_to_the_left_and_elevation_upward(sofa):
    """By hand: left, above, behind below."""
    degrees = [[90.0, 0.0, 2.0], [0.0, 90.0, 3.0], [180.0, -30.0, 2.0]]
    found = source_positions(sofa(SourcePosition=(degrees, SPHERICAL)), 3)
    expected = [(0, 2, 0), (0, 0, 3), (-math.sqrt(3.0), 0, -1)]
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_turns_are_the_quaternions_of_view_and_up(sofa):
    places, quaternions = object_poses(sofa(**turned("Listener")), "Listener", 4)
    np.testing.assert_array_equal(places, PLACES)
    exact = TURNS.as_quat(canonical=True, scalar_first=True)
    np.testing.assert_allclose(quaternions, exact, atol=1e-12)


def test_one_row_of_any_variable_holds_for_all_measurements(sofa):
    file = sofa(**turned("Source") | {"SourcePosition": (PLACES[:1], CARTESIAN)})
    places, quaternions = object_poses(file, "Source", 4)
    np.testing.assert_array_equal(places, np.repeat(PLACES[:1], 4, axis=0))
    assert len(quaternions) == 4


def test_a_thing_that_says_nothing_faces_x_with_z_up(sofa):
    only = {"SourcePosition": (PLACES, CARTESIAN)}
    assert object_poses(sofa(**only), "Source", 4)[1].tolist() == [[1.0, 0.0, 0.0, 0.0]] * 4
    left = {"SourceView": ([[90.0, 0.0, 1.0]], SPHERICAL)}
    half = math.sqrt(0.5)
    found = object_poses(sofa(**only, **left), "Source", 4)[1]
    np.testing.assert_allclose(found, [[half, 0.0, 0.0, half]] * 4, atol=1e-12)


def test_points_are_seen_from_a_thing_as_its_inverse_turn_has_them(sofa):
    points = RANDOM.uniform(-5.0, 5.0, (4, 3))
    file = sofa(**turned("Listener"))
    each = TURNS.inv().apply(points - PLACES)
    np.testing.assert_allclose(seen_from(file, "Listener", points, 4), each, atol=1e-12)
    from_third = TURNS[2].inv().apply(points - PLACES[2])
    np.testing.assert_allclose(seen_from(file, "Listener", points, 4, 2), from_third, atol=1e-12)


@pytest.mark.parametrize("chosen", [0, 3])
def test_receivers_move_with_the_listener_who_holds_them(sofa, chosen):
    moving = RANDOM.uniform(-0.2, 0.2, (2, 3, 4))
    still = moving[..., :1]
    for values in (moving, still, still[..., 0]):
        file = sofa(ReceiverPosition=(values, CARTESIAN), **turned("Listener"))
        own = values.reshape(2, 3, -1)[..., chosen if values.shape[-1] == 4 else 0]
        expected = TURNS[chosen].apply(own) + PLACES[chosen]
        found = receiver_positions(file, chosen, 4, 2)
        np.testing.assert_allclose(found, expected, atol=1e-12)


def test_parts_have_places_and_turns_in_their_own_frame(sofa):
    parts = {
        "EmitterPosition": (spherical(PLACES)[..., None], SPHERICAL),
        "EmitterView": (TURNS.apply([1.0, 0.0, 0.0])[..., None], CARTESIAN),
        "EmitterUp": (TURNS.apply([0.0, 0.0, 1.0])[..., None], {}),
    }
    file = sofa(**parts)
    np.testing.assert_allclose(own_positions(file, "Emitter", 4, 7), PLACES, atol=1e-12)
    exact = TURNS.as_quat(canonical=True, scalar_first=True)
    np.testing.assert_allclose(own_turns(file, "Emitter", 4, 7), exact, atol=1e-12)


def test_parts_may_wander_by_what_rounding_makes_and_no_farther(sofa):
    wander = np.zeros((2, 3, 5))
    wander[1, 2] = np.linspace(0.0, 0.9e-3, 5)
    assert own_positions(sofa(EmitterPosition=(wander, CARTESIAN)), "Emitter", 2, 5).shape == (2, 3)
    with pytest.raises(SignalError, match="changes between measurements"):
        own_positions(sofa(EmitterPosition=(2.0 * wander, CARTESIAN)), "Emitter", 2, 5)


@pytest.mark.parametrize("described", [{}, {"Type": "cartesian", "Units": "metre"}])
def test_a_box_is_told_by_two_corners(sofa, described):
    corners = {"RoomCornerA": ([[0, 0, 0]], {}), "RoomCornerB": ([[5, 4, 3]], {})}
    more = {"RoomCorners": ([0.0], described)}
    low, high = room_corners(sofa(**corners, **more))
    assert (low.tolist(), high.tolist()) == ([0, 0, 0], [5, 4, 3])
    assert room_corners(sofa(RoomCornerA=corners["RoomCornerA"])) is None


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"SourceUp": ([[0.1, 0.0, 1.0]] * 4, {})}, "is not at right angles to SourceView"),
        ({"SourceView": ([[0.0, 0.0, 0.0]] * 4, CARTESIAN)}, "has no direction"),
        ({"SourceView": ([[1.0, 0.0, 0.0]] * 4, {})}, "the attribute is missing"),
        ({"SourceView": ([[1.0, 0.0]] * 4, CARTESIAN)}, "has shape (4, 2)"),
        ({"SourcePosition": (PLACES[:3], CARTESIAN)}, "has 3 rows"),
        ({"SourcePosition": (1e7 + PLACES, CARTESIAN)}, "is too far"),
        ({"SourcePosition": (PLACES, SPHERICAL | {"Units": "metre"})}, "does not suit"),
        ({"SourcePosition": (PLACES, CARTESIAN | {"Type": "harmonics"})}, "is not read here"),
        ({"SourcePosition": (PLACES, {"Type": "cartesian"})}, "the attribute is missing"),
    ],
)
def test_what_has_no_place_or_turn_is_refused(sofa, changes, problem):
    facing = {"SourceView": ([[1.0, 0.0, 0.0]] * 4, CARTESIAN), "SourceUp": ([[0, 0, 1.0]] * 4, {})}
    with pytest.raises(SignalError) as caught:
        object_poses(
            sofa(**{"SourcePosition": (PLACES, CARTESIAN)} | facing | changes), "Source", 4
        )
    assert problem in str(caught.value)


def test_up_without_a_view_is_refused(sofa):
    up = {"SourcePosition": (PLACES, CARTESIAN), "SourceUp": ([[0.0, 0.0, 1.0]], CARTESIAN)}
    with pytest.raises(SignalError, match="SourceView: the variable is missing, but SourceUp"):
        object_poses(sofa(**up), "Source", 4)


def test_directions_are_unit_vectors_and_nothing_is_measured_where_it_is(sofa):
    directions, distances = directions_and_distances(sofa(), "SourcePosition", PLACES)
    np.testing.assert_allclose(directions * distances[:, None], PLACES, atol=1e-15)
    np.testing.assert_allclose(np.linalg.norm(directions, axis=1), 1.0)
    with pytest.raises(SignalError, match="row 2 is where the measured object is"):
        directions_and_distances(sofa(), "SourcePosition", PLACES * [[1], [1], [0], [1]])


def test_rows_are_one_or_as_many_as_measurements(sofa):
    assert len(repeated(sofa(), "V", PLACES[:1], 6)) == 6
    with pytest.raises(SignalError, match="has 4 rows"):
        repeated(sofa(), "V", PLACES, 8)  # twice as many are no rows for each
