"""Drawing one concrete scene from a scene file."""

import math
from typing import TYPE_CHECKING

import numpy as np

from simgen.acoustics.microphones import circular_array, linear_array
from simgen.acoustics.rotation import quaternion_from_yaw
from simgen.errors import GeometryError
from simgen.scene.distributions import Distribution, draw
from simgen.scene.document import KeyPath, dotted
from simgen.scene.draw_room import draw_room
from simgen.scene.geometry import box_room, microphone_positions
from simgen.scene.placement import draw_point, place_sources
from simgen.scene.scene import MicrophoneArray, Regions, Room, Scene, SensorNoise, Source
from simgen.scene.scene_file import (
    ArraySpec,
    CircularMicrophones,
    LinearMicrophones,
    SceneFile,
)
from simgen.scene.seeds import Generators
from simgen.scene.talk import draw_signals

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["draw_scene"]


def draw_scene(scene_file: SceneFile, *, seed: int, index: int) -> Scene:
    """Draw a scene; see ``SceneFile.draw``."""
    generators = Generators(seed, index)
    sample_rate = scene_file.sample_rate_hz
    num_samples = max(1, round(draw(scene_file.duration_s, generators, "duration_s") * sample_rate))
    room = draw_room(scene_file, generators)
    arrays = {
        name: _draw_array(scene_file, name, spec, room, generators)
        for name, spec in scene_file.arrays.items()
    }
    sensor = scene_file.noise.sensor
    return Scene(
        name=scene_file.name,
        seed=generators.seed,
        index=generators.index,
        sample_rate=sample_rate,
        num_samples=num_samples,
        label_hop=max(1, round(scene_file.labels.hop_s * sample_rate)),
        engine=scene_file.engine,
        room=room,
        arrays=arrays,
        sources=_draw_sources(scene_file, room, arrays, num_samples, generators),
        sensor_noise=None
        if sensor is None
        else SensorNoise(
            snr_db=draw(sensor.snr_db, generators, "noise.sensor.snr_db"),
            key=generators.key("noise.sensor"),
        ),
    )


def _draw_array(
    scene_file: SceneFile, name: str, spec: ArraySpec, room: Room, generators: Generators
) -> MicrophoneArray:
    """Draw an array's place and turn, and see that all of it is inside the room."""
    path: KeyPath = ("arrays", name)
    yaw = math.radians(draw(spec.yaw_deg, generators, dotted((*path, "yaw_deg"))))
    array = MicrophoneArray(
        position=draw_point(spec.position_m, room, generators, (*path, "position_m")),
        orientation=quaternion_from_yaw(yaw),
        microphones=tuple(
            (float(x), float(y), float(z)) for x, y, z in _draw_microphones(spec, generators, path)
        ),
        regions=None
        if spec.regions is None
        else Regions(sectors=spec.regions.sectors, ring_edges=spec.regions.ring_edges_m),
    )
    points = np.vstack([[array.position], microphone_positions(array)])
    try:
        box_room(room).require_inside(points[:1], f'the centre of array "{name}", point')
        box_room(room).require_inside(points[1:], f'array "{name}": microphone')
    except GeometryError as error:
        message = f"{error} ({generators})"
        raise scene_file.error("outside-room", message, (*path, "position_m")) from None
    return array


def _draw_microphones(
    spec: ArraySpec, generators: Generators, path: KeyPath
) -> "NDArray[np.float64]":
    """Draw the microphones' positions in the array's frame, shape (microphone, 3)."""
    microphones = spec.microphones

    def drawn(quantity: Distribution, *keys: str | int) -> float:
        return draw(quantity, generators, dotted((*path, "microphones", *keys)))

    match microphones:
        case CircularMicrophones(circle=circle):
            return circular_array(circle.count, drawn(circle.radius_m, "circle", "radius_m"))
        case LinearMicrophones(line=line):
            return linear_array(line.count, drawn(line.spacing_m, "line", "spacing_m"))
        case _:
            return np.array(
                [
                    [drawn(x, "positions_m", number, axis) for axis, x in enumerate(point)]
                    for number, point in enumerate(microphones.positions_m)
                ]
            )


def _draw_sources(
    scene_file: SceneFile,
    room: Room,
    arrays: dict[str, MicrophoneArray],
    num_samples: int,
    generators: Generators,
) -> tuple[Source, ...]:
    """Draw how many sources there are, where they are and what they emit."""
    counts = {
        name: round(draw(group.count, generators, f"sources.{name}.count"))
        for name, group in scene_file.sources.items()
    }
    places = place_sources(scene_file, counts, room, arrays, generators)
    signals = draw_signals(scene_file, counts, num_samples, generators)
    sources = []
    for name, group in scene_file.sources.items():
        for number, position in enumerate(places[name]):
            path = f"sources.{name}[{number}]"
            sources.append(
                Source(
                    name=f"{name}[{number}]",
                    position=position,
                    level_db=draw(group.level_db, generators, f"{path}.level_db"),
                    signal=signals[name][number],
                )
            )
    return tuple(sources)
