"""How sure a score is: percentile bootstrap over scenes.

A scene enters a pooled score only through its sums (errors, counts), and a resample of the scenes
only through how often it holds each scene. So one pass gives the pooled sums of every resample,
and every score is a function of those. The resamples come from a random stream that numpy
guarantees, and sums are formed without BLAS: neither the number of threads nor numpy's version
moves an interval.

References
----------
B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap", Chapman and Hall, 1993,
section 13.3 (percentile interval).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real, require_between
from simgen.errors import ParameterError, ShapeError

__all__ = [
    "Interval",
    "PairedInterval",
    "bootstrap_interval",
    "paired_bootstrap",
    "paired_interval",
    "percentile_interval",
    "resample_weights",
    "resampled_sums",
]

NUM_RESAMPLES = 2000
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Interval:
    """A score and the interval that holds it with the stated confidence; NaN where undefined.

    Attributes
    ----------
    value
        The score over all scenes.
    low, high
        Ends of the interval.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class PairedInterval(Interval):
    """A mean difference over scenes, its interval, and how often resampling turns it negative.

    Attributes
    ----------
    share_below_zero
        Share of resamples whose mean difference is below 0, in [0, 1].
    """

    share_below_zero: float


def resample_weights(
    num_scenes: int, num_resamples: int = NUM_RESAMPLES, seed: int = 0
) -> NDArray[np.int64]:
    """Draw how often each resample holds each scene.

    Parameters
    ----------
    num_scenes, num_resamples
        Numbers of scenes and of resamples, at least 1.
    seed
        Key of the Philox generator, at least 0.

    Returns
    -------
    NDArray
        Counts, shape (resample, scene); each row sums to ``num_scenes``.

    Raises
    ------
    ParameterError
        If a number is out of range.
    """
    return np.stack(list(_weight_rows(num_scenes, num_resamples, seed)))


def resampled_sums(
    sums: ArrayLike, *, num_resamples: int = NUM_RESAMPLES, seed: int = 0
) -> NDArray[np.float64]:
    """Pool the scenes' sums over every resample.

    Parameters
    ----------
    sums
        What each scene contributes to each pooled quantity, shape (scene, quantity).
    num_resamples
        Number of resamples.
    seed
        Key of the Philox generator.

    Returns
    -------
    NDArray
        Pooled sums, shape (resample, quantity).

    Raises
    ------
    ShapeError
        If ``sums`` is not a finite matrix.
    ParameterError
        If there is no scene, or a number is out of range.
    """
    by_quantity = np.ascontiguousarray(as_real(sums, "sums", axes=("scene", "quantity")).T)
    rows = _weight_rows(by_quantity.shape[1], num_resamples, seed)
    return np.stack([np.einsum("s,qs->q", row.astype(np.float64), by_quantity) for row in rows])


def bootstrap_interval(
    statistic: Callable[[NDArray[np.float64]], ArrayLike],
    sums: ArrayLike,
    *,
    num_resamples: int = NUM_RESAMPLES,
    confidence: float = CONFIDENCE,
    seed: int = 0,
) -> Interval:
    """Bound a pooled score by resampling whole scenes.

    Parameters
    ----------
    statistic
        Maps pooled sums (..., quantity) to the score (...), such as a ratio of two of them.
    sums
        What each scene contributes to each pooled quantity, shape (scene, quantity).
    num_resamples
        Number of resamples.
    confidence
        Share of resamples inside the interval.
    seed
        Key of the Philox generator.

    Raises
    ------
    ShapeError
        If ``sums`` is not a finite matrix.
    ParameterError
        If there is no scene, or a number is out of range.

    Examples
    --------
    >>> hits_and_trials = [[1, 2], [2, 2], [0, 2], [1, 2]]
    >>> bootstrap_interval(lambda pooled: pooled[..., 0] / pooled[..., 1], hits_and_trials)
    Interval(value=0.5, low=0.125, high=0.875)
    """
    per_scene = as_real(sums, "sums", axes=("scene", "quantity"))
    replicates = statistic(resampled_sums(per_scene, num_resamples=num_resamples, seed=seed))
    value = float(np.asarray(statistic(per_scene.sum(axis=0))))
    return percentile_interval(value, replicates, confidence=confidence)


