"""Noise signals, drawn from a generator that the caller names."""

import numpy as np
from numpy.typing import NDArray

from simgen.arrays import require_between
from simgen.constants import LOWEST_AUDIBLE
from simgen.errors import ParameterError

__all__ = ["pink_noise", "white_noise"]


def white_noise(
    generator: np.random.Generator, shape: int | tuple[int, ...]
) -> NDArray[np.float32]:
    """Draw Gaussian noise of unit variance, independent from sample to sample.

    Parameters
    ----------
    generator
        The source of randomness.
    shape
        Shape of the result, such as (channel, sample).
    """
    return generator.standard_normal(shape, dtype=np.float32)


def pink_noise(
    generator: np.random.Generator, num_samples: int, sample_rate: float
) -> NDArray[np.float64]:
    """Draw Gaussian noise whose power density falls as 1/f, that is by 3 dB an octave.

    Nothing is emitted below 20 Hz, so that the level says how loud the noise is. The spectrum is
    shaped over the whole length at once: the noise repeats without a seam.

    Parameters
    ----------
    generator
        The source of randomness.
    num_samples
        Length, at least one period of the highest frequency (2 samples).
    sample_rate
        In Hz, above 40 Hz.

    Returns
    -------
    ndarray
        Shape (sample,), RMS exactly 1 but for rounding.

    Raises
    ------
    ParameterError
        If the length or the sample rate is out of range.
    """
    if num_samples < 2:
        raise ParameterError("num_samples is too small", value=num_samples, allowed="2 or more")
    require_between(sample_rate, "sample_rate", 2.0 * LOWEST_AUDIBLE, 1e9)
    frequency = np.fft.rfftfreq(num_samples, 1.0 / sample_rate)
    audible = frequency >= LOWEST_AUDIBLE
    gain = np.zeros(frequency.size)
    gain[audible] = np.sqrt(LOWEST_AUDIBLE / frequency[audible])
    spectrum = gain * np.fft.rfft(white_noise(generator, num_samples).astype(np.float64))
    noise = np.fft.irfft(spectrum, num_samples)
    return np.asarray(noise / np.sqrt(np.mean(np.square(noise))), dtype=np.float64)
