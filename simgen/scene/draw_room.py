"""Drawing the room of a scene: its size, what its walls absorb, and its air."""

import numpy as np

from simgen.acoustics.air import air_absorption, speed_of_sound
from simgen.acoustics.bands import octave_bands, to_bands
from simgen.acoustics.materials import absorption_of
from simgen.acoustics.responses import MOST_IMAGES, num_images
from simgen.acoustics.reverberation import eyring_absorption, sabine_absorption
from simgen.errors import ParameterError
from simgen.scene.distributions import Distribution, draw
from simgen.scene.geometry import box_room, decay_time
from simgen.scene.room_file import WALLS, AirSpec
from simgen.scene.scene import Bands, Room
from simgen.scene.scene_file import SceneFile
from simgen.scene.seeds import Generators

__all__ = ["draw_room"]

_PASCAL_PER_KPA = 1000.0


def draw_room(scene_file: SceneFile, generators: Generators) -> Room:
    """Draw the room's size, the absorption of its walls and the state of its air.

    Raises
    ------
    SceneError
        If no walls give so short a reverberation time.
    """
    spec = scene_file.room
    length, width, height = (
        draw(side, generators, f"room.box_m[{axis}]") for axis, side in enumerate(spec.box_m)
    )
    size = (length, width, height)
    celsius = draw(spec.air.temperature_celsius, generators, "room.air.temperature_celsius")
    speed = speed_of_sound(celsius)
    t60 = None if spec.t60_s is None else draw(spec.t60_s, generators, "room.t60_s")
    if t60 is not None:
        uniform = _absorption_for(scene_file, generators, size, t60, speed)
        walls: tuple[Bands, ...] = ((uniform,),) * 6
    elif spec.absorption is not None:
        walls = ((draw(spec.absorption, generators, "room.absorption"),),) * 6
    else:
        walls = _draw_walls(scene_file, generators)
    num_bands = max(len(wall) for wall in walls)
    back, front, right, left, floor, ceiling = (
        wall * num_bands if len(wall) == 1 else wall for wall in walls
    )
    jitter = draw(spec.image_jitter_m, generators, "room.image_jitter_m")
    room = Room(
        size=size,
        absorption=(back, front, right, left, floor, ceiling),
        air_absorption=_draw_air(spec.air, celsius, scene_file.sample_rate_hz, generators),
        t60=t60,
        speed_of_sound=speed,
        image_jitter=jitter,
        jitter_seed=_jitter_seed(generators) if jitter > 0.0 else 0,
    )
    _refuse_endless(scene_file, room, generators)
    if scene_file.engine == "pyroomacoustics" and (box_room(room).num_bands > 1 or jitter > 0.0):
        raise scene_file.error(
            "infeasible",
            "the engine pyroomacoustics takes no materials, no humidity and no image jitter here",
            ("engine",),
        )
    return room


def _jitter_seed(generators: Generators) -> int:
    """Return what the displacements of images are drawn from: 63 bits of its own key."""
    return int(generators.key("room.image_jitter"), 16) >> 65


def _refuse_endless(scene_file: SceneFile, room: Room, generators: Generators) -> None:
    """Refuse a room that reverberates for longer than can be computed."""
    images = num_images(box_room(room), decay_time(room))
    if images > MOST_IMAGES:
        key = next(k for k in ("t60_s", "absorption", "walls") if getattr(scene_file.room, k))
        raise scene_file.error(
            "infeasible",
            f"a decay of {decay_time(room):.3g} s in this room takes {images:.2g} image sources "
            f"for each response; up to {MOST_IMAGES:.0e} can be computed ({generators})",
            ("room", key),
        )


def _absorption_for(
    scene_file: SceneFile,
    generators: Generators,
    size: tuple[float, float, float],
    t60: float,
    speed: float,
) -> float:
    """Return the absorption of all walls that gives a reverberation time, or refuse it."""
    sabine = scene_file.room.t60_formula == "sabine"
    try:
        return (sabine_absorption if sabine else eyring_absorption)(size, t60, speed)
    except ParameterError as error:
        message = f"{error} ({generators})"
        raise scene_file.error("out-of-range", message, ("room", "t60_s")) from None


def _draw_walls(scene_file: SceneFile, generators: Generators) -> tuple[Bands, ...]:
    """Draw the absorption of all walls; those left to ``rest`` are alike."""
    spec = scene_file.room.walls
    assert spec is not None, "a room without t60_s and absorption has walls"
    surfaces = {
        name: surface for name in (*WALLS, "rest") if (surface := getattr(spec, name)) is not None
    }
    drawn = {
        name: _draw_surface(surface, name, scene_file.sample_rate_hz, generators)
        for name, surface in surfaces.items()
    }
    return tuple(drawn[wall if wall in drawn else "rest"] for wall in WALLS)


def _draw_surface(
    surface: str | Distribution, name: str, sample_rate: int, generators: Generators
) -> Bands:
    """Draw the absorption of a surface, in one band or in each octave band."""
    if isinstance(surface, str):
        centres, values = absorption_of(surface)
        return tuple(to_bands(values, centres, octave_bands(sample_rate)).tolist())
    return (draw(surface, generators, f"room.walls.{name}"),)


def _draw_air(air: AirSpec, celsius: float, sample_rate: int, generators: Generators) -> Bands:
    """Draw the energy attenuation of the air in 1/m: none, or one for each octave band."""
    if air.humidity_percent is None:
        return (0.0,)
    attenuation = air_absorption(
        octave_bands(sample_rate),
        temperature_celsius=celsius,
        humidity_percent=draw(air.humidity_percent, generators, "room.air.humidity_percent"),
        pressure_pa=_PASCAL_PER_KPA * draw(air.pressure_kpa, generators, "room.air.pressure_kpa"),
    )
    return tuple(np.atleast_1d(attenuation).tolist())
