"""Infrasound: what no talker or loudspeaker radiates, and rooms would amplify."""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from simgen.constants import LOWEST_AUDIBLE

__all__ = ["remove_infrasound"]

_ORDER = 2
"""Order of the filter; applied forward and backward it falls by 24 dB an octave below 20 Hz."""


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
        Shape (sample,): a Butterworth high-pass at 20 Hz, run forward and then backward.
    """
    high_pass = butter(_ORDER, LOWEST_AUDIBLE, "highpass", fs=sample_rate, output="sos")
    forward = sosfilt(high_pass, signal)
    return np.ascontiguousarray(sosfilt(high_pass, forward[::-1])[::-1])
