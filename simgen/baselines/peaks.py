"""Peaks of a map round the circle: which are sources, and where exactly they are."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from simgen.arrays import require_between
from simgen.units import wrap_azimuth

__all__ = [
    "GRID_POINTS",
    "MOST_SOURCES",
    "grid_azimuths",
    "highest_peaks",
    "refined_azimuths",
    "require_count",
    "source_azimuths",
    "source_peaks",
]

GRID_POINTS: Final = 360
"""Azimuths of the search grid: one per degree, refined by a parabola through each peak."""

MOST_SOURCES: Final = 4
"""Most sources that are reported when their number is not given (the task's largest number)."""


def grid_azimuths() -> NDArray[np.float64]:
    """Return the azimuths of the search grid in radians, shape (azimuth,)."""
    return np.arange(GRID_POINTS, dtype=np.float64) * (2.0 * np.pi / GRID_POINTS)


def require_count(num_sources: int | None) -> None:
    """Refuse a number of sources of which the grid cannot hold the peaks.

    Raises
    ------
    ParameterError
        If it is below 1 or above half of `GRID_POINTS`.
    """
    if num_sources is not None:
        require_between(num_sources, "number of sources", 1, GRID_POINTS // 2)


def highest_peaks(heights: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the grid indices of the local maxima round the circle, the highest first."""
    peaks = np.flatnonzero((heights > np.roll(heights, 1)) & (heights >= np.roll(heights, -1)))
    return peaks[np.argsort(-heights[peaks], kind="stable")]


def refined_azimuths(heights: NDArray[np.float64], peaks: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the vertices of the parabolas through each peak and its two neighbours.

    Azimuths are in radians in (-pi, pi], shape (peak,).
    """
    before, at, after = heights[peaks - 1], heights[peaks], heights[(peaks + 1) % len(heights)]
    offsets = 0.5 * (before - after) / (before - 2.0 * at + after)
    return wrap_azimuth((peaks + offsets) * (2.0 * np.pi / len(heights)))


def source_peaks(
    heights: NDArray[np.float64],
    peaks: NDArray[np.intp],
    *,
    num_sources: int | None,
    fraction: float,
) -> NDArray[np.intp]:
    """Choose the peaks of a map that are sources.

    Parameters
    ----------
    heights
        The map, shape (azimuth,).
    peaks
        Grid indices of its peaks, the highest first, shape (peak,).
    num_sources
        How many to choose. None chooses those that rise over the map's median by more than
        ``fraction`` of what the map's maximum does, at most `MOST_SOURCES`.
    fraction
        Between 0 and 1.

    Returns
    -------
    ndarray
        The first of the peaks, shape (source,).
    """
    if num_sources is not None:
        return peaks[:num_sources]
    median = np.median(heights)
    stands_out = heights[peaks] - median > fraction * (np.max(heights) - median)
    return peaks[stands_out][:MOST_SOURCES]


def source_azimuths(
    heights: NDArray[np.float64], *, num_sources: int | None, fraction: float
) -> NDArray[np.float64]:
    """Locate sources at the peaks of a map, the highest first.

    Takes what `source_peaks` does; azimuths are in radians in (-pi, pi], shape (source,).
    """
    peaks = source_peaks(
        heights, highest_peaks(heights), num_sources=num_sources, fraction=fraction
    )
    return refined_azimuths(heights, peaks)
