"""Tell the loudspeakers of a SOFA file apart from the poses of its listener.

Many rooms are measured with one loudspeaker after the other: then each measurement has its own
source, and the loudspeakers lie along the measurements with the poses of the listener.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simgen.exchange.sofa_file import SofaFile
from simgen.exchange.sofa_geometry import AT_REST, object_poses

__all__ = ["Measurements", "measurements_of"]

_MOST_SOURCES: Final = 1024
"""Loudspeakers that one file may hold; the largest halls of loudspeakers have fewer."""


@dataclass(frozen=True)
class Measurements:
    """Which measurement belongs to which source and to which pose of the listener.

    Attributes
    ----------
    grid
        Index of the measurement, (source, pose).
    head_positions, head_orientations
        In m, and unit quaternions into the room's frame, (pose, 3) and (pose, 4).
    source_positions, source_orientations
        Likewise, (source, 3) and (source, 4).
    """

    grid: NDArray[np.intp]
    head_positions: NDArray[np.float64]
    head_orientations: NDArray[np.float64]
    source_positions: NDArray[np.float64]
    source_orientations: NDArray[np.float64]


def measurements_of(file: SofaFile, count: int) -> Measurements:
    """Return the measurements of a file in the order of sources and poses.

    Raises
    ------
    SignalError
        If the listener does not take the same poses, in the same order, for every source.
    """
    heads, sources = object_poses(file, "Listener", count), object_poses(file, "Source", count)
    grid = _grid(file, *sources)
    positions, orientations = (rows[grid] for rows in heads)
    same = _same(positions, orientations, positions[:1], orientations[:1])
    if not np.all(same):
        source, pose = (int(k) for k in np.argwhere(~same)[0])
        raise file.refuse(
            "ListenerPosition",
            f"measurement {grid[source, pose]} has another pose than measurement {grid[0, pose]}, "
            "which is its fellow at another source",
            allowed="the same poses in the same order for every source",
        )
    first = grid[:, 0]
    return Measurements(grid, positions[0], orientations[0], sources[0][first], sources[1][first])


def _grid(
    file: SofaFile, positions: NDArray[np.float64], orientations: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Return the measurements of each source in the order of the file, (source, pose)."""
    left, groups = np.arange(len(positions)), []
    while left.size:
        first = left[:1]
        own = _same(positions[left], orientations[left], positions[first], orientations[first])
        groups.append(left[own])
        left = left[~own]
        if len(groups) > _MOST_SOURCES:
            allowed = f"at most {_MOST_SOURCES}"
            raise file.refuse("SourcePosition", "has too many different rows", allowed=allowed)
    counts = [len(group) for group in groups]
    if len(set(counts)) > 1:
        raise file.refuse(
            "SourcePosition",
            "has sources with different numbers of measurements",
            value=counts,
            allowed="the same poses of the listener for every source",
        )
    return np.array(groups)


def _same(
    positions: NDArray[np.float64],
    orientations: NDArray[np.float64],
    position: NDArray[np.float64],
    orientation: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Return which poses (..., 3) and (..., 4) are a pose, but for rounding."""
    near = np.linalg.norm(positions - position, axis=-1) <= AT_REST
    # The same turn has two quaternions.
    alike = np.abs(np.sum(orientations * orientation, axis=-1)) >= math.cos(AT_REST / 2.0)
    return np.asarray(near & alike)
