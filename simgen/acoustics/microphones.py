"""Microphone arrangements in the array's own frame."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["circular_array", "linear_array"]


def circular_array(count: int, radius: float) -> NDArray[np.float64]:
    """Place microphones evenly on a horizontal circle, the first on +x.

    Parameters
    ----------
    count
        Number of microphones.
    radius
        Radius of the circle in m.

    Returns
    -------
    Positions in m, shape (count, 3).

    Examples
    --------
    >>> circular_array(4, 1.0).round(9)[1].tolist()
    [0.0, 1.0, 0.0]
    """
    azimuth = 2.0 * np.pi * np.arange(count) / count
    return np.stack([radius * np.cos(azimuth), radius * np.sin(azimuth), np.zeros(count)], axis=1)


def linear_array(count: int, spacing: float) -> NDArray[np.float64]:
    """Place microphones evenly along y, centred on the origin, the first at the least y.

    Parameters
    ----------
    count
        Number of microphones.
    spacing
        Distance between neighbours in m.

    Returns
    -------
    Positions in m, shape (count, 3).

    Examples
    --------
    >>> linear_array(3, 0.05)[:, 1].tolist()
    [-0.05, 0.0, 0.05]
    """
    positions = np.zeros((count, 3))
    positions[:, 1] = spacing * (np.arange(count) - (count - 1) / 2.0)
    return positions
