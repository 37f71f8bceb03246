"""The loop of SRP-16: the steered power of every bin, raised to 16, on a grid of azimuths."""

from typing import Any

import numpy as np
from numba import njit

__all__ = ["sum_raised_powers"]


@njit(cache=True, error_model="numpy")
def sum_raised_powers(phases: Any, weights: Any, steering: Any, quadrature: Any) -> Any:
    """Sum over bins the weighted sixteenth power of what is steered to each azimuth.

    Parameters
    ----------
    phases
        Spectra of the microphones, divided by their magnitudes and by the number of microphones,
        shape (frequency, frame, microphone), complex64.
    weights
        Weight of each bin, shape (frequency, frame), float32.
    steering, quadrature
        Real and imaginary parts of the steering vectors, shape (frequency, microphone, azimuth),
        float32.

    Returns
    -------
    ndarray
        Shape (azimuth,), float64.
    """
    num_azimuths = steering.shape[2]
    real, imaginary = np.empty(num_azimuths, np.float32), np.empty(num_azimuths, np.float32)
    total = np.zeros(num_azimuths)
    for k in range(phases.shape[0]):
        raised = np.zeros(num_azimuths, np.float32)
        for frame in range(phases.shape[1]):
            if weights[k, frame] == 0.0:
                continue
            real[:], imaginary[:] = 0.0, 0.0
            for m in range(phases.shape[2]):
                a, b = phases[k, frame, m].real, phases[k, frame, m].imag
                for i in range(num_azimuths):
                    real[i] += a * steering[k, m, i] + b * quadrature[k, m, i]
                    imaginary[i] += b * steering[k, m, i] - a * quadrature[k, m, i]
            for i in range(num_azimuths):
                power = real[i] * real[i] + imaginary[i] * imaginary[i]
                power *= power
                power *= power
                power *= power
                power *= power
                raised[i] += weights[k, frame] * power
        total += raised
    return total
