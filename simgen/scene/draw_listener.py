"""Drawing the listeners of a scene: their heads, and the poses that they take."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from simgen.acoustics.rotation import Quaternion, quaternion_from_yaw, to_room_frame
from simgen.errors import GeometryError, SignalError
from simgen.scene.device import Device
from simgen.scene.distributions import Distribution, draw
from simgen.scene.document import KeyPath, dotted
from simgen.scene.listener import FreeEars, Head, Listener, MeasuredHead, Pose, SphereHead
from simgen.scene.listener_file import (
    BallHead,
    FreeHead,
    Grid,
    GridOfPoses,
    ListenerSpec,
    NearDevice,
    Random,
    RandomPoses,
    RowsOfSeats,
    Seats,
    SofaHead,
)
from simgen.scene.orientation import compose, quaternion_from_angles, quaternion_towards
from simgen.scene.placement import direction_offset, draw_point
from simgen.scene.poses import require_clear
from simgen.scene.record import Point
from simgen.scene.scene import Room
from simgen.scene.scene_file import SceneFile
from simgen.scene.seeds import Generators
from simgen.scene.sofa_files import digest_of_file

__all__ = ["draw_listener"]

Shift = tuple[float, float, float, float]
"""Forwards, to the left, up in m, and a turn to the left in rad: in the nominal pose's frame."""

_NO_SHIFT: Shift = (0.0, 0.0, 0.0, 0.0)
_AXES = ("fore_aft_m", "lateral_m", "height_m", "yaw_deg")


def draw_listener(
    scene_file: SceneFile,
    name: str,
    room: Room,
    devices: Mapping[str, Device],
    landmarks: Mapping[str, Point],
    generators: Generators,
) -> Listener:
    """Draw a listener, and see that in no pose anything is in the way.

    Parameters
    ----------
    scene_file
        With the listener's keys.
    name
        The listener's.
    room, devices
        As drawn already.
    landmarks
        Where arrays and devices are, which the listener can face.
    generators
        The scene's generators.

    Raises
    ------
    SceneError
        If a head or an ear is outside the room, a driver inside a head, or a file missing.
    """
    drawing = _Drawing(scene_file, name, generators)
    head = drawing.head()
    position = drawing.position(room, devices)
    orientation = drawing.orientation(position, landmarks, devices)
    poses = tuple(_moved(position, orientation, shift) for shift in drawing.shifts())
    listener = Listener(head=head, poses=poses)
    try:
        require_clear(name, listener, room, devices)
    except GeometryError as error:
        key = "poses" if drawing.spec.poses is not None else drawing.place_key
        raise drawing.error("infeasible", f"{error} ({generators})", key) from None
    return listener


def _moved(position: Point, orientation: Quaternion, shift: Shift) -> Pose:
    """Return the nominal pose moved in its own frame, and then turned."""
    x, y, z, turn = shift
    if shift == _NO_SHIFT:
        return Pose(position=position, orientation=orientation)
    [moved] = to_room_frame([(x, y, z)], position, orientation).tolist()
    return Pose(position=tuple(moved), orientation=compose(orientation, quaternion_from_yaw(turn)))


