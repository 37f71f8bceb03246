"""SRP-16 from its definition: one frame, one frequency, one azimuth at a time."""

import cmath
import math

import numpy as np
from numpy.typing import NDArray

from tests.references.srp_phat import fourier_coefficient


def steered_power_16(
    signals: NDArray[np.float64],
    microphones: NDArray[np.float64],
    *,
    sample_rate: float,
    azimuths: NDArray[np.float64],
    speed_of_sound: float,
) -> NDArray[np.float64]:
    """Average the sixteenth power of each bin's steered power, faint bins faded out."""
    length, hop = round(0.032 * sample_rate), round(0.016 * sample_rate)
    bins = []
    for start in range(0, signals.shape[1] - length + 1, hop):
        for index in range(length // 2 + 1):
            frequency = index * sample_rate / length
            if 250.0 <= frequency <= 6000.0:
                heard = [fourier_coefficient(one[start : start + length], index) for one in signals]
                bins.append((frequency, heard))
    energies = [sum(abs(value) ** 2 for value in heard) for _, heard in bins]
    faint = 1e-4 * sum(energies) / len(energies)
    weights = [energy / (energy + faint) for energy in energies]
    power = np.zeros(len(azimuths))
    for k, azimuth in enumerate(azimuths):
        for (frequency, heard), weight in zip(bins, weights, strict=True):
            steered = 0.0
            for value, position in zip(heard, microphones, strict=True):
                lead = position[0] * math.cos(azimuth) + position[1] * math.sin(azimuth)
                turn = 2.0 * math.pi * frequency * lead / speed_of_sound
                steered += cmath.exp(1j * (cmath.phase(value) - turn)) / len(signals)
            power[k] += weight * abs(steered) ** 32
    return power / sum(weights)
