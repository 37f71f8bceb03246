"""Drawing how sources emit: their directivity, and where they face."""

import math
from collections.abc import Mapping

from simgen.acoustics.rotation import NO_TURN
from simgen.errors import GeometryError, SignalError
from simgen.scene.channels import Quaternion
from simgen.scene.directivity import (
    OMNI,
    Cap,
    Directivity,
    FirstOrder,
    Harmonics,
    MeasuredDirectivity,
    Piston,
    Speech,
)
from simgen.scene.directivity_file import (
    CapDirectivity,
    HarmonicDirectivity,
    MicrophoneDirectivity,
    PistonDirectivity,
    SofaDirectivity,
    SourceDirectivity,
)
from simgen.scene.distributions import draw
from simgen.scene.document import KeyPath, dotted
from simgen.scene.orientation import quaternion_from_angles, quaternion_towards
from simgen.scene.record import Point
from simgen.scene.scene_file import SceneFile
from simgen.scene.seeds import Generators
from simgen.scene.sofa_files import digest_of_file
from simgen.scene.source_file import ANY_WAY

__all__ = ["draw_directivity", "draw_facing", "draw_source_directivity"]


def draw_source_directivity(
    scene_file: SceneFile, spec: SourceDirectivity, generators: Generators, path: KeyPath
) -> Directivity:
    """Draw the directivity of a source or driver whose key is at ``path``.

    Raises
    ------
    SceneError
        If the file that it names cannot be read.
    """
    if not isinstance(spec, SofaDirectivity):
        return draw_directivity(spec, generators, path)
    try:
        digest = digest_of_file(spec.sofa, scene_file.base)
    except SignalError as error:
        raise scene_file.error("bad-file", str(error), (*path, "sofa")) from None
    return MeasuredDirectivity(
        file=spec.sofa, sha256=digest, order=spec.order, measurement=spec.measurement
    )


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
        case SofaDirectivity():
            raise AssertionError("files are for draw_source_directivity")
        case _:
            return FirstOrder(pattern=spec)


def draw_facing(
    scene_file: SceneFile,
    source: tuple[str, int],
    directivity: Directivity,
    places: dict[str, list[Point]],
    landmarks: Mapping[str, Point],
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
    places, landmarks
        Where the sources are, and all else that can be faced.
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
    target = landmarks[facing] if facing in landmarks else places[facing][0]
    try:
        return quaternion_towards(places[group][number], target)
    except GeometryError:
        message = f'{group}[{number}] is where "{facing}" is and cannot face it ({generators})'
        raise scene_file.error("infeasible", message, ("sources", group, "facing")) from None
