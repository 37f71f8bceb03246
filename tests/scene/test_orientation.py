import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.acoustics.rotation import NO_TURN, quaternion_from_yaw, to_room_frame
from simgen.errors import GeometryError
from simgen.scene.orientation import compose, quaternion_from_angles, quaternion_towards

angles = st.floats(-7, 7)
turns = st.builds(quaternion_from_angles, angles, angles, angles)


def turned(points, turn):
    return to_room_frame(points, np.zeros(3), turn)


@given(turns, turns)
def test_composed_turns_follow_one_another(outer, inner):
    both = turned(np.eye(3), compose(outer, inner))
    np.testing.assert_allclose(both, turned(turned(np.eye(3), inner), outer), atol=1e-12)


@given(angles)
def test_yaw_alone_is_what_it_was(yaw):
    assert quaternion_from_angles(yaw) == quaternion_from_yaw(yaw)


@given(angles, st.floats(-1.5, 1.5), angles)
def test_yaw_and_pitch_are_azimuth_and_elevation_of_the_front(yaw, pitch, roll):
    turn = quaternion_from_angles(yaw, pitch, roll)
    expected = (
        math.cos(pitch) * math.cos(yaw),
        math.cos(pitch) * math.sin(yaw),
        math.sin(pitch),
    )
    np.testing.assert_allclose(turned([(1, 0, 0)], turn)[0], expected, atol=1e-12)
    assert math.hypot(*turn) == pytest.approx(1, abs=1e-12)


def test_roll_raises_the_left_side():
    turn = quaternion_from_angles(0, 0, math.radians(30))
    np.testing.assert_allclose(turned([(0, 1, 0)], turn)[0], (0, math.cos(math.pi / 6), 0.5))


@given(st.tuples(*[st.floats(-9, 9)] * 3))
def test_what_faces_a_point_has_it_in_front_and_is_level(target):
    if np.linalg.norm(np.subtract(target, (1, 2, 3))) < 1e-3:
        return
    front, left, _ = turned(np.eye(3), quaternion_towards((1, 2, 3), target))
    offset = np.subtract(target, (1, 2, 3))
    np.testing.assert_allclose(front, offset / np.linalg.norm(offset), atol=1e-9)
    assert left[2] == pytest.approx(0, abs=1e-12)


def test_straight_ahead_is_no_turn():
    assert quaternion_towards((0, 0, 0), (2, 0, 0)) == NO_TURN


def test_nothing_faces_its_own_place():
    with pytest.raises(GeometryError, match="at the same place"):
        quaternion_towards((1, 2, 3), (1, 2, 3))
