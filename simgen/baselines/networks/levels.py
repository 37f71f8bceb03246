"""Level of what networks hear."""

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["unit_power"]

_SILENCE: Final = 1e-20
"""Power added to that of a window, so that silence stays silent."""


def unit_power(windows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bring each window (window, microphone, sample) to unit mean square, in place."""
    _normalise(windows)
    return windows


@njit(cache=True, nogil=True)
def _normalise(windows: Any) -> None:
    """Divide each window by its root mean square over channels and time."""
    for window in windows:
        power = 0.0
        for channel in window:
            for x in channel:
                power += x * x
        gain = np.float32(1.0 / np.sqrt(power / window.size + _SILENCE))
        for channel in window:
            for i in range(channel.size):
                channel[i] *= gain
