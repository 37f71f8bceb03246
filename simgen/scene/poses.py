"""Whether a listener's head fits where its poses put it."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from simgen.acoustics.responses import SHORTEST_DISTANCE
from simgen.acoustics.rigid_sphere import NEAREST_DISTANCE
from simgen.acoustics.rotation import to_room_frame
from simgen.constants import HEAD_RADIUS
from simgen.errors import GeometryError
from simgen.scene.device import Device
from simgen.scene.listener import FreeEars, Head, Listener, Pose, SphereHead
from simgen.scene.scene import Room

__all__ = ["require_clear"]


def require_clear(name: str, listener: Listener, room: Room, devices: Mapping[str, Device]) -> None:
    """Refuse a listener of whom anything is outside the room, or who has a driver in the head.

    Raises
    ------
    GeometryError
        Naming the listener, the pose, counted from 0, and the driver.
    """
    drivers = {
        f'driver {number} of device "{device}"': place
        for device, one in devices.items()
        for number, place in enumerate(
            to_room_frame([d.position for d in one.drivers], one.position, one.orientation)
        )
    }
    for number, pose in enumerate(listener.poses):
        who = f'listener "{name}", pose {number}'
        _require_inside(who, listener.head, pose, room)
        for driver, place in drivers.items():
            _require_apart(who, listener.head, pose, driver, place)


def _require_inside(who: str, head: Head, pose: Pose, room: Room) -> None:
    """Refuse a head that is not wholly inside the room."""
    reach = _reach(head)
    sides = zip(pose.position, room.size, strict=True)
    if not all(reach < x < side - reach for x, side in sides):
        raise GeometryError(
            f"{who}: the head is not inside the room",
            value=tuple(round(x, 4) for x in pose.position),
            allowed=f"more than {reach:.4g} m from every wall of a room of "
            f"{' x '.join(f'{side:.4g}' for side in room.size)} m",
        )


def _require_apart(
    who: str, head: Head, pose: Pose, driver: str, place: NDArray[np.float64]
) -> None:
    """Refuse a driver inside a head, or on top of an ear that has no head."""
    if isinstance(head, FreeEars):
        ears = [(0.0, side * head.distance / 2.0, 0.0) for side in (1.0, -1.0)]
        centers = to_room_frame(ears, pose.position, pose.orientation)
        least, problem = SHORTEST_DISTANCE, "on top of an ear"
    else:
        centers = np.array([pose.position])
        nearest = NEAREST_DISTANCE if isinstance(head, SphereHead) else 1.0
        least, problem = nearest * _reach(head), "inside the head"
    distance = float(np.min(np.linalg.norm(centers - place, axis=1)))
    if distance < least:
        raise GeometryError(
            f"{who}: {driver} is {problem}",
            value=round(distance, 4),
            allowed=f"at least {least:.4g} m away",
        )


def _reach(head: Head) -> float:
    """Return how far a head reaches from its centre in m."""
    match head:
        case SphereHead(radius=radius):
            return radius
        case FreeEars(distance=distance):
            return distance / 2.0
        case _:
            return HEAD_RADIUS
