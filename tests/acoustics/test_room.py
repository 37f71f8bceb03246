import numpy as np
import pytest

from simgen.acoustics.room import BoxRoom
from simgen.errors import GeometryError, ParameterError, ShapeError

SIZE, ALIKE = (5.0, 4.0, 3.0), (0.3,) * 6


def test_walls_alike_at_all_frequencies_have_one_band():
    room = BoxRoom(SIZE, ALIKE, 343.0)
    assert room.wall_absorption.shape == (6, 1)
    assert room.num_bands == 1


@pytest.mark.parametrize(
    ("absorption", "air"),
    [(np.full((6, 6), 0.3), (0.0,)), (ALIKE, (0.001,) * 6), (np.full((6, 6), 0.3), (0.001,) * 6)],
)
def test_walls_or_air_may_have_bands(absorption, air):
    assert BoxRoom(SIZE, absorption, 343.0, air).num_bands == 6


@pytest.mark.parametrize(("absorption", "anechoic"), [((1.0,) * 6, True), (ALIKE, False)])
def test_full_absorption_is_the_free_field(absorption, anechoic):
    assert BoxRoom(SIZE, absorption, 343.0).is_anechoic is anechoic


@pytest.mark.parametrize(
    ("size", "absorption", "air", "error", "message"),
    [
        ((5.0, 4.0), ALIKE, (0.0,), ShapeError, "size has shape"),
        ((5.0, 4.0, 0.0), ALIKE, (0.0,), GeometryError, "height is out of range, got 0.0"),
        ((5.0, -4.0, 3.0), ALIKE, (0.0,), GeometryError, "width is out of range, got -4.0"),
        ((1e4, 4.0, 3.0), ALIKE, (0.0,), GeometryError, "length is out of range, got 10000.0"),
        ((5.0, 4.0, np.nan), ALIKE, (0.0,), ShapeError, "non-finite"),
        (SIZE, (0.3,) * 5 + (np.nan,), (0.0,), ShapeError, "non-finite"),
        (SIZE, (0.3,) * 5, (0.0,), ShapeError, r"allowed: \(6,\) or \(6, band\)"),
        (SIZE, (0.3,) * 5 + (1.5,), (0.0,), ParameterError, "wall ceiling is out of range"),
        (SIZE, (0.0, *ALIKE[1:]), (0.0,), ParameterError, "wall x=0 is out of range"),
        (SIZE, np.full((6, 6), 0.3), (0.0,) * 5, ShapeError, "5 bands and the walls 6"),
        (SIZE, ALIKE, (-1.0,), ParameterError, "air_absorption is out of range"),
    ],
)
def test_what_cannot_be_is_refused(size, absorption, air, error, message):
    with pytest.raises(error, match=message):
        BoxRoom(size, absorption, 343.0, air)


def test_a_point_in_a_wall_is_outside():
    room = BoxRoom(SIZE, ALIKE, 343.0)
    room.require_inside(np.array([[4.999, 2.0, 1.0]]), "source")
    with pytest.raises(GeometryError, match=r"source 1 is not inside the room, got \(5.0, 2.0"):
        room.require_inside(np.array([[1.0, 1.0, 1.0], [5.0, 2.0, 1.0]]), "source")


@pytest.mark.parametrize("value", [0.0, -0.1, 1.0001])
@pytest.mark.parametrize("wall", [0, 5])
def test_absorption_out_of_range_is_refused(value, wall):
    absorption = [0.5] * 6
    absorption[wall] = value
    name = {0: "x=0", 5: "ceiling"}[wall]
    with pytest.raises(ParameterError, match=f"the absorption of wall {name} is out of range"):
        BoxRoom(SIZE, tuple(absorption), 343.0)


@pytest.mark.parametrize("speed", [0.0, 99.0, 1001.0, np.nan])
def test_speeds_that_cannot_be_are_refused(speed):
    with pytest.raises(ParameterError, match="speed_of_sound is out of range"):
        BoxRoom(SIZE, ALIKE, speed)
