import json
import math
import os
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simgen.benchmark.azimuths import (
    MOST_AZIMUTHS,
    AzimuthSubmission,
    Prediction,
    check_against,
    read_azimuths,
)
from simgen.benchmark.bounded_files import MOST_BYTES
from simgen.benchmark.suite import load_split
from simgen.errors import SubmissionError

SPLIT = load_split("localization/mini")
SILENCE = {item: {"azimuth_deg": []} for item in SPLIT.items}
SOUND = {
    "submission": 1,
    "system": "ours",
    "track": "localization",
    "split": "mini",
    "protocol": "doa-scene/1",
    "predictions": SILENCE,
}


def refusal(path):
    """Return the error that reading a file gives, which a terminal can show; None if it is read."""
    try:
        read_azimuths(path)
    except SubmissionError as error:
        shown = error
    else:
        return None
    assert all(line.isprintable() for line in str(shown).splitlines())
    return shown


@pytest.fixture
def faults(tmp_path):
    """Return the faults found in a file of some content."""

    def read(content):
        path = tmp_path / "ours.json"
        if isinstance(content, dict):
            content = json.dumps(content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        error = refusal(path)
        assert error is None or str(error).startswith("ours.json: ")
        return () if error is None else error.faults

    return read


def with_azimuths(raw):
    """A sound submission but for the raw JSON of one item's azimuths."""
    predictions = {**SILENCE, "mini-0003": {"azimuth_deg": "HERE"}}
    return json.dumps({**SOUND, "predictions": predictions}).replace('"HERE"', raw)


def without(key):
    return {name: value for name, value in SOUND.items() if name != key}


# What is taken


def test_a_sound_submission_is_read(tmp_path):
    path = tmp_path / "ours.json"
    predictions = {**SILENCE, "mini-0003": {"azimuth_deg": [-90, 45.5, 1e1]}}
    extras = {"uses_oracle": True, "description": "two\nlines", "parameters": {"a": 1, "b": "x"}}
    path.write_text(json.dumps({**SOUND, **extras, "predictions": predictions}))
    submission = read_azimuths(path)
    assert submission.system == "ours"
    assert submission.uses_oracle
    assert submission.parameters == {"a": 1.0, "b": "x"}
    assert submission.predictions["mini-0003"].azimuth_deg == (-90.0, 45.5, 10.0)
    azimuths = submission.azimuths()
    np.testing.assert_allclose(azimuths["mini-0003"], np.deg2rad([-90.0, 45.5, 10.0]))
    assert azimuths["mini-0000"].shape == (0,)
    assert azimuths["mini-0000"].dtype == np.float64
    assert AzimuthSubmission.from_json(submission.to_json()) == submission


def test_what_may_be_left_out(tmp_path):
    path = tmp_path / "ours.json"
    path.write_text(json.dumps(SOUND))
    submission = read_azimuths(path)
    assert (submission.uses_oracle, submission.description, submission.parameters) == (
        False,
        "",
        {},
    )


@pytest.mark.parametrize("system", ["SRP-PHAT", "名前", "Müller & co. <b>|`x`", "ש"])
def test_printable_names_of_any_script_are_taken(faults, system):
    assert faults({**SOUND, "system": system}) == ()


def test_a_byte_order_mark_is_taken(faults):
    assert faults(b"\xef\xbb\xbf" + json.dumps(SOUND).encode()) == ()


def test_the_most_azimuths_are_taken(faults):
    assert faults(with_azimuths(json.dumps([0.0] * MOST_AZIMUTHS))) == ()


# What is not JSON


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "line 1, column 1: is not JSON: Expecting value"),
        (b"\n\n  nope", "line 3, column 3: is not JSON: Expecting value"),
        (json.dumps(SOUND) + "x", "column .*: is not JSON: Extra data"),
        (json.dumps(SOUND)[:-1], "is not JSON: "),
        (json.dumps(SOUND).replace('"ours"', "'ours'"), "is not JSON: "),
        (json.dumps(SOUND).encode("utf-16"), "is not UTF-8 at byte 0"),
        (b'{"system": "\xe9"}', "is not UTF-8 at byte 12"),
        (b"\xed\xa0\x80", "is not UTF-8 at byte 0"),
        ("[" * 100_000, "is nested too deeply"),
        ("[" * 100_000 + "]" * 100_000, "is nested too deeply"),
        ('{"a":' * 100_000, "is nested too deeply"),
        ("[]", "top level: must be an object, got a list of 0"),
        ("null", "top level: must be an object, got null"),
        ('"{}"', "top level: must be an object"),
        ("1", "top level: must be an object, got 1"),
        ("NaN", "top level: must be an object, got NaN"),
    ],
)
def test_what_is_no_object_of_json_is_refused(faults, content, fault):
    [found] = faults(content)
    assert re.search(fault, found)


