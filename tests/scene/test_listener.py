import json
import math

import pytest
from pydantic import TypeAdapter, ValidationError

from simgen.constants import HEAD_RADIUS
from simgen.scene.listener import FreeEars, Head, Listener, MeasuredHead, Pose, SphereHead

HEADS = TypeAdapter(Head)
DIGEST = "0123456789abcdef" * 4
NOMINAL = Pose(position=(1.0, 2.0, 1.2), orientation=(1.0, 0.0, 0.0, 0.0))
TURNED = Pose(position=(1.0, 2.0, 1.2), orientation=(math.sqrt(0.5), 0.0, 0.0, math.sqrt(0.5)))


@pytest.mark.parametrize(
    "head",
    [
        SphereHead(),
        SphereHead(radius=0.08, ear_azimuth=math.radians(100)),
        MeasuredHead(file="kemar.sofa", sha256=DIGEST),
        FreeEars(distance=0.175),
    ],
    ids=lambda head: head.kind,
)
def test_heads_come_back_exactly_and_as_what_they_are(head):
    back = HEADS.validate_json(head.to_json(), strict=True)
    assert (type(back), back) == (type(head), head)
    listener = Listener(head=head, poses=(NOMINAL,))
    assert Listener.from_json(listener.to_json()) == listener


def test_a_head_of_which_nothing_is_said_has_its_ears_at_the_sides():
    assert HEADS.validate_python({"kind": "sphere"}) == SphereHead()
    assert (SphereHead().radius, SphereHead().ear_azimuth) == (HEAD_RADIUS, math.pi / 2)


def test_poses_keep_their_order_for_the_first_one_is_the_nominal_one():
    for poses in ((NOMINAL, TURNED), (TURNED, NOMINAL), (NOMINAL, TURNED, NOMINAL)):
        listener = Listener(head=SphereHead(), poses=poses)
        assert Listener.from_json(listener.to_json()).poses == poses


def test_a_scene_says_all_of_a_head():
    """What is left out today might have another default in ten years."""
    assert json.loads(SphereHead().to_json()) == {
        "kind": "sphere",
        "radius": HEAD_RADIUS,
        "ear_azimuth": math.pi / 2,
    }


@pytest.mark.parametrize(
    ("head", "place"),
    [
        ({"kind": "sphere", "radius": 0.0}, "radius"),
        ({"kind": "sphere", "radius": 1.5}, "radius"),
        ({"kind": "sphere", "ear_azimuth": -0.1}, "ear_azimuth"),
        ({"kind": "sphere", "ear_azimuth": 3.2}, "ear_azimuth"),
        ({"kind": "free", "distance": 0.0}, "distance"),
        ({"kind": "free", "distance": 1.1}, "distance"),
        ({"kind": "free"}, "distance"),
        ({"kind": "measured", "file": "a.sofa", "sha256": DIGEST.upper()}, "sha256"),
        ({"kind": "dummy"}, "kind"),
    ],
)
def test_what_nobody_has_on_the_shoulders_is_refused(head, place):
    with pytest.raises(ValidationError) as caught:
        Listener(head=head, poses=(NOMINAL,))
    assert place in str(caught.value)


def test_a_listener_is_somewhere():
    with pytest.raises(ValidationError, match="poses"):
        Listener(head=SphereHead(), poses=())
