"""Image sources of a box room: where they are, how strong, and their sum on a grid of time.

An image in a box is the product of three one-dimensional ones, so its place and its reflection
factors come from one short table per axis. No list of images is ever made: the loops run over x, y
and the part of z that lies inside the ball of radius c times the response's length, and a row
along z is worked on in passes that the compiler can vectorise: how far, when, how strong, add.

No pass may reorder additions or fuse them with multiplications, so that sums have the same bits
on every processor; ``error_model="numpy"`` only spares the check for a division by zero.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from simgen.acoustics.directional_gains import harmonic_gains
from simgen.acoustics.spreading import PHASES, WIDTH

__all__ = ["COLUMNS", "AxisImages", "axis_images", "spread_broadband", "spread_columns"]

COLUMNS = 8
"""Columns of the grid that one pass fills: eight float32 numbers fill a 256-bit register."""

_compiled = njit(cache=True, error_model="numpy")


@dataclass(frozen=True)
class AxisImages:
    """The images of a source along one axis, one in each mirrored room, in ascending order.

    Attributes
    ----------
    coordinate
        Of each image in m, shape (image,).
    factor
        Product of the reflection factors of the walls met, shape (image, band), float32.
    direct
        Index of the source itself; an image k places away has met k walls, and is mirrored
        if k is odd.
    """

    coordinate: NDArray[np.float64]
    factor: NDArray[np.float32]
    direct: int


def axis_images(
    source: float, side: float, reflection: NDArray[np.float64], radius: float
) -> AxisImages:
    """Mirror a source in the two walls across one axis, again and again.

    Parameters
    ----------
    source
        Coordinate along the axis in m.
    side
        Distance between the walls in m; they stand at 0 and at ``side``.
    reflection
        Pressure reflection factors of the two walls, shape (2, band).
    radius
        Greatest distance in m from a point between the walls to an image of interest.

    References
    ----------
    Allen and Berkley 1979, eqs. (8) to (10), with their images counted room by room: in room m,
    counted from the real one, the image has met |m| walls in turn, first the one on its side.
    """
    most = math.ceil(radius / side) + 1
    room = np.arange(-most, most + 1)
    coordinate = side * room + np.where(room % 2 == 1, side - source, source)
    first, second = (np.abs(room) + 1) // 2, np.abs(room) // 2
    near, far = np.where(room < 0, (first, second), (second, first))
    powers = _powers(reflection, most)
    factor = (powers[0, near] * powers[1, far]).astype(np.float32)
    return AxisImages(np.asarray(coordinate, np.float64), factor, most)


def _powers(reflection: NDArray[np.float64], highest: int) -> NDArray[np.float64]:
    """Return powers 0 to ``highest`` of (wall, band) factors, (wall, power, band).

    By repeated multiplication, whose last bit is the same on every processor.
    """
    repeated = np.repeat(reflection[:, None, :], highest + 1, axis=1)
    repeated[:, 0] = 1.0
    return np.asarray(np.multiply.accumulate(repeated, axis=1))


@_compiled
def _row_within(
    i: int, j: int, across: float, z: Any, direct: Any, radius: float, max_order: int
) -> tuple[int, int]:
    """Return the first image along z within the radius and order, and the one after the last."""
    order_left = max_order - abs(i - direct[0]) - abs(j - direct[1])
    if across >= radius * radius or order_left < 0:
        return 0, 0
    reach = math.sqrt(radius * radius - across)
    first = max(np.searchsorted(z, -reach), direct[2] - order_left)
    return first, min(np.searchsorted(z, reach), direct[2] + order_left + 1)


@_compiled
def _distances(across: float, z: Any, distance: Any) -> None:
    """Compute how far the images of a row are."""
    for k in range(z.size):
        distance[k] = math.sqrt(across + z[k] * z[k])


@_compiled
def _times(distance: Any, scale: float, cell: Any, phase: Any, gain: Any) -> None:
    """Compute grid cell, sub-cell delay and 1 / distance of the images of a row."""
    for k in range(distance.size):
        delay = distance[k] * scale
        whole = np.int32(delay)
        cell[k] = whole
        phase[k] = np.int32((delay - whole) * PHASES)
        gain[k] = np.float32(1.0) / np.float32(distance[k])


@_compiled
def spread_broadband(
    x: Any,
    factor_x: Any,
    y: Any,
    factor_y: Any,
    z: Any,
    factor_z: Any,
    direct: Any,
    radius: float,
    max_order: int,
    scale: float,
    pulses: Any,
    grid: Any,
) -> None:
    """Add a pulse of each image within ``radius`` to ``grid``, (cell,) float32.

    ``x``, ``y``, ``z`` are offsets from the receiver in m, ``factor_*`` (image,) float32,
    ``direct`` the source's own indices, ``scale`` cells per m.
    """
    distance = np.empty(z.size)
    cell, phase = np.empty(z.size, np.int32), np.empty(z.size, np.int32)
    gain = np.empty(z.size, np.float32)
    for i in range(x.size):
        for j in range(y.size):
            across = x[i] * x[i] + y[j] * y[j]
            first, last = _row_within(i, j, across, z, direct, radius, max_order)
            row = distance[: max(last - first, 0)]
            _distances(across, z[first:last], row)
            _times(row, scale, cell, phase, gain)
            factor, along = factor_x[i] * factor_y[j], factor_z[first:last]
            for k in range(row.size):
                start, pulse = np.uint64(cell[k]), pulses[np.uint64(phase[k])]
                amplitude = factor * along[k] * gain[k]
                for tap in range(WIDTH):
                    grid[start + np.uint64(tap)] += amplitude * pulse[tap]


@_compiled
def spread_columns(
    x: Any,
    factor_x: Any,
    y: Any,
    factor_y: Any,
    z: Any,
    factor_z: Any,
    direct: Any,
    radius: float,
    max_order: int,
    scale: float,
    emission: Any,
    reception: Any,
    pulses: Any,
    cells: Any,
) -> None:
    """Add a pulse of each image within ``radius`` to every column of a grid.

    As ``spread_broadband``, with ``factor_*`` of shape (image, 8) and a flat grid, (cell * 8,).
    ``emission`` and ``reception`` are the harmonics of the source's and the receiver's gain in
    each column, (harmonic, 8) float32, empty if they are alike in all directions.
    """
    distance = np.empty(z.size)
    cell, phase = np.empty(z.size, np.int32), np.empty(z.size, np.int32)
    gain = np.empty(z.size, np.float32)
    gains, factor = np.empty((z.size, COLUMNS), np.float32), np.empty(COLUMNS, np.float32)
    for i in range(x.size):
        for j in range(y.size):
            across = x[i] * x[i] + y[j] * y[j]
            first, last = _row_within(i, j, across, z, direct, radius, max_order)
            row = distance[: max(last - first, 0)]
            _distances(across, z[first:last], row)
            _times(row, scale, cell, phase, gain)
            _fill(gain, gains[: row.size])
            if emission.size + reception.size > 0:
                to_image = _directions(x[i], y[j], z[first:last], row)
                if reception.size > 0:
                    harmonic_gains(reception, to_image, gains[: row.size])
                if emission.size > 0:
                    _mirror(to_image, i - direct[0], j - direct[1], first - direct[2])
                    harmonic_gains(emission, to_image, gains[: row.size])
            for column in range(COLUMNS):
                factor[column] = factor_x[i, column] * factor_y[j, column]
            _scatter(cell, phase, factor, factor_z[first:last], gains, pulses, cells)


@_compiled
def _fill(gain: Any, gains: Any) -> None:
    """Give every column of a row the same gain."""
    for k in range(gains.shape[0]):
        for column in range(gains.shape[1]):
            gains[k, column] = gain[k]


@_compiled
def _directions(x: float, y: float, z: Any, distance: Any) -> Any:
    """Return the unit vectors from the receiver to the images of a row, (3, image) float32."""
    direction = np.empty((3, z.size), np.float32)
    for k in range(z.size):
        direction[0, k] = x / distance[k]
        direction[1, k] = y / distance[k]
        direction[2, k] = z[k] / distance[k]
    return direction


@_compiled
def _mirror(direction: Any, room_x: int, room_y: int, first_room_z: int) -> None:
    """Turn directions to images into those in which the source itself sends the sound.

    The path from an image to the receiver is the source's own path, mirrored once for each wall.
    """
    direction[0] *= np.float32(1.0 if room_x % 2 else -1.0)
    direction[1] *= np.float32(1.0 if room_y % 2 else -1.0)
    for k in range(direction.shape[1]):
        direction[2, k] *= np.float32(1.0 if (first_room_z + k) % 2 else -1.0)


@_compiled
def _scatter(
    cell: Any, phase: Any, factor: Any, along: Any, gains: Any, pulses: Any, cells: Any
) -> None:
    """Add the pulses of a row to the columns of a flat grid.

    Columns are the loop to vectorise: its length is kept from the compiler, which would unroll
    it and then add number by number.
    """
    for k in range(along.shape[0]):
        start, pulse = np.uint64(cell[k]) * np.uint64(COLUMNS), pulses[np.uint64(phase[k])]
        for column in range(factor.size):
            amplitude = factor[column] * along[k, column] * gains[k, column]
            for tap in range(WIDTH):
                cells[start + np.uint64(tap * COLUMNS) + np.uint64(column)] += (
                    amplitude * pulse[tap]
                )
