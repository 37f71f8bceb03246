"""What heads and directivities are, in words."""

import math

from simgen.scene.channels import Channels, HarmonicChannels, HeadChannels, SphereChannels
from simgen.scene.directivity import (
    Cap,
    Directivity,
    FirstOrder,
    Harmonics,
    MeasuredDirectivity,
    Piston,
    Speech,
)
from simgen.scene.listener import FreeEars, Head, SphereHead

__all__ = ["channels_in_words", "directivity_in_words", "head_in_words"]


def head_in_words(head: Head) -> str:
    """Say what a head is.

    Examples
    --------
    >>> head_in_words(SphereHead(radius=0.09))
    'sphere of radius 0.09 m with ears at 90 degrees'
    """
    match head:
        case SphereHead(radius=radius, ear_azimuth=azimuth):
            return f"sphere of radius {radius:g} m with ears at {math.degrees(azimuth):g} degrees"
        case FreeEars(distance=distance):
            return f"two points {distance:g} m apart"
        case _:
            return f"measured ({head.file})"


def directivity_in_words(directivity: Directivity) -> str:
    """Say what a directivity is.

    Examples
    --------
    >>> directivity_in_words(Piston(radius=0.02))
    'piston of radius 0.02 m'
    """
    match directivity:
        case FirstOrder(pattern=pattern):
            return pattern
        case Speech():
            return "speech"
        case Piston(radius=radius):
            return f"piston of radius {radius:g} m"
        case Cap(sphere_radius=radius, half_angle=angle):
            return f"cap of {math.degrees(angle):.3g} degrees on a sphere of {radius:.3g} m"
        case Harmonics(coefficients=rows):
            return f"harmonics of order {math.isqrt(len(rows[0])) - 1}"
        case MeasuredDirectivity(file=file, order=order):
            return f"measured ({file}, order {order})"


def channels_in_words(channels: Channels) -> str:
    """Say what the channels of an array are.

    Examples
    --------
    >>> channels_in_words(SphereChannels(radius=0.042))
    'on a rigid sphere of radius 0.042 m'
    """
    match channels:
        case HarmonicChannels(order=order):
            return f"ambisonic of order {order}"
        case SphereChannels(radius=radius):
            return f"on a rigid sphere of radius {radius:g} m"
        case HeadChannels(radius=radius):
            return f"the ears of a sphere of radius {radius:g} m"
        case _:
            return directivity_in_words(channels.directivity)
