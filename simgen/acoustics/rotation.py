"""Orientation: unit quaternions (w, x, y, z) and the turns they stand for."""

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.transform import Rotation

__all__ = ["NO_TURN", "from_room_frame", "quaternion_from_yaw", "to_room_frame"]

Quaternion = tuple[float, float, float, float]

NO_TURN: Final[Quaternion] = (1.0, 0.0, 0.0, 0.0)


def quaternion_from_yaw(yaw: float) -> Quaternion:
    """Return the unit quaternion (w, x, y, z) of a turn about +z by ``yaw`` radians.

    Examples
    --------
    >>> quaternion_from_yaw(0.0)
    (1.0, 0.0, 0.0, 0.0)
    """
    return (math.cos(yaw / 2.0), 0.0, 0.0, math.sin(yaw / 2.0))


def to_room_frame(
    points: ArrayLike, position: ArrayLike, orientation: Quaternion
) -> NDArray[np.float64]:
    """Return points given in a turned and moved frame in the room's frame, shape (point, 3)."""
    turned = _rotation(orientation).apply(np.asarray(points, dtype=np.float64))
    return np.asarray(turned + np.asarray(position, dtype=np.float64))


def from_room_frame(
    points: ArrayLike, position: ArrayLike, orientation: Quaternion
) -> NDArray[np.float64]:
    """Return points given in the room's frame in a turned and moved frame, shape (point, 3)."""
    offsets = np.asarray(points, dtype=np.float64) - np.asarray(position, dtype=np.float64)
    return np.asarray(_rotation(orientation).inv().apply(offsets))


def _rotation(orientation: Quaternion) -> Rotation:
    """Return scipy's rotation for a quaternion with the scalar first."""
    w, x, y, z = orientation
    return Rotation.from_quat([x, y, z, w])