@pytest.mark.parametrize("depth", [50, 500, 900, 950, 970, 980, 985, 990, 1000, 5000])
def test_deep_nesting_is_refused_however_deep(faults, depth):
    [fault] = faults(with_azimuths("[" * depth + "]" * depth))
    assert fault in (
        "is nested too deeply",
        "predictions.mini-0003.azimuth_deg[0]: must be a number, got a list of 1",
    )


# What cannot be read


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(SubmissionError, match=r"no\.json: [^:]*:\s+there is no such file"):
        read_azimuths(tmp_path / "no.json")


def test_an_empty_directory_is_refused(tmp_path):
    with pytest.raises(SubmissionError, match=r"submission\.json: .*\s+there is no such file"):
        read_azimuths(tmp_path)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(SubmissionError, match="is not a regular file"):
        read_azimuths(tmp_path / "pipe.json")


def test_a_file_that_is_too_large_is_refused_unread(tmp_path):
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(SubmissionError, match="is larger than 16 MiB"):
        read_azimuths(path)


def test_the_largest_file_is_taken(faults):
    content = json.dumps(SOUND)
    assert faults(content + " " * (MOST_BYTES - len(content))) == ()
    assert faults(content + " " * (MOST_BYTES + 1 - len(content))) == ("is larger than 16 MiB",)


# Values of the wrong kind


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("NaN", "must be a finite number, got NaN"),
        ("Infinity", "must be a finite number, got Infinity"),
        ("-Infinity", "must be a finite number, got -Infinity"),
        ("1e400", "must be a finite number, got Infinity"),
        ("9" * 5000, "must be a finite number, got Infinity"),
        ("-" + "9" * 5000, "must be a finite number, got -Infinity"),
        ("9" * 305, "must be at most 1000000, got 1e+305"),
        ("1000001", "must be at most 1000000, got 1000001"),
        ("-1e7", "must be at least -1000000, got -10000000.0"),
        ('"30"', 'must be a number, got "30"'),
        ("true", "must be a number, got true"),
        ("null", "must be a number, got null"),
        ("[30]", "must be a number, got a list of 1"),
        ('{"deg": 30}', "must be a number, got an object of 1"),
        (r'"\ud800\u009b"', 'must be a number, got "\ufffd\ufffd"'),
    ],
)
def test_what_is_no_azimuth_is_refused_by_its_place(faults, value, fault):
    assert faults(with_azimuths(f"[0, {value}]")) == (
        f"predictions.mini-0003.azimuth_deg[1]: {fault}",
    )


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (json.dumps([0] * 65), "must have at most 64 azimuths, got a list of 65"),
        ("null", "must be a list, got null"),
        ("30.0", "must be a list, got 30.0"),
        ('"30"', 'must be a list, got "30"'),
        ('{"0": 30}', "must be a list, got an object of 1"),
    ],
)
def test_what_is_no_list_of_azimuths_is_refused(faults, value, fault):
    assert faults(with_azimuths(value)) == (f"predictions.mini-0003.azimuth_deg: {fault}",)


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("submission", 2, "must be 1, got 2"),
        ("submission", "1", 'must be 1, got "1"'),
        ("submission", True, "must be 1, got true"),
        ("submission", 1.0, "must be 1, got 1.0"),
        ("system", "", 'must be printable text, got ""'),
        ("system", "   ", 'must be printable text, got "   "'),
        ("system", None, "must be printable text, got null"),
        ("system", 7, "must be printable text, got 7"),
        ("system", "x" * 101, f'must have at most 100 characters, got "{"x" * 60}"'),
        ("system", "a\nb", 'must be printable text, got "a\\nb"'),
        ("system", "\x1b[31mred", 'must be printable text, got "\\u001b[31mred"'),
        ("system", "a\u202egnp", 'must be printable text, got "a\ufffdgnp"'),
        ("system", "a\u200bb", 'must be printable text, got "a\ufffdb"'),
        ("system", "\x9b31m", 'must be printable text, got "\ufffd31m"'),
        ("system", "\ud800", 'must be printable text, got "\ufffd"'),
        ("uses_oracle", "yes", 'must be true or false, got "yes"'),
        ("uses_oracle", 1, "must be true or false, got 1"),
        ("uses_oracle", None, "must be true or false, got null"),
        ("description", "\ud800", 'must be Unicode text, got "\ufffd"'),
        ("description", ["x"], "must be text, got a list of 1"),
        ("description", "x" * 2001, f'must have at most 2000 characters, got "{"x" * 60}"'),
        ("parameters", [], "must be an object, got a list of 0"),
        (
            "parameters",
            {str(k): k for k in range(101)},
            "must have at most 100 parameters, got an object of 101",
        ),
        ("predictions", [], "must be an object, got a list of 0"),
        ("predictions", None, "must be an object, got null"),
    ],
)
def test_a_key_of_the_wrong_kind_is_refused(faults, key, value, fault):
    assert faults({**SOUND, key: value}) == (f"{key}: {fault}",)


