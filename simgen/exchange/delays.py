"""Delays that a file gives apart from the responses they belong to."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["delayed"]

_SETTLING: Final = 64
"""Taps in which the band limit of a delayed response rings out: 40 dB and more."""


def delayed(responses: NDArray[np.float64], delays: NDArray[np.float64]) -> NDArray[np.float64]:
    """Delay impulse responses by any number of samples.

    Parameters
    ----------
    responses
        Impulse responses, shape (..., sample).
    delays
        How far each is delayed in samples, shape (...).

    Returns
    -------
    ndarray
        The delayed responses, shape (..., sample), longer by the longest delay; what was given
        if nothing is delayed.
    """
    if not np.any(delays):
        return responses
    taps = responses.shape[-1] + int(np.ceil(np.max(np.abs(delays)))) + _SETTLING
    frequency = np.fft.rfftfreq(taps)
    turn = np.exp(-2j * np.pi * frequency * delays[..., None])
    return np.asarray(np.fft.irfft(np.fft.rfft(responses, taps) * turn, taps))
