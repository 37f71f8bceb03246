"""Labels of one array: where every source is and when it is heard."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["ArrayLabels"]


@dataclass(frozen=True)
class ArrayLabels:
    """What is true of the sources as seen from one array.

    Attributes
    ----------
    doa
        Unit vectors from the array's centre to each source in the array's frame, shape
        (frame, source, 3).
    distance
        Distances from the array's centre in m, shape (frame, source).
    activity
        Whether each source is heard at the array's centre, shape (frame, source), bool.
    regions
        Activity, normalised distance and normalised azimuth of each region, shape
        (frame, region, 3); None without a region grid.
    source_region
        The region each source is in, shape (frame, source); None without a region grid.
    """

    doa: NDArray[np.float64]
    distance: NDArray[np.float64]
    activity: NDArray[np.bool_]
    regions: NDArray[np.float64] | None
    source_region: NDArray[np.int64] | None

    @property
    def azimuth(self) -> NDArray[np.float64]:
        """Azimuths in radians, counter-clockwise from the array's x axis, (frame, source)."""
        return np.arctan2(self.doa[..., 1], self.doa[..., 0])

    @property
    def elevation(self) -> NDArray[np.float64]:
        """Elevations in radians from the horizontal plane, (frame, source)."""
        return np.arcsin(np.clip(self.doa[..., 2], -1.0, 1.0))
