"""Which estimate answers which reference."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment

from simgen.errors import ShapeError

__all__ = ["as_error_matrix", "associate"]


def associate(errors: ArrayLike, gate: float = np.inf) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pair references with estimates: gate first, most pairs next, least total error last.

    Parameters
    ----------
    errors
        Error of each estimate against each reference, shape (reference, estimate); infinite
        where the two must never be paired.
    gate
        Largest error of a pair, itself allowed, in the unit of ``errors``.

    Returns
    -------
    tuple of NDArray
        Indices of the paired references, ascending, and of their estimates, each (pair,).

    Raises
    ------
    ShapeError
        If ``errors`` is not a matrix, or holds a negative number or NaN.

    Notes
    -----
    A forbidden pair costs more than any full set of allowed pairs together, so that the least
    costly assignment holds as few forbidden pairs as can be, and among those the least error.

    Examples
    --------
    >>> references, estimates = associate([[1.0, 4.0], [0.0, 3.0]], gate=3.5)
    >>> references.tolist(), estimates.tolist()
    ([0, 1], [0, 1])
    """
    matrix = as_error_matrix(errors)
    allowed = np.isfinite(matrix) & (matrix <= gate)
    worst = np.max(matrix, where=allowed, initial=0.0)
    forbidden = (min(matrix.shape) + 1.0) * (worst or 1.0)
    references, estimates = linear_sum_assignment(np.where(allowed, matrix, forbidden))
    kept = allowed[references, estimates]
    return references[kept], estimates[kept]


def as_error_matrix(errors: ArrayLike) -> NDArray[np.float64]:
    """Return errors as a float64 matrix (reference, estimate) of numbers from 0 to infinity.

    Raises
    ------
    ShapeError
        If ``errors`` is not a matrix, or holds a negative number or NaN.
    """
    matrix = np.asarray(errors, dtype=np.float64)
    if matrix.ndim != 2:
        raise ShapeError(f"errors has shape {matrix.shape}", allowed="(reference, estimate)")
    if not np.all(matrix >= 0.0):
        value = float(matrix[~(matrix >= 0.0)][0])
        raise ShapeError("errors holds an impossible error", value=value, allowed="0 or more")
    return matrix
