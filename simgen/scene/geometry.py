"""A scene's geometry as the layers below see it."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.acoustics.reverberation import sabine_t60_bands
from simgen.acoustics.room import BoxRoom
from simgen.acoustics.rotation import from_room_frame, to_room_frame
from simgen.labels.regions import RegionGrid
from simgen.scene.scene import MicrophoneArray, Room

__all__ = ["box_room", "decay_time", "microphone_positions", "offsets_from", "region_grid"]


def box_room(room: Room) -> BoxRoom:
    """Return the acoustic room of a scene's room."""
    return BoxRoom(
        room.size,
        room.absorption,
        room.speed_of_sound,
        room.air_absorption,
        room.image_jitter,
        room.jitter_seed,
    )


def decay_time(room: Room) -> float:
    """Return the time in s over which a room decays by 60 dB; 0 in the free field."""
    if room.t60 is not None:
        return room.t60
    if box_room(room).is_anechoic:
        return 0.0
    return float(np.max(sabine_t60_bands(room.size, room.absorption, room.speed_of_sound)))


def microphone_positions(array: MicrophoneArray) -> NDArray[np.float64]:
    """Return where an array's microphones really are in m in the room's frame, (microphone, 3)."""
    places = np.array(array.microphones)
    if array.errors is not None:
        places += array.errors.displacements
    return to_room_frame(places, array.position, array.orientation)


def offsets_from(array: MicrophoneArray, points: ArrayLike) -> NDArray[np.float64]:
    """Return points of the room relative to an array in its frame in m, (point, 3)."""
    return from_room_frame(
        np.asarray(points, dtype=np.float64).reshape(-1, 3), array.position, array.orientation
    )


def region_grid(room: Room, array: MicrophoneArray) -> RegionGrid | None:
    """Return the regions around an array, or None if it has none."""
    if array.regions is None:
        return None
    w, x, y, z = array.orientation
    yaw = math.atan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))
    return RegionGrid(
        array.regions.sectors, array.regions.ring_edges, room.size, array.position, yaw
    )
