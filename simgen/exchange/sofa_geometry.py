"""Where the sources and receivers of a SOFA file are, seen from what was measured."""

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from simgen.exchange.sofa_file import SofaFile

__all__ = [
    "AT_REST",
    "directions_and_distances",
    "object_poses",
    "own_positions",
    "own_turns",
    "receiver_positions",
    "repeated",
    "require_few",
    "room_corners",
    "seen_from",
    "source_positions",
]

MOST_DIRECTIONS: Final = 2**20
"""Directions one file may hold; the finest published sets have about 65 000."""

_RIGHT_ANGLE_TOLERANCE: Final = 1e-3
"""Cosine that view and up may enclose: files are written with three or more decimals."""

_NO_DIRECTION: Final = 1e-9
"""Length in m below which a vector has no direction."""

_FARTHEST: Final = 1e6
"""Greatest coordinate in m or degrees: far beyond any room, and its square is finite."""

AT_REST: Final = 1e-3
"""How far in m or degrees a thing at rest may wander: files are written with three decimals."""

_UNITS: Final = {
    "cartesian": ("metre", "metre, metre, metre"),
    "spherical": ("degree, degree, metre",),
}
_FRONT: Final = np.array([[1.0, 0.0, 0.0]])
_UP: Final = np.array([[0.0, 0.0, 1.0]])


def require_few(file: SofaFile, variable: str, count: int) -> int:
    """Return a number of directions that a small file may really hold."""
    if count > MOST_DIRECTIONS:
        raise file.refuse(variable, f"has {count} directions", allowed=f"at most {MOST_DIRECTIONS}")
    return count


