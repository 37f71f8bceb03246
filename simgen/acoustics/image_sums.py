"""Sums of image sources: a pulse of each one, on a grid of time.

One loop for a single column, where all frequencies and directions are alike; one for columns, which
stand for octave bands; and one for columns and directions.
"""

from typing import Any, Final

import numpy as np
from numba import njit

from simgen.acoustics.directional_gains import directional_gains
from simgen.acoustics.image_batches import distances, gather, new_batch
from simgen.acoustics.image_jitter import displace
from simgen.acoustics.image_sources import (
    arrivals,
    direct_distance,
    heard_at,
    row_distances,
    row_within,
)
from simgen.acoustics.spreading import WIDTH

__all__ = ["COLUMNS", "spread_broadband", "spread_columns", "spread_directed"]

COLUMNS: Final = 8
"""Columns of the grid that one pass fills: eight float32 numbers fill a 256-bit register."""

_compiled = njit(cache=True, error_model="numpy")


@_compiled
def spread_broadband(images: Any, receivers: Any, reach: Any, pulses: Any, grids: Any) -> None:
    """Add a pulse of each image to the grid of every receiver.

    Parameters
    ----------
    images, reach
        ``Images`` with factors of shape (image, 1); and ``Reach``, without jitter.
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
    distance, gain = np.empty(images.z.size), np.empty(images.z.size, np.float32)
    cell, phase = np.empty(images.z.size, np.int32), np.empty(images.z.size, np.int32)
    for i in range(images.x.size):
        for j in range(images.y.size):
            first, last = row_within(images, reach, i, j)
            row_distances(images.x[i], images.y[j], images.z, first, last, distance)
            arrivals(distance, last - first, reach.scale, cell, phase, gain)
            factor = images.factor_x[i, 0] * images.factor_y[j, 0]
            for k in range(last - first):
                start, pulse = np.uint64(cell[k]), pulses[np.uint64(phase[k])]
                amplitude = factor * images.factor_z[first + k, 0] * gain[k]
                for tap in range(WIDTH):
                    grid[start + np.uint64(tap)] += amplitude * pulse[tap]


@_compiled
def spread_columns(images: Any, reach: Any, pulses: Any, cells: Any) -> None:
    """Add a pulse of each image to every column of a grid, alike in all directions.

    Parameters
    ----------
    images, reach
        ``Images`` by their offsets, with factors of shape (image, 8); and ``Reach``, without
        jitter.
    pulses
        See ``pulse_table``.
    cells
        The flat grid, shape (cell * 8,), float32; changed in place.
    """
    distance, loss = np.empty(images.z.size), np.empty(images.z.size, np.float32)
    cell, phase = np.empty(images.z.size, np.int32), np.empty(images.z.size, np.int32)
    factor = np.empty(images.factor_x.shape[1], np.float32)
    for i in range(images.x.size):
        for j in range(images.y.size):
            first, last = row_within(images, reach, i, j)
            row_distances(images.x[i], images.y[j], images.z, first, last, distance)
            arrivals(distance, last - first, reach.scale, cell, phase, loss)
            for column in range(factor.size):
                factor[column] = images.factor_x[i, column] * images.factor_y[j, column]
            _scatter_row((cell, phase, loss), factor, images.factor_z[first:last], pulses, cells)


@_compiled
def _scatter_row(times: Any, factor: Any, along: Any, pulses: Any, cells: Any) -> None:
    """Add the pulses of a row to the columns of a flat grid; see ``_scatter``."""
    cell, phase, loss = times
    for k in range(along.shape[0]):
        start, pulse = np.uint64(cell[k]) * np.uint64(COLUMNS), pulses[np.uint64(phase[k])]
        for column in range(factor.size):
            amplitude = factor[column] * along[k, column] * loss[k]
            for tap in range(WIDTH):
                cells[start + np.uint64(tap * COLUMNS) + np.uint64(column)] += (
                    amplitude * pulse[tap]
                )


@_compiled
def spread_directed(images: Any, reach: Any, directivity: Any, pulses: Any, cells: Any) -> None:
    """Add a pulse of each image to every column of a grid, by the directions it takes.

    Parameters
    ----------
    images, reach, pulses, cells
        See ``spread_columns``; images may be displaced.
    directivity
        ``Directivity`` of source and receiver.
    """
    batch, direct = new_batch(images), direct_distance(images)
    distance, loss = np.empty(len(batch.gain)), np.empty(len(batch.gain), np.float32)
    cell, phase = np.empty(loss.size, np.int32), np.empty(loss.size, np.int32)
    row = 0
    while row < images.x.size * images.y.size:
        count, row = gather(images, reach, row, batch)
        distances(batch.offset, count, distance)
        directional_gains(directivity, batch, distance[:count])
        if reach.jitter > 0.0:
            displace(reach, direct, batch, distance[:count])
        arrivals(distance, count, reach.scale, cell, phase, loss)
        _scatter(cell[:count], phase, loss, batch.gain, pulses, cells)


@_compiled
def _scatter(cell: Any, phase: Any, loss: Any, gain: Any, pulses: Any, cells: Any) -> None:
    """Add the pulses of some images to the columns of a flat grid.

    Columns are the loop to vectorise: its length is kept from the compiler, which would unroll
    it and then add number by number.
    """
    for k in range(cell.size):
        start, pulse = np.uint64(cell[k]) * np.uint64(COLUMNS), pulses[np.uint64(phase[k])]
        for column in range(gain.shape[1]):
            amplitude = gain[k, column] * loss[k]
            for tap in range(WIDTH):
                cells[start + np.uint64(tap * COLUMNS) + np.uint64(column)] += (
                    amplitude * pulse[tap]
                )
