import math

import numpy as np
import pytest

from simgen.acoustics.rotation import quaternion_from_yaw
from simgen.scene.geometry import box_room, microphone_positions, offsets_from, region_grid
from simgen.scene.scene import MicrophoneArray, Regions, Room

ROOM = Room(
    size=(6, 5, 3),
    absorption=((0.1,), (0.2,), (0.3,), (0.4,), (0.5,), (0.6,)),
    t60=None,
    speed_of_sound=343,
)


def array(yaw_deg, **options):
    return MicrophoneArray(
        position=(2, 3, 1),
        orientation=quaternion_from_yaw(math.radians(yaw_deg)),
        microphones=((0.1, 0, 0), (0, 0.2, 0.3)),
        **options,
    )


def test_the_acoustic_room_is_the_scene_s():
    room = box_room(ROOM)
    assert (room.size, room.absorption, room.speed_of_sound) == (
        (6, 5, 3),
        ((0.1,), (0.2,), (0.3,), (0.4,), (0.5,), (0.6,)),
        343,
    )


def test_microphones_turn_with_their_array():
    """A quarter turn counter-clockwise takes x to y and y to -x."""
    expected = [[2, 3.1, 1], [1.8, 3, 1.3]]
    np.testing.assert_allclose(microphone_positions(array(90)), expected, atol=1e-15)


def test_offsets_are_in_the_array_s_frame():
    offsets = offsets_from(array(90), [(2, 4, 1), (3, 3, 2)])
    np.testing.assert_allclose(offsets, [[1, 0, 0], [0, -1, 1]], atol=1e-15)


def test_offsets_of_nothing():
    assert offsets_from(array(90), []).shape == (0, 3)


@pytest.mark.parametrize("yaw_deg", [0, 30, 90, -90, 179, 270, 350])
def test_offsets_undo_the_array_s_place(yaw_deg):
    turned = array(yaw_deg)
    offsets = offsets_from(turned, microphone_positions(turned))
    np.testing.assert_allclose(offsets, turned.microphones, atol=1e-12)


@pytest.mark.parametrize("yaw_deg", [0, 30, 90, -90, 179, 270, 350])
def test_regions_turn_with_their_array(yaw_deg):
    grid = region_grid(ROOM, array(yaw_deg, regions=Regions(sectors=4, ring_edges=(1, 2))))
    assert (grid.sectors, grid.ring_edges, grid.position) == (4, (1, 2), (2, 3, 1))
    assert math.cos(grid.yaw - math.radians(yaw_deg)) == pytest.approx(1)


def test_no_regions_no_grid():
    assert region_grid(ROOM, array(0)) is None
