"""Active speech level and speech activity (ITU-T P.56, method B)."""

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.signal import lfilter

from simgen.arrays import as_real, require_between
from simgen.constants import (
    SPEECH_LEVEL_HANGOVER,
    SPEECH_LEVEL_MARGIN_DB,
    SPEECH_LEVEL_TIME_CONSTANT,
)
from simgen.units import amplitude_from_db, db_from_power

__all__ = ["active_level", "speech_activity"]

_NUM_THRESHOLDS: Final = 16
"""Number of thresholds, each half the one above (ITU-T P.56 (12/2011), 6.2: one per bit)."""


def active_level(signal: ArrayLike, sample_rate: float) -> float:
    """Measure the RMS of speech over the time in which there is speech.

    The standard places its thresholds at powers of two below overload; here they are powers of
    two below the envelope's peak, so that the level of a scaled signal scales exactly.

    Parameters
    ----------
    signal
        Samples, shape (sample,).
    sample_rate
        In Hz.

    Returns
    -------
    float
        RMS over active time in the signal's unit; 0.0 for a signal of zeros or without samples.
        A signal too impulsive for the margin to be met (a lone click) is measured over the
        hangover around its peak.

    Raises
    ------
    ShapeError
        If ``signal`` is not one axis of finite real numbers.
    ParameterError
        If the sample rate is not positive.

    References
    ----------
    ITU-T Recommendation P.56 (12/2011), "Objective measurement of active speech level", clause 6
    (method B).

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 500 * np.arange(80000) / 16000)
    >>> round(active_level(tone, 16000), 2)
    0.71
    """
    samples = as_real(signal, "signal", axes=("sample",))
    if not np.any(samples):
        return 0.0
    envelope = _envelope(samples, sample_rate)
    energy = float(np.sum(np.square(samples)))
    thresholds = envelope.max() * 0.5 ** np.arange(_NUM_THRESHOLDS)[::-1]
    levels_db = np.empty(_NUM_THRESHOLDS)
    for k, threshold in enumerate(thresholds):
        active = _extend(envelope >= threshold, round(SPEECH_LEVEL_HANGOVER * sample_rate))
        levels_db[k] = db_from_power(energy / np.count_nonzero(active))
    return amplitude_from_db(_level_at_margin(levels_db, 20.0 * np.log10(thresholds)))


def speech_activity(
    signal: ArrayLike, sample_rate: float, *, hangover: float = SPEECH_LEVEL_HANGOVER
) -> NDArray[np.bool_]:
    """Mark the samples in which speech is active.

    A sample is active where the envelope is above the active level less 15.9 dB, or was within
    the hangover before. The hangover bridges the gaps between words and outlasts the last one;
    with ``hangover=0`` what remains is the fall of the envelope, some tens of milliseconds.

    Parameters
    ----------
    signal
        Samples, shape (sample,).
    sample_rate
        In Hz.
    hangover
        Time for which activity persists, in s. The level is measured with the standard's own.

    Returns
    -------
    ndarray of bool
        Shape (sample,); all False for a signal of zeros.

    Raises
    ------
    ShapeError
        If ``signal`` is not one axis of finite real numbers.
    ParameterError
        If the sample rate or the hangover is out of range.

    References
    ----------
    ITU-T Recommendation P.56 (12/2011), clause 6.
    """
    require_between(hangover, "hangover", 0.0, 10.0)
    samples = as_real(signal, "signal", axes=("sample",))
    level = active_level(samples, sample_rate)
    if level == 0.0:
        return np.zeros(samples.shape, dtype=np.bool_)
    threshold = level * amplitude_from_db(-SPEECH_LEVEL_MARGIN_DB)
    return _extend(_envelope(samples, sample_rate) >= threshold, round(hangover * sample_rate))


def _envelope(samples: NDArray[np.float64], sample_rate: float) -> NDArray[np.float64]:
    """Average the rectified signal by two first-order exponential averages in turn."""
    require_between(sample_rate, "sample_rate", 1.0, 1e9)
    decay = math.exp(-1.0 / (sample_rate * SPEECH_LEVEL_TIME_CONSTANT))
    once = lfilter([1.0 - decay], [1.0, -decay], np.abs(samples))
    return np.asarray(lfilter([1.0 - decay], [1.0, -decay], once), dtype=np.float64)


def _extend(active: NDArray[np.bool_], num_samples: int) -> NDArray[np.bool_]:
    """Keep activity on for ``num_samples`` after each active sample."""
    index = np.arange(active.size)
    latest = np.maximum.accumulate(np.where(active, index, -num_samples - 1))
    return np.asarray(index - latest <= num_samples)


def _level_at_margin(levels_db: NDArray[np.float64], thresholds_db: NDArray[np.float64]) -> float:
    """Find, from low thresholds upwards, the level that lies one margin above its threshold."""
    margins_db = levels_db - thresholds_db
    met = np.flatnonzero(margins_db <= SPEECH_LEVEL_MARGIN_DB)
    if met.size == 0:
        return float(levels_db[-1])
    k = int(met[0])
    share = (margins_db[k - 1] - SPEECH_LEVEL_MARGIN_DB) / (margins_db[k - 1] - margins_db[k])
    return float(levels_db[k - 1] + share * (levels_db[k] - levels_db[k - 1]))
