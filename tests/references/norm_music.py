"""NormMUSIC in plain numpy: the noise subspace of each frequency, one after the other."""

import numpy as np
from numpy.typing import NDArray


def normalised_pseudospectrum(
    signals: NDArray[np.float64],
    microphones: NDArray[np.float64],
    *,
    sample_rate: float,
    azimuths: NDArray[np.float64],
    speed_of_sound: float,
    num_signals: int,
) -> NDArray[np.float64]:
    """Average over 250 to 6000 Hz the normalised inverse distances from the noise subspace."""
    length, hop = round(0.032 * sample_rate), round(0.016 * sample_rate)
    window = np.sin(np.pi * np.arange(length) / length) ** 2
    starts = range(0, signals.shape[1] - length + 1, hop)
    spectra = np.array([np.fft.rfft(signals[:, at : at + length] * window) for at in starts])
    towards = np.stack([np.cos(azimuths), np.sin(azimuths)])
    leads = microphones[:, :2] @ towards / speed_of_sound
    normalised = []
    for index, frequency in enumerate(np.arange(length // 2 + 1) * sample_rate / length):
        if 250.0 <= frequency <= 6000.0:
            _, vectors = np.linalg.eigh(spectra[:, :, index].T @ spectra[:, :, index].conj())
            noise = vectors[:, : len(signals) - num_signals]
            steering = np.exp(2j * np.pi * frequency * leads)
            height = 1.0 / np.sum(np.abs(noise.conj().T @ steering) ** 2, axis=0)
            normalised.append(height / np.max(height))
    return np.mean(normalised, axis=0)
