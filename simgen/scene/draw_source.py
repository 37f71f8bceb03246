"""Drawing how sources emit: their directivity, and where they face."""

import math

from simgen.acoustics.rotation import NO_TURN
from simgen.errors import GeometryError
from simgen.scene.channels import Quaternion
from simgen.scene.directivity import OMNI, Cap, Directivity, FirstOrder, Harmonics, Piston, Speech
from simgen.scene.directivity_file import (
    CapDirectivity,
    HarmonicDirectivity,
    MicrophoneDirectivity,
    PistonDirectivity,
    SourceDirectivity,
)
from simgen.scene.distributions import draw
from simgen.scene.document import KeyPath, dotted
from simgen.scene.orientation import quaternion_from_angles, quaternion_towards
from simgen.scene.scene import MicrophoneArray, Point
from simgen.scene.scene_file import SceneFile
from simgen.scene.seeds import Generators
from simgen.scene.source_file import ANY_WAY

__all__ = ["draw_directivity", "draw_facing"]


def draw_directivity(
    spec: SourceDirectivity | MicrophoneDirectivity, generators: Generators, path: KeyPath
) -> Directivity:
    """Draw the numbers of the directivity whose key is at ``path``."""
    match spec:
        case PistonDirectivity(piston=piston):
            path = (*path, "piston", "radius_m")
            return Piston(radius=draw(piston.radius_m, generators, dotted(path)))
        case CapDirectivity(cap=cap):
            path = (*path, "cap")
            radius = draw(cap.sphere_radius_m, generators, dotted((*path, "sphere_radius_m")))
            degrees = draw(cap.half_angle_deg, generators, dotted((*path, "half_angle_deg")))
            return Cap(sphere_radius=radius, half_angle=math.radians(degrees))
        case HarmonicDirectivity(harmonics=rows):
            return Harmonics(coefficients=rows)
        case "speech":
            return Speech()
        case _:
            return FirstOrder(pattern=spec)


def draw_facing(
    scene_file: SceneFile,
    source: tuple[str, int],
    directivity: Directivity,
    places: dict[str, list[Point]],
    arrays: dict[str, MicrophoneArray],
    generators: Generators,
) -> Quaternion:
    """Draw where a source faces.

    Parameters
    ----------
    scene_file
        With the groups.
    source
        Its group and its number therein.
    directivity
        As drawn already; nothing that is omnidirectional faces anywhere.
    places, arrays
        Where everything is.
    generators
        The scene's generators.

    Raises
    ------
    SceneError
        If what it is to face is where it is itself.
    """
    if directivity == OMNI:
        return NO_TURN
    group, number = source
    facing = scene_file.sources[group].facing or ANY_WAY
    if not isinstance(facing, str):
        yaw, pitch = (
            math.radians(
                draw(getattr(facing, key), generators, f"sources.{group}[{number}].facing.{key}")
            )
            for key in ("yaw_deg", "pitch_deg")
        )
        return quaternion_from_angles(yaw, pitch)
    target = arrays[facing].position if facing in arrays else places[facing][0]
    try:
        return quaternion_towards(places[group][number], target)
    except GeometryError:
        message = f'{group}[{number}] is where "{facing}" is and cannot face it ({generators})'
        raise scene_file.error("infeasible", message, ("sources", group, "facing")) from None
