"""Means of powers of the steered power from their definition: one point of the plane at a time."""

import numpy as np
from numpy.typing import NDArray

SPEED_OF_SOUND = 343.2


def steered_powers(recording: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average powers of the steered power, (map, band, azimuth), with every complex factor."""
    starts = range(0, recording.shape[1] - 511, 256)
    window = np.sin(np.pi * np.arange(512) / 512) ** 2
    frames = [np.fft.rfft(recording[:, start : start + 512] * window) for start in starts]
    level = np.mean([np.abs(frame[:, 8:193]) ** 2 for frame in frames])
    total, weight = np.zeros((24, 3, 144)), np.zeros((24, 3, 1))
    for k in range(8, 193):
        past = 0.0
        for frame in frames:
            power = np.mean(np.abs(frame[:, k]) ** 2)
            audible = min(1.0, power / (1e-4 * level))
            onset = max(0.0, 1.0 - past / power)
            past = 0.6 * past + 0.4 * power
            steered = steer(frame[:, k], k * 31.25)
            for band in (below := (k - 8) // 8, below + 1):
                share = 1.0 - abs((k - 8) / 8.0 - band)
                if share == 0.0:  # as of band 24, which there is not
                    continue
                for one, (exponent, moment) in enumerate([(1, 1.0), (4, 1.0), (4, onset)]):
                    total[band, one] += share * audible * moment * steered**exponent
                    weight[band, one] += share * audible * moment
    return (total / weight).transpose(1, 0, 2)


def steer(spectrum: NDArray[np.complex128], frequency: float) -> NDArray[np.float64]:
    """Steer eight phase factors to 144 azimuths."""
    azimuths, places = np.arange(144) * np.pi / 72.0, np.arange(8) * np.pi / 4.0
    leads = 0.1 * np.cos(azimuths[:, None] - places) / SPEED_OF_SOUND
    steering = np.exp(-2j * np.pi * frequency * leads)
    return np.abs(steering @ (spectrum / np.abs(spectrum)) / 8.0) ** 2
