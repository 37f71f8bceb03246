"""Orientation: unit quaternions (w, x, y, z) and the turns they stand for."""

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.transform import Rotation

from simgen.arrays import as_real
from simgen.errors import ParameterError

__all__ = ["NO_TURN", "as_quaternion", "from_room_frame", "quaternion_from_yaw", "to_room_frame"]

Quaternion = tuple[float, float, float, float]

NO_TURN: Final[Quaternion] = (1.0, 0.0, 0.0, 0.0)

_TOLERANCE: Final = 1e-6
"""How far a unit quaternion's square may be from 1."""


def quaternion_from_yaw(yaw: float) -> Quaternion:
    """Return the unit quaternion (w, x, y, z) of a turn about +z by ``yaw`` radians.

    Examples
    --------
    >>> quaternion_from_yaw(0.0)
    (1.0, 0.0, 0.0, 0.0)
    """
    return (math.cos(yaw / 2.0), 0.0, 0.0, math.sin(yaw / 2.0))


def to_room_frame(
    points: ArrayLike, position: ArrayLike, orientation: ArrayLike
) -> NDArray[np.float64]:
    """Return points given in a turned and moved frame in the room's frame, shape (point, 3)."""
    turned = _rotation(orientation).apply(np.asarray(points, dtype=np.float64))
    return np.asarray(turned + np.asarray(position, dtype=np.float64))


def from_room_frame(
    points: ArrayLike, position: ArrayLike, orientation: ArrayLike
) -> NDArray[np.float64]:
    """Return points given in the room's frame in a turned and moved frame, shape (point, 3)."""
    offsets = np.asarray(points, dtype=np.float64) - np.asarray(position, dtype=np.float64)
    return np.asarray(_rotation(orientation).inv().apply(offsets))


def as_quaternion(orientation: ArrayLike) -> Quaternion:
    """Return an orientation as four numbers; refuse what is no unit quaternion.

    Raises
    ------
    ShapeError
        If it does not hold finite real numbers along one axis.
    ParameterError
        If there are not four, or their squares do not add up to 1.
    """
    parts = as_real(orientation, "the orientation", axes=("4",))
    if len(parts) != 4 or abs(float(np.sum(np.square(parts))) - 1.0) > _TOLERANCE:
        raise ParameterError(
            "the orientation is not a unit quaternion",
            value=parts.tolist(),
            allowed="(w, x, y, z) of length 1",
        )
    w, x, y, z = parts.tolist()
    return (w, x, y, z)


def _rotation(orientation: ArrayLike) -> Rotation:
    """Return scipy's rotation for a quaternion with the scalar first."""
    w, x, y, z = as_quaternion(orientation)
    return Rotation.from_quat([x, y, z, w])
