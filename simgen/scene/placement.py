"""Placing sources in the room so that every rule holds.

Sources are placed one after another, each uniformly among the places that the earlier ones
leave free. When one finds no place all start afresh; after a bounded number of draws the
file is refused, naming the rule that turned most places down.
"""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.acoustics.responses import SHORTEST_DISTANCE
from simgen.acoustics.rigid_sphere import NEAREST_DISTANCE
from simgen.acoustics.rotation import to_room_frame
from simgen.scene.distributions import draw, is_fixed
from simgen.scene.document import KeyPath, dotted
from simgen.scene.field_types import Coordinate
from simgen.scene.geometry import microphone_positions, offsets_from, region_grid
from simgen.scene.record import Point
from simgen.scene.scene import MicrophoneArray, Room
from simgen.scene.scene_file import AtLeast, AtMostOnePerRegion, AzimuthsApart, SceneFile
from simgen.scene.seeds import Generators
from simgen.scene.source_file import Anywhere, Around, PlaceAnywhere, PlaceAround, PlaceSpec

__all__ = ["direction_offset", "draw_point", "place_sources"]

MOST_DRAWS = 500
"""Places tried for one source before all sources start afresh."""

MOST_STARTS = 20
"""Fresh starts before the file is refused: 10,000 places tried for one source in all."""


def draw_point(
    coordinates: tuple[Coordinate, Coordinate, Coordinate],
    room: Room,
    generators: Generators,
    path: KeyPath,
) -> Point:
    """Draw a position in m, where ``center`` is the middle of the room along that axis."""
    x, y, z = (
        side / 2.0
        if coordinate == "center"
        else draw(coordinate, generators, dotted((*path, axis)))
        for axis, (coordinate, side) in enumerate(zip(coordinates, room.size, strict=True))
    )
    return x, y, z


def direction_offset(distance: float, azimuth_deg: float, elevation_deg: float) -> Point:
    """Return the point at a distance in m and a direction from the origin."""
    azimuth, elevation = math.radians(azimuth_deg), math.radians(elevation_deg)
    return (
        distance * math.cos(elevation) * math.cos(azimuth),
        distance * math.cos(elevation) * math.sin(azimuth),
        distance * math.sin(elevation),
    )


def place_sources(
    scene_file: SceneFile,
    counts: dict[str, int],
    room: Room,
    arrays: dict[str, MicrophoneArray],
    landmarks: Mapping[str, Point],
    generators: Generators,
) -> dict[str, list[Point]]:
    """Draw the positions of all sources.

    Parameters
    ----------
    scene_file
        With the groups' places and the rules.
    counts
        How many sources each group has.
    room, arrays
        As drawn already.
    landmarks
        Where everything is that rules keep sources away from.
    generators
        The scene's generators.

    Returns
    -------
    Positions in m in the room's frame, by group.

    Raises
    ------
    SceneError
        If no placement was found, at the rule that turned most places down.
    """
    placement = _Placement(scene_file, room, arrays, landmarks, generators)
    for _ in range(MOST_STARTS):
        if placement.start(counts):
            return placement.places
    path, turned_down = placement.refusals.most_common(1)[0]
    number = sum(counts.values())
    culprit = "this rule"
    if path[0] != "rules":
        spheres = ", inside a sphere" if placement.spheres else ""
        culprit = f"being outside the room{spheres} or on top of a microphone"
    raise scene_file.error(
        "infeasible",
        f"there is no place for {number} source{'s' * (number > 1)}: {culprit} turned down "
        f"{turned_down} of the {placement.refusals.total()} places refused ({generators})",
        path,
    )


