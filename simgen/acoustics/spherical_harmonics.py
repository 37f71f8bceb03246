"""Real spherical harmonics: how everything directional is written down.

Channels are in ACN order, harmonic (n, m) at n^2 + n + m, and SN3D normalisation without the
Condon-Shortley phase, the convention of AmbiX: degree 0 is 1, degree 1 is (y, z, x). Directions
are unit vectors (x front, y left, z up). Values need additions, multiplications, divisions and
square roots alone, and sums are taken in a fixed order, so that they have the same bits on every
processor; only ``fit_harmonics`` calls linear algebra.

References
----------
C. Nachbar, F. Zotter, E. Deleflie and A. Sontacchi, "AmbiX: a suggested Ambisonics format",
Ambisonics Symposium, 2011.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_points, as_real, matrix_product, require_whole
from simgen.errors import ParameterError, ShapeError

__all__ = [
    "HIGHEST_ORDER",
    "acn_index",
    "as_coefficients",
    "as_directions",
    "as_order",
    "axial_series",
    "evaluate_harmonics",
    "fit_harmonics",
    "harmonic_degrees",
    "order_of_harmonics",
    "real_spherical_harmonics",
]

HIGHEST_ORDER: Final = 30
"""Highest order on offer: 961 harmonics, more than any published directivity needs."""

_UNIT_TOLERANCE: Final = 1e-6
"""How far a direction's length may be from 1."""

_ROUNDING: Final = 1e-8
"""What may be left of coefficients that are alike around an axis: patterns are rounded to 1e-9."""


def acn_index(n: int, m: int) -> int:
    """Return the place of the harmonic of degree ``n`` and index ``m``, -n to n, in ACN order.

    Examples
    --------
    >>> [acn_index(n, m) for n in (0, 1) for m in range(-n, n + 1)]
    [0, 1, 2, 3]
    """
    return n * n + n + m


def harmonic_degrees(order: int) -> NDArray[np.int64]:
    """Return the degree n of each harmonic in ACN order, shape (harmonic,).

    Examples
    --------
    >>> harmonic_degrees(2).tolist()
    [0, 1, 1, 1, 2, 2, 2, 2, 2]
    """
    degrees = np.arange(as_order(order) + 1)
    return np.repeat(degrees, 2 * degrees + 1)


def order_of_harmonics(num_harmonics: int) -> int:
    """Return the order that has this many harmonics, (order + 1)^2.

    Raises
    ------
    ShapeError
        If there is none up to the highest.

    Examples
    --------
    >>> order_of_harmonics(16)
    3
    """
    order = math.isqrt(num_harmonics) - 1
    if not (0 <= order <= HIGHEST_ORDER and (order + 1) ** 2 == num_harmonics):
        raise ShapeError(
            "no order has this number of harmonics",
            value=num_harmonics,
            allowed=f"1, 4, 9, ... {(HIGHEST_ORDER + 1) ** 2}",
        )
    return order


def real_spherical_harmonics(directions: ArrayLike, order: int) -> NDArray[np.float64]:
    """Evaluate every harmonic up to an order in given directions.

    Harmonic (n, m) is S_n^|m|(z) times sqrt(2) Re (x + j y)^m for m > 0, times 1 for m = 0,
    times sqrt(2) Im (x + j y)^|m| for m < 0, where

        S_m^m = S_(m-1)^(m-1) sqrt((2 m - 1) / (2 m)),    S_0^0 = 1,
        sqrt(n^2 - m^2) S_n^m = (2 n - 1) z S_(n-1)^m - sqrt((n - 1)^2 - m^2) S_(n-2)^m:

    the associated Legendre functions without their factor (1 - z^2)^(m/2), SN3D-normalised.

    Parameters
    ----------
    directions
        Unit vectors, shape (point, 3).
    order
        0 to 30.

    Returns
    -------
    Harmonics, shape (point, (order + 1)^2), ACN order. Over the sphere, the mean square of one
    of degree n is 1 / (2 n + 1), and the mean product of two is 0.

    Raises
    ------
    ShapeError
        If directions are not finite or not of shape (point, 3).
    ParameterError
        If a direction is not of length 1, or the order is out of range.

    References
    ----------
    M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, 1964, eq. 8.5.3 (the
    recursion in degree, here after normalisation by sqrt((n - m)! / (n + m)!)).

    Examples
    --------
    >>> real_spherical_harmonics([[0.6, 0.0, 0.8]], 1).tolist()
    [[1.0, 0.0, 0.8, 0.6]]
    """
    highest = as_order(order)
    points = as_directions(directions)
    x, y, z = points.T
    harmonics = np.zeros((len(points), (highest + 1) ** 2))
    real, imaginary = np.ones_like(x), np.zeros_like(x)
    for m in range(highest + 1):
        for n, legendre in enumerate(_legendre_column(z, m, highest), start=m):
            if m > 0:
                harmonics[:, acn_index(n, -m)] = legendre * imaginary
            harmonics[:, acn_index(n, m)] = legendre * real
        real, imaginary = x * real - y * imaginary, x * imaginary + y * real
    return harmonics


