"""Interpolation of tables that were computed on equal steps."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["refine"]


def refine(table: NDArray[np.float64], factor: int) -> NDArray[np.float64]:
    """Divide the steps along the first axis by cubic polynomials through the nearest four rows.

    Parameters
    ----------
    table
        Shape (row, ...), four rows or more.
    factor
        Steps for each one of the table.

    Returns
    -------
    Shape ((row - 1) * factor + 1, ...), in which every ``factor``-th row is the table's.

    References
    ----------
    M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, 1964, eq. 25.2.13
    (Lagrange's four-point formula).

    Examples
    --------
    >>> refine(np.arange(5.0) ** 3, 2).tolist()
    [0.0, 0.125, 1.0, 3.375, 8.0, 15.625, 27.0, 42.875, 64.0]
    """
    place = np.arange((len(table) - 1) * factor + 1) / factor
    first = np.clip(np.floor(place).astype(np.intp) - 1, 0, len(table) - 4)
    p = (place - first - 1).reshape(-1, *(1,) * (table.ndim - 1))
    return np.asarray(
        -p * (p - 1.0) * (p - 2.0) / 6.0 * table[first]
        + (p * p - 1.0) * (p - 2.0) / 2.0 * table[first + 1]
        - p * (p + 1.0) * (p - 2.0) / 2.0 * table[first + 2]
        + p * (p * p - 1.0) / 6.0 * table[first + 3]
    )