def percentile_interval(
    value: float, replicates: ArrayLike, *, confidence: float = CONFIDENCE
) -> Interval:
    """Bound a score by the central share of its values over resamples.

    Parameters
    ----------
    value
        The score over all scenes.
    replicates
        Its value over each resample, shape (resample,); NaN where undefined, which are left out.
    confidence
        Share of resamples inside the interval, from 0 to 1.

    Raises
    ------
    ParameterError
        If ``confidence`` is not in [0, 1].
    """
    require_between(confidence, "confidence", 0.0, 1.0)
    drawn = np.asarray(replicates, dtype=np.float64)
    defined = drawn[~np.isnan(drawn)]
    if np.isnan(value) or defined.size == 0:
        return Interval(value, np.nan, np.nan)
    low, high = np.quantile(defined, [(1.0 - confidence) / 2.0, (1.0 + confidence) / 2.0])
    return Interval(value, float(low), float(high))


def paired_bootstrap(
    values_a: ArrayLike,
    values_b: ArrayLike,
    *,
    num_resamples: int = NUM_RESAMPLES,
    confidence: float = CONFIDENCE,
    seed: int = 0,
) -> PairedInterval:
    """Bound the mean difference a - b of two systems' scores on the same scenes.

    Parameters
    ----------
    values_a, values_b
        The two systems' scores of each scene in one order, shape (scene,).
    num_resamples, confidence, seed
        As in :func:`bootstrap_interval`.

    Raises
    ------
    ShapeError
        If the two are not finite arrays of one shape (scene,).
    ParameterError
        If there is no scene, or a number is out of range.

    Examples
    --------
    >>> paired_bootstrap([1.0, 2.0], [2.0, 3.0])
    PairedInterval(value=-1.0, low=-1.0, high=-1.0, share_below_zero=1.0)
    """
    a = as_real(values_a, "values_a", axes=("scene",))
    b = as_real(values_b, "values_b", axes=("scene",))
    if a.shape != b.shape:
        raise ShapeError(f"values_b has shape {b.shape}", allowed=f"{a.shape}, as values_a has")
    sums = (a - b)[:, np.newaxis]
    means = resampled_sums(sums, num_resamples=num_resamples, seed=seed)[:, 0] / a.size
    return paired_interval(float(np.mean(a - b)), means, confidence=confidence)


def paired_interval(
    value: float, replicates: ArrayLike, *, confidence: float = CONFIDENCE
) -> PairedInterval:
    """Bound a difference of two systems' scores.

    Parameters
    ----------
    value
        The difference.
    replicates
        The difference over each resample, the same for both systems, shape (resample,).
    confidence
        As in :func:`percentile_interval`.
    """
    interval = percentile_interval(value, replicates, confidence=confidence)
    below = float(np.mean(np.asarray(replicates) < 0.0))
    return PairedInterval(interval.value, interval.low, interval.high, share_below_zero=below)


def _weight_rows(num_scenes: int, num_resamples: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Yield how often one resample after another holds each scene, shape (scene,)."""
    for number, name, least in (
        (num_scenes, "num_scenes", 1),
        (num_resamples, "num_resamples", 1),
        (seed, "seed", 0),
    ):
        if number < least:
            raise ParameterError(f"{name} is too small", value=number, allowed=f"{least} or more")
    stream = np.random.Philox(key=seed)
    for _ in range(num_resamples):
        # Raw bits, since numpy freezes those of a bit generator but not the draws made from them.
        uniform = (stream.random_raw(num_scenes) >> np.uint64(11)) * 2.0**-53
        chosen = np.floor(uniform * num_scenes).astype(np.intp)
        yield np.bincount(chosen, minlength=num_scenes)
