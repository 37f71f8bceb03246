"""Filters by direction: what a measured head makes of each image.

Each image adds the whole impulse response of the measured direction nearest to it, at its own
delay, to a response at the sample rate. Within a cell, half a sample, a response is a polynomial of
the delay, tap by tap: cheaper than writing it as a sum of few filters, of which a measured head
needs hundreds.
"""

import math
from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from simgen.acoustics.directional_gains import directional_gains
from simgen.acoustics.image_batches import distances, gather, new_batch
from simgen.acoustics.image_jitter import displace
from simgen.acoustics.image_sources import arrivals, direct_distance
from simgen.acoustics.spreading import OVERSAMPLING, PHASES

__all__ = ["BLOCK", "NO_FILTERS", "POWERS", "DirectionFilters", "spread_filters"]

POWERS: Final = 5
"""Coefficients of the polynomial of the sub-cell delay: a degree of 4 errs by -82 dB at 0.44 of the
sample rate and by less below."""

BLOCK: Final = 16
"""Taps that are evaluated at once: two 256-bit registers for each power."""

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
        Of powers of the delay, in cells and less one half, shape (direction, phase, block, power,
        tap), float32; phases are the cells of one sample, taps are samples, ``BLOCK`` in a block.
        Empty if there is no such ear.
    lead
        Samples before the sound's arrival with which each filter begins.
    decay
        What the air leaves of a sound at each cell, (cell, column) float32.
    """

    offset: NDArray[np.float64]
    into_frame: NDArray[np.float64]
    nearest: NDArray[np.int32]
    coefficients: NDArray[np.float32]
    lead: int
    decay: NDArray[np.float32]


NO_FILTERS: Final = DirectionFilters(
    np.zeros(3),
    np.eye(3),
    np.zeros((0, 0), np.int32),
    np.zeros((0, 0, 0, 0, 0), np.float32),
    0,
    np.zeros((0, 0), np.float32),
)
"""What an ear that was not measured has."""


@_compiled
def spread_filters(images: Any, reach: Any, directivity: Any, filters: Any, samples: Any) -> None:
    """Add the whole filter of each image to every column of a response.

    Parameters
    ----------
    images, reach
        ``Images`` by their offsets, with factors of shape (image, column); and ``Reach``.
    directivity
        ``Directivity`` of the source.
    filters
        ``DirectionFilters`` of the ear.
    samples
        The flat response, late by the filters' lead, shape (sample * column,), float32; changed in
        place.
    """
    batch, direct = new_batch(images), direct_distance(images)
    distance, loss = np.empty(len(batch.gain)), np.empty(len(batch.gain), np.float32)
    cell, phase = np.empty(loss.size, np.int32), np.empty(loss.size, np.int32)
    nearest, row = np.empty(loss.size, np.int32), 0
    while row < images.x.size * images.y.size:
        count, row = gather(images, reach, row, batch)
        distances(batch.offset, count, distance)
        directional_gains(directivity, batch, distance[:count])
        if reach.jitter > 0.0:
            displace(reach, direct, batch, distance[:count])
        arrivals(distance, count, reach.scale, cell, phase, loss)
        _nearest_directions(filters, batch.offset, nearest[:count])
        _weaken(cell[:count], loss, filters.decay, batch.gain)
        _add_filters(filters.coefficients, nearest[:count], (cell, phase), batch.gain, samples)


@_compiled
def _nearest_directions(filters: Any, offset: Any, nearest: Any) -> None:
    """Find the measured directions nearest to images, from offsets of shape (3, image)."""
    turn, ear, directions = filters.into_frame, filters.offset, filters.nearest
    cells = directions.shape[0]
    half = 0.5 * cells
    for k in range(nearest.size):
        x, y, z = offset[0, k] + ear[0], offset[1, k] + ear[1], offset[2, k] + ear[2]
        front = turn[0, 0] * x + turn[0, 1] * y + turn[0, 2] * z
        left = turn[1, 0] * x + turn[1, 1] * y + turn[1, 2] * z
        up = turn[2, 0] * x + turn[2, 1] * y + turn[2, 2] * z
        size = half / (abs(front) + abs(left) + abs(up))
        u, v = front * size, left * size
        if up < 0.0:
            u, v = math.copysign(half - abs(v), u), math.copysign(half - abs(u), v)
        p, q = np.int32(half + u), np.int32(half + v)
        nearest[k] = directions[np.uint64(min(p, cells - 1)), np.uint64(min(q, cells - 1))]


@_compiled
def _weaken(cell: Any, loss: Any, decay: Any, gain: Any) -> None:
    """Multiply the gains of images by what distance and air have left of them."""
    for k in range(cell.size):
        arrived = np.uint64(cell[k])
        for column in range(gain.shape[1]):
            gain[k, column] *= loss[k] * decay[arrived, column]


@_compiled
def _add_filters(coefficients: Any, direction: Any, times: Any, gain: Any, samples: Any) -> None:
    """Add the filters of some images to the columns of a flat response."""
    cell, phase = times
    columns, blocks = gain.shape[1], coefficients.shape[2]
    flat, tap = coefficients.reshape(-1), np.empty(blocks * BLOCK, np.float32)
    for k in range(direction.size):
        on_sample = cell[k] % OVERSAMPLING  # the first tap that falls on a sample
        start = (cell[k] + on_sample) // OVERSAMPLING
        first = (direction[k] * OVERSAMPLING + on_sample) * blocks * POWERS * BLOCK
        later = (np.float32(phase[k]) + np.float32(0.5)) / np.float32(PHASES) - np.float32(0.5)
        if columns == 1:
            _add_filter(flat, first, blocks, later, gain[k, 0], start, samples)
        else:
            tap[:] = np.float32(0.0)
            _add_filter(flat, first, blocks, later, np.float32(1.0), 0, tap)
            _add_columns(tap, gain[k], start, samples)


@_compiled
def _add_filter(
    coefficients: Any, first: int, blocks: int, later: Any, gain: Any, start: int, samples: Any
) -> None:
    """Add the taps of a filter at one delay, whose polynomials begin at ``first``, to samples."""
    at, sample = np.uint64(first), np.uint64(start)
    for _ in range(blocks):
        for t in range(BLOCK):
            total = coefficients[at + np.uint64((POWERS - 1) * BLOCK + t)]
            for power in range(POWERS - 1):
                total = (
                    total * later + coefficients[at + np.uint64((POWERS - 2 - power) * BLOCK + t)]
                )
            samples[sample + np.uint64(t)] += gain * total
        at, sample = at + np.uint64(POWERS * BLOCK), sample + np.uint64(BLOCK)


@_compiled
def _add_columns(tap: Any, amplitude: Any, start: int, samples: Any) -> None:
    """Add taps to the columns of samples."""
    for t in range(tap.size):
        first = np.uint64((start + t) * amplitude.size)
        for column in range(amplitude.size):
            samples[first + np.uint64(column)] += amplitude[column] * tap[t]
