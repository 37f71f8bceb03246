"""Convolution, levels and noise: from responses and dry signals to a mixture."""

import numpy as np
from numpy.typing import NDArray
from scipy.fft import next_fast_len

from simgen.arrays import complex_product
from simgen.units import power_from_db

__all__ = ["convolve", "mix", "scale_noise"]


def convolve(
    dry: NDArray[np.float64], responses: NDArray[np.float32], num_samples: int
) -> NDArray[np.float32]:
    """Convolve a dry signal with the responses from its source.

    Parameters
    ----------
    dry
        Shape (sample,).
    responses
        Shape (microphone, sample).
    num_samples
        Length of the result; what would come later is cut.

    Returns
    -------
    The source's image, shape (microphone, sample), float32.
    """
    length = next_fast_len(len(dry) + responses.shape[1] - 1, real=True)
    spectrum = np.fft.rfft(dry, length)
    image = np.zeros((len(responses), num_samples), dtype=np.float32)
    for channel, response in zip(image, responses, strict=True):
        heard = complex_product(spectrum, np.fft.rfft(response.astype(np.float64), length))
        full = np.fft.irfft(heard, length)
        kept = min(num_samples, length)
        channel[:kept] = full[:kept]
    return image


def scale_noise(
    white: NDArray[np.float64], images: NDArray[np.float32], snr_db: float
) -> NDArray[np.float32]:
    """Scale noise to a signal-to-noise ratio.

    Parameters
    ----------
    white
        Noise of any level but silence, shape (microphone, sample).
    images
        Images of all sources, shape (source, microphone, sample).
    snr_db
        Mean power of the summed images over that of the noise, over channels and time.

    Returns
    -------
    Shape (microphone, sample), float32; zeros if all images are silent.
    """
    power = float(np.mean(np.sum(images, axis=0, dtype=np.float64) ** 2))
    gain = np.sqrt(power / (float(np.mean(np.square(white))) * power_from_db(snr_db)))
    return np.asarray(white * gain, dtype=np.float32)


def mix(images: NDArray[np.float32], noise: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the sum of all images and the noise, shape (microphone, sample), float32.

    The sum is taken in float64 and rounded once.
    """
    return (np.sum(images, axis=0, dtype=np.float64) + noise).astype(np.float32)
