"""Gains by direction, for the images of one row of the engine.

Harmonics are computed by the recursion of ``spherical_harmonics``, for a whole row at once: the
loop over images is innermost, so that the compiler can vectorise it.
"""

import math
from typing import Any

import numpy as np
from numba import njit

__all__ = ["harmonic_gains"]

_compiled = njit(cache=True, error_model="numpy")


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
