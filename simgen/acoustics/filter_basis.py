"""Few filters that stand for many: every filter of a set as a weighted sum of some."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["FilterBasis", "filter_basis"]


@dataclass(frozen=True, eq=False)
class FilterBasis:
    """Filters, and how a set is made of them.

    Attributes
    ----------
    weights
        Shape (entry, filter).
    filters
        Impulse responses, shape (filter, tap).
    """

    weights: NDArray[np.float64]
    filters: NDArray[np.float64]


def filter_basis(
    responses: NDArray[np.float64], emphasis: NDArray[np.float64], tolerance: float
) -> FilterBasis:
    """Choose filters until every response is a sum of them, but for a small rest.

    The response that is told worst joins in turn, made orthogonal to those chosen before
    (Gram-Schmidt with pivoting). It takes a few filters more than singular vectors would, but
    additions and products in a fixed order alone: the same bits on every processor.

    Parameters
    ----------
    responses
        Impulse responses, shape (entry, tap).
    emphasis
        How much each frequency counts, shape (tap // 2 + 1,), as amplitude.
    tolerance
        Greatest rest of any response, relative to the root mean square norm of all of them.

    Returns
    -------
    Weights and filters; at least one filter.
    """
    spectra = np.fft.rfft(responses, axis=1) * emphasis
    scale = np.sqrt(np.mean(np.sum(np.square(np.abs(np.fft.rfft(responses, axis=1))), axis=1)))
    counted = emphasis > 0.0
    rest = np.concatenate([spectra.real[:, counted], spectra.imag[:, counted]], axis=1)
    own = responses.copy()
    weights: list[NDArray[np.float64]] = []
    filters: list[NDArray[np.float64]] = []
    while len(filters) < len(responses):
        sizes = np.sqrt(np.sum(np.square(rest), axis=1))
        worst = int(np.argmax(sizes))
        if filters and sizes[worst] <= tolerance * scale:
            break
        size = sizes[worst] or 1.0
        direction, chosen = rest[worst] / size, own[worst] / size
        shares = np.sum(rest * direction, axis=1)
        rest -= shares[:, None] * direction
        own -= shares[:, None] * chosen
        weights.append(shares)
        filters.append(chosen)
    return FilterBasis(np.stack(weights, axis=1), np.stack(filters))
