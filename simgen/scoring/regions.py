"""Which regions round an array hold a source, and how well a source is placed inside its region."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real
from simgen.errors import ParameterError, ShapeError
from simgen.scoring.counts import DetectionCounts

__all__ = [
    "FineErrors",
    "collisions",
    "fine_errors",
    "region_counts",
    "sector_activity",
    "sector_of",
]


def sector_of(azimuths: ArrayLike, num_sectors: int) -> NDArray[np.intp]:
    """Return the sector that each azimuth falls into.

    Sector k covers [k, k + 1) of the ``num_sectors`` equal parts of the circle, counted
    counter-clockwise from azimuth 0.

    Parameters
    ----------
    azimuths
        Azimuths in rad, in any range, shape (source,).
    num_sectors
        Number of sectors, at least 1.

    Returns
    -------
    NDArray
        Sectors from 0 to ``num_sectors - 1``, shape (source,).

    Raises
    ------
    ShapeError
        If ``azimuths`` is not a one-dimensional array of finite numbers.
    ParameterError
        If ``num_sectors`` is below 1.

    Examples
    --------
    >>> sector_of(np.deg2rad([0.0, 44.0, 45.0, -1.0]), 8).tolist()
    [0, 0, 1, 7]
    """
    if num_sectors < 1:
        raise ParameterError("num_sectors is out of range", value=num_sectors, allowed="1 or more")
    azimuth = as_real(azimuths, "azimuths", axes=("source",))
    sectors = np.mod(azimuth, 2.0 * np.pi) / (2.0 * np.pi) * num_sectors
    # A tiny negative azimuth wraps to 2 pi itself: a whole turn, which is the first sector again.
    return np.floor(np.where(sectors >= num_sectors, 0.0, sectors)).astype(np.intp)


def sector_activity(azimuths: ArrayLike, num_sectors: int) -> NDArray[np.bool_]:
    """Return whether each sector holds at least one azimuth, shape (sector,).

    Takes and raises what :func:`sector_of` does.
    """
    occupied = sector_of(azimuths, num_sectors)
    return np.isin(np.arange(num_sectors), occupied)


def region_counts(reference_activity: ArrayLike, estimated_activity: ArrayLike) -> DetectionCounts:
    """Count the regions rightly, falsely and not claimed to be active.

    Parameters
    ----------
    reference_activity, estimated_activity
        Whether each region is active, shape (region,), bool.

    Raises
    ------
    ShapeError
        If the two are not boolean arrays of one shape (region,).

    Examples
    --------
    >>> region_counts([True, True, False], [True, False, True])
    DetectionCounts(true_positives=1, false_positives=1, false_negatives=1)
    """
    reference, estimate = np.asarray(reference_activity), np.asarray(estimated_activity)
    for activity, name in ((reference, "reference_activity"), (estimate, "estimated_activity")):
        if activity.dtype != np.bool_ or activity.ndim != 1:
            kind = f"{activity.dtype} {activity.shape}"
            raise ShapeError(f"{name} is {kind}", allowed="bool (region,)")
    _require_same_shape(reference, estimate)
    return DetectionCounts(
        int(np.count_nonzero(reference & estimate)),
        int(np.count_nonzero(~reference & estimate)),
        int(np.count_nonzero(reference & ~estimate)),
    )


def collisions(source_regions: ArrayLike) -> int:
    """Count the sources that share their region with an earlier one.

    Parameters
    ----------
    source_regions
        The region of each source, shape (source,).

    Examples
    --------
    >>> collisions([2, 5, 2, 2])
    2
    """
    regions = np.asarray(source_regions)
    return int(regions.size - np.unique(regions).size)


@dataclass(frozen=True)
class FineErrors:
    """Absolute errors inside the regions that are active and were claimed to be.

    Attributes
    ----------
    distance, azimuth
        Absolute differences of the normalised distance and of the normalised azimuth, each
        shape (correct region,), in parts of the region's extent.
    """

    distance: NDArray[np.float64]
    azimuth: NDArray[np.float64]


def fine_errors(reference: ArrayLike, estimate: ArrayLike, threshold: float = 0.5) -> FineErrors:
    """Measure how well sources are placed inside correctly active regions.

    Errors in other regions do not exist; read these beside :func:`region_counts`, since whoever
    claims only sure regions has few of them.

    Parameters
    ----------
    reference, estimate
        Activity, normalised distance and normalised azimuth of each region, shape (region, 3).
    threshold
        Activity from which a region counts as active.

    Raises
    ------
    ShapeError
        If the two are not finite arrays of one shape (region, 3).

    Examples
    --------
    >>> errors = fine_errors([[1, 0.5, 0.25], [0, 0, 0]], [[0.9, 0.75, 0.25], [0.8, 1, 1]])
    >>> errors.distance.tolist(), errors.azimuth.tolist()
    ([0.25], [0.0])
    """
    truth, claim = (
        _as_region_labels(reference, "reference"),
        _as_region_labels(estimate, "estimate"),
    )
    _require_same_shape(truth, claim)
    correct = (truth[:, 0] >= threshold) & (claim[:, 0] >= threshold)
    errors = np.abs(claim - truth)[correct]
    return FineErrors(distance=errors[:, 1], azimuth=errors[:, 2])


def _as_region_labels(labels: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return labels as finite float64 of shape (region, 3)."""
    array = as_real(labels, name, axes=("region", "3"))
    if array.shape[1] != 3:
        raise ShapeError(f"{name} has shape {array.shape}", allowed="(region, 3)")
    return array


def _require_same_shape(reference: NDArray[np.generic], estimate: NDArray[np.generic]) -> None:
    """Refuse a reference and an estimate of different shapes."""
    if reference.shape != estimate.shape:
        raise ShapeError(
            f"the estimate has shape {estimate.shape}",
            allowed=f"{reference.shape}, as the reference has",
        )
