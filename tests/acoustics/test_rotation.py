import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.acoustics.rotation import (
    as_quaternion,
    from_room_frame,
    quaternion_from_yaw,
    to_room_frame,
)
from simgen.errors import ParameterError, ShapeError

HALF = math.sqrt(0.5)


@pytest.mark.parametrize(
    ("yaw_deg", "expected"),
    [(0, (1, 0, 0, 0)), (90, (HALF, 0, 0, HALF)), (180, (0, 0, 0, 1)), (-90, (HALF, 0, 0, -HALF))],
)
def test_quaternions_by_hand(yaw_deg, expected):
    assert quaternion_from_yaw(math.radians(yaw_deg)) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize(
    ("orientation", "point", "expected"),
    [
        (quaternion_from_yaw(math.radians(90)), (1, 0, 0), (0, 1, 0)),  # front turns to the left
        (quaternion_from_yaw(math.radians(90)), (0, 1, 0), (-1, 0, 0)),
        (quaternion_from_yaw(math.radians(90)), (0, 0, 1), (0, 0, 1)),
        (quaternion_from_yaw(math.radians(-30)), (1, 0, 0), (math.sqrt(0.75), -0.5, 0)),
        ((HALF, HALF, 0, 0), (0, 1, 0), (0, 0, 1)),  # a roll about x: left turns up
        ((HALF, 0, HALF, 0), (1, 0, 0), (0, 0, -1)),  # a pitch about y: front turns down
    ],
)
def test_turned_points_by_hand(orientation, point, expected):
    assert to_room_frame([point], (0, 0, 0), orientation)[0] == pytest.approx(expected, abs=1e-15)
    assert from_room_frame([expected], (0, 0, 0), orientation)[0] == pytest.approx(point, abs=1e-15)


def test_turn_first_then_move():
    turned = to_room_frame([[1, 0, 0]], (10, 20, 30), quaternion_from_yaw(math.pi / 2))
    assert turned[0] == pytest.approx([10, 21, 30])


coordinates = st.floats(-100.0, 100.0)
points = st.tuples(coordinates, coordinates, coordinates)


@given(st.lists(points, min_size=1, max_size=5), points, st.floats(-10.0, 10.0))
def test_frames_there_and_back(given_points, position, yaw):
    orientation = quaternion_from_yaw(yaw)
    there = to_room_frame(given_points, position, orientation)
    assert from_room_frame(there, position, orientation) == pytest.approx(
        np.array(given_points), abs=1e-9
    )


def test_no_points_stay_none():
    nothing = np.zeros((0, 3))
    assert to_room_frame(nothing, (1, 2, 3), (1, 0, 0, 0)).shape == (0, 3)
    assert from_room_frame(nothing, (1, 2, 3), (1, 0, 0, 0)).shape == (0, 3)


@pytest.mark.parametrize("kind", [tuple, list, np.array])
def test_a_quaternion_becomes_four_plain_numbers(kind):
    given_one = quaternion_from_yaw(0.3)
    parts = as_quaternion(kind(given_one))
    assert parts == given_one
    assert [type(part) for part in parts] == [float] * 4


@pytest.mark.parametrize("length", [1.0 - 4e-7, 1.0 + 4e-7])
def test_a_quaternion_may_be_rounded(length):
    parts = (length, 0.0, 0.0, 0.0)
    assert as_quaternion(parts) == parts
    assert to_room_frame([[1, 2, 3]], (0, 0, 0), parts)[0] == pytest.approx([1, 2, 3], abs=1e-15)


@pytest.mark.parametrize(
    "parts", [(1.0, 1.0, 0.0, 0.0), (0.0,) * 4, (1.0, 0.0, 0.0), (1.0, 2e-3, 0, 0), (0, 0, 0, 0, 1)]
)
def test_what_is_no_unit_quaternion_is_refused(parts):
    with pytest.raises(ParameterError, match=r"not a unit quaternion, got .*\(w, x, y, z\)"):
        as_quaternion(parts)


@pytest.mark.parametrize("parts", [(math.nan, 0, 0, 0), ((1, 0, 0, 0),), "wxyz", 1, (1j, 0, 0, 0)])
def test_what_is_no_four_numbers_is_refused(parts):
    with pytest.raises(ShapeError, match="the orientation"):
        as_quaternion(parts)


def test_a_frame_is_turned_by_a_unit_quaternion_alone():
    for function in (to_room_frame, from_room_frame):
        with pytest.raises(ParameterError, match="unit quaternion"):
            function([[1, 0, 0]], (0, 0, 0), (2.0, 0.0, 0.0, 0.0))
