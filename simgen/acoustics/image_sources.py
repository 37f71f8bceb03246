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
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from simgen.acoustics.direction_filters import add_filtered, nearest_directions
from simgen.acoustics.directional_gains import directional_gains, is_directed
from simgen.acoustics.image_jitter import displace_row
from simgen.acoustics.spreading import PHASES, WIDTH

__all__ = [
    "COLUMNS",
    "AxisImages",
    "Images",
    "Reach",
    "axis_images",
    "spread_broadband",
    "spread_columns",
]

COLUMNS = 8
"""Columns of the grid that one pass fills: eight float32 numbers fill a 256-bit register."""

_FAINTEST = 1e-10
"""Least product of reflection factors along an axis: -200 dB, below the rounding of any response.
Products of smaller ones would be denormal numbers, which are slow."""

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
    factor[factor < _FAINTEST] = 0.0
    return AxisImages(np.asarray(coordinate, np.float64), factor, most)


def _powers(reflection: NDArray[np.float64], highest: int) -> NDArray[np.float64]:
    """Return powers 0 to ``highest`` of (wall, band) factors, (wall, power, band).

    By repeated multiplication, whose last bit is the same on every processor.
    """
    repeated = np.repeat(reflection[:, None, :], highest + 1, axis=1)
    repeated[:, 0] = 1.0
    return np.asarray(np.multiply.accumulate(repeated, axis=1))


class Images(NamedTuple):
    """A source's images as one receiver sees them.

    Attributes
    ----------
    x, y, z
        Offsets from the receiver along each axis in m, shape (image,), ascending.
    factor_x, factor_y, factor_z
        Reflection factors, float32, shape (image,) or, for columns, (image, column), contiguous.
    direct
        Index of the source itself along each axis, shape (3,).
    """

    x: NDArray[np.float64]
    factor_x: NDArray[np.float32]
    y: NDArray[np.float64]
    factor_y: NDArray[np.float32]
    z: NDArray[np.float64]
    factor_z: NDArray[np.float32]
    direct: NDArray[np.int64]


class Reach(NamedTuple):
    """Which images count, and how they come to the grid.

    Attributes
    ----------
    radius
        Greatest distance in m.
    max_order
        Most walls met.
    scale
        Grid cells per m.
    jitter, seed
        Greatest displacement of an image along each axis in m, and what it is drawn from.
    """

    radius: float
    max_order: int
    scale: float
    jitter: float
    seed: int


@_compiled
def _row_within(z: Any, half: float, direct: int, order_left: int) -> tuple[int, int]:
    """Return the first image along z within a reach and an order, and the one after the last."""
    first = max(int(np.searchsorted(z, -half)), direct - order_left)
    return first, max(min(int(np.searchsorted(z, half)), direct + order_left + 1), first)


@_compiled
def _distances(x: float, y: float, z: Any, distance: Any) -> None:
    """Compute how far the images of a row are."""
    across = x * x + y * y
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
def spread_broadband(images: Any, reach: Any, pulses: Any, grid: Any) -> None:
    """Add a pulse of each image to a grid.

    Parameters
    ----------
    images, reach
        ``Images`` with factors of shape (image,), and ``Reach``.
    pulses
        See ``pulse_table``.
    grid
        Shape (cell,), float32; changed in place.
    """
    distances, direct = np.empty(images.z.size), images.direct
    cell, phase = np.empty(distances.size, np.int32), np.empty(distances.size, np.int32)
    gain = np.empty(distances.size, np.float32)
    for i in range(images.x.size):
        for j in range(images.y.size):
            x, y = images.x[i], images.y[j]
            square = reach.radius * reach.radius - x * x - y * y
            order_left = reach.max_order - abs(i - direct[0]) - abs(j - direct[1])
            if square <= 0.0 or order_left < 0:
                continue
            first, last = _row_within(images.z, math.sqrt(square), direct[2], order_left)
            z = images.z[first:last]
            distance = distances[: z.size]
            _distances(x, y, z, distance)
            if reach.jitter > 0.0:
                rooms = _rooms(i, j, first, direct)
                displace_row(reach, _direct_distance(images), rooms, x, y, z, distance)
            _times(distance, reach.scale, cell, phase, gain)
            factor, along = images.factor_x[i] * images.factor_y[j], images.factor_z[first:last]
            for k in range(z.size):
                start, pulse = np.uint64(cell[k]), pulses[np.uint64(phase[k])]
                amplitude = factor * along[k] * gain[k]
                for tap in range(WIDTH):
                    grid[start + np.uint64(tap)] += amplitude * pulse[tap]


