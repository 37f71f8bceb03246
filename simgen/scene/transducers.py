"""A scene's sources, microphones, drivers and ears as the acoustics see them."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simgen.acoustics.bands import octave_bands
from simgen.acoustics.bodies import Body, RigidSphere
from simgen.acoustics.directivity import (
    ambisonic_receiver,
    cardioid_family,
    omnidirectional,
    piston_in_baffle,
    speech_directivity,
    spherical_cap,
)
from simgen.acoustics.heads import HeadResponses, MeasuredEar, measured_head, spherical_head
from simgen.acoustics.rotation import NO_TURN, to_room_frame
from simgen.acoustics.transducers import Transducer
from simgen.errors import ParameterError
from simgen.scene.channels import HarmonicChannels, MicrophoneChannels
from simgen.scene.device import Device
from simgen.scene.directivity import (
    OMNI,
    Cap,
    Directivity,
    FirstOrder,
    MeasuredDirectivity,
    Piston,
    Speech,
)
from simgen.scene.geometry import microphone_positions
from simgen.scene.listener import FreeEars, Pose, SphereHead
from simgen.scene.orientation import compose
from simgen.scene.scene import MicrophoneArray, Scene

__all__ = [
    "array_transducers",
    "driver_transducers",
    "ear_transducers",
    "ringing_time",
    "source_transducers",
]

OCTAVE_RINGING = 0.01
"""Time in s after which gains by octave band have rung out: then they are 65 dB down."""

SPHERE_RINGING = 6.0
"""Radii over c after which sound has gone round a sphere: then it is 65 dB down."""


def source_transducers(scene: Scene) -> tuple[Transducer, ...]:
    """Return the sources of a scene."""
    return tuple(
        Transducer(
            source.position,
            _coefficients(source.directivity, scene.sample_rate, scene.room.speed_of_sound),
            source.orientation,
        )
        for source in scene.sources
    )


def array_transducers(scene: Scene, array: MicrophoneArray) -> tuple[Transducer, ...]:
    """Return the channels of an array in a scene."""
    places: list[tuple[float, float, float]] = [
        (x, y, z) for x, y, z in microphone_positions(array).tolist()
    ]
    channels, turn = array.channels, array.orientation
    if isinstance(channels, HarmonicChannels):
        harmonics = ambisonic_receiver(channels.order)
        return tuple(
            Transducer(place, harmonic[None], turn)
            for place, harmonic in zip(places, harmonics, strict=True)
        )
    if isinstance(channels, MicrophoneChannels):
        rate, speed = scene.sample_rate, scene.room.speed_of_sound
        directivity = _coefficients(channels.directivity, rate, speed)
        turns = channels.orientations or (NO_TURN,) * len(places)
        return tuple(
            Transducer(place, directivity, compose(turn, own))
            for place, own in zip(places, turns, strict=True)
        )
    sphere = RigidSphere(array.position, channels.radius)
    return tuple(Transducer(place, body=sphere) for place in places)


def driver_transducers(scene: Scene, device: Device) -> tuple[Transducer, ...]:
    """Return the drivers of a device in a scene."""
    places = to_room_frame(
        [driver.position for driver in device.drivers], device.position, device.orientation
    )
    rate, speed = scene.sample_rate, scene.room.speed_of_sound
    return tuple(
        Transducer(
            (x, y, z),
            _coefficients(driver.directivity, rate, speed),
            compose(device.orientation, driver.orientation),
        )
        for driver, (x, y, z) in zip(device.drivers, places.tolist(), strict=True)
    )


def ear_transducers(
    head: SphereHead | FreeEars | HeadResponses, pose: Pose
) -> tuple[Transducer, Transducer]:
    """Return the left ear and the right one of a head in a pose."""
    match head:
        case SphereHead(radius=radius, ear_azimuth=azimuth):
            return spherical_head(
                pose.position, pose.orientation, radius=radius, ear_azimuth=azimuth
            )
        case FreeEars(distance=distance):
            ears = [(0.0, distance / 2.0, 0.0), (0.0, -distance / 2.0, 0.0)]
            left, right = to_room_frame(ears, pose.position, pose.orientation).tolist()
            return Transducer(tuple(left)), Transducer(tuple(right))
        case _:
            return measured_head(head, pose.position, pose.orientation)


@lru_cache(maxsize=64)
def _coefficients(
    directivity: Directivity, sample_rate: int, speed_of_sound: float
) -> NDArray[np.float64]:
    """Return a directivity's harmonics facing +x, (1 or band, harmonic)."""
    centres = octave_bands(sample_rate)
    match directivity:
        case FirstOrder():
            if directivity == OMNI:
                return omnidirectional(1)
            return cardioid_family(directivity.pattern, 1)
        case Speech():
            return speech_directivity(centres)
        case Piston(radius=radius):
            return piston_in_baffle(centres, radius, speed_of_sound=speed_of_sound)
        case Cap(sphere_radius=radius, half_angle=half_angle):
            return spherical_cap(
                centres, sphere_radius=radius, half_angle=half_angle, speed_of_sound=speed_of_sound
            )
        case MeasuredDirectivity(file=file):
            raise ParameterError("this directivity is not read from its file yet", where=file)
        case _:
            return np.array(directivity.coefficients)


def ringing_time(transducers: Sequence[Transducer], speed_of_sound: float) -> float:
    """Return how long a sound goes on in s because of directivities and bodies alone."""
    bands = OCTAVE_RINGING if any(one.num_bands > 1 for one in transducers) else 0.0
    return max(bands, *(_body_ringing(one.body, speed_of_sound) for one in transducers), 0.0)


def _body_ringing(body: Body | None, speed_of_sound: float) -> float:
    """Return how long a sound goes on in s because of a body."""
    match body:
        case None:
            return 0.0
        case MeasuredEar(head=head):
            return float(np.shape(head.responses)[2] / head.sample_rate)
        case _:
            return SPHERE_RINGING * body.radius / speed_of_sound