@dataclass
class _Placement:
    """Sources placed so far, and what may be placed next."""

    scene_file: SceneFile
    room: Room
    arrays: dict[str, MicrophoneArray]
    landmarks: Mapping[str, Point]
    generators: Generators

    def __post_init__(self) -> None:
        self.refusals: Counter[KeyPath] = Counter()
        self.places: dict[str, list[Point]] = {}
        self.microphones: list[Point] = [
            tuple(point)
            for array in self.arrays.values()
            for point in microphone_positions(array).tolist()
        ]
        self.spheres = [
            (array.position, NEAREST_DISTANCE * array.body_radius)
            for array in self.arrays.values()
            if array.body_radius > 0.0
        ]
        self.grids = {name: region_grid(self.room, array) for name, array in self.arrays.items()}
        self.distances = {
            number: draw(rule.at_least_m, self.generators, f"rules[{number}].at_least_m")
            for number, rule in enumerate(self.scene_file.rules)
            if isinstance(rule, AtLeast)
        }
        self.angles = {
            number: math.radians(
                draw(rule.at_least_deg, self.generators, f"rules[{number}].at_least_deg")
            )
            for number, rule in enumerate(self.scene_file.rules)
            if isinstance(rule, AzimuthsApart)
        }

    def start(self, counts: dict[str, int]) -> bool:
        """Place all sources afresh; tell whether each found a place."""
        self.places = {group: [] for group in counts}
        return all(
            self._place(group, number) for group, count in counts.items() for number in range(count)
        )

    def _place(self, group: str, number: int) -> bool:
        """Draw places for a source until one keeps every rule; tell whether one was found."""
        for _ in range(1 if _is_fixed(self.scene_file.sources[group].place) else MOST_DRAWS):
            candidate = self._draw_place(group, number)
            broken = self._broken(group, candidate)
            if broken is None:
                self.places[group].append(candidate)
                return True
            self.refusals[broken] += 1
        return False

    def _draw_place(self, group: str, number: int) -> Point:
        """Draw where a source could be."""
        place = self.scene_file.sources[group].place
        path: KeyPath = ("sources", group, number, "place")
        match place:
            case PlaceAnywhere(anywhere=anywhere):
                return self._draw_anywhere(anywhere, group, (*path, "anywhere"))
            case PlaceAround(around=around):
                return self._draw_around(around, (*path, "around"))
            case _:
                path = (*path, "position_m")
                return draw_point(place.position_m, self.room, self.generators, path)

    def _draw_anywhere(self, spec: Anywhere, group: str, path: KeyPath) -> Point:
        """Draw a point evenly over the room less its margins."""
        margin = draw(spec.wall_clearance_m, self.generators, dotted((*path, "wall_clearance_m")))
        sides = self.room.size if spec.height_m is None else self.room.size[:2]
        if 2.0 * margin >= min(sides):
            raise self.scene_file.error(
                "infeasible",
                f"a clearance of {margin:g} m leaves nothing of a room of "
                f"{' x '.join(f'{side:.3g}' for side in self.room.size)} m ({self.generators})",
                ("sources", group, "place", "anywhere", "wall_clearance_m"),
            )
        generator = self.generators.at(dotted((*path, "point")))
        x, y, z = (margin + (side - 2.0 * margin) * generator.random() for side in self.room.size)
        if spec.height_m is not None:
            z = draw(spec.height_m, self.generators, dotted((*path, "height_m")))
        return x, y, z

    def _draw_around(self, spec: Around, path: KeyPath) -> Point:
        """Draw a point by distance and direction from an array."""
        distance, azimuth_deg, elevation_deg = (
            draw(quantity, self.generators, dotted((*path, name)))
            for name, quantity in (
                ("distance_m", spec.distance_m),
                ("azimuth_deg", spec.azimuth_deg),
                ("elevation_deg", spec.elevation_deg),
            )
        )
        offset = direction_offset(distance, azimuth_deg, elevation_deg)
        array = self.arrays[spec.array]
        x, y, z = to_room_frame([offset], array.position, array.orientation)[0].tolist()
        return x, y, z

    def _broken(self, group: str, candidate: Point) -> KeyPath | None:
        """Return the path of the first rule that a source at ``candidate`` would break."""
        if not self._is_clear(candidate):
            return ("sources", group, "place")
        for number, rule in enumerate(self.scene_file.rules):
            match rule:
                case AtMostOnePerRegion(at_most_one_per_region=array):
                    kept = self._has_own_region(array, candidate)
                case AtLeast():
                    kept = self._is_apart(rule, self.distances[number], group, candidate)
                case AzimuthsApart(seen_from=array):
                    kept = self._has_own_azimuth(array, self.angles[number], candidate)
            if not kept:
                return ("rules", number)
        return None

    def _is_clear(self, candidate: Point) -> bool:
        """Tell whether a point is inside the room, outside arrays and not on a microphone."""
        inside = all(0.0 < x < side for x, side in zip(candidate, self.room.size, strict=True))
        return (
            inside
            and all(math.dist(candidate, place) > SHORTEST_DISTANCE for place in self.microphones)
            and all(math.dist(candidate, center) > radius for center, radius in self.spheres)
        )

    def _has_own_region(self, array: str, candidate: Point) -> bool:
        """Tell whether no placed source shares the candidate's region."""
        grid = self.grids[array]
        if grid is None:
            return True
        offsets = self._offsets(array, candidate)
        regions = grid.region_of(_azimuths(offsets), np.linalg.norm(offsets, axis=1))
        return bool(np.all(regions[1:] != regions[0]))

    def _has_own_azimuth(self, array: str, least: float, candidate: Point) -> bool:
        """Tell whether all placed sources are an angle to the candidate's left or right."""
        azimuths = _azimuths(self._offsets(array, candidate))
        apart = np.abs(np.remainder(azimuths[1:] - azimuths[0] + np.pi, 2.0 * np.pi) - np.pi)
        return bool(np.all(apart >= least))

    def _offsets(self, array: str, candidate: Point) -> NDArray[np.float64]:
        """Return where the candidate, and then all placed sources, are in an array's frame."""
        placed = [point for points in self.places.values() for point in points]
        return offsets_from(self.arrays[array], [candidate, *placed])

    def _is_apart(self, rule: AtLeast, least: float, group: str, candidate: Point) -> bool:
        """Tell whether the candidate keeps its distance from what the rule names."""
        first, second = rule.between
        others: list[Point] = []
        for name, other in ((first, second), (second, first)):
            if name == group:
                thing = self.landmarks.get(other)
                others += self.places[other] if thing is None else [thing]
        return all(math.dist(candidate, point) >= least for point in others)


def _azimuths(offsets: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the azimuths of places (point, 3) in rad, (point,)."""
    return np.arctan2(offsets[:, 1], offsets[:, 0])


def _is_fixed(place: PlaceSpec) -> bool:
    """Tell whether a place is always the same point."""
    match place:
        case PlaceAnywhere():
            return False
        case PlaceAround(around=around):
            return all(map(is_fixed, (around.distance_m, around.azimuth_deg, around.elevation_deg)))
        case _:
            return all(x == "center" or is_fixed(x) for x in place.position_m)
