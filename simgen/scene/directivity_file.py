"""Directivities of sources and microphones in a scene file."""

import math
from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, StringConstraints, Tag, model_validator
from pydantic_core import PydanticCustomError

from simgen.acoustics.spherical_harmonics import HIGHEST_ORDER
from simgen.scene.distributions import Distribution, within
from simgen.scene.field_types import Whole
from simgen.scene.record import Record

__all__ = [
    "CapDirectivity",
    "HarmonicDirectivity",
    "MicrophoneDirectivity",
    "PistonDirectivity",
    "SofaDirectivity",
    "SourceDirectivity",
]

# At 0.2 m k a stays below 100, where the response of a cap ends, up to the highest octave band.
Radius = Annotated[Distribution, within(0.001, 0.2)]
Row = Annotated[
    tuple[Annotated[float, Field(strict=True)], ...], Field(max_length=(HIGHEST_ORDER + 1) ** 2)
]


class Piston(Record):
    """A flat circular piston in an infinite wall."""

    radius_m: Radius


class Cap(Record):
    """A cap that vibrates on a rigid sphere: a loudspeaker in its box."""

    sphere_radius_m: Radius
    half_angle_deg: Annotated[Distribution, within(1.0, 180.0)]


LARGEST_HARMONIC = 1000.0
"""60 dB over a directivity of gain 1: what is louder has its level in ``level_db``."""


class PistonDirectivity(Record):
    """``{piston: {radius_m: 0.05}}``."""

    piston: Piston


class CapDirectivity(Record):
    """``{cap: {sphere_radius_m: 0.12, half_angle_deg: 20}}``."""

    cap: Cap


class HarmonicDirectivity(Record):
    """``{harmonics: [[...], ...]}``: a row for all frequencies, or one for each octave band."""

    harmonics: tuple[Row, ...]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        lengths = sorted({len(row) for row in self.harmonics})
        if len(lengths) != 1 or not lengths[0] or math.isqrt(lengths[0]) ** 2 != lengths[0]:
            raise PydanticCustomError(
                "bad_value",
                "each row must hold the same (order + 1)^2 numbers, 1, 4, 9, ..., got {lengths}",
                {"path": ("harmonics",), "lengths": " and ".join(map(str, lengths)) or "no row"},
            )
        greatest = max(abs(value) for row in self.harmonics for value in row)
        if not 0.0 < greatest <= LARGEST_HARMONIC:
            raise PydanticCustomError(
                "out_of_range",
                "must not all be 0, and at most {most} in size, got {greatest}",
                {
                    "path": ("harmonics",),
                    "most": f"{LARGEST_HARMONIC:g}",
                    "greatest": f"{greatest:g}",
                },
            )
        return self


class SofaDirectivity(Record):
    """``{sofa: woofer.sofa, order: 6}``: a fit to what was measured, relative to the scene file."""

    sofa: Annotated[str, StringConstraints(min_length=1)]
    # Some hundred directions, as loudspeakers are often measured, tell order 8 well enough.
    order: Annotated[Whole, Field(ge=0, le=HIGHEST_ORDER)] = 8
    measurement: Annotated[Whole, Field(ge=0, le=100_000)] | None = None


def _kind(value: object) -> str | None:
    """Tell how a directivity is written: a name, or a mapping by its key."""
    known = ("piston", "cap", "harmonics", "sofa")
    if isinstance(value, Record):
        return next(f"<{key}>" for key in known if key in type(value).model_fields)
    if isinstance(value, dict):
        return next((f"<{key}>" for key in known if key in value), None)
    return "<name>"


_by_kind = Discriminator(
    _kind,
    custom_error_type="bad_value",
    custom_error_message="must be a name such as cardioid, or a mapping such as "
    "{harmonics: [[...]]}",
)
FirstOrderName = Literal[
    "omni", "subcardioid", "cardioid", "supercardioid", "hypercardioid", "figure_eight"
]
MicrophoneDirectivity = Annotated[
    Annotated[FirstOrderName, Tag("<name>")] | Annotated[HarmonicDirectivity, Tag("<harmonics>")],
    _by_kind,
]
SourceDirectivity = Annotated[
    Annotated[Literal[FirstOrderName, "speech"], Tag("<name>")]
    | Annotated[PistonDirectivity, Tag("<piston>")]
    | Annotated[CapDirectivity, Tag("<cap>")]
    | Annotated[HarmonicDirectivity, Tag("<harmonics>")]
    | Annotated[SofaDirectivity, Tag("<sofa>")],
    _by_kind,
]
