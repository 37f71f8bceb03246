"""Turns of things in a scene: from yaw, pitch and roll, or towards a point."""

import math
from collections.abc import Sequence

from simgen.acoustics.rotation import Quaternion, quaternion_from_yaw
from simgen.errors import GeometryError

__all__ = ["compose", "quaternion_from_angles", "quaternion_towards"]

_NO_DISTANCE = 1e-6
"""Distance in m below which there is no direction from one point to another."""


def compose(outer: Quaternion, inner: Quaternion) -> Quaternion:
    """Return the turn that ``inner`` and then ``outer`` make: Hamilton's product.

    Examples
    --------
    Half a turn about z after half a turn about y is half a turn about -x.

    >>> compose((0.0, 0.0, 0.0, 1.0), (0.0, 0.0, 1.0, 0.0))
    (0.0, -1.0, 0.0, 0.0)
    """
    a, b, c, d = outer
    w, x, y, z = inner
    return (
        a * w - b * x - c * y - d * z,
        a * x + b * w + c * z - d * y,
        a * y - b * z + c * w + d * x,
        a * z + b * y - c * x + d * w,
    )


def quaternion_from_angles(yaw: float, pitch: float = 0.0, roll: float = 0.0) -> Quaternion:
    """Return the unit quaternion of a thing that faces azimuth ``yaw``, elevation ``pitch``.

    Parameters
    ----------
    yaw
        Azimuth of its +x in rad, counter-clockwise from the room's.
    pitch
        Elevation of its +x in rad: upward is positive, unlike a right-handed turn about y.
    roll
        Turn about its own +x in rad, right-handed: its left side rises.

    Returns
    -------
    (w, x, y, z), which takes its frame into the room's: roll first, then pitch, then yaw.
    """
    turn = quaternion_from_yaw(yaw)
    if pitch != 0.0:
        turn = compose(turn, (math.cos(pitch / 2.0), 0.0, -math.sin(pitch / 2.0), 0.0))
    if roll != 0.0:
        turn = compose(turn, (math.cos(roll / 2.0), math.sin(roll / 2.0), 0.0, 0.0))
    return turn


def quaternion_towards(origin: Sequence[float], target: Sequence[float]) -> Quaternion:
    """Return the turn of a thing at ``origin`` that faces ``target``, its left side level.

    Parameters
    ----------
    origin, target
        Positions in m, three numbers.

    Raises
    ------
    GeometryError
        If both are the same point.
    """
    x, y, z = (b - a for a, b in zip(origin, target, strict=True))
    if math.hypot(x, y, z) < _NO_DISTANCE:
        raise GeometryError("what is to be faced is at the same place", value=tuple(origin))
    return quaternion_from_angles(math.atan2(y, x), math.atan2(z, math.hypot(x, y)))
