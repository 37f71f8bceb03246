"""The devices of a scene file: their drivers, where they are and how they are turned."""

from typing import Annotated, Self

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from simgen.scene.directivity_file import SourceDirectivity
from simgen.scene.field_types import Coordinate, Elevation, Metres, NotEmpty, Turn
from simgen.scene.presets import PresetName
from simgen.scene.record import Record

__all__ = ["DeviceSpec", "DriverSpec"]


class DriverSpec(Record):
    """``{position_m: [0, 0.075, 0]}`` in the device's own frame; it faces its +x if unsaid."""

    position_m: tuple[Metres, Metres, Metres]
    facing_deg: tuple[Turn, Elevation] | None = None
    directivity: SourceDirectivity = "omni"

    @model_validator(mode="after")
    def _can_face(self) -> Self:
        if self.facing_deg is not None and self.directivity == "omni":
            raise PydanticCustomError(
                "bad_value",
                "an omnidirectional driver faces nothing; give it a directivity such as "
                "{piston: {radius_m: 0.02}}, or leave this key out",
                {"path": ("facing_deg",)},
            )
        return self


Drivers = Annotated[
    Annotated[PresetName, Tag("<preset>")]
    | Annotated[NotEmpty[DriverSpec], Field(max_length=64), Tag("<drivers>")],
    Discriminator(lambda value: "<preset>" if isinstance(value, str) else "<drivers>"),
]


class DeviceSpec(Record):
    """Loudspeaker drivers that belong together."""

    drivers: Drivers
    position_m: tuple[Coordinate, Coordinate, Coordinate]
    yaw_deg: Turn = 0.0
    pitch_deg: Elevation = 0.0
    roll_deg: Turn = 0.0
