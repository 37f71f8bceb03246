"""Gains by direction, for a batch of images.

A pattern that is alike around an axis is looked up by angle. Others are sums of harmonics, computed
by the recursion of ``spherical_harmonics``, for all images at once: the loop over images is
innermost, so that the compiler can vectorise it.
"""

import math
from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from simgen.acoustics.patterns import Pattern

__all__ = [
    "NO_BODY",
    "BodyGains",
    "Directivity",
    "axial_gains",
    "directional_gains",
    "harmonic_gains",
]

_compiled = njit(cache=True, error_model="numpy")


class BodyGains(NamedTuple):
    """Gains of a receiver on a body, by where the sound comes from.

    Attributes
    ----------
    offset
        From the body's centre to the receiver in m in the room's frame, shape (3,).
    most_near
        See ``BodyFilters``.
    table
        Gain of each column, shape (nearness, angle, column), float32, contiguous; empty without
        a body.
    """

    offset: NDArray[np.float64]
    most_near: float
    table: NDArray[np.float32]


NO_BODY: Final = BodyGains(np.zeros(3), 0.0, np.zeros((0, 0, 0), np.float32))
"""What a receiver in the free field is mounted on."""


class Directivity(NamedTuple):
    """How a source and a receiver weigh directions, in each column.

    Attributes
    ----------
    emission, reception
        Those of the source and the receiver.
    body
        What the receiver is mounted on.
    """

    emission: Pattern
    reception: Pattern
    body: BodyGains

    @property
    def is_alike(self) -> bool:
        """Whether directions make no difference at all."""
        return not (self.emission.is_directed or self.reception.is_directed or self.body.table.size)


@_compiled
def _has_pattern(pattern: Any) -> bool:
    """Tell whether a pattern is not alike in all directions."""
    return bool(pattern.harmonics.size + pattern.table.size > 0)


@_compiled
def directional_gains(directivity: Any, batch: Any, distance: Any) -> None:
    """Multiply the gains of images by what source and receiver make of their directions.

    Parameters
    ----------
    directivity
        ``Directivity``.
    batch
        ``Batch``; its gains are changed in place.
    distance
        In m, of the first images of the batch, shape (image,).
    """
    offset, gain = batch.offset[:, : distance.size], batch.gain[: distance.size]
    if directivity.body.table.size > 0:
        _body_gains(directivity.body, offset, gain)
    emission, reception = directivity.emission, directivity.reception
    if _has_pattern(emission) or _has_pattern(reception):
        to_image = _directions(offset, distance)
        _pattern_gains(reception, to_image, gain)
        if _has_pattern(emission):
            _mirror(to_image, batch.room)
            _pattern_gains(emission, to_image, gain)


@_compiled
def _directions(offset: Any, distance: Any) -> Any:
    """Return the unit vectors from the receiver to some images, (3, image) float32."""
    direction = np.empty(offset.shape, np.float32)
    for k in range(distance.size):
        inverse = 1.0 / distance[k]
        direction[0, k] = offset[0, k] * inverse
        direction[1, k] = offset[1, k] * inverse
        direction[2, k] = offset[2, k] * inverse
    return direction


@_compiled
def _mirror(direction: Any, room: Any) -> None:
    """Turn directions to images into those in which the source itself sends the sound.

    The path from an image to the receiver is the source's own path, mirrored once for each wall.
    """
    for axis in range(3):
        for k in range(direction.shape[1]):
            direction[axis, k] *= np.float32(2 * (room[axis, k] & 1) - 1)


@_compiled
def _pattern_gains(pattern: Any, direction: Any, gains: Any) -> None:
    """Multiply gains by those of a pattern."""
    if pattern.table.size > 0:
        axial_gains(pattern.axis, pattern.table, direction, gains)
    elif pattern.harmonics.size > 0:
        harmonic_gains(pattern.harmonics, direction, gains)


@_compiled
def axial_gains(axis: Any, table: Any, direction: Any, gains: Any) -> None:
    """Multiply gains by what a table has for the angles from an axis.

    Parameters
    ----------
    axis, table
        See ``Pattern``.
    direction
        Unit vectors, shape (3, image), float32.
    gains
        Shape (image, column), float32; changed in place.
    """
    steps = np.float32(table.shape[0] - 1)
    for k in range(gains.shape[0]):
        cosine = axis[0] * direction[0, k] + axis[1] * direction[1, k] + axis[2] * direction[2, k]
        place = max((cosine + np.float32(1.0)) * np.float32(0.5), np.float32(0.0)) * steps
        entry = min(np.int32(place), np.int32(steps) - 1)
        beyond = place - np.float32(entry)
        before, after = np.uint64(entry), np.uint64(entry + 1)
        for column in range(gains.shape[1]):
            low, high = table[before, column], table[after, column]
            gains[k, column] *= low + beyond * (high - low)


