"""The sources of a scene file: where they are, what they emit and in which directions."""

from typing import Annotated, Literal, Self

from pydantic import Discriminator, StringConstraints, Tag, model_validator
from pydantic_core import PydanticCustomError

from simgen.scene.directivity_file import SourceDirectivity
from simgen.scene.distributions import Distribution, Uniform, within
from simgen.scene.field_types import Coordinate, Elevation, Name, Turn
from simgen.scene.record import Record, kind_by_key

__all__ = [
    "ANY_WAY",
    "Anywhere",
    "Around",
    "FacingAngles",
    "FolderSpeech",
    "Noise",
    "PlaceAnywhere",
    "PlaceAround",
    "PlaceAt",
    "PlaceSpec",
    "ShippedSpeech",
    "SourceGroup",
    "Talk",
]


class Anywhere(Record):
    """Anywhere in the room at some distance from its walls."""

    wall_clearance_m: Annotated[Distribution, within(0.0, 100.0)] = 0.5
    height_m: Annotated[Distribution, within(0.0, 500.0)] | None = None


class Around(Record):
    """At a distance and direction from an array's centre, in its frame."""

    array: Name
    distance_m: Annotated[Distribution, within(0.0, 500.0, above=True)]
    azimuth_deg: Annotated[Distribution, within(-360.0, 360.0)]
    elevation_deg: Annotated[Distribution, within(-90.0, 90.0)] = 0.0


class PlaceAnywhere(Record):
    """``{anywhere: {wall_clearance_m: 0.5, height_m: 1.5}}``."""

    anywhere: Anywhere


class PlaceAround(Record):
    """``{around: {array: table, distance_m: 2, azimuth_deg: 30}}``."""

    around: Around


class PlaceAt(Record):
    """``{position_m: [x, y, z]}``."""

    position_m: tuple[Coordinate, Coordinate, Coordinate]


PlaceSpec = Annotated[
    Annotated[PlaceAnywhere, Tag("<anywhere>")]
    | Annotated[PlaceAround, Tag("<around>")]
    | Annotated[PlaceAt, Tag("<position_m>")],
    kind_by_key("anywhere", "around", "position_m"),
]


class Talk(Record):
    """How utterances follow one another."""

    start_s: Annotated[Distribution, within(0.0, 3600.0)] = 0.0
    pause_s: Annotated[Distribution, within(0.0, 3600.0)] = 0.3


class ShippedSpeech(Talk):
    """Speech that ships with simgen: every talker, or those of one part."""

    speech: Literal["any", "train", "dev", "test"]


class FolderSpeech(Talk):
    """Speech from a folder of audio files, relative to the scene file."""

    folder: Annotated[str, StringConstraints(min_length=1)]


class Noise(Record):
    """Stationary noise."""

    noise: Literal["white", "pink"]


SignalSpec = Annotated[
    Annotated[ShippedSpeech, Tag("<speech>")]
    | Annotated[FolderSpeech, Tag("<folder>")]
    | Annotated[Noise, Tag("<noise>")],
    kind_by_key("speech", "folder", "noise"),
]


class FacingAngles(Record):
    """``{yaw_deg: 30, pitch_deg: -10}`` in the room's frame."""

    yaw_deg: Turn
    pitch_deg: Elevation = 0.0


FacingSpec = Annotated[
    Annotated[Name, Tag("<name>")] | Annotated[FacingAngles, Tag("<angles>")],
    Discriminator(lambda value: "<name>" if isinstance(value, str) else "<angles>"),
]

ANY_WAY = FacingAngles(yaw_deg=Uniform(uniform=(0.0, 360.0)))
"""How directional sources face if nothing is said: level, any way round."""


class SourceGroup(Record):
    """Sources that are alike."""

    count: Annotated[Distribution, within(1.0, 64.0, whole=True)] = 1.0
    place: PlaceSpec = PlaceAnywhere(anywhere=Anywhere())
    signal: SignalSpec = ShippedSpeech(speech="any")
    level_db: Annotated[Distribution, within(-120.0, 120.0)] = 0.0
    directivity: SourceDirectivity = "omni"
    facing: FacingSpec | None = None

    @model_validator(mode="after")
    def _can_face(self) -> Self:
        if self.facing is not None and self.directivity == "omni":
            raise PydanticCustomError(
                "bad_value",
                "an omnidirectional source faces nothing; give it a directivity such as speech, "
                "or leave this key out",
                {"path": ("facing",)},
            )
        return self