def _legendre_column(z: NDArray[np.float64], m: int, highest: int) -> list[NDArray[np.float64]]:
    """Return S_n^m for n = m to ``highest``; times sqrt(2) where m > 0."""
    square = 1.0 if m == 0 else 2.0
    for k in range(1, m + 1):
        square *= (2 * k - 1) / (2 * k)
    column = [np.zeros_like(z), np.full_like(z, math.sqrt(square))]
    for n in range(m + 1, highest + 1):
        before = math.sqrt((n - 1) ** 2 - m * m) * column[-2]
        column.append(((2 * n - 1) * z * column[-1] - before) / math.sqrt(n * n - m * m))
    return column[1:]


def evaluate_harmonics(coefficients: ArrayLike, directions: ArrayLike) -> NDArray[np.float64]:
    """Return the value, in given directions, of what coefficients describe.

    Parameters
    ----------
    coefficients
        Shape (..., harmonic), ACN order, SN3D.
    directions
        Unit vectors, shape (point, 3).

    Returns
    -------
    Values, shape (..., point).

    Raises
    ------
    ShapeError
        If an array is not finite, or the number of harmonics is not a square.
    ParameterError
        If a direction is not of length 1.

    Examples
    --------
    >>> cardioid = [0.5, 0.0, 0.0, 0.5]
    >>> evaluate_harmonics(cardioid, [[1, 0, 0], [0, 1, 0], [-1, 0, 0]]).tolist()
    [1.0, 0.5, 0.0]
    """
    weights = as_coefficients(coefficients)
    order = order_of_harmonics(weights.shape[-1])
    return matrix_product(weights, real_spherical_harmonics(directions, order).T)


def fit_harmonics(
    directions: ArrayLike,
    values: ArrayLike,
    order: int,
    *,
    weights: ArrayLike | None = None,
    smoothing: float = 0.0,
) -> NDArray[np.float64]:
    """Fit coefficients to values known in some directions, by least squares.

    The weighted mean square of the error, plus ``smoothing`` times the mean square over the
    sphere of the fit's surface Laplacian, is the least possible.

    Parameters
    ----------
    directions
        Unit vectors, shape (point, 3).
    values
        Shape (..., point).
    order
        0 to 30.
    weights
        Non-negative weight of each direction, such as the area it stands for, shape (point,);
        only their ratios matter. All alike if left out.
    smoothing
        Non-negative. 0 fits as well as the order can; 1e-6 to 1e-3 fills gaps of a measured
        grid, such as that below the chair, without wild values.

    Returns
    -------
    Coefficients, shape (..., harmonic), ACN order, SN3D.

    Raises
    ------
    ShapeError
        If an array is not finite, or shapes differ.
    ParameterError
        If a weight or the smoothing is negative, or the directions leave coefficients open.

    References
    ----------
    R. Duraiswami, D. N. Zotkin and N. A. Gumerov, "Interpolation and range extrapolation of
    HRTFs", Proc. IEEE ICASSP 2004, vol. 4 (regularisation that grows with the degree).
    """
    harmonics = real_spherical_harmonics(directions, order)
    known = _as_trailing(values, "values", "point")
    if known.shape[-1] != len(harmonics):
        raise ShapeError(f"values has shape {known.shape}", allowed=f"(..., {len(harmonics)})")
    if not (math.isfinite(smoothing) and smoothing >= 0.0):
        raise ParameterError("smoothing is out of range", value=smoothing, allowed=">= 0")
    degrees = harmonic_degrees(order)
    root = np.sqrt(_as_shares(weights, len(harmonics)))
    roughness = np.sqrt(smoothing / (2 * degrees + 1)) * degrees * (degrees + 1)
    system = np.vstack([root[:, None] * harmonics, np.diag(roughness)])
    target = np.zeros((len(system), math.prod(known.shape[:-1])))
    target[: len(root)] = (root * known).reshape(-1, len(root)).T
    solution, _, rank, _ = np.linalg.lstsq(system, target)
    if rank < len(degrees):
        raise ParameterError(
            f"the directions determine {rank} of {len(degrees)} coefficients",
            value=order,
            fix="Lower the order, or give a smoothing such as 1e-6.",
        )
    return np.asarray(solution.T.reshape(*known.shape[:-1], len(degrees)))


