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

from simgen.acoustics.directional_gains import directional_gains, is_directed
from simgen.acoustics.image_jitter import displace_row
from simgen.acoustics.image_sources import arrivals, row_distances, rows_within
from simgen.acoustics.spreading import OVERSAMPLING, PHASES

__all__ = ["NO_FILTERS", "POWERS", "DirectionFilters", "spread_filters"]

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
        Of powers of the delay, in cells and less one half, shape (direction, phase, power, tap),
        float32; phases are the cells of one sample, taps are samples. Empty if there is no such
        ear.
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
    np.zeros((0, 0, 0, 0), np.float32),
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
        The flat response, shape (sample * column,), float32; changed in place.
    """
    # Arrays are taken out of the records once: to pass a record costs as much as some images.
    x, y, z, turn, offset = images.x, images.y, images.z, filters.into_frame, filters.offset
    coefficients, decay = filters.coefficients.reshape(-1), filters.decay.reshape(-1)
    columns, taps, map_ = images.factor_x.shape[1], filters.coefficients.shape[3], filters.nearest
    firsts, lasts = np.empty(y.size, np.int64), np.empty(y.size, np.int64)
    distance, gain, nearest = (
        np.empty(z.size),
        np.empty(z.size, np.float32),
        np.empty(z.size, np.int32),
    )
    cell, phase = np.empty(z.size, np.int32), np.empty(z.size, np.int32)
    gains, directed = np.ones((z.size, columns), np.float32), is_directed(directivity)
    amplitude, tap = np.empty(columns, np.float32), np.empty(taps, np.float32)
    slope = (turn[0, 2], turn[1, 2], turn[2, 2])
    for i in range(x.size):
        rows_within(images, reach, i, firsts, lasts)
        for j in range(y.size):
            first, last = firsts[j], lasts[j]
            row_distances(x[i], y[j], z, first, last, distance)
            if directed:
                row = (i, j, first)
                directional_gains(directivity, images, row, distance, gains[: last - first])
            if reach.jitter > 0.0:
                displace_row(reach, images, (i, j, first), distance[: last - first])
            arrivals(distance, last - first, reach.scale, cell, phase, gain)
            path = _in_frame(turn, offset, x[i], y[j])
            _nearest_directions(path, slope, z, (first, last), map_, nearest)
            for k in range(last - first):
                on_sample = cell[k] % OVERSAMPLING  # the first tap that falls on a sample
                start = (cell[k] + on_sample) // OVERSAMPLING
                for column in range(columns):
                    factor = images.factor_x[i, column] * images.factor_y[j, column]
                    factor *= images.factor_z[first + k, column]
                    left = decay[np.uint64(cell[k] * columns + column)]
                    amplitude[column] = factor * gain[k] * gains[k, column] * left
                loudness = amplitude[0] if columns == 1 else np.float32(1.0)
                block = (nearest[k] * OVERSAMPLING + on_sample) * POWERS * taps
                _filter_taps(coefficients, block, phase[k], loudness, tap)
                if columns == 1:
                    _add(tap, start, samples)
                else:
                    _add_columns(tap, amplitude, start, samples)


@_compiled
def _in_frame(turn: Any, offset: Any, x: float, y: float) -> tuple[float, float, float]:
    """Return a point of height 0 beside the ear in the head's frame."""
    x, y, z = x + offset[0], y + offset[1], offset[2]
    return (
        turn[0, 0] * x + turn[0, 1] * y + turn[0, 2] * z,
        turn[1, 0] * x + turn[1, 1] * y + turn[1, 2] * z,
        turn[2, 0] * x + turn[2, 1] * y + turn[2, 2] * z,
    )


@_compiled
def _nearest_directions(
    path: Any, slope: Any, z: Any, row: Any, directions: Any, nearest: Any
) -> None:
    """Find the measured directions nearest to the images of a row.

    Parameters
    ----------
    path, slope
        From the head's centre to a point of height 0 in the row, in the head's frame, and what
        a metre of height adds; three numbers each.
    z
        Heights of images in m, shape (image,).
    row
        The first image, and the one after the last.
    directions
        See ``direction_map``.
    nearest
        Shape (image,), int32; overwritten.
    """
    first, last = row
    cells = directions.shape[0]
    half = 0.5 * cells
    for k in range(last - first):
        height = z[first + k]
        a, b = path[0] + slope[0] * height, path[1] + slope[1] * height
        c = path[2] + slope[2] * height
        size = half / (abs(a) + abs(b) + abs(c))
        u, v = a * size, b * size
        if c < 0.0:
            u, v = math.copysign(half - abs(v), u), math.copysign(half - abs(u), v)
        p, q = np.int32(half + u), np.int32(half + v)
        nearest[k] = directions[np.uint64(min(p, cells - 1)), np.uint64(min(q, cells - 1))]


@_compiled
def _filter_taps(coefficients: Any, block: int, phase: int, loudness: Any, tap: Any) -> None:
    """Evaluate the polynomials of all taps of a filter at one delay."""
    later = (np.float32(phase) + np.float32(0.5)) / np.float32(PHASES) - np.float32(0.5)
    taps = tap.size
    for t in range(taps):
        at = np.uint64(block + t)
        total = coefficients[at + np.uint64((POWERS - 1) * taps)]
        for power in range(POWERS - 1):
            total = total * later + coefficients[at + np.uint64((POWERS - 2 - power) * taps)]
        tap[t] = loudness * total


@_compiled
def _add(tap: Any, start: int, samples: Any) -> None:
    """Add taps to samples."""
    for t in range(tap.size):
        samples[np.uint64(start + t)] += tap[t]


@_compiled
def _add_columns(tap: Any, amplitude: Any, start: int, samples: Any) -> None:
    """Add taps to the columns of samples."""
    for t in range(tap.size):
        first = np.uint64((start + t) * amplitude.size)
        for column in range(amplitude.size):
            samples[first + np.uint64(column)] += amplitude[column] * tap[t]