@pytest.mark.parametrize("value", [True, None, math.nan, math.inf, [1], {"a": 1}, "\ud800"])
def test_what_is_no_parameter_is_refused(faults, value):
    [fault] = faults({**SOUND, "parameters": {"sound": 1, "wrong": value}})
    assert fault.startswith("parameters.wrong: must be ")


def test_names_of_parameters_are_printable(faults):
    [fault] = faults({**SOUND, "parameters": {"\ud800": 1}})
    assert "must be printable text" in fault


@pytest.mark.parametrize("value", [[], [30.0], 30.0, None, "30"])
def test_what_is_no_prediction_is_refused(faults, value):
    [fault] = faults({**SOUND, "predictions": {**SILENCE, "mini-0007": value}})
    assert fault.startswith("predictions.mini-0007: must be an object, got ")


def test_a_prediction_of_other_keys_is_refused(faults):
    wrong = {"azimuth": [30.0]}
    assert faults({**SOUND, "predictions": {**SILENCE, "mini-0007": wrong}}) == (
        "predictions.mini-0007.azimuth_deg: is missing",
        'predictions.mini-0007.azimuth: is not a key here; did you mean "azimuth_deg"?',
    )


@pytest.mark.parametrize(
    "key", ["submission", "system", "track", "split", "protocol", "predictions"]
)
def test_a_missing_key_is_named(faults, key):
    assert faults(without(key)) == (f"{key}: is missing",)


def test_an_unknown_key_is_named(faults):
    assert faults({**SOUND, "__class__": "os.system"}) == ("__class__: is not a key here",)


def test_keys_that_stand_twice_are_named(faults):
    text = json.dumps(SOUND).replace('"mini-0004"', '"mini-0003"')
    text = text.replace('"system"', '"system": "theirs", "system"')
    assert set(faults(text)) == {
        'the key "mini-0003" stands twice',
        'the key "system" stands twice',
        "predictions.mini-0004: is missing; say azimuth_deg: [] where nothing is heard",
    }


# Against the split


@pytest.mark.parametrize("key", ["track", "split"])
def test_an_unknown_track_or_split_is_refused_with_what_there_is(faults, key):
    [fault] = faults({**SOUND, key: "maxi"})
    assert fault.startswith(f"track, split: there is no such {key}, got ")
    assert re.search(r"\(allowed: .*localization", fault)


@pytest.mark.parametrize("value", ["../localization", "localization/mini", "/etc", "."])
def test_a_track_is_no_path(faults, value):
    [fault] = faults({**SOUND, "track": value})
    assert fault.startswith("track, split: there is no such ")


def test_another_protocol_is_refused(faults):
    assert faults({**SOUND, "protocol": "doa-scene/2"}) == (
        'protocol: is "doa-scene/2", but this split needs "doa-scene/1"',
    )


def test_extra_items_are_all_named_and_ten_missing_ones(faults):
    predictions = {"mini-24": {"azimuth_deg": []}, "\u202eevil": {"azimuth_deg": []}}
    found = faults({**SOUND, "predictions": predictions})
    missing = [f"predictions.{item}: is missing" for item in SPLIT.items[:10]]
    assert [fault.split(";")[0] for fault in found if "is missing" in fault] == missing
    assert "and 14 more items are missing" in found
    assert "predictions.mini-24: is not an item of localization/mini" in found
    assert "predictions.\ufffdevil: is not an item of localization/mini" in found


