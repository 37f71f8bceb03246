"""Image sources of a box room: where they are, how strong, and their sum on a grid of time.

An image in a box is the product of three one-dimensional ones, so its offset, its reflection
factors and its order come from one short table per axis. No list of images is ever made: the loops
run over x, y and the part of z that lies inside the ball of radius c times the response's length.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from simgen.acoustics.spreading import PHASES, WIDTH

__all__ = ["BANDS_AT_ONCE", "AxisImages", "axis_images", "spread_banded", "spread_broadband"]

BANDS_AT_ONCE = 8
"""Bands that one pass spreads: eight float32 numbers fill a 256-bit register."""


@dataclass(frozen=True)
class AxisImages:
    """The images of a source along one axis, from the least offset to the greatest.

    Attributes
    ----------
    offset
        From the receiver to each image in m, shape (image,).
    factor
        Product of the reflection factors of the walls met, shape (image, band), float32.
    order
        Number of walls met, shape (image,).
    """

    offset: NDArray[np.float64]
    factor: NDArray[np.float32]
    order: NDArray[np.int64]


def axis_images(
    source: float,
    receiver: float,
    side: float,
    reflection: NDArray[np.float64],
    radius: float,
) -> AxisImages:
    """Mirror a source in the two walls across one axis, again and again.

    Parameters
    ----------
    source, receiver
        Coordinates along the axis in m.
    side
        Distance between the walls in m; they stand at 0 and at ``side``.
    reflection
        Pressure reflection factors of the two walls, shape (2, band).
    radius
        Greatest distance of an image in m.

    References
    ----------
    Allen and Berkley 1979, eq. (10): the image (1 - 2 q) x + 2 n L has met the near wall |n - q|
    times and the far wall |n| times.
    """
    count = math.ceil(radius / (2.0 * side)) + 1
    n = np.arange(-count, count + 1)
    offset = np.concatenate([source + 2.0 * n * side, -source + 2.0 * n * side]) - receiver
    near = np.concatenate([np.abs(n), np.abs(n - 1)])
    far = np.concatenate([np.abs(n), np.abs(n)])
    powers = _powers(reflection, count + 1)
    ascending = np.argsort(offset, kind="stable")
    factor = (powers[0, near] * powers[1, far]).astype(np.float32)
    return AxisImages(offset[ascending], factor[ascending], (near + far)[ascending])


def _powers(reflection: NDArray[np.float64], highest: int) -> NDArray[np.float64]:
    """Return powers 0 to ``highest`` of (wall, band) factors, (wall, power, band).

    By repeated multiplication, whose last bit is the same on every processor.
    """
    repeated = np.repeat(reflection[:, None, :], highest + 1, axis=1)
    repeated[:, 0] = 1.0
    return np.asarray(np.multiply.accumulate(repeated, axis=1))


@njit(cache=True)
def _row(
    across: float,
    z: Any,
    order_z: Any,
    first: int,
    last: int,
    order_left: int,
    scale: float,
    cell: Any,
    phase: Any,
    gain: Any,
) -> None:
    """Compute grid cell, sub-cell delay and 1 / distance of the images of one row along z."""
    for k in range(first, last):
        distance = math.sqrt(across + z[k] * z[k])
        delay = distance * scale
        whole = math.floor(delay)
        cell[k] = np.int64(whole)
        phase[k] = np.int64((delay - whole) * PHASES)
        gain[k] = 1.0 / distance if order_z[k] <= order_left else 0.0


@njit(cache=True)
def spread_broadband(
    x: Any,
    factor_x: Any,
    order_x: Any,
    y: Any,
    factor_y: Any,
    order_y: Any,
    z: Any,
    factor_z: Any,
    order_z: Any,
    radius: float,
    max_order: int,
    scale: float,
    pulses: Any,
    grid: Any,
) -> None:
    """Add a pulse of each image within ``radius`` to ``grid``, (cell,) float32.

    ``x``, ``y``, ``z`` are offsets in m, ``factor_*`` (image,) float32, ``scale`` cells per m.
    """
    cell = np.empty(z.size, np.int64)
    phase = np.empty(z.size, np.int64)
    gain = np.empty(z.size, np.float32)
    for i in range(x.size):
        for j in range(y.size):
            across = x[i] * x[i] + y[j] * y[j]
            order_left = max_order - order_x[i] - order_y[j]
            if across >= radius * radius or order_left < 0:
                continue
            reach = math.sqrt(radius * radius - across)
            first, last = np.searchsorted(z, -reach), np.searchsorted(z, reach)
            _row(across, z, order_z, first, last, order_left, scale, cell, phase, gain)
            factor = factor_x[i] * factor_y[j]
            for k in range(first, last):
                start, pulse = cell[k], pulses[phase[k]]
                amplitude = factor * factor_z[k] * gain[k]
                for tap in range(WIDTH):
                    grid[start + tap] += amplitude * pulse[tap]


@njit(cache=True)
def _product(first: Any, second: Any, gain: Any) -> Any:
    """Multiply eight bands by eight bands and a gain.

    A tuple stays in a register where an array would be written and read again at every tap.
    """
    return (
        first[0] * second[0] * gain,
        first[1] * second[1] * gain,
        first[2] * second[2] * gain,
        first[3] * second[3] * gain,
        first[4] * second[4] * gain,
        first[5] * second[5] * gain,
        first[6] * second[6] * gain,
        first[7] * second[7] * gain,
    )


@njit(cache=True)
def spread_banded(
    x: Any,
    factor_x: Any,
    order_x: Any,
    y: Any,
    factor_y: Any,
    order_y: Any,
    z: Any,
    factor_z: Any,
    order_z: Any,
    radius: float,
    max_order: int,
    scale: float,
    pulses: Any,
    grid: Any,
) -> None:
    """Add a pulse of each image within ``radius`` to ``grid``, (cell, 8) float32, band by band.

    As ``spread_broadband``, with ``factor_*`` of shape (image, 8).
    """
    cell = np.empty(z.size, np.int64)
    phase = np.empty(z.size, np.int64)
    gain = np.empty(z.size, np.float32)
    for i in range(x.size):
        for j in range(y.size):
            across = x[i] * x[i] + y[j] * y[j]
            order_left = max_order - order_x[i] - order_y[j]
            if across >= radius * radius or order_left < 0:
                continue
            reach = math.sqrt(radius * radius - across)
            first, last = np.searchsorted(z, -reach), np.searchsorted(z, reach)
            _row(across, z, order_z, first, last, order_left, scale, cell, phase, gain)
            factor = _product(factor_x[i], factor_y[j], np.float32(1.0))
            for k in range(first, last):
                start, pulse = cell[k], pulses[phase[k]]
                amplitude = _product(factor, factor_z[k], gain[k])
                for tap in range(WIDTH):
                    height = pulse[tap]
                    for band in range(BANDS_AT_ONCE):
                        grid[start + tap, band] += amplitude[band] * height
