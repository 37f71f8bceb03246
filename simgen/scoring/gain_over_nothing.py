"""What filters gain over doing nothing: effort takes it back, the worst draws weigh in.

A draw is what a score is averaged over: a head's pose, or a device as it came off the line.
"""

import math

import numpy as np
from numpy.typing import NDArray

from simgen.scoring.bootstrap import resample_weights

__all__ = ["faded_gain", "mean_and_worst", "resampled_draws"]


def faded_gain(
    values: NDArray[np.float64],
    nothing: NDArray[np.float64],
    *,
    effort: NDArray[np.float64],
    cap_db: float,
    fade_db: float,
) -> NDArray[np.float64]:
    """Take back what was gained where effort exceeds the cap; harm stays.

    Parameters
    ----------
    values, nothing
        Of the filters and of doing nothing in dB, shape (draw, band).
    effort
        In dB, shape (band,).
    cap_db, fade_db
        Effort up to which a gain counts in full, and the range over which it fades to nothing.

    Examples
    --------
    >>> given = {"effort": np.array([11.0]), "cap_db": 10.0, "fade_db": 4.0}
    >>> faded_gain(np.array([[8.0], [-8.0]]), np.zeros((2, 1)), **given).tolist()
    [[6.0], [-8.0]]
    """
    excess = (effort - cap_db) / fade_db
    gained = np.clip(1.0 - excess, 0.0, 1.0) * (values - nothing)
    return np.where(values > nothing, nothing + gained, values)


def mean_and_worst(
    values: NDArray[np.float64], *, worst_share: float, worst_weight: float
) -> NDArray[np.float64]:
    """Weigh the mean over draws against the mean over the worst of them.

    Parameters
    ----------
    values
        Of each draw, in dB, shape (..., draw).
    worst_share, worst_weight
        Share of the draws that are the worst, rounded up, and their weight.

    Returns
    -------
    Value in dB, shape (...).
    """
    # A ceiling of a product such as 0.1 * 30 must not be moved by its last bit.
    num_worst = math.ceil(worst_share * values.shape[-1] - 1e-9)
    worst = np.sort(values, axis=-1)[..., :num_worst].mean(axis=-1)
    mean = values.mean(axis=-1)
    return np.asarray((1.0 - worst_weight) * mean + worst_weight * worst)


def resampled_draws(num_draws: int) -> NDArray[np.intp]:
    """Return which draws each resample holds, shape (resample, draw)."""
    weights = resample_weights(num_draws)
    draws = np.broadcast_to(np.arange(num_draws), weights.shape)
    return np.repeat(draws.ravel(), weights.ravel()).reshape(weights.shape)
