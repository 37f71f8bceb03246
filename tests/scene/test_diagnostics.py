import json
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    RootModel,
    StringConstraints,
    Tag,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from simgen.errors import SceneError
from simgen.scene.diagnostics import scene_error
from simgen.scene.document import parse_document
from simgen.scene.model_types import allowed_types, keys_of, length_of, nouns_of


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


Number = Annotated[float, Field(strict=True)]
Name = Annotated[str, StringConstraints(pattern="^[a-z]+$")]


class Uniform(Strict):
    uniform: tuple[Number, Number]

    @model_validator(mode="after")
    def _ordered(self) -> "Uniform":
        if self.uniform[0] > self.uniform[1]:
            raise PydanticCustomError(
                "empty_interval", "the first must not exceed the second", {"path": ("uniform", 1)}
            )
        return self


class Normal(Strict):
    normal: tuple[Number, Number]


def kind(value: Any) -> str | None:
    if isinstance(value, dict):
        return next((f"<{key}>" for key in ("uniform", "normal") if key in value), None)
    return "<number>"


Quantity = Annotated[
    Annotated[Number, Tag("<number>"), Field(gt=0)]
    | Annotated[Uniform, Tag("<uniform>")]
    | Annotated[Normal, Tag("<normal>")],
    Discriminator(kind),
]


class Colour(StrEnum):
    WHITE = "white"
    PINK = "pink"


class Room(Strict):
    box_m: tuple[Quantity, Quantity, Quantity] = (1.0, 1.0, 1.0)
    t60_s: Quantity | None = None


class Source(Strict):
    level_db: float = Field(0.0, ge=-60, le=60)
    signal: Literal["speech", "noise"] = "speech"
    colour: Colour = Colour.WHITE
    facing: str = ""

    @field_validator("facing")
    @classmethod
    def _known(cls, name: str) -> str:
        if name == "tabel":
            raise PydanticCustomError("unknown_name", "no such array", {"suggestion": "table"})
        if name == "nowhere":
            raise ValueError("a source must face something")
        return name


class Rest(RootModel[dict[str, Source]]):
    pass


class Scene(Strict):
    scene: Literal[1] = 1
    room: Room = Room()
    sources: dict[Name, Source] = {}
    steps: list[Annotated[int, Field(strict=True)]] = Field([], max_length=3)
    count: Number | Uniform | Normal | Literal["any"] = 1.0
    pair: tuple[int, int] = (1, 2)
    more: Rest = Rest({})
    name: str = Field("x", min_length=1, max_length=8)
    kebab: int = Field(0, alias="kebab-case", multiple_of=2)
    mute: bool = False


class Required(Strict):
    name: str
    room: Room


def error_of(text: str, model: type[BaseModel] = Scene) -> SceneError:
    document = parse_document(text, "scene.yaml")
    with pytest.raises(ValidationError) as caught:
        model.model_validate(document.data)
    return scene_error(caught.value, document, model)


def told(text: str, model: type[BaseModel] = Scene) -> list[str]:
    return [
        f"{found.line}:{found.column} {found.code} {found.key_path}: {found.message}"
        + (f" -> {found.suggestion}" if found.suggestion else "")
        for found in error_of(text, model).problems
    ]


# Keys


def test_a_misspelt_key_is_shown_where_it_stands():
    assert told("room:\n  t60: 0.3\n") == [
        "2:3 unknown-key room.t60: no such key here -> t60_s",
    ]


def test_a_key_in_the_wrong_case_is_recognised():
    assert told("ROOM: {}\n") == ["1:1 unknown-key ROOM: no such key here -> room"]


def test_a_strange_key_lists_what_is_allowed():
    assert told("sources: {talker: {zzz: 1}}\n") == [
        "1:20 unknown-key sources.talker.zzz: no such key here "
        "(allowed: level_db, signal, colour, facing)",
    ]


