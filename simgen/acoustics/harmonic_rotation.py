"""Rotation of real spherical harmonics: what turns with a thing, written in its own frame.

Conventions are those of ``spherical_harmonics``, and so is the care for the last bits: additions,
products and square roots in a fixed order.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.acoustics.spherical_harmonics import as_coefficients, as_order, order_of_harmonics
from simgen.arrays import as_points, matrix_product
from simgen.errors import ParameterError, ShapeError

__all__ = ["rotate_harmonics", "rotation_matrix_of_harmonics"]

_TOLERANCE: Final = 1e-6
"""How far a rotation's product with its transpose may be from 1."""


def rotate_harmonics(coefficients: ArrayLike, rotation: ArrayLike) -> NDArray[np.float64]:
    """Turn what coefficients describe: what it had in direction u, it then has in R u.

    Parameters
    ----------
    coefficients
        Shape (..., harmonic), ACN order, SN3D.
    rotation
        Orthogonal matrix R that acts on column vectors, shape (3, 3).

    Returns
    -------
    Coefficients, shape (..., harmonic).

    Raises
    ------
    ShapeError
        If an array is not finite, or the number of harmonics is not a square.
    ParameterError
        If the matrix is not orthogonal.

    Examples
    --------
    A turn to the left takes a figure-of-eight from x to y.

    >>> left = [[0, -1, 0], [1, 0, 0], [0, 0, 1]]
    >>> rotate_harmonics([0.0, 0.0, 0.0, 1.0], left).tolist()
    [0.0, 1.0, 0.0, 0.0]
    """
    weights = as_coefficients(coefficients)
    order = order_of_harmonics(weights.shape[-1])
    return matrix_product(weights, rotation_matrix_of_harmonics(rotation, order).T)


def rotation_matrix_of_harmonics(rotation: ArrayLike, order: int) -> NDArray[np.float64]:
    """Return the matrix M that does to harmonics what R does to directions: Y(R u) = M Y(u).

    Y(u) is the column of harmonics of a direction u; in rows, as they are stored,
    ``real_spherical_harmonics(u @ R.T, order) == real_spherical_harmonics(u, order) @ M.T``.
    M is orthogonal and has one block per degree. Coefficients c of a pattern D(u) = c . Y(u)
    become M c when the pattern turns with R, since D(R^-1 u) = c . M^-1 Y(u) = (M c) . Y(u).

    Parameters
    ----------
    rotation
        Orthogonal matrix R that acts on column vectors, shape (3, 3); it may mirror.
    order
        0 to 30.

    Returns
    -------
    M, shape (harmonic, harmonic), ACN order.

    Raises
    ------
    ShapeError
        If the matrix is not finite or not of shape (3, 3).
    ParameterError
        If the matrix is not orthogonal, or the order is out of range.

    References
    ----------
    J. Ivanic and K. Ruedenberg, "Rotation matrices for real spherical harmonics. Direct
    determination by recursion", J. Phys. Chem. 100(15), 1996, with the corrected tables of
    J. Phys. Chem. A 102(45), 1998.
    """
    highest = as_order(order)
    cyclic = [1, 2, 0]  # degree 1 is (y, z, x)
    first = _as_orthogonal(rotation)[np.ix_(cyclic, cyclic)]
    matrix = np.zeros(((highest + 1) ** 2, (highest + 1) ** 2))
    block = np.ones((1, 1))
    for n in range(highest + 1):
        if n > 0:
            block = first if n == 1 else _next_block(first, block)
        matrix[n * n : (n + 1) ** 2, n * n : (n + 1) ** 2] = block
    return matrix


def _next_block(first: NDArray[np.float64], previous: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the block of degree n from those of degrees 1 and n - 1."""
    n = len(previous) // 2 + 1
    products = [_times_first(row, previous) for row in first]
    column = np.arange(-n, n + 1)
    divisor = np.where(np.abs(column) < n, n * n - column * column, 2 * n * (2 * n - 1))
    rows = [_row_of_block(m, n, products) for m in range(-n, n + 1)]
    return np.asarray(np.stack(rows) / np.sqrt(divisor))


def _times_first(
    row: NDArray[np.float64], previous: NDArray[np.float64]
) -> dict[int, NDArray[np.float64]]:
    """Return the rows P_i(mu) of table 2: a row of the first block times the previous block."""
    y, z, x = row
    product = np.zeros((len(previous), len(previous) + 2))
    product[:, 1:-1] = z * previous
    product[:, 0] = x * previous[:, 0] + y * previous[:, -1]
    product[:, -1] = x * previous[:, -1] - y * previous[:, 0]
    return {k - len(previous) // 2: values for k, values in enumerate(product)}


def _row_of_block(
    m: int, n: int, products: list[dict[int, NDArray[np.float64]]]
) -> NDArray[np.float64]:
    """Return row m of degree n before the division: u U + v V + w W of tables 1 and 2."""
    along_y, along_z, along_x = products
    size = abs(m)
    row = np.zeros(2 * n + 1)
    if size < n:
        row += math.sqrt((n + m) * (n - m)) * along_z[m]
    v, w = (0.5 * math.sqrt((n + k - 1) * (n + k)) for k in (size, -size))
    if m == 0:
        return row - math.sqrt(2.0) * v * (along_x[1] + along_y[-1])
    cosine, sine = (along_x, along_y) if m > 0 else (along_y, along_x)
    sign = 1.0 if m > 0 else -1.0
    if size == 1:
        row += math.sqrt(2.0) * v * cosine[0]
    else:
        row += v * (cosine[size - 1] - sign * sine[1 - size])
    if size < n - 1:
        row -= w * (sign * cosine[size + 1] + sine[-size - 1])
    return row


def _as_orthogonal(rotation: ArrayLike) -> NDArray[np.float64]:
    """Return an orthogonal matrix, shape (3, 3); refuse any other."""
    matrix = as_points(rotation, "rotation")
    if matrix.shape != (3, 3):
        raise ShapeError(f"rotation has shape {matrix.shape}", allowed="(3, 3)")
    if np.max(np.abs(matrix @ matrix.T - np.eye(3))) > _TOLERANCE:
        raise ParameterError("rotation is not orthogonal", value=matrix.tolist())
    return matrix
