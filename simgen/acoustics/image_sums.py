"""Sums of image sources: a pulse of each one, on a grid of time.

One loop for a single column, where all frequencies and directions are alike; and one for columns,
which stand for octave bands or for the parts of a body's filters.
"""

from typing import Any, Final

import numpy as np
from numba import njit

from simgen.acoustics.directional_gains import directional_gains, is_directed
from simgen.acoustics.image_jitter import displace_row
from simgen.acoustics.image_sources import (
    arrivals,
    heard_at,
    row_distances,
    rows_within,
)
from simgen.acoustics.spreading import WIDTH

__all__ = ["COLUMNS", "spread_broadband", "spread_columns"]

COLUMNS: Final = 8
"""Columns of the grid that one pass fills: eight float32 numbers fill a 256-bit register."""

_compiled = njit(cache=True, error_model="numpy")


@_compiled
def spread_broadband(images: Any, receivers: Any, reach: Any, pulses: Any, grids: Any) -> None:
    """Add a pulse of each image to the grid of every receiver.

    Parameters
    ----------
    images, reach
        ``Images`` with factors of shape (image, 1), and ``Reach``.
    receivers
        Positions in m, shape (receiver, 3).
    pulses
        See ``pulse_table``.
    grids
        Shape (receiver, cell), float32; changed in place.
    """
    for receiver in range(receivers.shape[0]):
        heard = heard_at(receivers[receiver], images)
        _spread_pulses(heard, reach, pulses, grids[receiver])


@_compiled
def _spread_pulses(images: Any, reach: Any, pulses: Any, grid: Any) -> None:
    """Add a pulse of each image, given by its offset, to the grid of one receiver."""
    size = images.z.size
    firsts, lasts = np.empty(images.y.size, np.int64), np.empty(images.y.size, np.int64)
    distance, gain = np.empty(size), np.empty(size, np.float32)
    cell, phase = np.empty(size, np.int32), np.empty(size, np.int32)
    for i in range(images.x.size):
        rows_within(images, reach, i, firsts, lasts)
        for j in range(images.y.size):
            first, last = firsts[j], lasts[j]
            row_distances(images.x[i], images.y[j], images.z, first, last, distance)
            if reach.jitter > 0.0:
                displace_row(reach, images, (i, j, first), distance[: last - first])
            arrivals(distance, last - first, reach.scale, cell, phase, gain)
            factor = images.factor_x[i, 0] * images.factor_y[j, 0]
            for k in range(last - first):
                start, pulse = np.uint64(cell[k]), pulses[np.uint64(phase[k])]
                amplitude = factor * images.factor_z[first + k, 0] * gain[k]
                for tap in range(WIDTH):
                    grid[start + np.uint64(tap)] += amplitude * pulse[tap]


@_compiled
def spread_columns(images: Any, reach: Any, directivity: Any, pulses: Any, cells: Any) -> None:
    """Add a pulse of each image to every column of a grid.

    Parameters
    ----------
    images, reach
        ``Images`` by their offsets, with factors of shape (image, 8); and ``Reach``.
    directivity
        ``Directivity`` of source and receiver.
    pulses
        See ``pulse_table``.
    cells
        The flat grid, shape (cell * 8,), float32; changed in place.
    """
    size, columns = images.z.size, images.factor_x.shape[1]
    firsts, lasts = np.empty(images.y.size, np.int64), np.empty(images.y.size, np.int64)
    distance, gain = np.empty(size), np.empty(size, np.float32)
    cell, phase = np.empty(size, np.int32), np.empty(size, np.int32)
    factor, gains = np.empty(columns, np.float32), np.ones((size, columns), np.float32)
    directed = is_directed(directivity)
    for i in range(images.x.size):
        rows_within(images, reach, i, firsts, lasts)
        for j in range(images.y.size):
            first, last = firsts[j], lasts[j]
            row_distances(images.x[i], images.y[j], images.z, first, last, distance)
            if directed:
                row = (i, j, first)
                directional_gains(directivity, images, row, distance, gains[: last - first])
            if reach.jitter > 0.0:
                displace_row(reach, images, (i, j, first), distance[: last - first])
            arrivals(distance, last - first, reach.scale, cell, phase, gain)
            for column in range(columns):
                factor[column] = images.factor_x[i, column] * images.factor_y[j, column]
            _scatter((cell, phase, gain), factor, images.factor_z[first:last], gains, pulses, cells)


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