def test_a_key_that_is_there_already_is_not_suggested():
    assert told("room: {t60_s: 1, t60: 1}\n") == [
        "1:18 unknown-key room.t60: no such key here (allowed: box_m, t60_s)"
    ]


def test_an_alias_is_the_name_that_is_suggested():
    assert told("kebab_case: 2\n") == ["1:1 unknown-key kebab_case: no such key here -> kebab-case"]


def test_keys_inside_a_root_model_are_known():
    assert told("more: {a: {levl_db: 1}}\n") == [
        "1:12 unknown-key more.a.levl_db: no such key here -> level_db"
    ]


def test_missing_keys_point_at_the_mapping_that_lacks_them():
    assert told("name: a\n", Required) == ["1:1 missing-key room: this key is required"]

    class Outer(Strict):
        inner: Required

    assert told("\ninner:\n  name: a\n", Outer) == [
        "2:1 missing-key inner.room: this key is required"
    ]


def test_a_misspelt_key_accounts_for_the_missing_one():
    assert told("nam: a\nroom: {}\n", Required) == ["1:1 unknown-key nam: no such key here -> name"]


def test_a_fault_in_a_key_points_at_the_key():
    assert told("sources:\n  Talker: {}\n") == [
        '2:3 bad-value sources.Talker: must match the pattern ^[a-z]+$, got the text "Talker"'
    ]


# Values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: [1]", "1:7 wrong-type name: must be text, got a list"),
        ("name: {}", "1:7 wrong-type name: must be text, got an empty mapping"),
        ("name:", "1:1 wrong-type name: must be text, got nothing"),
        ("mute: maybe", '1:7 wrong-type mute: must be true or false, got the text "maybe"'),
        ("room: 3", "1:7 wrong-type room: must be a mapping, got 3"),
        ("sources: true", "1:10 wrong-type sources: must be a mapping, got true"),
        ("steps: a", '1:8 wrong-type steps: must be a list, got the text "a"'),
        ("steps: [1, 2.5]", "1:12 wrong-type steps[1]: must be a whole number, got 2.5"),
        ("pair: []", "1:7 out-of-range pair: must hold 2 items, got 0"),
        ("pair: [1, 2, 3]", "1:7 out-of-range pair: must hold 2 items, got 3"),
        ("steps: [1, 2, 3, 4]", "1:8 out-of-range steps: must hold 3 or fewer items, got 4"),
        ("name: ''", "1:7 out-of-range name: must have 1 or more characters, got 0"),
        ("name: abcdefghi", "1:7 out-of-range name: must have 8 or fewer characters, got 9"),
        ("kebab-case: 3", "1:13 out-of-range kebab-case: must be a multiple of 2, got 3"),
        ("scene: 2", "1:8 bad-choice scene: must be 1, got 2"),
    ],
)
def test_values(text, expected):
    assert told(text + "\n") == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("level_db: 61", "must be at most 60, got 61"),
        ("level_db: -60.5", "must be at least -60, got -60.5"),
        ("level_db: loud", 'must be a number, got the text "loud"'),
        ("signal: speach", 'must be "speech" or "noise", got the text "speach" -> speech'),
        ("signal: 3", 'must be "speech" or "noise", got 3'),
        ("colour: Pink", 'must be "white" or "pink", got the text "Pink" -> pink'),
        ("facing: nowhere", "a source must face something"),
        ("facing: tabel", "no such array -> table"),
    ],
)
def test_values_of_a_named_thing(text, expected):
    (problem,) = told(f"sources:\n  talker: {{{text}}}\n")
    key = text.split(":")[0]
    assert problem.endswith(f" sources.talker.{key}: {expected}")
    assert problem.startswith(f"2:{text.index(': ') + 14} ")


def test_long_texts_are_shortened():
    (problem,) = told(f"scene: {'x' * 500}\n")
    assert problem.endswith(f'got the text "{"x" * 57}..."')