@_compiled
def harmonic_gains(coefficients: Any, direction: Any, gains: Any) -> None:
    """Multiply gains by what spherical harmonics describe.

    Parameters
    ----------
    coefficients
        Of each column, shape (harmonic, column), float32, ACN order, SN3D.
    direction
        Unit vectors, shape (3, image), float32.
    gains
        Shape (image, column), float32; changed in place.
    """
    order = int(math.sqrt(coefficients.shape[0])) - 1
    x, y, z = direction
    pattern = np.zeros((coefficients.shape[1], z.size), np.float32)
    real, imaginary = np.ones(z.size, np.float32), np.zeros(z.size, np.float32)
    legendre, before = np.empty(z.size, np.float32), np.empty(z.size, np.float32)
    square = 1.0
    for m in range(order + 1):
        if m > 0:
            _turn(x, y, real, imaginary)
            square *= (2 * m - 1) / (2 * m) if m > 1 else 1.0
        legendre[:] = np.float32(math.sqrt(square))
        before[:] = np.float32(0.0)
        for n in range(m, order + 1):
            if n > m:
                _raise_degree(n, m, z, legendre, before)
            _add(coefficients[n * n + n + m], legendre, real, pattern)
            if m > 0:
                _add(coefficients[n * n + n - m], legendre, imaginary, pattern)
    for k in range(z.size):
        for column in range(gains.shape[1]):
            gains[k, column] *= pattern[column, k]


@_compiled
def _turn(x: Any, y: Any, real: Any, imaginary: Any) -> None:
    """Multiply real + j imaginary by x + j y."""
    for k in range(x.size):
        old = real[k]
        real[k] = x[k] * old - y[k] * imaginary[k]
        imaginary[k] = x[k] * imaginary[k] + y[k] * old


@_compiled
def _raise_degree(n: int, m: int, z: Any, legendre: Any, before: Any) -> None:
    """Take S_(n-1)^m and S_(n-2)^m to S_n^m and S_(n-1)^m."""
    divisor = math.sqrt(n * n - m * m)
    first = np.float32((2 * n - 1) / divisor)
    second = np.float32(math.sqrt((n - 1) ** 2 - m * m) / divisor)
    for k in range(z.size):
        old = legendre[k]
        legendre[k] = first * z[k] * old - second * before[k]
        before[k] = old


@_compiled
def _add(weights: Any, legendre: Any, circular: Any, pattern: Any) -> None:
    """Add a harmonic, with the weight that it has in each column, to their patterns."""
    for column in range(weights.size):
        weight = weights[column]
        if weight != 0.0:
            row = pattern[column]
            for k in range(row.size):
                row[k] += weight * (legendre[k] * circular[k])


@_compiled
def _body_gains(body: Any, offset: Any, gains: Any) -> None:
    """Multiply gains by what a body makes of sound from some images.

    Parameters
    ----------
    body
        ``BodyGains``.
    offset
        From the receiver to the images in m, shape (3, image).
    gains
        Shape (image, column), float32; changed in place.
    """
    size, table = offset.shape[1], body.table.reshape(-1)
    entry = np.empty(size, np.int32)
    along, across = np.empty(size, np.float32), np.empty(size, np.float32)
    _locate(body, offset, entry, along, across)
    _interpolate(table, np.uint64(body.table.shape[1]), entry, along, across, gains)


@_compiled
def _locate(body: Any, offset: Any, entry: Any, along: Any, across: Any) -> None:
    """Find images by nearness and cos(angle / 2): the entry before, and how far beyond it."""
    a, b, c = body.offset[0], body.offset[1], body.offset[2]
    radius = math.sqrt(a * a + b * b + c * c)
    # All in floating point, whole numbers too: a loop that mixes them has no vectors.
    rows, angles = float(body.table.shape[0]), float(body.table.shape[1])
    nearer, ahead, last = radius / body.most_near * (rows - 1.0), 1.0 / radius, angles - 1.0
    for k in range(entry.size):
        x, y, z = offset[0, k] + a, offset[1, k] + b, offset[2, k] + c
        inverse = 1.0 / math.sqrt(x * x + y * y + z * z)
        cosine = (x * a + y * b + z * c) * inverse * ahead
        near, angle = nearer * inverse, math.sqrt(max(0.5 + 0.5 * cosine, 0.0)) * last
        row = np.float64(np.int32(min(near, rows - 2.0)))
        step = np.float64(np.int32(min(angle, last - 1.0)))
        entry[k] = np.int32(row * angles + step)
        along[k], across[k] = np.float32(near - row), np.float32(angle - step)


@_compiled
def _interpolate(table: Any, angles: Any, entry: Any, along: Any, across: Any, gains: Any) -> None:
    """Multiply gains by a flat table's values between four entries."""
    size = np.uint64(gains.shape[1])
    for k in range(entry.size):
        far = np.uint64(entry[k]) * size
        near = far + angles * size
        up, right = along[k], across[k]
        for column in range(gains.shape[1]):
            c = np.uint64(column)
            one, other = table[far + c], table[near + c]
            one += right * (table[far + size + c] - one)
            other += right * (table[near + size + c] - other)
            gains[k, column] *= one + up * (other - one)