def repeated(
    file: SofaFile, variable: str, rows: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """Return one row for each measurement; a single row holds for all."""
    if len(rows) not in (1, count):
        raise file.refuse(variable, f"has {len(rows)} rows", allowed=f"1 or {count}")
    return np.repeat(rows, count // len(rows), axis=0)


def source_positions(file: SofaFile, count: int) -> NDArray[np.float64]:
    """Return where the source was in each measurement, in the room's frame, (measurement, 3)."""
    return _positions(file, "SourcePosition", count)


def _positions(file: SofaFile, variable: str, count: int) -> NDArray[np.float64]:
    """Return positions in m, one for each measurement, (measurement, 3)."""
    rows = file.array(variable, num_axes=(2,))
    return repeated(file, variable, _cartesian(file, variable, rows, variable), count)


def receiver_positions(
    file: SofaFile, chosen: int, num_measurements: int, num_receivers: int
) -> NDArray[np.float64]:
    """Return where the receivers were in one measurement, in the room's frame, (receiver, 3)."""
    variable = "ReceiverPosition"
    require_few(file, variable, num_receivers)
    positions = file.array(variable, num_axes=(2, 3))
    columns = positions.reshape(*positions.shape[:2], -1)
    if len(columns) != num_receivers or columns.shape[2] not in (1, num_measurements):
        allowed = f"({num_receivers}, 3), and one or all of {num_measurements} measurements"
        raise file.refuse(variable, f"has shape {positions.shape}", allowed=allowed)
    rows = columns[..., chosen if columns.shape[2] > 1 else 0]
    points = _cartesian(file, variable, rows, variable)
    axes = _axes(file, "Listener", num_measurements)[chosen]
    place = _positions(file, "ListenerPosition", num_measurements)[chosen]
    return np.asarray(points @ axes + place)


def object_poses(
    file: SofaFile, object_name: str, count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where an object is and how it is turned in each measurement.

    Positions in m in the room's frame, (measurement, 3), and unit quaternions (w, x, y, z) that
    turn the object's frame into the room's, (measurement, 4).
    """
    axes = _axes(file, object_name, count)
    return _positions(file, f"{object_name}Position", count), _quaternions(axes)


def own_positions(
    file: SofaFile, part_name: str, num_parts: int, num_measurements: int
) -> NDArray[np.float64]:
    """Return where receivers or emitters are in m in the frame of what holds them, (part, 3)."""
    variable = f"{part_name}Position"
    rows = _own_rows(file, variable, num_parts, num_measurements)
    return np.repeat(_cartesian(file, variable, rows, variable), num_parts // len(rows), axis=0)


def own_turns(
    file: SofaFile, part_name: str, num_parts: int, num_measurements: int
) -> NDArray[np.float64]:
    """Return how emitters are turned, as unit quaternions from their frame, (part, 4)."""

    def rows(variable: str) -> NDArray[np.float64]:
        return _own_rows(file, variable, num_parts, num_measurements)

    return _quaternions(_axes(file, part_name, num_parts, rows))


def room_corners(file: SofaFile) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Return two opposite corners of a box in m, or None if the room is not said to be one."""
    names = ("RoomCornerA", "RoomCornerB")
    if not all(name in file for name in names):
        return None
    corners = np.concatenate([file.array(name, num_axes=(2,))[:1] for name in names])
    if file.has_text("Type", "RoomCorners"):
        corners = _cartesian(file, names[0], corners, "RoomCorners")
    return corners[0], corners[1]


def _own_rows(
    file: SofaFile, variable: str, num_parts: int, num_measurements: int
) -> NDArray[np.float64]:
    """Return coordinates of parts that stay where they are, (part, 3), or one row for all."""
    values = file.array(variable, num_axes=(2, 3))
    columns = values.reshape(*values.shape[:2], -1)
    right = len(columns) in (1, num_parts) and columns.shape[2] in (1, num_measurements)
    if not right or columns.shape[1] != 3:
        allowed = f"({num_parts}, 3), and one or all of {num_measurements} measurements"
        raise file.refuse(variable, f"has shape {values.shape}", allowed=allowed)
    if np.max(np.ptp(columns, axis=2)) > AT_REST:
        raise file.refuse(variable, "changes between measurements", allowed="one for all of them")
    return np.asarray(columns[..., 0])


def _quaternions(axes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the turns that take x, y and z to the axes, (thing, 4), of (thing, axis, 3)."""
    turns = Rotation.from_matrix(axes.swapaxes(1, 2)).as_quat(canonical=True)
    return np.asarray(np.roll(turns, 1, axis=1))


def _cartesian(
    file: SofaFile, variable: str, rows: NDArray[np.float64], described: str
) -> NDArray[np.float64]:
    """Return rows of coordinates as x, y, z in m, by the type another variable may declare."""
    if rows.shape[1] != 3:
        raise file.refuse(variable, f"has shape {rows.shape}", allowed="(row, 3)")
    if np.max(np.abs(rows)) > _FARTHEST:
        raise file.refuse(variable, "is too far", allowed=f"coordinates up to {_FARTHEST:g}")
    kind = file.text("Type", described).strip().lower()
    if kind not in _UNITS:
        allowed = ", ".join(_UNITS)
        raise file.refuse(f"{described}.Type", "is not read here", value=kind, allowed=allowed)
    if file.units(described) not in _UNITS[kind]:
        place, units = f"{described}.Units", file.units(described)
        raise file.refuse(place, "does not suit", value=units, allowed=_UNITS[kind][0])
    if kind == "cartesian":
        return rows
    azimuth, elevation = np.radians(rows[:, :2]).T
    level = np.cos(elevation)
    x, y, z = level * np.cos(azimuth), level * np.sin(azimuth), np.sin(elevation)
    return np.stack([x, y, z], axis=1) * rows[:, 2:]


def seen_from(
    file: SofaFile,
    object_name: str,
    points: NDArray[np.float64],
    count: int,
    chosen: int | None = None,
) -> NDArray[np.float64]:
    """Return points of the room in an object's frame, in one measurement or each in its own."""
    which = slice(None) if chosen is None else slice(chosen, chosen + 1)
    offsets = points - _positions(file, f"{object_name}Position", count)[which]
    axes = np.broadcast_to(_axes(file, object_name, count)[which], (len(points), 3, 3))
    return np.asarray(np.einsum("pak,pk->pa", axes, offsets))


def _axes(
    file: SofaFile,
    object_name: str,
    count: int,
    rows: Callable[[str], NDArray[np.float64]] | None = None,
) -> NDArray[np.float64]:
    """Return where an object's x, y and z axis point in the room, (measurement, axis, 3)."""
    view_name, up_name = f"{object_name}View", f"{object_name}Up"
    rows = rows or partial(file.array, num_axes=(2,))
    front, up = _FRONT, _UP
    if view_name in file:
        front = _unit_vectors(file, view_name, view_name, rows(view_name))
        if up_name in file:
            up = _unit_vectors(file, up_name, view_name, rows(up_name))
    elif up_name in file:
        raise file.refuse(view_name, f"the variable is missing, but {up_name} is there")
    front = repeated(file, view_name, front, count)
    up = repeated(file, up_name, up, count)
    if np.any(np.abs(np.sum(front * up, axis=1)) > _RIGHT_ANGLE_TOLERANCE):
        raise file.refuse(up_name, f"is not at right angles to {view_name}")
    left = np.cross(up, front)
    left /= np.linalg.norm(left, axis=1, keepdims=True)
    return np.stack([front, left, np.cross(front, left)], axis=1)


def _unit_vectors(
    file: SofaFile, variable: str, view: str, rows: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return a variable's rows as unit vectors; up has no type of its own, but its view's."""
    described = next((name for name in (variable, view) if file.has_text("Type", name)), None)
    if described is None:
        raise file.refuse(f"{view}.Type", "the attribute is missing")
    vectors = _cartesian(file, variable, rows, described)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if np.any(lengths < _NO_DIRECTION):
        raise file.refuse(variable, "has no direction", value=vectors[np.argmin(lengths)])
    return np.asarray(vectors / lengths)


def directions_and_distances(
    file: SofaFile, variable: str, points: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return directions and distances of points."""
    distances = np.linalg.norm(points, axis=1)
    if np.any(distances < _NO_DIRECTION):
        where = int(np.argmin(distances))
        raise file.refuse(variable, f"row {where} is where the measured object is")
    return points / distances[:, None], distances