def test_custom_errors_keep_their_code_and_may_point_further_down():
    assert told("room:\n  t60_s: {uniform: [2, 1]}\n") == [
        "2:24 empty-interval room.t60_s.uniform[1]: the first must not exceed the second"
    ]


def test_other_errors_say_what_was_given():
    class Day(Strict):
        day: Annotated[int, BeforeValidator(lambda value: value)] | None = None
        data: bytes = b""

    assert told("data: [1]\n", Day) == [
        "1:7 bad-value data: input should be a valid bytes, got a list"
    ]


# Unions

EITHER = "must be a number, {uniform: ...}, {normal: ...} or null"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("abc", f'wrong-type : {EITHER}, got the text "abc"'),
        ("[1]", f"wrong-type : {EITHER}, got a list"),
        ("{}", f"wrong-type : {EITHER}, got an empty mapping"),
        ("-3", "out-of-range : must be greater than 0, got -3"),
        ("{unifrm: [1, 2]}", "unknown-key .unifrm: no such key here -> uniform"),
        ("{zzz: 1}", "unknown-key .zzz: no such key here (allowed: uniform, normal)"),
        ("{uniform: [1]}", "out-of-range .uniform: must hold 2 items, got 1"),
        ("{uniform: [1, b]}", 'wrong-type .uniform[1]: must be a number, got the text "b"'),
        ("{normal: [1, 2], b: 1}", "unknown-key .b: no such key here (allowed: normal)"),
    ],
)
def test_tagged_unions(value, expected):
    (problem,) = told(f"room: {{t60_s: {value}}}\n")
    assert problem.split(" ", 1)[1].replace("room.t60_s", "") == expected


def test_tagged_unions_without_null():
    (problem,) = told("room: {box_m: [1, x, 1]}\n")
    assert problem == (
        "1:19 wrong-type room.box_m[1]: must be a number, {uniform: ...} or {normal: ...}, "
        'got the text "x"'
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("abc", '1:8 wrong-type count: must be a number, a mapping or "any", got the text "abc"'),
        (
            "ayn",
            '1:8 bad-choice count: must be a number, a mapping or "any", got the text "ayn" -> any',
        ),
        ("{nromal: [1, 2]}", "1:9 unknown-key count.nromal: no such key here -> normal"),
        (
            "{normal: [1, b]}",
            '1:21 wrong-type count.normal[1]: must be a number, got the text "b"',
        ),
        ("{uniform: 3}", "1:18 wrong-type count.uniform: must be a list, got 3"),
    ],
)
def test_plain_unions_tell_of_the_member_that_was_meant(value, expected):
    assert told(f"count: {value}\n") == [expected]


def test_a_member_with_its_own_keys_is_meant_however_wrong_its_values():
    assert told("count: {normal: [a, b]}\n") == [
        '1:18 wrong-type count.normal[0]: must be a number, got the text "a"',
        '1:21 wrong-type count.normal[1]: must be a number, got the text "b"',
    ]


def test_unions_told_apart_by_a_field():
    class Speech(Strict):
        kind: Literal["speech"]
        talker: str = ""

    class Noise(Strict):
        kind: Literal["noise"]
        colour: str = ""

    class Signals(Strict):
        signals: list[Annotated[Speech | Noise, Field(discriminator="kind")]]

    assert told("signals:\n- {kind: noise, talker: x}\n- {kind: noise, colr: x}", Signals) == [
        "2:17 unknown-key signals[0].talker: no such key here (allowed: kind, colour)",
        "3:17 unknown-key signals[1].colr: no such key here -> colour",
    ]
    assert told("signals: [{kind: nois}, {}, {talker: x}, 3]\n", Signals) == [
        '1:18 bad-choice signals[0].kind: must be speech or noise, got the text "nois" -> noise',
        "1:25 missing-key signals[1].kind: this key is required",
        "1:29 missing-key signals[2].kind: this key is required",
        "1:42 wrong-type signals[3]: must be a mapping, got 3",
    ]