@dataclass(frozen=True)
class _Drawing:
    """Draws a listener."""

    scene_file: SceneFile
    name: str
    generators: Generators

    @property
    def spec(self) -> ListenerSpec:
        """What the scene file says of it."""
        return self.scene_file.listeners[self.name]

    @property
    def place_key(self) -> str:
        """The key that says where it is."""
        return "position_m" if self.spec.position_m is not None else "around"

    def head(self) -> Head:
        """Draw what the head is."""
        match self.spec.head:
            case SofaHead(sofa=file):
                try:
                    return MeasuredHead(
                        file=file, sha256=digest_of_file(file, self.scene_file.base)
                    )
                except SignalError as error:
                    raise self.error("bad-file", str(error), "head", "sofa") from None
            case FreeHead(free=ears):
                return FreeEars(distance=self._draw(ears.distance_m, "head", "free", "distance_m"))
            case BallHead(sphere=sphere):
                radius = self._draw(sphere.radius_m, "head", "sphere", "radius_m")
                degrees = self._draw(sphere.ear_azimuth_deg, "head", "sphere", "ear_azimuth_deg")
                return SphereHead(radius=radius, ear_azimuth=math.radians(degrees))
            case _:
                return SphereHead()

    def position(self, room: Room, devices: Mapping[str, Device]) -> Point:
        """Draw where the nominal pose is."""
        path = ("listeners", self.name, self.place_key)
        if self.spec.position_m is not None:
            return draw_point(self.spec.position_m, room, self.generators, path)
        assert self.spec.around is not None, "a listener without position_m is around a device"
        return self._near(self.spec.around, devices)

    def _near(self, near: NearDevice, devices: Mapping[str, Device]) -> Point:
        """Draw a place by distance and direction from a device."""
        device = devices[near.device]
        offset = direction_offset(
            self._draw(near.distance_m, "around", "distance_m"),
            self._draw(near.azimuth_deg, "around", "azimuth_deg"),
            self._draw(near.elevation_deg, "around", "elevation_deg"),
        )
        x, y, z = to_room_frame([offset], device.position, device.orientation)[0].tolist()
        return x, y, z

    def orientation(
        self, position: Point, landmarks: Mapping[str, Point], devices: Mapping[str, Device]
    ) -> Quaternion:
        """Draw where the listener looks: at the first device if nothing is said."""
        if self.spec.is_turned:
            yaw, pitch, roll = (
                math.radians(self._draw(getattr(self.spec, key) or 0.0, key))
                for key in ("yaw_deg", "pitch_deg", "roll_deg")
            )
            return quaternion_from_angles(yaw, pitch, roll)
        target = self.spec.facing or next(iter(devices))
        try:
            return quaternion_towards(position, landmarks[target])
        except GeometryError:
            message = f'the listener is where "{target}" is and cannot face it ({self.generators})'
            raise self.error("infeasible", message, "facing") from None

    def shifts(self) -> list[Shift]:
        """Draw the poses relative to the nominal one, which comes first."""
        match self.spec.poses:
            case GridOfPoses(grid=grid):
                others = self._grid(grid)
            case RandomPoses(random=random):
                others = self._random(random)
            case RowsOfSeats(seats=seats):
                others = self._seats(seats)
            case _:
                others = []
        return [_NO_SHIFT, *(shift for shift in others if shift != _NO_SHIFT)]

    def _grid(self, grid: Grid) -> list[Shift]:
        """Draw every combination, the turn varying fastest."""
        axes = [
            [
                self._draw(value, "poses", "grid", key, number)
                for number, value in enumerate(getattr(grid, key))
            ]
            for key in _AXES
        ]
        return [(x, y, z, math.radians(turn)) for x, y, z, turn in product(*axes)]

    def _random(self, random: Random) -> list[Shift]:
        """Draw each pose for itself."""
        shifts = []
        for number in range(random.count):
            x, y, z, turn = (
                self._draw(getattr(random, key), f"poses.random[{number}]", key) for key in _AXES
            )
            shifts.append((x, y, z, math.radians(turn)))
        return shifts

    def _seats(self, seats: Seats) -> list[Shift]:
        """Draw rows of seats, from the first row back and from left to right."""
        depth = self._draw(seats.row_spacing_m, "poses", "seats", "row_spacing_m")
        width = self._draw(seats.column_spacing_m, "poses", "seats", "column_spacing_m")
        return [
            (0.0 - depth * row, width * ((seats.columns - 1) / 2.0 - column), 0.0, 0.0)
            for row in range(seats.rows)
            for column in range(seats.columns)
        ]

    def _draw(self, quantity: Distribution, *keys: str | int) -> float:
        """Draw the quantity at some keys."""
        return draw(quantity, self.generators, dotted(("listeners", self.name, *keys)))

    def error(self, code: str, message: str, *keys: str) -> Exception:
        """Return the error of a problem at some keys."""
        path: KeyPath = ("listeners", self.name, *keys)
        return self.scene_file.error(code, message, path)
