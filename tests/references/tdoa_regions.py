"""Consistency of time differences from its definition: one frame and one pair at a time."""

import cmath
import itertools
import math

import numpy as np
from numpy.typing import NDArray

from tests.references.srp_phat import fourier_coefficient

STEP = 1.0 / 128_000.0


def tdoa_consistency(
    signals: NDArray[np.float64],
    microphones: NDArray[np.float64],
    *,
    sample_rate: float,
    azimuths: NDArray[np.float64],
    speed_of_sound: float,
    tolerance: float,
    power: float,
) -> NDArray[np.float64]:
    """Take the power mean over frames of the share of pairs that agree with each azimuth."""
    length, hop = round(0.032 * sample_rate), round(0.016 * sample_rate)
    pairs = list(itertools.combinations(range(len(signals)), 2))
    frames = []
    for start in range(0, signals.shape[1] - length + 1, hop):
        frame = signals[:, start : start + length]
        consistency = np.zeros(len(azimuths))
        for first, second in pairs:
            baseline = microphones[first] - microphones[second]
            measured = time_difference(
                frame[first], frame[second], sample_rate, math.hypot(*baseline) / speed_of_sound
            )
            for k, azimuth in enumerate(azimuths):
                expected = baseline[0] * math.cos(azimuth) + baseline[1] * math.sin(azimuth)
                difference = measured - expected / speed_of_sound
                consistency[k] += max(1.0 - (difference / tolerance) ** 2, 0.0) / len(pairs)
        frames.append(consistency)
    return np.mean(np.array(frames) ** power, axis=0) ** (1.0 / power)


def time_difference(
    first: NDArray[np.float64], second: NDArray[np.float64], sample_rate: float, longest: float
) -> float:
    """Find the lead of the first channel, on a grid of lags, that correlates best."""
    most = math.ceil(longest / STEP)
    best, highest = 0.0, -math.inf
    phases = []
    for index in range(len(first) // 2 + 1):
        frequency = index * sample_rate / len(first)
        if 250.0 <= frequency <= 6000.0:
            here, there = fourier_coefficient(first, index), fourier_coefficient(second, index)
            phases.append((frequency, cmath.phase(here) - cmath.phase(there)))
    for step in range(-most, most + 1):
        lag = step * STEP
        height = sum(math.cos(phase - 2.0 * math.pi * f * lag) for f, phase in phases)
        if height > highest:
            best, highest = lag, height
    return best
