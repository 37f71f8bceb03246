import math

import pytest

from simgen.scene.channels import (
    HarmonicChannels,
    HeadChannels,
    MicrophoneChannels,
    SphereChannels,
)
from simgen.scene.directivity import OMNI, Cap, Harmonics, Speech
from simgen.scene.in_words import channels_in_words, directivity_in_words, head_in_words
from simgen.scene.listener import FreeEars


@pytest.mark.parametrize(
    ("directivity", "words"),
    [
        (OMNI, "omni"),
        (Speech(), "speech"),
        (
            Cap(sphere_radius=0.1, half_angle=math.radians(30)),
            "cap of 30 degrees on a sphere of 0.1 m",
        ),
        (Harmonics(coefficients=((1.0, 0.0, 0.0, 0.0),)), "harmonics of order 1"),
    ],
)
def test_directivities(directivity, words):
    assert directivity_in_words(directivity) == words


@pytest.mark.parametrize(
    ("channels", "words"),
    [
        (MicrophoneChannels(), "omni"),
        (HarmonicChannels(order=3), "ambisonic of order 3"),
        (SphereChannels(radius=0.042), "on a rigid sphere of radius 0.042 m"),
        (HeadChannels(radius=0.09), "the ears of a sphere of radius 0.09 m"),
    ],
)
def test_channels(channels, words):
    assert channels_in_words(channels) == words


def test_free_ears():
    assert head_in_words(FreeEars(distance=0.17)) == "two points 0.17 m apart"
