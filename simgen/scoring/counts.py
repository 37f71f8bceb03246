"""Detections pooled as counts, so that rates are never averaged."""

from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.errors import ParameterError

__all__ = ["DetectionCounts", "f1", "precision", "recall"]


def precision(
    true_positives: ArrayLike, false_positives: ArrayLike, false_negatives: ArrayLike
) -> NDArray[np.float64]:
    """Return the share of estimates that are right; the counts broadcast.

    Saying nothing is right (1) only where there was nothing to find; otherwise it earns 0.

    Examples
    --------
    >>> precision([3, 0, 0], [1, 0, 0], [0, 2, 0]).tolist()
    [0.75, 0.0, 1.0]
    """
    true, false = np.asarray(true_positives), np.asarray(false_positives)
    return _rate(true, true + false, otherwise=np.equal(false_negatives, 0))


def recall(
    true_positives: ArrayLike, false_positives: ArrayLike, false_negatives: ArrayLike
) -> NDArray[np.float64]:
    """Return the share of references that were found; the counts broadcast.

    With nothing to find it is 1 where nothing was claimed, and otherwise 0.

    Examples
    --------
    >>> recall([3, 0, 0], [1, 2, 0], [3, 0, 0]).tolist()
    [0.5, 0.0, 1.0]
    """
    true, missed = np.asarray(true_positives), np.asarray(false_negatives)
    return _rate(true, true + missed, otherwise=np.equal(false_positives, 0))


def f1(
    true_positives: ArrayLike, false_positives: ArrayLike, false_negatives: ArrayLike
) -> NDArray[np.float64]:
    """Return the harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN); broadcasts.

    It is 1 where there was nothing to find and nothing was claimed.

    Examples
    --------
    >>> f1([3, 0, 0], [1, 2, 0], [1, 0, 0]).tolist()
    [0.75, 0.0, 1.0]
    """
    twice = 2 * np.asarray(true_positives)
    wrong = np.asarray(false_positives) + np.asarray(false_negatives)
    return _rate(twice, twice + wrong, otherwise=np.True_)


def _rate(
    part: NDArray[np.number], whole: NDArray[np.number], *, otherwise: NDArray[np.bool_] | np.bool_
) -> NDArray[np.float64]:
    """Divide counts, with ``otherwise`` in place of 0/0."""
    return np.asarray(np.where(whole > 0, part / np.maximum(whole, 1), otherwise), dtype=np.float64)


@dataclass(frozen=True)
class DetectionCounts:
    """Right, false and missed detections; ``+`` pools them.

    Parameters
    ----------
    true_positives, false_positives, false_negatives
        Estimates that answer a reference, estimates that do not, and references unanswered.

    Raises
    ------
    ParameterError
        If a count is negative.

    Examples
    --------
    >>> pooled = DetectionCounts(1, 0, 0) + DetectionCounts(1, 2, 0)
    >>> pooled.precision, pooled.recall
    (0.5, 1.0)
    """

    true_positives: int = 0
    false_positives: int = 0
    false_negatives: int = 0

    def __post_init__(self) -> None:
        if min(astuple(self)) < 0:
            raise ParameterError("a count is negative", value=astuple(self), allowed="0 or more")

    def __add__(self, other: "DetectionCounts") -> "DetectionCounts":
        return DetectionCounts(
            self.true_positives + other.true_positives,
            self.false_positives + other.false_positives,
            self.false_negatives + other.false_negatives,
        )

    @property
    def precision(self) -> float:
        """Share of estimates that are right; without estimates 1 if nothing was there, else 0."""
        return float(precision(*astuple(self)))

    @property
    def recall(self) -> float:
        """Share of references found; without references 1 if nothing was claimed, else 0."""
        return float(recall(*astuple(self)))

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 1 if nothing was there and nothing claimed."""
        return float(f1(*astuple(self)))
