import json

import pytest
from pydantic import TypeAdapter, ValidationError

from simgen.scene.channels import (
    Channels,
    HarmonicChannels,
    HeadChannels,
    MicrophoneChannels,
    SphereChannels,
)
from simgen.scene.directivity import OMNI, FirstOrder

ADAPTER = TypeAdapter(Channels)
EVERY_KIND = [
    MicrophoneChannels(),
    MicrophoneChannels(
        directivity=FirstOrder(pattern="cardioid"), orientations=((1.0, 0.0, 0.0, 0.0),) * 2
    ),
    HarmonicChannels(order=3),
    SphereChannels(radius=0.042),
    HeadChannels(radius=0.1 + 0.2),
]


@pytest.mark.parametrize("channels", EVERY_KIND, ids=lambda one: one.kind)
def test_every_kind_is_told_by_its_name_and_comes_back_exactly(channels):
    text = channels.to_json()
    assert next(iter(json.loads(text))) == "kind"
    back = ADAPTER.validate_json(text, strict=True)
    assert (type(back), back) == (type(channels), channels)


def test_a_sphere_is_no_head_though_it_holds_the_same_numbers():
    sphere, head = (
        json.loads(kind(radius=0.1).to_json()) for kind in (SphereChannels, HeadChannels)
    )
    assert sphere.pop("kind") != head.pop("kind")
    assert sphere == head
    with pytest.raises(ValidationError, match="kind"):
        ADAPTER.validate_python(sphere)


def test_microphones_are_omnidirectional_and_face_the_front_unless_told():
    assert ADAPTER.validate_python({"kind": "microphones"}) == MicrophoneChannels()
    assert (MicrophoneChannels().directivity, MicrophoneChannels().orientations) == (OMNI, ())


@pytest.mark.parametrize(
    ("channels", "place"),
    [
        ({"kind": "ambisonic", "order": 0}, "order"),
        ({"kind": "ambisonic", "order": 8}, "order"),
        ({"kind": "ambisonic", "order": 1.5}, "order"),
        ({"kind": "rigid_sphere", "radius": 0.0}, "radius"),
        ({"kind": "rigid_sphere", "radius": 1.01}, "radius"),
        ({"kind": "head", "radius": float("nan")}, "radius"),
        ({"kind": "head"}, "radius"),
        ({"kind": "head", "radius": 0.1, "order": 1}, "order"),
        ({"kind": "binaural", "radius": 0.1}, "kind"),
        ({"kind": "microphones", "orientations": [[1, 0, 0]]}, "orientations"),
    ],
)
def test_what_no_array_has_is_refused_at_its_place(channels, place):
    with pytest.raises(ValidationError) as caught:
        ADAPTER.validate_python(channels)
    assert place in str(caught.value)


def test_channels_are_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        EVERY_KIND[2].order = 4
