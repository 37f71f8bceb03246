"""Filters by direction: what a measured head makes of each image.

Each image adds the whole impulse response of the measured direction nearest to it, at its own
sub-cell delay. Between cells a response is a polynomial of the delay, tap by tap: cheaper than
writing it as a sum of few filters, of which a measured head needs hundreds.
"""

import math
from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from simgen.acoustics.spreading import PHASES

__all__ = ["NO_FILTERS", "POWERS", "DirectionFilters", "add_filtered", "nearest_directions"]

POWERS: Final = 5
"""Coefficients of the polynomial of the sub-cell delay: a degree of 4 errs by -82 dB at 0.44 of the
sample rate and by less below."""

_compiled = njit(cache=True, error_model="numpy")


class DirectionFilters(NamedTuple):
    """An ear's filters, as the engine adds them.

    Attributes
    ----------
    offset
        From the head's centre to the ear in m in the room's frame, shape (3,).
    into_frame
        Rotation from the room's frame into the head's, shape (3, 3).
    nearest
        The direction of each cell of the map of directions, see ``direction_map``, shape
        (cell, cell), int32.
    coefficients
        Of powers of the delay, in cells and less one half, shape (direction, power, tap),
        float32; taps are cells of the grid. Empty if there is no such ear.
    decay
        What the air leaves of a sound at each cell, (cell, column) float32.
    """

    offset: NDArray[np.float64]
    into_frame: NDArray[np.float64]
    nearest: NDArray[np.int32]
    coefficients: NDArray[np.float32]
    decay: NDArray[np.float32]


NO_FILTERS: Final = DirectionFilters(
    np.zeros(3),
    np.eye(3),
    np.zeros((0, 0), np.int32),
    np.zeros((0, 0, 0), np.float32),
    np.zeros((0, 0), np.float32),
)
"""What an ear that was not measured has."""


@_compiled
def nearest_directions(filters: Any, x: float, y: float, z: Any, direction: Any) -> None:
    """Find the measured directions nearest to the images of a row.

    Parameters
    ----------
    filters
        ``DirectionFilters``.
    x, y, z
        From the ear to the images in m; one x and y, and z of shape (image,).
    direction
        Shape (image,), int32; overwritten.
    """
    turn, cells, flat = filters.into_frame, filters.nearest.shape[0], filters.nearest.reshape(-1)
    x, y = x + filters.offset[0], y + filters.offset[1]
    front, left = turn[0, 0] * x + turn[0, 1] * y, turn[1, 0] * x + turn[1, 1] * y
    up = turn[2, 0] * x + turn[2, 1] * y
    for k in range(z.size):
        height = z[k] + filters.offset[2]
        a, b = front + turn[0, 2] * height, left + turn[1, 2] * height
        below = up + turn[2, 2] * height < 0.0
        size = abs(a) + abs(b) + abs(up + turn[2, 2] * height)
        u, v = a / size, b / size
        over_u, over_v = math.copysign(1.0 - abs(v), u), math.copysign(1.0 - abs(u), v)
        i = np.int32((1.0 + (over_u if below else u)) * 0.5 * cells)
        j = np.int32((1.0 + (over_v if below else v)) * 0.5 * cells)
        direction[k] = flat[np.uint64(min(i, cells - 1) * cells + min(j, cells - 1))]


@_compiled
def add_filtered(
    filters: Any, times: Any, direction: Any, factor: Any, along: Any, gains: Any, cells: Any
) -> None:
    """Add the filters of a row to the columns of a flat grid.

    Parameters
    ----------
    filters
        ``DirectionFilters``.
    times
        Grid cell, phase and 1 / distance of each image.
    direction
        Measured direction of each image, shape (image,).
    factor, along
        Reflection factors across, shape (column,), and along the row, (image, column).
    gains
        Of the source, shape (image, column).
    cells
        The flat grid, shape (cell * column,), float32; changed in place.
    """
    cell, phase, gain = times
    columns, taps = factor.size, filters.coefficients.shape[2]
    tap, amplitude = np.empty(taps, np.float32), np.empty(columns, np.float32)
    for k in range(along.shape[0]):
        later = (np.float32(phase[k]) + np.float32(0.5)) / np.float32(PHASES) - np.float32(0.5)
        _evaluate(filters.coefficients[np.uint64(direction[k])], later, tap)
        left = filters.decay[np.uint64(cell[k])]
        for column in range(columns):
            amplitude[column] = factor[column] * along[k, column] * gain[k]
            amplitude[column] *= gains[k, column] * left[column]
        if columns == 1:
            _add(tap, amplitude[0], cells[cell[k] : cell[k] + taps])
        else:
            _add_columns(tap, amplitude, cells[cell[k] * columns : (cell[k] + taps) * columns])


@_compiled
def _evaluate(coefficients: Any, later: Any, tap: Any) -> None:
    """Evaluate the polynomials of all taps at one delay."""
    for t in range(tap.size):
        total = coefficients[POWERS - 1, t]
        for power in range(POWERS - 1):
            total = total * later + coefficients[POWERS - 2 - power, t]
        tap[t] = total


@_compiled
def _add(tap: Any, amplitude: Any, cells: Any) -> None:
    """Add taps to cells."""
    for t in range(tap.size):
        cells[t] += amplitude * tap[t]


@_compiled
def _add_columns(tap: Any, amplitude: Any, cells: Any) -> None:
    """Add taps to the columns of cells."""
    for t in range(tap.size):
        first = np.uint64(t * amplitude.size)
        for column in range(amplitude.size):
            cells[first + np.uint64(column)] += amplitude[column] * tap[t]
