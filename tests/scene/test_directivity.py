import math

import pytest
from pydantic import TypeAdapter, ValidationError

from simgen.acoustics.spherical_harmonics import HIGHEST_ORDER
from simgen.scene.directivity import (
    OMNI,
    Cap,
    Directivity,
    FirstOrder,
    Harmonics,
    MeasuredDirectivity,
    Piston,
    Speech,
)

ADAPTER = TypeAdapter(Directivity)
DIGEST = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "directivity",
    [
        OMNI,
        FirstOrder(pattern="hypercardioid"),
        Speech(),
        Piston(radius=0.1 + 0.2),
        Cap(sphere_radius=0.1, half_angle=math.pi),
        Harmonics(coefficients=((1.0, 0.0, -0.0, 1 / 3), (0.5, 0.0, 0.0, 0.5))),
        MeasuredDirectivity(file="a.sofa", sha256=DIGEST, order=8),
        MeasuredDirectivity(file="a.sofa", sha256=DIGEST, order=0, measurement=0),
    ],
    ids=lambda one: one.kind,
)
def test_every_kind_comes_back_exactly(directivity):
    back = ADAPTER.validate_json(directivity.to_json(), strict=True)
    assert (type(back), repr(back)) == (type(directivity), repr(directivity))


def test_kinds_have_names_of_their_own():
    kinds = [FirstOrder, Speech, Piston, Cap, Harmonics, MeasuredDirectivity]
    assert len({one.model_fields["kind"].default for one in kinds}) == len(kinds)


def test_measurement_0_is_another_one_than_none():
    first = MeasuredDirectivity(file="a", sha256=DIGEST, order=1, measurement=0)
    assert first.measurement is not None
    assert first != first.model_copy(update={"measurement": None})


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ({"kind": "first_order", "pattern": "cardoid"}, "pattern"),
        ({"kind": "piston", "radius": 0.0}, "radius"),
        ({"kind": "piston", "radius": -0.1}, "radius"),
        ({"kind": "piston", "radius": math.inf}, "radius"),
        ({"kind": "cap", "sphere_radius": 0.1, "half_angle": 0.0}, "half_angle"),
        ({"kind": "cap", "sphere_radius": 0.1}, "half_angle"),
        ({"kind": "harmonics", "coefficients": []}, "coefficients"),
        ({"kind": "harmonics", "coefficients": [[math.nan]]}, "coefficients"),
        ({"kind": "speech", "radius": 0.1}, "radius"),
        ({"kind": "measured", "file": "a", "sha256": DIGEST, "order": HIGHEST_ORDER + 1}, "order"),
        ({"kind": "measured", "file": "a", "sha256": DIGEST[1:], "order": 1}, "sha256"),
        (
            {"kind": "measured", "file": "a", "sha256": DIGEST, "order": 1, "measurement": -1},
            "measurement",
        ),
        ({"kind": "monopole"}, "kind"),
        ({"pattern": "omni"}, "kind"),
    ],
)
def test_what_nothing_radiates_is_refused_at_its_place(written, place):
    with pytest.raises(ValidationError) as caught:
        ADAPTER.validate_python(written)
    assert place in str(caught.value)
