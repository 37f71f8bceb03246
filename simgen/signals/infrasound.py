"""Infrasound: what no talker or loudspeaker radiates, and rooms would amplify."""

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from simgen.constants import LOWEST_AUDIBLE

__all__ = ["remove_infrasound"]


def remove_infrasound(signal: NDArray[np.float64], sample_rate: float) -> NDArray[np.float64]:
    """Take out of a signal what lies below the audible range, without delaying the rest.

    In a room whose walls reflect all frequencies alike, the images of a source add in phase near
    0 Hz, so that an inaudible drift of a recording comes out 20 dB and more above its speech.

    Parameters
    ----------
    signal
        Shape (sample,).
    sample_rate
        In Hz, above 40 Hz.

    Returns
    -------
    ndarray
        Shape (sample,): a Butterworth high-pass of second order at 20 Hz, run forward and then
        backward, so that it falls by 24 dB an octave.
    """
    gain, back, back_twice = _butterworth(LOWEST_AUDIBLE / sample_rate)
    forward = _high_pass(signal, gain, back, back_twice)
    backward = _high_pass(np.ascontiguousarray(forward[::-1]), gain, back, back_twice)
    return np.ascontiguousarray(backward[::-1])


def _butterworth(frequency: float) -> tuple[float, float, float]:
    """Design a high-pass by the bilinear transform of s^2 / (s^2 + sqrt(2) s + 1).

    Parameters
    ----------
    frequency
        Where it lets half of the power through, in cycles per sample.

    Returns
    -------
    Its gain and the factors of its last two outputs, for ``_high_pass``.
    """
    warped = math.tan(math.pi * frequency)
    damping = math.sqrt(2.0) * warped
    gain = 1.0 / (1.0 + damping + warped * warped)
    return gain, 2.0 * (1.0 - warped * warped) * gain, (damping - 1.0 - warped * warped) * gain


@njit(cache=True)
def _high_pass(signal: Any, gain: float, back: float, back_twice: float) -> Any:
    """Take second differences of a signal and feed back the last two outputs."""
    filtered = np.empty(signal.size)
    before = twice_before = last = last_but_one = 0.0
    for i in range(signal.size):
        driven = gain * (signal[i] - 2.0 * before + twice_before)
        # In this order the next output waits for one product and one sum alone.
        output = (driven + back_twice * last_but_one) + back * last
        twice_before, before = before, signal[i]
        last_but_one, last = last, output
        filtered[i] = output
    return filtered
