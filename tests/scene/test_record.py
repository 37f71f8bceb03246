import math
from typing import Annotated, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Tag, TypeAdapter, ValidationError

from simgen.scene.record import GrownRecord, Record, kind_by_key


class Ball(Record):
    radius: float
    name: str = "ball"


class Box(Record):
    sides: tuple[float, float]


class Balloon(GrownRecord):
    gained: ClassVar[tuple[str, ...]] = ("lift",)

    radius: float = 1.0
    lift: float = 0.0


SHAPE = TypeAdapter(
    Annotated[
        Annotated[Ball, Tag("<radius>")] | Annotated[Box, Tag("<sides>")],
        kind_by_key("radius", "sides"),
    ]
)


@given(st.floats(allow_nan=False, allow_infinity=False), st.text())
def test_json_is_exact(radius, name):
    ball = Ball(radius=radius, name=name)
    again = Ball.from_json(ball.to_json())
    assert again == ball
    assert math.copysign(1, again.radius) == math.copysign(1, radius)


def test_json_is_one_line_in_the_order_of_declaration():
    assert Ball(name="a\nb", radius=0.1).to_json() == r'{"radius":0.1,"name":"a\nb"}'


@pytest.mark.parametrize("radius", [math.nan, math.inf, -math.inf])
def test_numbers_are_finite(radius):
    with pytest.raises(ValidationError, match="finite"):
        Ball(radius=radius)


@pytest.mark.parametrize(
    "text",
    ['{"radius": "1"}', '{"radius": true}', '{"radius": NaN}', '{"radius": 1, "colour": 2}', "{}"],
)
def test_json_of_another_kind_is_refused(text):
    with pytest.raises(ValidationError):
        Ball.from_json(text)


def test_what_a_record_gained_is_written_where_it_says_something():
    assert Balloon().to_json() == '{"radius":1.0}'
    assert Balloon(lift=2).to_json() == '{"radius":1.0,"lift":2.0}'
    assert Balloon().model_dump() == {"radius": 1.0}
    minus = Balloon.from_json(Balloon(lift=-0.0).to_json())
    assert math.copysign(1, minus.lift) == -1
    assert Balloon.from_json('{"radius":1.0}') == Balloon()


def test_records_do_not_change():
    ball = Ball(radius=1)
    with pytest.raises(ValidationError, match="frozen"):
        ball.radius = 2
    assert hash(ball) == hash(Ball(radius=1))


@pytest.mark.parametrize("value", [{"radius": 1}, Ball(radius=1), {"radius": 1, "name": "x"}])
def test_the_kind_shows_by_its_key(value):
    assert isinstance(SHAPE.validate_python(value), Ball)


@pytest.mark.parametrize("value", [{}, {"corner": 1}, 3, None, [1]])
def test_no_kind(value):
    with pytest.raises(ValidationError, match="a mapping with one of the keys radius, sides"):
        SHAPE.validate_python(value)


def test_two_kinds_at_once_are_refused():
    with pytest.raises(ValidationError, match="Extra inputs"):
        SHAPE.validate_python({"radius": 1, "sides": [1, 2]})
