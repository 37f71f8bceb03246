import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from simgen.scene.field_types import (
    Coordinate,
    Elevation,
    Metres,
    Name,
    NotEmpty,
    Turn,
    Whole,
)


def faults(kind, value):
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        return error.errors()
    return []


@given(st.text(max_size=45))
def test_a_name_is_safe_in_paths_and_files_or_refused(text):
    allowed = 0 < len(text) <= 40 and set(text) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-")
    assert (not faults(Name, text)) == bool(allowed and text[0].isalpha())


@given(st.text(max_size=60))
def test_what_is_suggested_instead_of_a_name_is_one(text):
    for fault in faults(Name, text):
        suggestion = fault["ctx"]["suggestion"]
        assert suggestion is None or not faults(Name, suggestion)


@pytest.mark.parametrize(
    ("written", "suggestion"),
    [
        ("Living Room", "living-room"),
        ("Büro", "b-ro"),
        ("-talker", "talker"),
        ("7", None),
        ("Talker2", "talker2"),
        ("Mic 1", "mic-1"),
    ],
)
def test_a_name_nearby_is_suggested(written, suggestion):
    (fault,) = faults(Name, written)
    assert (fault["type"], fault["ctx"]["suggestion"]) == ("bad_name", suggestion)


def test_the_schema_of_a_name_means_what_validation_does():
    pattern = TypeAdapter(Name).json_schema()["pattern"]
    for text in ("a", "a" * 40, "a" * 41, "A", "1a", "a-b_c9", "", "a b"):
        assert bool(re.search(pattern, text)) == (not faults(Name, text))
    assert not faults(Name, "a" * 40)
    assert faults(Name, "a" * 41)


@pytest.mark.parametrize("value", [1.0, True, "1", None])
def test_a_whole_number_is_written_as_one(value):
    assert not faults(Whole, 1)
    assert len(faults(Whole, value)) == 1


def test_an_empty_list_is_one_fault_and_a_faulty_item_hides_it_not():
    assert [fault["type"] for fault in faults(NotEmpty[Whole], [])] == ["out_of_range"]
    assert [fault["loc"] for fault in faults(NotEmpty[Whole], ["x"])] == [(0,)]
    assert TypeAdapter(NotEmpty[Whole]).json_schema()["minItems"] == 1


@pytest.mark.parametrize("value", ["centre", "Center", "", "1"])
def test_only_center_is_a_coordinate_in_words(value):
    assert not faults(Coordinate, "center")
    assert not faults(Coordinate, {"uniform": [1, 2]})
    assert faults(Coordinate, value)
    assert faults(Metres, "center")


@pytest.mark.parametrize(
    ("kind", "most"), [(Metres, 1000.0), (Turn, 360.0), (Elevation, 90.0), (Coordinate, 1000.0)]
)
def test_all_that_may_be_drawn_is_within_the_limits(kind, most):
    for value in (most, -most, {"uniform": [-most, most]}, {"choice": [0, most]}):
        assert not faults(kind, value)
    above = most + 0.1
    for value in (above, -above, {"uniform": [0, above]}, {"choice": [0, -above]}):
        assert faults(kind, value)
    assert faults(kind, {"normal": [0, 1]})  # has no limits at all
