import math

import numpy as np
import pytest

from simgen.acoustics.bands import octave_bands
from simgen.acoustics.directivity import piston_in_baffle, speech_directivity, spherical_cap
from simgen.acoustics.heads import spherical_head
from simgen.acoustics.microphones import ambisonic_microphone, rigid_sphere_array
from simgen.scene.channels import (
    HarmonicChannels,
    HeadChannels,
    MicrophoneChannels,
    SphereChannels,
)
from simgen.scene.directivity import Cap, FirstOrder, Harmonics, Piston, Speech
from simgen.scene.orientation import quaternion_from_angles
from simgen.scene.scene import MicrophoneArray, NoiseSignal, Room, Scene, Source
from simgen.scene.transducers import array_transducers, ringing_time, source_transducers

RATE, SPEED = 16_000, 340.0
TURN = quaternion_from_angles(0.7, -0.3, 0.2)
PLACE = (2.0, 2.5, 1.5)


def array(channels=None, *microphones):
    return MicrophoneArray(
        position=PLACE,
        orientation=TURN,
        microphones=microphones or ((0, 0, 0),),
        channels=channels or MicrophoneChannels(),
    )


def scene(**options):
    noise = NoiseSignal(color="white", key="0" * 32)
    return Scene(
        name="test",
        seed=None,
        index=0,
        sample_rate=RATE,
        num_samples=100,
        label_hop=100,
        room=Room(size=(6, 5, 3), absorption=((1,),) * 6, t60=0, speed_of_sound=SPEED),
        arrays={"one": array()},
        sources=(Source(name="a[0]", position=(1, 2, 1), level_db=0, signal=noise, **options),),
    )


@pytest.mark.parametrize(
    ("directivity", "coefficients"),
    [
        (FirstOrder(pattern="omni"), [[1.0]]),
        (FirstOrder(pattern="cardioid"), [[0.5, 0, 0, 0.5]]),
        (Speech(), speech_directivity(octave_bands(RATE))),
        (Piston(radius=0.05), piston_in_baffle(octave_bands(RATE), 0.05, speed_of_sound=SPEED)),
        (
            Cap(sphere_radius=0.1, half_angle=0.4),
            spherical_cap(
                octave_bands(RATE), sphere_radius=0.1, half_angle=0.4, speed_of_sound=SPEED
            ),
        ),
        (Harmonics(coefficients=((0.0, 1.0, 0.0, 0.0),)), [[0, 1, 0, 0]]),
    ],
)
def test_sources(directivity, coefficients):
    (source,) = source_transducers(scene(directivity=directivity, orientation=TURN))
    np.testing.assert_array_equal(source.coefficients, coefficients)
    assert (source.position, source.orientation, source.body) == ((1, 2, 1), TURN, None)


def same(ours, theirs):
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one.position, other.position, atol=1e-12)
        np.testing.assert_allclose(one.orientation, other.orientation)
        np.testing.assert_array_equal(one.coefficients, other.coefficients)
        assert one.body == other.body


def test_ambisonic_channels():
    ours = array_transducers(scene(), array(HarmonicChannels(order=2), *[(0, 0, 0)] * 9))
    same(ours, ambisonic_microphone(PLACE, 2, TURN))


def test_spheres_and_heads():
    directions = np.array([(0.0, 0.6, 0.8), (1.0, 0.0, 0.0)])
    places = [tuple(x) for x in (0.1 * directions).tolist()]
    ours = array_transducers(scene(), array(SphereChannels(radius=0.1), *places))
    assert ours[0].body is ours[1].body
    same(ours, _unturned(rigid_sphere_array(PLACE, 0.1, directions, TURN)))
    ears = ((0, 0.1, 0), (0, -0.1, 0))
    ours = array_transducers(scene(), array(HeadChannels(radius=0.1), *ears))
    same(ours, _unturned(spherical_head(PLACE, TURN, radius=0.1)))


def _unturned(transducers):
    """What a sphere carries has no turn of its own, since the body has."""
    assert all(one.orientation == (1, 0, 0, 0) for one in transducers)
    return transducers


def test_microphones_turn_with_their_array():
    quarter = quaternion_from_angles(math.pi / 2)
    channels = MicrophoneChannels(
        directivity=FirstOrder(pattern="figure_eight"), orientations=((1, 0, 0, 0), quarter)
    )
    front, left = array_transducers(scene(), array(channels, (0, 0, 0), (0, 0.1, 0)))
    np.testing.assert_allclose(front.orientation, TURN)
    # A figure of eight that faces left is one that faces front, a quarter turn on.
    axis = np.cross(left.harmonics()[0, [3, 1, 2]], front.harmonics()[0, [3, 1, 2]])
    up = np.array([0.0, 0.0, -1.0])
    w, *v = TURN
    turned = up + 2 * np.cross(v, np.cross(v, up) + w * up)
    np.testing.assert_allclose(axis, turned, atol=1e-12)


def test_only_bands_and_bodies_ring():
    plain = source_transducers(scene(directivity=FirstOrder(pattern="cardioid")))
    assert ringing_time(plain, SPEED) == 0
    assert ringing_time(source_transducers(scene(directivity=Speech())), SPEED) == 0.01
    sphere = array_transducers(scene(), array(SphereChannels(radius=0.34), (0.34, 0, 0)))
    assert ringing_time(sphere, SPEED) == pytest.approx(0.006)