def test_data_changed_before_validation_is_shown_at_its_nearest_key():
    class Interval(Strict):
        low: Number
        high: Number

    def split(value: Any) -> Any:
        return {"low": value[0], "high": value[1]}

    class Holder(Strict):
        interval: Annotated[Interval, BeforeValidator(split)]

    assert told("interval: [a, b]\n", Holder) == [
        '1:11 wrong-type interval: must be a number, got the text "a"',
        '1:11 wrong-type interval: must be a number, got the text "b"',
    ]


def test_data_changed_to_something_foreign_is_named_by_its_type():
    class Holder(Strict):
        number: Annotated[Number, BeforeValidator(lambda _: object())]

    assert told("number: 1\n", Holder) == ["1:9 wrong-type number: must be a number, got object"]


# The message as a whole


def test_the_whole_message():
    text = """\
scene: 1
room:
  box_m: [{unifrom: [4, 8]}, -3]
  t60: 0.3
sources:
  talker: {level_db: "abc", signal: nois}
count: {normal: [1]}
"""
    assert str(error_of(text)) == "\n".join(
        [
            "scene.yaml:3:10: out-of-range room.box_m: must hold 3 items, got 2",
            "      box_m: [{unifrom: [4, 8]}, -3]",
            "             ^",
            "scene.yaml:3:12: unknown-key room.box_m[0].unifrom: no such key here; "
            'did you mean "uniform"?',
            "      box_m: [{unifrom: [4, 8]}, -3]",
            "               ^",
            "scene.yaml:3:30: out-of-range room.box_m[1]: must be greater than 0, got -3",
            "      box_m: [{unifrom: [4, 8]}, -3]",
            "                                 ^",
            'scene.yaml:4:3: unknown-key room.t60: no such key here; did you mean "t60_s"?',
            "      t60: 0.3",
            "      ^",
            "scene.yaml:6:22: wrong-type sources.talker.level_db: must be a number, "
            'got the text "abc"',
            '      talker: {level_db: "abc", signal: nois}',
            "                         ^",
            'scene.yaml:6:37: bad-choice sources.talker.signal: must be "speech" or "noise", '
            'got the text "nois"; did you mean "noise"?',
            '      talker: {level_db: "abc", signal: nois}',
            "                                        ^",
            "scene.yaml:7:17: out-of-range count.normal: must hold 2 items, got 1",
            "    count: {normal: [1]}",
            "                    ^",
        ]
    )


def test_the_error_names_the_file_and_holds_at_most_a_hundred_problems():
    error = error_of("more: {" + ", ".join(f"k{index}: 1" for index in range(500)) + "}\n")
    assert error.file == "scene.yaml"
    assert len(error.problems) == 100


KEYS = st.sampled_from(["room", "t60_s", "uniform", "count", "steps", "sources", "zzz", "name"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-3, 3) | KEYS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(KEYS, ANYTHING, min_size=1))
def test_every_failed_validation_has_an_explanation(data):
    document = parse_document(json.dumps(data), "scene.yaml")
    try:
        Scene.model_validate(document.data)
    except ValidationError as error:
        problems = scene_error(error, document, Scene).problems
        assert problems
        assert all(found.line == 1 and found.key_path for found in problems)


# What a model allows


def test_allowed_types_of_nested_annotations():
    types = allowed_types(Annotated[Quantity | None, "a remark"])
    assert [allowed.tag for allowed in types] == ["<number>", "<uniform>", "<normal>", None]
    assert keys_of(types) == ["uniform", "normal"]
    assert nouns_of(types) == ["a number", "{uniform: ...}", "{normal: ...}", "null"]


def test_types_without_a_noun_have_no_nouns():
    assert nouns_of(allowed_types(float | complex)) == []


def test_length_of():
    assert length_of(allowed_types(tuple[int, int, int] | None)) == 3
    assert length_of(allowed_types(tuple[int, ...])) is None
    assert length_of(allowed_types(tuple[int, int] | tuple[int, int, int])) is None
