"""Active speech level and speech activity (ITU-T P.56, method B)."""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real, require_between
from simgen.constants import (
    SPEECH_LEVEL_HANGOVER,
    SPEECH_LEVEL_MARGIN_DB,
    SPEECH_LEVEL_TIME_CONSTANT,
)
from simgen.units import amplitude_from_db, db_from_power

__all__ = ["SpeechMeasurement", "active_level", "measure_speech", "speech_activity"]

_NUM_THRESHOLDS: Final = 16
"""Number of thresholds, each half the one above (ITU-T P.56 (12/2011), 6.2: one per bit)."""


@dataclass(frozen=True)
class SpeechMeasurement:
    """How loud a talker speaks, and when.

    Attributes
    ----------
    level
        RMS over active time in the signal's unit; 0.0 for a signal of zeros or without samples.
    envelope
        Smoothed magnitude of the signal in its unit, shape (sample,).
    sample_rate
        In Hz.
    """

    level: float
    envelope: NDArray[np.float64]
    sample_rate: float

    def activity(self, *, hangover: float = SPEECH_LEVEL_HANGOVER) -> NDArray[np.bool_]:
        """Mark the samples in which speech is active, as `speech_activity` does."""
        require_between(hangover, "hangover", 0.0, 10.0)
        if self.level == 0.0:
            return np.zeros(self.envelope.shape, dtype=np.bool_)
        threshold = self.level * amplitude_from_db(-SPEECH_LEVEL_MARGIN_DB)
        above = self.envelope >= threshold
        return np.asarray(_extend(above, round(hangover * self.sample_rate)), dtype=np.bool_)


def measure_speech(signal: ArrayLike, sample_rate: float) -> SpeechMeasurement:
    """Measure the active level of speech and keep the envelope that tells when it is active.

    Parameters
    ----------
    signal
        Samples, shape (sample,).
    sample_rate
        In Hz.

    Raises
    ------
    ShapeError
        If ``signal`` is not one axis of finite real numbers.
    ParameterError
        If the sample rate is not positive.

    References
    ----------
    ITU-T Recommendation P.56 (12/2011), clause 6 (method B).
    """
    samples = as_real(signal, "signal", axes=("sample",))
    require_between(sample_rate, "sample_rate", 1.0, 1e9)
    if not np.any(samples):
        return SpeechMeasurement(0.0, np.zeros(samples.shape), sample_rate)
    decay = math.exp(-1.0 / (sample_rate * SPEECH_LEVEL_TIME_CONSTANT))
    envelope = _average_twice(samples, decay)
    energy = float(np.sum(np.square(samples)))
    level_db = _level_at_margin(envelope, energy, round(SPEECH_LEVEL_HANGOVER * sample_rate))
    return SpeechMeasurement(amplitude_from_db(level_db), envelope, sample_rate)


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
    return measure_speech(signal, sample_rate).level


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
    return measure_speech(signal, sample_rate).activity(hangover=hangover)


@njit(cache=True)
def _average_twice(samples: Any, decay: float) -> Any:
    """Average the rectified signal by two first-order exponential averages in turn."""
    envelope = np.empty(samples.size)
    once = twice = 0.0
    for i in range(samples.size):
        once = decay * once + (1.0 - decay) * abs(samples[i])
        twice = decay * twice + (1.0 - decay) * once
        envelope[i] = twice
    return envelope


@njit(cache=True)
def _count_active(envelope: Any, threshold: float, hangover: int) -> int:
    """Count the samples at which the envelope is, or was within the hangover, at a threshold."""
    count, until = 0, 0
    for i in range(envelope.size):
        if envelope[i] >= threshold:
            until = i + hangover + 1
        if i < until:
            count += 1
    return count


@njit(cache=True)
def _extend(active: Any, num_samples: int) -> Any:
    """Keep activity on for ``num_samples`` after each active sample."""
    extended = np.empty_like(active)
    latest = -num_samples - 1
    for i in range(active.size):
        if active[i]:
            latest = i
        extended[i] = i - latest <= num_samples
    return extended


def _level_at_margin(envelope: NDArray[np.float64], energy: float, hangover: int) -> float:
    """Find, from low thresholds upwards, the level that lies one margin above its threshold.

    Levels rise with the threshold: fewer samples are active. So a threshold need not be tried
    where a level known from below is too far above it already.
    """
    thresholds = (envelope.max() * 0.5 ** np.arange(_NUM_THRESHOLDS)[::-1]).tolist()
    thresholds_db = [2.0 * db_from_power(threshold) for threshold in thresholds]

    def level_at(k: int) -> float:
        return db_from_power(energy / _count_active(envelope, thresholds[k], hangover))

    level_db = db_from_power(energy / envelope.size)
    for k, threshold_db in enumerate(thresholds_db):
        if level_db - threshold_db > SPEECH_LEVEL_MARGIN_DB:
            continue
        level_db = level_at(k)
        above_db = level_db - threshold_db - SPEECH_LEVEL_MARGIN_DB
        if above_db <= 0.0:
            lower_db = level_at(k - 1)
            lower_above_db = lower_db - thresholds_db[k - 1] - SPEECH_LEVEL_MARGIN_DB
            share = lower_above_db / (lower_above_db - above_db)
            return lower_db + share * (level_db - lower_db)
    return level_at(_NUM_THRESHOLDS - 1)
