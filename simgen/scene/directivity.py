"""Directivities as a scene holds them: their kind and its numbers, in SI units."""

from typing import Annotated, Literal

from pydantic import Field

from simgen.acoustics.spherical_harmonics import HIGHEST_ORDER
from simgen.scene.record import Digest, Record

__all__ = [
    "OMNI",
    "Cap",
    "Directivity",
    "FirstOrder",
    "Harmonics",
    "MeasuredDirectivity",
    "Piston",
    "Speech",
]

Positive = Annotated[float, Field(gt=0.0)]


class FirstOrder(Record):
    """A pattern p + (1 - p) cos.

    Attributes
    ----------
    pattern
        Its name; ``omni`` is alike in all directions.
    """

    kind: Literal["first_order"] = "first_order"
    pattern: Literal[
        "omni", "subcardioid", "cardioid", "supercardioid", "hypercardioid", "figure_eight"
    ]


class Speech(Record):
    """A human talker."""

    kind: Literal["speech"] = "speech"


class Piston(Record):
    """A flat circular piston in an infinite wall.

    Attributes
    ----------
    radius
        In m.
    """

    kind: Literal["piston"] = "piston"
    radius: Positive


class Cap(Record):
    """A cap that vibrates on a rigid sphere.

    Attributes
    ----------
    sphere_radius
        In m.
    half_angle
        Between the axis and the cap's edge in rad.
    """

    kind: Literal["cap"] = "cap"
    sphere_radius: Positive
    half_angle: Positive


class Harmonics(Record):
    """Any directivity, by its spherical harmonics.

    Attributes
    ----------
    coefficients
        Rows of equal length in ACN order, SN3D; one row, or one for every octave band.
    """

    kind: Literal["harmonics"] = "harmonics"
    coefficients: tuple[tuple[float, ...], ...] = Field(min_length=1)


class MeasuredDirectivity(Record):
    """What was measured of a source, by a fit of spherical harmonics to it.

    Attributes
    ----------
    file
        A SOFA file, relative to the folder of the scene file.
    sha256
        The file's digest.
    order
        Of the harmonics.
    measurement
        Which of the file's measurements; None if it holds but one.
    """

    kind: Literal["measured"] = "measured"
    file: str
    sha256: Digest
    order: int = Field(ge=0, le=HIGHEST_ORDER)
    measurement: int | None = Field(default=None, ge=0)


Directivity = Annotated[
    FirstOrder | Speech | Piston | Cap | Harmonics | MeasuredDirectivity,
    Field(discriminator="kind"),
]

OMNI = FirstOrder(pattern="omni")
"""Alike in all directions."""
