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
        ((5.0, 4.0, np.nan), ALIKE, (0.0,), ShapeError, "non-finite"),
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
