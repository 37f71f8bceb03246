"""Image sources of a box room: where they are, how strong, and which of them count.

An image in a box is the product of three one-dimensional ones, so its place and its reflection
factors come from one short table per axis. No list of images is ever made: who sums them runs over
x, y and the part of z that lies inside the ball of radius c times the response's length, and works
on each such row, or on a few of them at once, in passes that the compiler can vectorise: how far,
when, how strong, add.

No pass may reorder additions or fuse them with multiplications, so that sums have the same bits
on every processor; ``error_model="numpy"`` only spares the check for a division by zero.
"""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from simgen.acoustics.spreading import PHASES

__all__ = [
    "AxisImages",
    "Images",
    "Reach",
    "arrivals",
    "axis_images",
    "direct_distance",
    "heard_at",
    "row_distances",
    "row_within",
]

_FAINTEST = 1e-10
"""Least product of reflection factors along an axis: -200 dB, below the rounding of any response.
Products of smaller ones would be denormal numbers, which are slow."""

_compiled = njit(cache=True, error_model="numpy")


@dataclass(frozen=True)
class AxisImages:
    """The images of sources along one axis, one in each mirrored room, in ascending order.

    Attributes
    ----------
    coordinate
        Of each image in m, shape (source, image).
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
    sources: NDArray[np.float64], side: float, reflection: NDArray[np.float64], radius: float
) -> AxisImages:
    """Mirror sources in the two walls across one axis, again and again.

    Parameters
    ----------
    sources
        Coordinates along the axis in m, shape (source,).
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
    place = sources[:, None]
    coordinate = side * room + np.where(room % 2 == 1, side - place, place)
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
    """A source's images.

    Attributes
    ----------
    x, y, z
        Coordinates along each axis in m, or offsets from a receiver, shape (image,), ascending.
    factor_x, factor_y, factor_z
        Reflection factors, float32, shape (image, column), contiguous.
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
def heard_at(place: Any, images: Any) -> Any:
    """Return ``Images`` by their offsets from a place, shape (3,)."""
    return Images(
        images.x - place[0],
        images.factor_x,
        images.y - place[1],
        images.factor_y,
        images.z - place[2],
        images.factor_z,
        images.direct,
    )


@_compiled
def direct_distance(images: Any) -> float:
    """Return the distance of the source itself in m."""
    x, y = images.x[images.direct[0]], images.y[images.direct[1]]
    z = images.z[images.direct[2]]
    return math.sqrt(x * x + y * y + z * z)


@_compiled
def row_within(images: Any, reach: Any, i: int, j: int) -> tuple[int, int]:
    """Return the first image along z that counts at some x and y, and the one after the last.

    Parameters
    ----------
    images, reach
        ``Images`` by their offsets, and ``Reach``.
    i, j
        Index along x and y.
    """
    x, y, direct = images.x[i], images.y[j], images.direct
    square = reach.radius * reach.radius - x * x - y * y
    order_left = reach.max_order - abs(i - direct[0]) - abs(j - direct[1])
    if square <= 0.0 or order_left < 0:
        return 0, 0
    half = math.sqrt(square)
    low, high = np.searchsorted(images.z, -half), np.searchsorted(images.z, half)
    first = max(low, direct[2] - order_left)
    return first, max(min(high, direct[2] + order_left + 1), first)


@_compiled
def row_distances(x: float, y: float, z: Any, first: int, last: int, distance: Any) -> None:
    """Compute how far the images of a row are, from ``first`` to before ``last`` along z, in m."""
    across = x * x + y * y
    for k in range(last - first):
        distance[k] = math.sqrt(across + z[first + k] * z[first + k])


@_compiled
def arrivals(distance: Any, count: int, scale: float, cell: Any, phase: Any, gain: Any) -> None:
    """Compute when and how strong images arrive.

    Parameters
    ----------
    distance
        In m, shape (image,).
    count
        Number of images.
    scale
        See ``Reach``.
    cell, phase, gain
        Grid cell, delay beyond it in steps of 1 / PHASES, and 1 / distance, shape (image,);
        overwritten.
    """
    for k in range(count):
        delay = distance[k] * scale
        whole = np.int32(delay)
        cell[k] = whole
        phase[k] = np.int32((delay - whole) * PHASES)
        gain[k] = np.float32(1.0) / np.float32(distance[k])
