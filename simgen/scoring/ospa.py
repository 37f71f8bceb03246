"""Distances between sets: how far apart two sets of directions are, counting members too.

Both metrics cut each error at a cutoff c, the price of a missing or a superfluous member. OSPA
divides by the larger set and so stays within [0, c]; GOSPA does not, and splits into the errors
of what was found, what was missed and what was false.

References
----------
D. Schuhmacher, B.-T. Vo and B.-N. Vo, "A consistent metric for performance evaluation of
multi-object filters", IEEE Transactions on Signal Processing 56(8), 2008.

A. S. Rahmathullah, A. F. Garcia-Fernandez and L. Svensson, "Generalized optimal sub-pattern
assignment metric", International Conference on Information Fusion, 2017.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment

from simgen.arrays import require_between
from simgen.scoring.association import as_error_matrix

__all__ = ["GospaParts", "gospa", "ospa"]

_LARGEST = float(np.finfo(np.float64).max)


def ospa(errors: ArrayLike, *, cutoff: float, order: float = 1.0) -> float:
    """Measure the optimal sub-pattern assignment distance between two sets.

    With M references, N estimates, errors d, cutoff c and order p it is
    [(min over assignments of sum min(c, d)^p + c^p |M - N|) / max(M, N)]^(1/p); it is 0 for two
    empty sets and c if only one is empty.

    Parameters
    ----------
    errors
        Errors between the members, shape (reference, estimate).
    cutoff
        The price c of a missing or superfluous member, in the unit of ``errors``.
    order
        The exponent p, at least 1.

    Returns
    -------
    float
        The distance, in [0, cutoff].

    Raises
    ------
    ShapeError
        If ``errors`` is not a matrix, or holds a negative number or NaN.
    ParameterError
        If ``cutoff`` is negative or ``order`` below 1.

    References
    ----------
    Schuhmacher, Vo and Vo 2008, section III.

    Examples
    --------
    >>> ospa([[2.0, 50.0]], cutoff=30.0)
    16.0
    """
    costs, largest_cost = _costs(errors, cutoff, order)
    fewer, more = sorted(costs.shape)
    if more == 0:
        return 0.0
    total = costs[linear_sum_assignment(costs)].sum() + largest_cost * (more - fewer)
    return min(float((total / more) ** (1.0 / order)), cutoff)


@dataclass(frozen=True)
class GospaParts:
    """GOSPA and the three costs it is made of.

    Attributes
    ----------
    total
        The distance; ``total ** order`` is the sum of the three costs.
    localisation
        Summed error of the pairs nearer than the cutoff, to the power of the order.
    missed
        Half the cutoff, to the power of the order, for each reference without an estimate.
    false
        The same for each estimate without a reference.
    """

    total: float
    localisation: float
    missed: float
    false: float


def gospa(errors: ArrayLike, *, cutoff: float, order: float = 1.0) -> GospaParts:
    """Measure the generalised optimal sub-pattern assignment distance with alpha = 2.

    It is [min over partial assignments of sum d^p + (c^p / 2) (missed + false)]^(1/p): a pair as
    far apart as the cutoff costs what one missed and one false member cost.

    Parameters
    ----------
    errors
        Errors between the members, shape (reference, estimate).
    cutoff
        The price c of a missed and a false member together, in the unit of ``errors``.
    order
        The exponent p, at least 1.

    Returns
    -------
    GospaParts
        The distance, which no cutoff bounds, and its parts.

    Raises
    ------
    ShapeError
        If ``errors`` is not a matrix, or holds a negative number or NaN.
    ParameterError
        If ``cutoff`` is negative or ``order`` below 1.

    References
    ----------
    Rahmathullah, Garcia-Fernandez and Svensson 2017, proposition 1.

    Examples
    --------
    >>> gospa([[2.0, 50.0]], cutoff=30.0)
    GospaParts(total=17.0, localisation=2.0, missed=0.0, false=15.0)
    """
    costs, largest_cost = _costs(errors, cutoff, order)
    assigned = costs[linear_sum_assignment(costs)]
    found = assigned[assigned < largest_cost]
    num_references, num_estimates = costs.shape
    localisation = float(found.sum())
    missed = float(largest_cost / 2.0 * (num_references - found.size))
    false = float(largest_cost / 2.0 * (num_estimates - found.size))
    total = (localisation + missed + false) ** (1.0 / order)
    return GospaParts(total, localisation, missed, false)


def _costs(errors: ArrayLike, cutoff: float, order: float) -> tuple[NDArray[np.float64], float]:
    """Return min(c, d)^p for every pair, and c^p."""
    require_between(cutoff, "cutoff", 0.0, _LARGEST)
    require_between(order, "order", 1.0, _LARGEST)
    return np.minimum(as_error_matrix(errors), cutoff) ** order, cutoff**order