@_compiled
def spread_columns(
    images: Any, reach: Any, directivity: Any, filters: Any, pulses: Any, cells: Any
) -> None:
    """Add a pulse of each image, or its whole filter, to every column of a grid.

    Parameters
    ----------
    images, reach
        ``Images`` with factors of shape (image, 8), and ``Reach``.
    directivity
        ``Directivity`` of source and receiver.
    filters
        ``DirectionFilters`` of a measured ear, or none; with them there may be one column.
    pulses
        See ``pulse_table``.
    cells
        The flat grid, shape (cell * 8,), float32; changed in place.
    """
    distances, direct = np.empty(images.z.size), images.direct
    columns = images.factor_x.shape[1]
    cell, phase = np.empty(distances.size, np.int32), np.empty(distances.size, np.int32)
    gain, factor = np.empty(distances.size, np.float32), np.empty(columns, np.float32)
    nearest = np.empty(distances.size, np.int32)
    gains, directed = np.ones((distances.size, columns), np.float32), is_directed(directivity)
    for i in range(images.x.size):
        for j in range(images.y.size):
            x, y = images.x[i], images.y[j]
            square = reach.radius * reach.radius - x * x - y * y
            order_left = reach.max_order - abs(i - direct[0]) - abs(j - direct[1])
            if square <= 0.0 or order_left < 0:
                continue
            first, last = _row_within(images.z, math.sqrt(square), direct[2], order_left)
            z = images.z[first:last]
            distance, rooms = distances[: z.size], _rooms(i, j, first, direct)
            _distances(x, y, z, distance)
            if directed:
                directional_gains(directivity, rooms, x, y, z, distance, gains[: z.size])
            if reach.jitter > 0.0:
                displace_row(reach, _direct_distance(images), rooms, x, y, z, distance)
            _times(distance, reach.scale, cell, phase, gain)
            for column in range(columns):
                factor[column] = images.factor_x[i, column] * images.factor_y[j, column]
            along, times = images.factor_z[first:last], (cell, phase, gain)
            if filters.coefficients.size > 0:
                nearest_directions(filters, x, y, z, nearest)
                add_filtered(filters, times, nearest, factor, along, gains, cells)
            else:
                _scatter(times, factor, along, gains, pulses, cells)


@_compiled
def _direct_distance(images: Any) -> float:
    """Return the distance of the source itself."""
    x, y = images.x[images.direct[0]], images.y[images.direct[1]]
    z = images.z[images.direct[2]]
    return math.sqrt(x * x + y * y + z * z)


@_compiled
def _rooms(i: int, j: int, first: int, direct: Any) -> tuple[int, int, int]:
    """Return the numbers of the mirrored room in which a row's first image is."""
    return i - direct[0], j - direct[1], first - direct[2]


@_compiled
def _scatter(times: Any, factor: Any, along: Any, gains: Any, pulses: Any, cells: Any) -> None:
    """Add the pulses of a row to the columns of a flat grid.

    Columns are the loop to vectorise: its length is kept from the compiler, which would unroll
    it and then add number by number.
    """
    cell, phase, gain = times
    for k in range(along.shape[0]):
        start, pulse = np.uint64(cell[k]) * np.uint64(COLUMNS), pulses[np.uint64(phase[k])]
        for column in range(factor.size):
            amplitude = factor[column] * along[k, column] * gain[k] * gains[k, column]
            for tap in range(WIDTH):
                cells[start + np.uint64(tap * COLUMNS) + np.uint64(column)] += (
                    amplitude * pulse[tap]
                )
