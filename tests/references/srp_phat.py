"""SRP-PHAT from its definition: one pair, one frame, one frequency at a time."""

import cmath
import itertools
import math

import numpy as np
from numpy.typing import NDArray


def steered_response_power(
    signals: NDArray[np.float64],
    microphones: NDArray[np.float64],
    *,
    sample_rate: float,
    azimuths: NDArray[np.float64],
    speed_of_sound: float,
) -> NDArray[np.float64]:
    """Sum the pairs' whitened correlations at the lags of each azimuth (DiBiase 2000)."""
    count = len(signals)
    power = np.full(len(azimuths), 1.0 / count)
    for first, second in itertools.combinations(range(count), 2):
        baseline = microphones[first] - microphones[second]
        for k, azimuth in enumerate(azimuths):
            lag = (
                baseline[0] * math.cos(azimuth) + baseline[1] * math.sin(azimuth)
            ) / speed_of_sound
            correlation = gcc_phat(signals[first], signals[second], sample_rate, lag)
            power[k] += 2.0 / count**2 * correlation
    return power


def gcc_phat(
    first: NDArray[np.float64], second: NDArray[np.float64], sample_rate: float, lag: float
) -> float:
    """Correlate two whitened channels, the first leading by ``lag`` s, over 250 to 6000 Hz."""
    length, hop = round(0.032 * sample_rate), round(0.016 * sample_rate)
    terms = []
    for start in range(0, len(first) - length + 1, hop):
        for index in range(length // 2 + 1):
            frequency = index * sample_rate / length
            if 250.0 <= frequency <= 6000.0:
                here = fourier_coefficient(first[start : start + length], index)
                there = fourier_coefficient(second[start : start + length], index)
                phase = cmath.phase(here) - cmath.phase(there)
                terms.append(math.cos(phase - 2.0 * math.pi * frequency * lag))
    return sum(terms) / len(terms)


def fourier_coefficient(frame: NDArray[np.float64], index: int) -> complex:
    """One coefficient of the discrete Fourier transform of a Hann-weighted frame."""
    turns = 2.0 * np.pi * np.arange(len(frame)) / len(frame)
    return complex(np.sum(frame * np.sin(turns / 2.0) ** 2 * np.exp(-1j * index * turns)))