def axial_series(coefficients: ArrayLike, axis: ArrayLike) -> NDArray[np.float64] | None:
    """Write what is alike all around an axis as a sum of Legendre polynomials.

    Parameters
    ----------
    coefficients
        Shape (..., harmonic).
    axis
        Unit vector, shape (3,).

    Returns
    -------
    The factor of P_n(cosine of the angle from the axis), shape (..., degree); None if it is not
    alike around the axis.

    Raises
    ------
    ShapeError
        If coefficients are not finite, or their number is not a square.

    References
    ----------
    In SN3D the addition theorem is sum_m Y_nm(a) Y_nm(b) = P_n(a . b).

    Examples
    --------
    A cardioid that faces +x.

    >>> axial_series([0.5, 0.0, 0.0, 0.5], (1.0, 0.0, 0.0)).tolist()
    [0.5, 0.5]
    >>> axial_series([0.5, 0.0, 0.0, 0.5], (0.0, 1.0, 0.0)) is None
    True
    """
    given = as_coefficients(coefficients)
    order = order_of_harmonics(given.shape[-1])
    (along,) = real_spherical_harmonics(np.reshape(axis, (1, 3)), order)
    degrees = harmonic_degrees(order)
    starts = np.flatnonzero(np.diff(degrees, prepend=-1))
    series = np.asarray(np.add.reduceat(given * along, starts, axis=-1))
    rest = np.abs(given - series[..., degrees] * along)
    return series if np.all(rest <= _ROUNDING * np.max(np.abs(given))) else None


def as_order(order: int) -> int:
    """Return an order; refuse what is no integer from 0 to the highest."""
    require_whole(order, "order", 0, HIGHEST_ORDER)
    return int(order)  # numpy's may be of one byte


def as_directions(directions: ArrayLike) -> NDArray[np.float64]:
    """Return unit vectors, shape (point, 3); refuse any other length."""
    points = as_points(directions, "directions")
    wrong = np.abs(np.sum(points * points, axis=1) - 1.0) > 2.0 * _UNIT_TOLERANCE
    if np.any(wrong):
        k = int(np.argmax(wrong))
        raise ParameterError(
            f"direction {k} is not a unit vector", value=points[k].tolist(), allowed="length 1"
        )
    return points


def as_coefficients(coefficients: ArrayLike) -> NDArray[np.float64]:
    """Return finite coefficients, shape (..., harmonic)."""
    return _as_trailing(coefficients, "coefficients", "harmonic")


def _as_trailing(values: ArrayLike, name: str, axis: str) -> NDArray[np.float64]:
    """Return a finite array with at least one axis, the last one named."""
    return as_real(values, name, axes=("...",) * (np.ndim(values) - 1) + (axis,))


def _as_shares(weights: ArrayLike | None, count: int) -> NDArray[np.float64]:
    """Return non-negative weights that add up to 1, shape (count,)."""
    given = np.ones(count) if weights is None else as_real(weights, "weights", axes=("point",))
    if given.shape != (count,):
        raise ShapeError(f"weights has shape {given.shape}", allowed=f"({count},)")
    if np.any(given < 0.0) or not np.any(given > 0.0):
        allowed = "none negative, not all 0"
        raise ParameterError("weights are out of range", value=given.tolist(), allowed=allowed)
    return np.asarray(given / given.sum())
