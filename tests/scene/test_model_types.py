from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Discriminator, Field, RootModel, Tag, TypeAdapter, ValidationError

from simgen.scene.model_types import (
    Allowed,
    allowed_types,
    inside,
    keys_of,
    labelled,
    length_of,
    nouns_of,
)


class Color(Enum):
    RED = "red"
    BLUE = "blue"


class Circle(BaseModel):
    radius: float


class Square(BaseModel):
    side: float = Field(alias="side_m")
    color: Color | None = None


class Named(RootModel[dict[str, Circle]]):
    pass


class Drawing(BaseModel):
    shapes: list[Annotated[Circle, Tag("<radius>")] | Annotated[Square, Tag("<side_m>")]]
    origin: tuple[float, int]
    named: Named
    kind: Literal["flat", "round"] = "flat"


def kinds(types):
    return [allowed.kind for allowed in types]


def below(*path):
    """What a drawing may hold at a path."""
    types = [Allowed(Drawing)]
    for element in path:
        types = inside(types, element)
    return types


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("shapes", 3), [Circle, Square]),
        (("shapes", 0, "radius"), [float]),
        (("shapes", 0, "side_m"), [float]),
        (("shapes", 0, "side"), []),  # in files the alias is the name
        (("origin", 0), [float]),
        (("origin", 1), [int]),
        (("origin", 2), []),
        (("origin", "x"), []),
        (("named", "any name"), [Circle]),
        (("named", "any name", "radius"), [float]),
        (("named", 0), []),
        (("kind", 0), []),
        (("nothing",), []),
        ((0,), []),
    ],
)
def test_a_path_leads_to_what_may_stand_there(path, expected):
    if path == ("kind", 0):
        assert kinds(below("kind")) == [Literal["flat", "round"]]
    else:
        assert kinds(below(*path)) == expected


def test_mappings_of_any_kind_lead_to_their_values():
    for annotation in (dict[str, int], Mapping[str, int], dict[str, int] | None):
        assert kinds(inside(allowed_types(annotation), "x")) == [int]


def test_tags_reach_through_remarks_and_unions():
    types = allowed_types(Annotated[Annotated[int | str, "remark"], Tag("<a>")] | None)
    assert types == [Allowed(int, "<a>"), Allowed(str, "<a>"), Allowed(type(None), None)]
    inner = allowed_types(Annotated[Annotated[int, Tag("<inner>")] | str, Tag("<outer>")])
    assert inner == [Allowed(int, "<inner>"), Allowed(str, "<outer>")]


def test_labels_that_pydantic_gives_lead_to_the_member_it_means():
    tagged = Annotated[
        Annotated[Circle, Tag("<radius>")] | Annotated[Square, Tag("<side_m>")],
        Discriminator(lambda value: "<radius>" if "radius" in value else "<side_m>"),
    ]
    plain = Circle | Square
    for annotation, value in ((tagged, {"radius": "x"}), (plain, {"side_m": "x"})):
        with pytest.raises(ValidationError) as caught:
            TypeAdapter(annotation).validate_python(value)
        for error in caught.value.errors():
            (member,) = labelled(allowed_types(annotation), error["loc"][0])
            assert error["loc"][1] in keys_of([member])


def test_a_member_told_by_a_fixed_value_is_found_by_it():
    class Dog(BaseModel):
        kind: Literal["dog", "puppy"]

    class Cat(BaseModel):
        kind: Literal["cat"]

    types = allowed_types(Dog | Cat)
    assert kinds(labelled(types, "puppy")) == [Dog]
    assert kinds(labelled(types, "cat")) == [Cat]
    assert kinds(labelled(types, "Cat")) == [Cat]
    assert labelled(types, "bird") == []


def test_keys_are_those_of_all_models_each_once_under_their_names_in_files():
    assert keys_of(allowed_types(Circle | Square | Circle | int)) == ["radius", "side_m", "color"]


@pytest.mark.parametrize(
    ("annotation", "nouns"),
    [
        (float | int | bool, ["a number", "a whole number", "true or false"]),
        (list[int] | tuple[int, ...], ["a list"]),
        (dict[str, int] | Mapping[str, int] | Circle, ["a mapping"]),
        (Literal["flat", "ünd", 3], ['"flat" or "ünd" or 3']),
        (Color | None, ['"red" or "blue"', "null"]),
        (Annotated[Circle, Tag("<radius>")], ["{radius: ...}"]),
        (Annotated[Circle, Tag("<circle>")], ["a mapping"]),
        (Annotated[Square, Tag("<side_m>")], ["{side_m: ...}"]),
        (bytes | int, []),
    ],
)
def test_nouns_say_what_to_write(annotation, nouns):
    assert nouns_of(allowed_types(annotation)) == nouns


def test_only_one_fixed_length_is_a_length():
    assert length_of(allowed_types(tuple[int, int] | list[int] | None)) == 2
    assert length_of(allowed_types(tuple[int, int] | tuple[str, str])) == 2
    assert length_of(allowed_types(tuple[int, int] | tuple[int])) is None
    assert length_of(allowed_types(list[int])) is None
