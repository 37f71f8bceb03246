"""Devices of loudspeakers, as a scene holds them."""

from typing import ClassVar

from pydantic import Field

from simgen.acoustics.rotation import NO_TURN, Quaternion
from simgen.scene.directivity import OMNI, Directivity
from simgen.scene.record import GrownRecord, Point, Record

__all__ = ["Device", "Driver"]


class Driver(GrownRecord):
    """A loudspeaker driver in its device.

    Attributes
    ----------
    position
        In m in the device's frame.
    orientation
        Unit quaternion (w, x, y, z) that turns its frame, in which it faces +x, into the
        device's.
    directivity
        How what it emits depends on direction.
    """

    gained: ClassVar[tuple[str, ...]] = ("orientation", "directivity")

    position: Point
    orientation: Quaternion = NO_TURN
    directivity: Directivity = OMNI


class Device(Record):
    """Drivers that belong together, at their place in the room.

    Attributes
    ----------
    position
        The origin of the device's frame in m in the room's.
    orientation
        Unit quaternion (w, x, y, z) that turns the device's frame, in which it faces +x, into
        the room's.
    drivers
        In the order in which responses are stored; by custom as a listener in front of the device
        sees them, from left (its -y) to right.
    """

    position: Point
    orientation: Quaternion
    drivers: tuple[Driver, ...] = Field(min_length=1)
