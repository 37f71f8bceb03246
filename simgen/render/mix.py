"""Convolution, levels and noise: from responses and dry signals to a mixture."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.fft import irfft, rfft

from simgen.units import power_from_db

__all__ = ["convolve", "mix", "scale_noise", "sum_images", "superpose"]

_SHORTEST_BLOCK: Final = 16_384
"""Samples in a block at least: of shorter ones, calling a transform is much of the cost."""


def convolve(
    dry: NDArray[np.float64], responses: NDArray[np.float32], num_samples: int
) -> NDArray[np.float32]:
    """Convolve a dry signal with the responses from its source.

    Block by block (overlap-save), in float32: the rounding lies 130 dB below the image.

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
    image = np.empty((len(responses), num_samples), dtype=np.float32)
    for start, part in _image_parts(dry, responses, num_samples):
        image[:, start : start + part.shape[1]] = part
    return image


def superpose(
    dry: Iterable[NDArray[np.float64]], responses: NDArray[np.float32], num_samples: int
) -> NDArray[np.float64]:
    """Sum the images of sources, the same as `sum_images`, without having one in memory.

    Parameters
    ----------
    dry
        The signal of each source, (sample,).
    responses
        Shape (source, microphone, sample).
    num_samples
        Length of the result.

    Returns
    -------
    Shape (microphone, sample), float64.
    """
    total = np.zeros((responses.shape[1], num_samples))
    for signal, own in zip(dry, responses, strict=True):
        for start, part in _image_parts(signal, own, num_samples):
            total[:, start : start + part.shape[1]] += part
    return total


def _image_parts(
    dry: NDArray[np.float64], responses: NDArray[np.float32], num_samples: int
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yield where each part of an image begins, and the part, (microphone, sample)."""
    past = responses.shape[1] - 1
    length = _transform_length(num_samples, past)
    hop = length - past
    starts = range(0, num_samples, hop)
    padded = np.zeros(past + len(starts) * hop, dtype=np.float32)
    padded[past : past + len(dry)] = dry[: len(padded) - past]
    blocks = rfft(sliding_window_view(padded, length)[::hop])
    spectra = rfft(responses, length)
    for start, block in zip(starts, blocks, strict=True):
        heard = irfft(_products(block, spectra), length)
        # The first samples lack what went before the block.
        yield start, heard[:, past : past + num_samples - start]


def _transform_length(num_samples: int, past: int) -> int:
    """Choose how long a block is, with the ``past`` samples repeated from before it.

    The cost is flat around blocks of three times what they repeat. Lengths of 4 to 7 times a
    power of two are transformed fastest.
    """
    wanted = min(past + num_samples, max(3 * past, _SHORTEST_BLOCK))
    step: int = 1 << max(0, wanted.bit_length() - 3)
    return -(-wanted // step) * step


@njit(cache=True)
def _products(block: Any, responses: Any) -> Any:
    """Multiply one spectrum by each of several, (microphone, frequency).

    The product of numpy has other bits on processors that fuse multiplications with additions.
    """
    products = np.empty_like(responses)
    for microphone in range(responses.shape[0]):
        for k in range(block.size):
            products[microphone, k] = block[k] * responses[microphone, k]
    return products


def sum_images(images: NDArray[np.float32]) -> NDArray[np.float64]:
    """Sum images (source, microphone, sample) over sources, in their order and in float64."""
    total = np.zeros(images.shape[1:])
    for image in images:
        total += image
    return total


def scale_noise(
    white: NDArray[np.float32], heard: NDArray[np.float64], snr_db: float
) -> NDArray[np.float32]:
    """Scale noise to a signal-to-noise ratio.

    Parameters
    ----------
    white
        Noise of any level but silence, shape (microphone, sample).
    heard
        The sum of the images of all sources, shape (microphone, sample).
    snr_db
        Mean power of the summed images over that of the noise, over channels and time.

    Returns
    -------
    Shape (microphone, sample), float32; zeros if all images are silent.
    """
    gain = np.sqrt(_power(heard) / (_power(white) * power_from_db(snr_db)))
    return np.asarray(white * np.float32(gain))


def _power(signals: NDArray[Any]) -> float:
    """Return the mean square over channels and time; channel by channel, to stay in the cache."""
    return sum(float(np.sum(np.square(x), dtype=np.float64)) for x in signals) / signals.size


def mix(heard: NDArray[np.float64], noise: NDArray[np.float32]) -> NDArray[np.float32]:
    """Add noise to the sum of all images, (microphone, sample), and round to float32 once."""
    return np.add(heard, noise, out=np.empty_like(noise), casting="same_kind")
