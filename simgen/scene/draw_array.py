"""Drawing the microphone arrays of a scene: where they are, how they are turned, what they hear."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.acoustics.microphones import circular_array, linear_array, pentakis_dodecahedron
from simgen.errors import GeometryError
from simgen.scene.array_file import (
    AmbisonicMicrophone,
    ArraySpec,
    CircularMicrophones,
    ErrorsSpec,
    HeadMicrophones,
    LinearMicrophones,
    Microphones,
    MicrophonesAt,
    SphereMicrophones,
)
from simgen.scene.channels import (
    Channels,
    HarmonicChannels,
    HeadChannels,
    MicrophoneChannels,
    MicrophoneErrors,
    Quaternion,
    SphereChannels,
)
from simgen.scene.directivity import OMNI
from simgen.scene.distributions import Distribution, draw
from simgen.scene.document import KeyPath, dotted
from simgen.scene.draw_source import draw_directivity
from simgen.scene.geometry import box_room, microphone_positions
from simgen.scene.orientation import quaternion_from_angles
from simgen.scene.placement import draw_point
from simgen.scene.record import Point
from simgen.scene.scene import MicrophoneArray, Regions, Room
from simgen.scene.scene_file import SceneFile
from simgen.scene.seeds import Generators
from simgen.units import amplitude_from_db

__all__ = ["draw_array"]


def draw_array(
    scene_file: SceneFile, name: str, room: Room, generators: Generators
) -> MicrophoneArray:
    """Draw an array's place and turn, and see that all of it is inside the room.

    Raises
    ------
    SceneError
        If it is not.
    """
    spec, path = scene_file.arrays[name], ("arrays", name)
    places, channels = _Drawing(generators, (*path, "microphones")).array(spec.microphones)
    array = MicrophoneArray(
        position=draw_point(spec.position_m, room, generators, (*path, "position_m")),
        orientation=_draw_turn(spec, generators, path),
        microphones=tuple((float(x), float(y), float(z)) for x, y, z in places),
        regions=None
        if spec.regions is None
        else Regions(sectors=spec.regions.sectors, ring_edges=spec.regions.ring_edges_m),
        channels=channels,
        errors=None
        if spec.errors is None
        else _draw_errors(spec.errors, len(places), generators, (*path, "errors")),
    )
    try:
        _require_inside(array, name, room)
    except GeometryError as error:
        message = f"{error} ({generators})"
        raise scene_file.error("outside-room", message, (*path, "position_m")) from None
    return array


def _draw_turn(spec: ArraySpec, generators: Generators, path: KeyPath) -> Quaternion:
    """Draw how an array is turned."""
    yaw, pitch, roll = (
        math.radians(draw(getattr(spec, key), generators, dotted((*path, key))))
        for key in ("yaw_deg", "pitch_deg", "roll_deg")
    )
    return quaternion_from_angles(yaw, pitch, roll)


def _draw_errors(
    spec: ErrorsSpec, count: int, generators: Generators, path: KeyPath
) -> MicrophoneErrors:
    """Draw how each microphone differs from what it is said to be."""

    def drawn(quantity: Distribution, *keys: str | int) -> float:
        return draw(quantity, generators, dotted((*path, *keys)))

    each = range(count)
    return MicrophoneErrors(
        gains=tuple(amplitude_from_db(drawn(spec.gain_db, "gain_db", k)) for k in each),
        phases=tuple(math.radians(drawn(spec.phase_deg, "phase_deg", k)) for k in each),
        displacements=tuple(
            (
                drawn(spec.position_m, "position_m", k, 0),
                drawn(spec.position_m, "position_m", k, 1),
                drawn(spec.position_m, "position_m", k, 2),
            )
            for k in each
        ),
    )


def _require_inside(array: MicrophoneArray, name: str, room: Room) -> None:
    """Refuse an array of which anything is outside the room."""
    box = box_room(room)
    box.require_inside(np.array([array.position]), f'the centre of array "{name}", point')
    box.require_inside(microphone_positions(array), f'array "{name}": microphone')
    radius = array.body_radius
    if any(
        not radius < x < side - radius for x, side in zip(array.position, room.size, strict=True)
    ):
        raise GeometryError(
            f'a wall cuts the sphere of array "{name}"',
            value=tuple(round(x, 4) for x in array.position),
            allowed=f"a centre more than {radius:.4g} m from every wall",
        )


@dataclass(frozen=True)
class _Drawing:
    """Draws the microphones whose key is at ``path``."""

    generators: Generators
    path: KeyPath

    def array(self, spec: Microphones) -> tuple[NDArray[np.float64], Channels]:
        """Draw where the channels are in the array's frame, (channel, 3), and what they are."""
        match spec:
            case AmbisonicMicrophone(ambisonic=ambisonic):
                channels = HarmonicChannels(order=ambisonic.order)
                return np.zeros(((ambisonic.order + 1) ** 2, 3)), channels
            case SphereMicrophones():
                return self._sphere(spec)
            case HeadMicrophones():
                return self._head(spec)
            case _:
                return self._points(spec), self._microphones(spec)

    def _draw(self, quantity: Distribution, *keys: str | int) -> float:
        """Draw the quantity at some keys."""
        return draw(quantity, self.generators, dotted((*self.path, *keys)))

    def _points(
        self, spec: CircularMicrophones | LinearMicrophones | MicrophonesAt
    ) -> NDArray[np.float64]:
        """Draw the places of microphones in the free field."""
        match spec:
            case CircularMicrophones(circle=circle):
                return circular_array(
                    circle.count, self._draw(circle.radius_m, "circle", "radius_m")
                )
            case LinearMicrophones(line=line):
                return linear_array(line.count, self._draw(line.spacing_m, "line", "spacing_m"))
            case _:
                return np.array(
                    [
                        [self._draw(x, "positions_m", number, axis) for axis, x in enumerate(point)]
                        for number, point in enumerate(spec.positions_m)
                    ]
                )

    def _microphones(
        self, spec: CircularMicrophones | LinearMicrophones | MicrophonesAt
    ) -> MicrophoneChannels:
        """Draw the directivity of microphones in the free field, and where each faces."""
        path = (*self.path, "directivity")
        directivity = draw_directivity(spec.directivity, self.generators, path)
        if directivity == OMNI:
            return MicrophoneChannels()
        angles: list[tuple[float, float]] = []
        if isinstance(spec, CircularMicrophones):
            count = spec.circle.count
            angles = [(2.0 * math.pi * number / count, 0.0) for number in range(count)]
        elif isinstance(spec, MicrophonesAt) and spec.facing_deg is not None:
            angles = self._angles(spec.facing_deg, "facing_deg")
        return MicrophoneChannels(
            directivity=directivity,
            orientations=tuple(quaternion_from_angles(*pair) for pair in angles),
        )

    def _angles(
        self, pairs: tuple[tuple[Distribution, Distribution], ...], *keys: str
    ) -> list[tuple[float, float]]:
        """Draw pairs of azimuth and elevation, in rad."""
        return [
            (
                math.radians(self._draw(azimuth, *keys, number, 0)),
                math.radians(self._draw(elevation, *keys, number, 1)),
            )
            for number, (azimuth, elevation) in enumerate(pairs)
        ]

    def _sphere(self, spec: SphereMicrophones) -> tuple[NDArray[np.float64], Channels]:
        """Draw microphones on a rigid sphere."""
        sphere = spec.rigid_sphere
        radius = self._draw(sphere.radius_m, "rigid_sphere", "radius_m")
        directions = pentakis_dodecahedron()
        if sphere.directions_deg is not None:
            angles = self._angles(sphere.directions_deg, "rigid_sphere", "directions_deg")
            directions = np.array([_direction(*pair) for pair in angles])
        return radius * directions, SphereChannels(radius=radius)

    def _head(self, spec: HeadMicrophones) -> tuple[NDArray[np.float64], Channels]:
        """Draw the ears of a head."""
        radius = self._draw(spec.head.radius_m, "head", "radius_m")
        azimuth = math.radians(self._draw(spec.head.ear_azimuth_deg, "head", "ear_azimuth_deg"))
        ears = np.array([_direction(azimuth, 0.0), _direction(-azimuth, 0.0)])
        return radius * ears, HeadChannels(radius=radius)


def _direction(azimuth: float, elevation: float) -> Point:
    """Return a unit vector."""
    ground = math.cos(elevation)
    return ground * math.cos(azimuth), ground * math.sin(azimuth), math.sin(elevation)
