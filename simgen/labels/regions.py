"""The region codec: coarse regions of space, each with what is in it.

The space around an array is divided into equal azimuth sectors and, if asked, rings of
distance. A region holds an activity, a normalised distance and a normalised azimuth. One
source per region makes the order of sources meaningless, which is the point: there is no
permutation problem (Sundar et al., "Raw waveform based end-to-end deep convolutional
network for spatial localization of multiple acoustic sources", ICASSP 2020).
"""

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real
from simgen.errors import GeometryError, ParameterError, ShapeError

__all__ = ["ACTIVITY", "AZIMUTH", "DISTANCE", "RegionGrid"]

ACTIVITY, DISTANCE, AZIMUTH = 0, 1, 2
"""Columns of an encoded region."""

_BELOW_ONE = math.nextafter(1.0, 0.0)


@dataclass(frozen=True)
class RegionGrid:
    """The regions around one array in one box room.

    Region number = ring * sectors + sector. Sector s covers azimuths
    [s, s + 1) * 360 / sectors degrees in the array's frame; ring r covers distances from its inner
    edge, included, to its outer edge, excluded.

    Parameters
    ----------
    sectors
        Number of equal sectors, the first beginning at azimuth 0.
    ring_edges
        Increasing distances in m between rings; none for a single ring.
    room_size
        Length, width and height of the room in m.
    position
        The array's centre in m in the room's frame.
    yaw
        Turn of the array's frame about +z in radians.

    Raises
    ------
    ParameterError
        If there is no sector, ring edges do not increase from above zero, or the yaw is not
        finite.
    GeometryError
        If the array's centre is outside the room.
    """

    sectors: int
    ring_edges: tuple[float, ...]
    room_size: tuple[float, float, float]
    position: tuple[float, float, float]
    yaw: float

    def __post_init__(self) -> None:
        if self.sectors < 1:
            raise ParameterError("sectors is out of range", value=self.sectors, allowed="1 or more")
        edges = (0.0, *self.ring_edges)
        if not all(low < high < math.inf for low, high in pairwise(edges)):
            raise ParameterError("ring edges must increase from above zero", value=self.ring_edges)
        if not all(0.0 < x < side for x, side in zip(self.position, self.room_size, strict=True)):
            raise GeometryError("the array's centre is outside the room", value=self.position)
        if not math.isfinite(self.yaw):
            raise ParameterError("yaw must be finite", value=self.yaw)

    @property
    def num_regions(self) -> int:
        """Number of regions: rings times sectors."""
        return self.sectors * (len(self.ring_edges) + 1)

    @cached_property
    def distance_bounds(self) -> NDArray[np.float64]:
        """Least and greatest distance in m possible inside each region, shape (region, 2).

        A region that lies wholly outside the room has its inner edge twice.
        """
        reach = np.array([self._reach(sector) for sector in range(self.sectors)])
        inner = np.array([0.0, *self.ring_edges])
        outer = np.array([*self.ring_edges, np.inf])
        low = np.repeat(inner, self.sectors)
        high = np.minimum(np.repeat(outer, self.sectors), np.tile(reach, len(inner)))
        return np.stack([low, np.maximum(low, high)], axis=1)

    def region_of(self, azimuth: ArrayLike, distance: ArrayLike) -> NDArray[np.int64]:
        """Return the region number of each source.

        Parameters
        ----------
        azimuth
            In radians in the array's frame, any range, shape (source,).
        distance
            In m from the array's centre, shape (source,).
        """
        sector, _ = self._sector_and_fraction(as_real(azimuth, "azimuth", axes=("source",)))
        metres = as_real(distance, "distance", axes=("source",))
        ring = np.searchsorted(np.array(self.ring_edges), metres, side="right")
        return np.asarray(ring * self.sectors + sector, dtype=np.int64)

    def encode(self, azimuth: ArrayLike, distance: ArrayLike) -> NDArray[np.float64]:
        """Describe sources by regions.

        Parameters
        ----------
        azimuth
            In radians in the array's frame, any range, shape (source,).
        distance
            In m from the array's centre, shape (source,).

        Returns
        -------
        Activity (0 or 1), distance between the region's bounds and azimuth inside the
        sector, both normalised to [0, 1), shape (region, 3); zeros where nothing is active.
        Of several sources in one region the nearest is described. A source beyond the room
        is described at the outer bound of its region.
        """
        encoded = np.zeros((self.num_regions, 3))
        azimuths = as_real(azimuth, "azimuth", axes=("source",))
        metres = as_real(distance, "distance", axes=("source",))
        regions = self.region_of(azimuths, metres)
        _, fraction = self._sector_and_fraction(azimuths)
        low, high = self.distance_bounds[regions].T
        span = np.where(high > low, high - low, 1.0)
        farthest_first = np.argsort(-metres, kind="stable")
        normalised = np.minimum((metres - low) / span, _BELOW_ONE)
        columns = np.stack([np.ones_like(metres), normalised, fraction], axis=1)
        encoded[regions[farthest_first]] = columns[farthest_first]
        return encoded

    def decode(
        self, encoded: ArrayLike, *, threshold: float = 0.5
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the sources that active regions describe; the inverse of ``encode``.

        Parameters
        ----------
        encoded
            Activity, normalised distance and normalised azimuth, shape (region, 3).
        threshold
            Least activity of an active region.

        Returns
        -------
        Azimuths in [0, 2 pi) in radians and distances in m, each of shape (source,), in the
        order of regions.

        Raises
        ------
        ShapeError
            If the shape is not (region, 3) or a value is not finite.
        """
        values = as_real(encoded, "encoded", axes=("region", "3"))
        if values.shape != (self.num_regions, 3):
            raise ShapeError(
                f"encoded has shape {values.shape}", allowed=f"({self.num_regions}, 3)"
            )
        active = np.flatnonzero(values[:, ACTIVITY] >= threshold)
        low, high = self.distance_bounds[active].T
        width = 2.0 * np.pi / self.sectors
        azimuth = (active % self.sectors + values[active, AZIMUTH]) * width
        return azimuth, low + values[active, DISTANCE] * (high - low)

    def _sector_and_fraction(
        self, azimuth: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return each azimuth's sector and its place inside it in [0, 1)."""
        wrapped = np.mod(azimuth, 2.0 * np.pi)
        wrapped = np.where(wrapped < 2.0 * np.pi, wrapped, 0.0)  # mod rounds -1e-18 up to 2 pi
        edges = np.deg2rad(360.0 * np.arange(self.sectors) / self.sectors)
        sector = np.searchsorted(edges, wrapped, side="right") - 1
        fraction = (wrapped - edges[sector]) * self.sectors / (2.0 * np.pi)
        return sector, np.minimum(fraction, _BELOW_ONE)

    def _reach(self, sector: int) -> float:
        """Return the distance in m to the farthest point of the room inside a sector.

        The room's part inside a vertical wedge is a prism, so the farthest point lies above
        or below the farthest vertex of its ground plan: a corner of the room inside the
        wedge, or the point where an edge of the wedge meets a wall.
        """
        width = 2.0 * math.pi / self.sectors
        edges = (sector * width, (sector + 1) * width)
        vertices = [self._distance_to_wall(edge + self.yaw) for edge in edges]
        for x in (0.0, self.room_size[0]):
            for y in (0.0, self.room_size[1]):
                dx, dy = x - self.position[0], y - self.position[1]
                azimuth = np.mod(math.atan2(dy, dx) - self.yaw - edges[0], 2.0 * np.pi)
                if azimuth <= width:
                    vertices.append(math.hypot(dx, dy))
        z = self.position[2]
        return math.hypot(max(vertices), max(z, self.room_size[2] - z))

    def _distance_to_wall(self, azimuth: float) -> float:
        """Return the horizontal distance in m to the walls along an azimuth of the room."""
        distances = []
        for direction, x, side in zip(
            (math.cos(azimuth), math.sin(azimuth)), self.position, self.room_size, strict=False
        ):
            if direction != 0.0:
                distances.append(((side if direction > 0.0 else 0.0) - x) / direction)
        return min(distances)