def test_faults_of_form_and_of_items_are_all_named_at_once(faults):
    predictions = {item: SILENCE[item] for item in SPLIT.items[1:]}
    predictions["mini-0002"] = {"azimuth_deg": ["30", math.nan]}
    predictions["mini-0099"] = {"azimuth_deg": []}
    wrong = {**SOUND, "system": "", "protocol": "x", "predictions": predictions, "extra": 1}
    assert set(faults(wrong)) == {
        'system: must be printable text, got ""',
        'protocol: is "x", but this split needs "doa-scene/1"',
        "extra: is not a key here",
        'predictions.mini-0002.azimuth_deg[0]: must be a number, got "30"',
        "predictions.mini-0002.azimuth_deg[1]: must be a finite number, got NaN",
        "predictions.mini-0000: is missing; say azimuth_deg: [] where nothing is heard",
        "predictions.mini-0099: is not an item of localization/mini",
    }


def test_an_object_is_checked_against_any_split():
    silence = {item: Prediction(azimuth_deg=()) for item in SPLIT.items}
    submission = AzimuthSubmission.model_validate({**SOUND, "predictions": silence})
    check_against(submission, SPLIT)
    other = submission.model_copy(update={"track": "speed", "split": "maxi"})
    with pytest.raises(SubmissionError) as caught:
        check_against(other, SPLIT)
    assert caught.value.faults == (
        'track: is "speed", but this split needs "localization"',
        'split: is "maxi", but this split needs "mini"',
    )


# What it is called


@pytest.mark.parametrize(
    ("told", "is_kept"),
    [
        ({}, True),
        ({"training_data": "", "code": ""}, True),
        ({"training_data": "none"}, False),
        ({"code": "https://example.org"}, False),
    ],
)
def test_the_digest_is_that_of_before_unless_something_new_is_said(tmp_path, told, is_kept):
    path = tmp_path / "ours.json"
    path.write_text(json.dumps({**SOUND, **told}))
    before = "9fe773362709c5007677c87395c6711d5159f4f95d3854290e7c69af804b327d"
    assert (read_azimuths(path).sha256() == before) == is_kept


# Whatever it is


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*SOUND, "azimuth_deg", "mini-0000"]) | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(patch=st.dictionaries(st.sampled_from(sorted(SOUND)), JSON, min_size=1, max_size=3))
def test_any_json_is_read_or_refused(tmp_path_factory, patch):
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(json.dumps({**SOUND, **patch}))
    refusal(path)


@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.bin"
    path.write_bytes(content)
    with pytest.raises(SubmissionError):
        read_azimuths(path)


# What it says, and what is doubted


def answering(*angles):
    shared = zip(SPLIT.items, angles, strict=False)
    predictions = {**SILENCE, **{item: {"azimuth_deg": found} for item, found in shared}}
    return AzimuthSubmission.model_validate({**SOUND, "predictions": predictions})


@pytest.mark.parametrize(
    ("angles", "answers"),
    [
        ((), "24 items, no azimuths"),
        (([30],), "24 items, 1 azimuth from 30.0 to 30.0 degrees"),
        (([-175, 3], [180]), "24 items, 3 azimuths from -175.0 to 180.0 degrees"),
    ],
)
def test_the_answers_are_counted_with_their_range(angles, answers):
    assert answering(*angles).answers == answers


@pytest.mark.parametrize(
    ("angles", "is_doubted"),
    [
        ([-3.1, 0.5], True),
        ([-6.28, 6.28], True),
        ([-6.29, 0.5], False),
        ([0.0, -1.0], False),  # always ahead
        ([30.0, -170.5], False),
    ],
)
def test_many_small_azimuths_are_taken_for_radians(angles, is_doubted):
    submission = answering(*[angles] * 6)
    assert any("radians" in doubt for doubt in submission.doubts) == is_doubted


def test_few_azimuths_tell_nothing_of_their_unit():
    assert answering(*[[0.5, 0.6]] * 5).doubts == ()


def test_a_split_may_be_given_that_is_not_the_one_named(tmp_path):
    path = tmp_path / "ours.json"
    path.write_text(json.dumps(SOUND))
    assert read_azimuths(path, SPLIT) == read_azimuths(path)
    with pytest.raises(SubmissionError, match='split: is "mini", but this split needs "harsh"'):
        read_azimuths(path, load_split("localization/harsh"))
