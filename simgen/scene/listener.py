"""Listeners, as a scene holds them: what head they have and where it is."""

import math
from typing import Annotated, Literal

from pydantic import Field

from simgen.acoustics.rotation import Quaternion
from simgen.constants import HEAD_RADIUS
from simgen.scene.record import Digest, Point, Record

__all__ = ["FreeEars", "Head", "Listener", "MeasuredHead", "Pose", "SphereHead"]


class SphereHead(Record):
    """A rigid sphere with two ears.

    Attributes
    ----------
    radius
        In m.
    ear_azimuth
        Of the left ear in rad, counter-clockwise from the front; the right ear lies opposite.
    """

    kind: Literal["sphere"] = "sphere"
    radius: float = Field(default=HEAD_RADIUS, ge=0.001, le=1.0)
    ear_azimuth: float = Field(default=math.pi / 2.0, ge=0.0, le=math.pi)


class MeasuredHead(Record):
    """A head whose responses were measured.

    Attributes
    ----------
    file
        A SOFA file, relative to the folder of the scene file.
    sha256
        The file's digest.
    """

    kind: Literal["measured"] = "measured"
    file: str
    sha256: Digest


class FreeEars(Record):
    """Two ears with nothing in between: omnidirectional points in the free field.

    Attributes
    ----------
    distance
        Between them in m, half of it on either side of the pose's position.
    """

    kind: Literal["free"] = "free"
    distance: float = Field(gt=0.0, le=1.0)


class Pose(Record):
    """Where a head is and how it is turned.

    Attributes
    ----------
    position
        Of the head's centre in m in the room's frame.
    orientation
        Unit quaternion (w, x, y, z) that turns the head's frame (x front, y left, z up) into the
        room's.
    """

    position: Point
    orientation: Quaternion


Head = Annotated[SphereHead | MeasuredHead | FreeEars, Field(discriminator="kind")]


class Listener(Record):
    """A head and all the poses that it takes.

    Attributes
    ----------
    head
        What it is.
    poses
        In the order in which responses are stored; the first one is the nominal pose.
    """

    head: Head
    poses: tuple[Pose, ...] = Field(min_length=1)
