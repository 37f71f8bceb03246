"""The microphone arrays of a scene file: what they are made of, where they are, their regions."""

from itertools import pairwise
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from simgen.constants import HEAD_RADIUS
from simgen.scene.directivity_file import MicrophoneDirectivity
from simgen.scene.distributions import Distribution, support, within
from simgen.scene.field_types import Coordinate, Elevation, Metres, Turn, Whole
from simgen.scene.record import GrownRecord, Record, kind_by_key

__all__ = [
    "AmbisonicMicrophone",
    "ArraySpec",
    "CircularMicrophones",
    "DirectionalMicrophones",
    "ErrorsSpec",
    "HeadMicrophones",
    "LinearMicrophones",
    "Microphones",
    "MicrophonesAt",
    "RegionsSpec",
    "SphereMicrophones",
]

# Up to here k a stays below 1000, where the series of the sphere ends, at 192 kHz.
SphereRadius = Annotated[Distribution, within(0.001, 0.5)]


class Circle(Record):
    """Microphones on a circle."""

    count: Annotated[Whole, Field(ge=1, le=256)]
    radius_m: Annotated[Distribution, within(0.0, 10.0, above=True)]


class Line(Record):
    """Microphones along y."""

    count: Annotated[Whole, Field(ge=1, le=256)]
    spacing_m: Annotated[Distribution, within(0.0, 10.0, above=True)]


class DirectionalMicrophones(Record):
    """Microphones in the free field, all of one directivity."""

    directivity: MicrophoneDirectivity = "omni"


class CircularMicrophones(DirectionalMicrophones):
    """``{circle: {count: 8, radius_m: 0.1}}``; each faces outward."""

    circle: Circle


class LinearMicrophones(DirectionalMicrophones):
    """``{line: {count: 4, spacing_m: 0.05}}``; each faces the array's +x."""

    line: Line


class MicrophonesAt(DirectionalMicrophones):
    """``{positions_m: [[x, y, z], ...]}`` in the array's own frame; each faces its +x if unsaid."""

    positions_m: tuple[tuple[Metres, Metres, Metres], ...] = Field(min_length=1, max_length=256)
    facing_deg: tuple[tuple[Turn, Elevation], ...] | None = None

    @model_validator(mode="after")
    def _each_faces(self) -> Self:
        if self.facing_deg is None:
            return self
        if self.directivity == "omni":
            raise PydanticCustomError(
                "bad_value",
                "omnidirectional microphones face nothing; give them a directivity, or leave "
                "this key out",
                {"path": ("facing_deg",)},
            )
        if len(self.facing_deg) != len(self.positions_m):
            raise PydanticCustomError(
                "out_of_range",
                "must hold an [azimuth, elevation] for each of the {count} microphones, "
                "got {given}",
                {
                    "path": ("facing_deg",),
                    "count": len(self.positions_m),
                    "given": len(self.facing_deg),
                },
            )
        return self


class Ambisonic(Record):
    """The spherical harmonics of the sound field at a point."""

    order: Annotated[Whole, Field(ge=1, le=7)]


class AmbisonicMicrophone(Record):
    """``{ambisonic: {order: 3}}``."""

    ambisonic: Ambisonic


class RigidSphere(Record):
    """Microphones on a rigid sphere: 32 spread evenly, or by direction from its centre."""

    radius_m: SphereRadius
    count: Literal[32] | None = None
    directions_deg: (
        Annotated[tuple[tuple[Turn, Elevation], ...], Field(min_length=1, max_length=256)] | None
    ) = None

    @model_validator(mode="after")
    def _has_microphones(self) -> Self:
        if self.count is None and self.directions_deg is None:
            raise PydanticCustomError(
                "missing_key", "needs count: 32, or directions_deg: [[azimuth, elevation], ...]"
            )
        if self.count is not None and self.directions_deg is not None:
            raise PydanticCustomError(
                "bad_value",
                "count says already where the microphones are; keep one of the two",
                {"path": ("directions_deg",)},
            )
        return self


class SphereMicrophones(Record):
    """``{rigid_sphere: {radius_m: 0.042, count: 32}}``."""

    rigid_sphere: RigidSphere


class Head(Record):
    """A rigid sphere with two ears."""

    radius_m: SphereRadius = HEAD_RADIUS
    ear_azimuth_deg: Annotated[Distribution, within(0.0, 180.0)] = 90.0


class HeadMicrophones(Record):
    """``{head: {}}``: the left ear and the right one."""

    head: Head


Microphones = Annotated[
    Annotated[CircularMicrophones, Tag("<circle>")]
    | Annotated[LinearMicrophones, Tag("<line>")]
    | Annotated[MicrophonesAt, Tag("<positions_m>")]
    | Annotated[AmbisonicMicrophone, Tag("<ambisonic>")]
    | Annotated[SphereMicrophones, Tag("<rigid_sphere>")]
    | Annotated[HeadMicrophones, Tag("<head>")],
    kind_by_key("circle", "line", "positions_m", "ambisonic", "rigid_sphere", "head"),
]


class RegionsSpec(Record):
    """How the space around an array is divided for region labels."""

    sectors: Annotated[Whole, Field(ge=1, le=360)]
    ring_edges_m: tuple[Annotated[float, Field(strict=True, gt=0.0)], ...] = ()

    @model_validator(mode="after")
    def _increasing(self) -> Self:
        edges = self.ring_edges_m
        if any(low >= high for low, high in pairwise(edges)):
            raise PydanticCustomError(
                "bad_value",
                "must increase, got {edges}",
                {"path": ("ring_edges_m",), "edges": f"[{', '.join(f'{x:g}' for x in edges)}]"},
            )
        return self


class ErrorsSpec(Record):
    """How each microphone differs from what it is said to be; positions along each axis."""

    gain_db: Annotated[Distribution, within(-40.0, 40.0)] = 0.0
    phase_deg: Annotated[Distribution, within(-180.0, 180.0)] = 0.0
    position_m: Annotated[Distribution, within(-0.1, 0.1)] = 0.0


class ArraySpec(GrownRecord):
    """A microphone array."""

    gained: ClassVar[tuple[str, ...]] = ("errors",)

    microphones: Microphones
    position_m: tuple[Coordinate, Coordinate, Coordinate] = ("center", "center", "center")
    yaw_deg: Turn = 0.0
    pitch_deg: Elevation = 0.0
    roll_deg: Turn = 0.0
    regions: RegionsSpec | None = None
    errors: ErrorsSpec | None = None

    @model_validator(mode="after")
    def _separate_with_errors(self) -> Self:
        if self.errors is not None and not isinstance(self.microphones, DirectionalMicrophones):
            raise PydanticCustomError(
                "bad_value",
                "only microphones in the free field can have errors: circle, line or positions_m",
                {"path": ("errors",)},
            )
        return self

    @model_validator(mode="after")
    def _upright_with_regions(self) -> Self:
        # The bounds of a region are those of the room in a horizontal sector.
        tilted = support(self.pitch_deg) != (0.0, 0.0) or support(self.roll_deg) != (0.0, 0.0)
        if self.regions is not None and tilted:
            raise PydanticCustomError(
                "bad_value",
                "an array with regions must be upright; leave pitch_deg and roll_deg out",
                {"path": ("regions",)},
            )
        return self
