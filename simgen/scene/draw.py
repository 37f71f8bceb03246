"""Drawing one concrete scene from a scene file."""

from collections.abc import Mapping

from simgen.scene.distributions import draw
from simgen.scene.draw_array import draw_array
from simgen.scene.draw_device import draw_device
from simgen.scene.draw_listener import draw_listener
from simgen.scene.draw_room import draw_room
from simgen.scene.draw_source import draw_facing, draw_source_directivity
from simgen.scene.placement import place_sources
from simgen.scene.record import Point
from simgen.scene.scene import MicrophoneArray, Room, Scene, SensorNoise, Source
from simgen.scene.scene_file import SceneFile
from simgen.scene.seeds import Generators
from simgen.scene.talk import draw_signals

__all__ = ["draw_scene"]


def draw_scene(scene_file: SceneFile, *, seed: int, index: int) -> Scene:
    """Draw a scene; see ``SceneFile.draw``."""
    generators = Generators(seed, index)
    sample_rate = scene_file.sample_rate_hz
    num_samples = max(1, round(draw(scene_file.duration_s, generators, "duration_s") * sample_rate))
    room = draw_room(scene_file, generators)
    arrays = {name: draw_array(scene_file, name, room, generators) for name in scene_file.arrays}
    devices = {name: draw_device(scene_file, name, room, generators) for name in scene_file.devices}
    landmarks = {name: thing.position for name, thing in (arrays | devices).items()}
    listeners = {
        name: draw_listener(scene_file, name, room, devices, landmarks, generators)
        for name in scene_file.listeners
    }
    landmarks |= {name: listener.poses[0].position for name, listener in listeners.items()}
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
        sources=_draw_sources(scene_file, room, arrays, landmarks, num_samples, generators),
        sensor_noise=None
        if sensor is None
        else SensorNoise(
            snr_db=draw(sensor.snr_db, generators, "noise.sensor.snr_db"),
            key=generators.key("noise.sensor"),
        ),
        devices=devices,
        listeners=listeners,
    )


def _draw_sources(
    scene_file: SceneFile,
    room: Room,
    arrays: dict[str, MicrophoneArray],
    landmarks: Mapping[str, Point],
    num_samples: int,
    generators: Generators,
) -> tuple[Source, ...]:
    """Draw how many sources there are, where they are, what they emit and which way."""
    counts = {
        name: round(draw(group.count, generators, f"sources.{name}.count"))
        for name, group in scene_file.sources.items()
    }
    places = place_sources(scene_file, counts, room, arrays, landmarks, generators)
    signals = draw_signals(scene_file, counts, num_samples, generators)
    sources = []
    for name, group in scene_file.sources.items():
        for number, position in enumerate(places[name]):
            level_path = f"sources.{name}[{number}].level_db"
            path = ("sources", name, number, "directivity")
            directivity = draw_source_directivity(scene_file, group.directivity, generators, path)
            source = Source(
                name=f"{name}[{number}]",
                position=position,
                level_db=draw(group.level_db, generators, level_path),
                signal=signals[name][number],
                directivity=directivity,
                orientation=draw_facing(
                    scene_file, (name, number), directivity, places, landmarks, generators
                ),
            )
            sources.append(source)
    return tuple(sources)
