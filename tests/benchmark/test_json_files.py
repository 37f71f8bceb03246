import json
import math

import pytest
from pydantic import ValidationError

from simgen.benchmark import json_files
from simgen.benchmark.json_files import faults_of, parse_json, printable, read_json, shown
from simgen.errors import SubmissionError, SubmissionLimitError
from simgen.scene.record import Record


class Pose(Record):
    azimuth: float
    names: tuple[str, ...] = ()


def faults(data, **options):
    """What the validation of a pose finds."""
    with pytest.raises(ValidationError) as caught:
        Pose.model_validate(data)
    return list(faults_of(caught.value, **options))


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_file_is_read_with_or_without_a_byte_order_mark(tmp_path, mark):
    data = {"a": [1, 2.5, None, True], "\N{GREEK SMALL LETTER ALPHA}": {"b": "c"}}
    (tmp_path / "ours.json").write_bytes(mark + json.dumps(data, ensure_ascii=False).encode())
    assert read_json(tmp_path / "ours.json") == (data, [])


def test_keys_that_stand_twice_are_faults_at_any_depth_and_the_last_counts():
    content = b'{"a": 1, "b": [{"c\\u0007": 1, "c\\u0007": 2, "d": 3}], "a": 4, "a": 5}'
    data, found = parse_json(content, "ours.json")
    assert data == {"a": 5, "b": [{"c\a": 2, "d": 3}]}
    assert found == ['the key "c\ufffd" stands twice', 'the key "a" stands twice']


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b'{\n "a": 1,\n "b" 2}', "line 3, column 6: is not JSON: Expecting ':' delimiter"),
        (b"", "line 1, column 1: is not JSON: Expecting value"),
        (b'{"a": "\xff"}', "is not UTF-8 at byte 7"),
        (b"{} {}", "line 1, column 4: is not JSON: Extra data"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(content, fault):
    with pytest.raises(SubmissionError, match=r"^ours\.json: ") as caught:
        parse_json(content, "ours.json")
    assert caught.value.faults == (fault,)


def test_as_many_values_as_allowed_are_parsed(monkeypatch):
    monkeypatch.setattr(json_files, "MOST_VALUES", 4)
    assert parse_json(b"[1, 2, {}]", "ours.json")[0] == [1, 2, {}]
    with pytest.raises(SubmissionLimitError, match="more than 4 values"):
        parse_json(b"[1, 2, [], 3]", "ours.json")


def test_whole_numbers_beyond_all_others_are_infinite():
    assert parse_json(b"9" * 300, "ours.json")[0] == 10**300 - 1
    assert parse_json(b"9" * 5000, "ours.json")[0] == math.inf
    assert parse_json(b"-" + b"9" * 5000, "ours.json")[0] == -math.inf


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({}, "poses.P.azimuth: is missing"),
        ([], "poses.P: must be an object, got a list of 0"),
        ({"azimuth": {"a": 1}}, "poses.P.azimuth: must be a number, got an object of 1"),
        ({"azimuth": math.nan}, "poses.P.azimuth: must be a finite number, got NaN"),
        ({"azimuth": 1.0, "names": ["a", 2]}, "poses.P.names[1]: must be text, got 2"),
        ({"azimuth": 1.0, "a\x1b": 1}, "poses.P.a\ufffd: is not a key here"),
    ],
)
def test_faults_say_where_and_what_and_never_in_pydantics_words(data, found):
    assert faults(data, at=("poses", "P")) == [found]


def test_unknown_keys_are_asked_about_where_one_resembles_them_and_only_for_a_while():
    data = {"azimuth": 1.0, "name": (), "elevation": 0.0}
    assert faults(data, known=Pose.model_fields) == [
        'name: is not a key here; did you mean "names"?',
        "elevation: is not a key here",
    ]
    many = faults({"azimuth": 1.0} | {f"name{i}": 0 for i in range(50)}, known=["names"])
    assert sum("did you mean" in line for line in many) == 10


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": 1, "b": 2}, "an object of 2"),
        ((1, 2, 3), "a list of 3"),
        (None, "null"),
        ("a\x1b[2J\u202e", '"a\\u001b[2J\ufffd"'),
        ("x" * 1000, '"' + "x" * 60 + '"'),
        (10**299, "1" + "0" * 61),
        ({1}, '"{1}"'),
    ],
)
def test_values_are_shown_short_and_harmless(value, text):
    assert shown(value) == text


def test_printable_text_is_left_alone_up_to_its_longest():
    assert (
        printable("\N{GREEK SMALL LETTER ALPHA} <b>" * 2) == "\N{GREEK SMALL LETTER ALPHA} <b>" * 2
    )
    assert printable("\ud800\n\t\u2028") == "\ufffd" * 4
    assert printable("y" * 201) == "y" * 200
