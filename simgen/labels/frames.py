"""Labels of one array: where every source is and when it is heard."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.errors import GeometryError
from simgen.labels.regions import RegionGrid

__all__ = ["ArrayLabels", "frame_activity", "label_array", "num_frames"]


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
        return np.arctan2(self.doa[..., 2], np.hypot(self.doa[..., 0], self.doa[..., 1]))


def num_frames(num_samples: int, hop_length: int) -> int:
    """Return the number of label frames: the last one may be shorter than the hop."""
    return -(-num_samples // hop_length)


def label_array(
    offsets: ArrayLike, activity: NDArray[np.bool_], grid: RegionGrid | None
) -> ArrayLabels:
    """Label sources at rest, frame by frame.

    Parameters
    ----------
    offsets
        Positions of the sources relative to the array's centre in its frame in m, shape
        (source, 3).
    activity
        Whether each source is heard, shape (frame, source).
    grid
        The array's regions, or None.

    Raises
    ------
    GeometryError
        If a source is at the array's centre: it has no direction.
    """
    points = np.asarray(offsets, dtype=np.float64).reshape(-1, 3)
    frames = len(activity)
    distance = np.linalg.norm(points, axis=1)
    if np.any(distance == 0.0):
        source = int(np.argmin(distance))
        raise GeometryError(f"source {source} is at the array's centre: it has no direction")
    doa = points / distance[:, None]
    labels = ArrayLabels(
        doa=np.repeat(doa[None], frames, axis=0),
        distance=np.repeat(distance[None], frames, axis=0),
        activity=activity,
        regions=None,
        source_region=None,
    )
    return labels if grid is None else _with_regions(labels, grid)


def frame_activity(
    active: NDArray[np.bool_], delay_samples: int, num_samples: int, hop_length: int
) -> NDArray[np.bool_]:
    """Tell in which frames a source is heard at a distance.

    A frame is active when the source, delayed by its travel time, is active during at least
    half of the frame.

    Parameters
    ----------
    active
        Activity of the dry signal, shape (sample,).
    delay_samples
        Travel time of the direct sound.
    num_samples
        Length of the recording.
    hop_length
        Samples per frame.

    Returns
    -------
    Shape (frame,), bool.
    """
    frames = num_frames(num_samples, hop_length)
    heard = np.zeros(frames * hop_length, dtype=np.int64)
    end = min(num_samples, delay_samples + len(active))
    if end > delay_samples:
        heard[delay_samples:end] = active[: end - delay_samples]
    lengths = np.full(frames, hop_length)
    lengths[-1] = num_samples - (frames - 1) * hop_length
    return np.asarray(2 * heard.reshape(frames, hop_length).sum(axis=1) >= lengths)


def _with_regions(labels: ArrayLabels, grid: RegionGrid) -> ArrayLabels:
    """Add the regions of the active sources, frame by frame."""
    azimuth, distance = labels.azimuth[0], labels.distance[0]
    encoded = {
        pattern: grid.encode(azimuth[list(pattern)], distance[list(pattern)])
        for pattern in {tuple(row) for row in labels.activity}
    }
    return ArrayLabels(
        doa=labels.doa,
        distance=labels.distance,
        activity=labels.activity,
        regions=np.stack([encoded[tuple(row)] for row in labels.activity]),
        source_region=np.repeat(
            grid.region_of(azimuth, distance)[None], len(labels.activity), axis=0
        ),
    )
