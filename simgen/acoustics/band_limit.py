"""The band limit of responses: how a spectrum falls to nothing."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["PASSBAND", "band_limit"]

PASSBAND: Final = 0.44
"""Where responses begin to fall, in sample rates; they reach zero at 0.5. So short a fall rings for
some 20 samples, and 7 kHz of 16 are left as they are."""


def band_limit(
    frequency: NDArray[np.float64], *, start: float = PASSBAND, end: float = 0.5
) -> NDArray[np.float64]:
    """Return a raised cosine: 1 up to ``start``, 0 from ``end`` on.

    Parameters
    ----------
    frequency
        In sample rates, shape (frequency,).
    start, end
        Likewise.

    Examples
    --------
    >>> band_limit(np.array([0.44, 0.47, 0.5])).round(9).tolist()
    [1.0, 0.5, 0.0]
    """
    way = np.clip((frequency - start) / (end - start), 0.0, 1.0)
    return 0.5 + 0.5 * np.cos(np.pi * way)
