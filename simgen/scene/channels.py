"""What the channels of a microphone array are, as a scene holds it."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from simgen.scene.directivity import OMNI, Directivity
from simgen.scene.record import Point, Record

__all__ = [
    "Channels",
    "HarmonicChannels",
    "HeadChannels",
    "MicrophoneChannels",
    "MicrophoneErrors",
    "SphereChannels",
]

Quaternion = tuple[float, float, float, float]
Radius = Annotated[float, Field(ge=0.001, le=1.0)]


class MicrophoneChannels(Record):
    """Microphones in the free field.

    Attributes
    ----------
    directivity
        Of each of them.
    orientations
        Unit quaternions (w, x, y, z) that turn the microphones' frames, which face +x, into the
        array's, one for each; none if all face the array's +x.
    """

    kind: Literal["microphones"] = "microphones"
    directivity: Directivity = OMNI
    orientations: tuple[Quaternion, ...] = ()


class MicrophoneErrors(Record):
    """How microphones differ from what they are said to be.

    Attributes
    ----------
    gains
        Factor of each microphone's signal.
    phases
        By how much each microphone's signal leads at all frequencies, in rad.
    displacements
        From where each microphone is said to be to where it is, in m in the array's frame.

    References
    ----------
    S. Doclo and M. Moonen, Design of broadband beamformers robust against gain and phase errors
    in the microphone array characteristics, IEEE Trans. Signal Process. 51(10), 2003: a gain and
    a phase for each microphone.
    """

    gains: tuple[Annotated[float, Field(gt=0.0)], ...]
    phases: tuple[float, ...]
    displacements: tuple[Point, ...]

    @model_validator(mode="after")
    def _for_each(self) -> Self:
        if not len(self.gains) == len(self.phases) == len(self.displacements):
            raise ValueError("needs a gain, a phase and a displacement for each microphone")
        return self


class HarmonicChannels(Record):
    """The spherical harmonics of the sound field at the array's centre: ACN order, SN3D.

    Attributes
    ----------
    order
        Of the harmonics; there are (order + 1)^2 channels.
    """

    kind: Literal["ambisonic"] = "ambisonic"
    order: int = Field(ge=1, le=7)


class SphereChannels(Record):
    """Microphones on a rigid sphere about the array's centre.

    Attributes
    ----------
    radius
        Of the sphere in m.
    """

    kind: Literal["rigid_sphere"] = "rigid_sphere"
    radius: Radius


class HeadChannels(Record):
    """The left ear and the right one of a head, a rigid sphere about the array's centre.

    Attributes
    ----------
    radius
        Of the sphere in m.
    """

    kind: Literal["head"] = "head"
    radius: Radius


Channels = Annotated[
    MicrophoneChannels | HarmonicChannels | SphereChannels | HeadChannels,
    Field(discriminator="kind"),
]
