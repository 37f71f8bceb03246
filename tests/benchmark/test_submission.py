"""What a submission says of itself, and which files it is made of."""

import json
import os
import zipfile

import pytest

from simgen.evaluate.kinds import read_submission
from tests.references import filter_files
from tests.references.azimuth_files import HEADER, SILENCE, SOUND, SPLIT, refused

# What is taken


def test_a_folder_a_zip_and_a_zip_of_a_folder_say_the_same(folder, packed, tmp_path):
    digest = read_submission(folder()).sha256()
    assert read_submission(packed()).sha256() == digest
    inner = [(f"ours/{name}", content) for name, content in SOUND.items()]
    assert read_submission(packed(("ours/", ""), *inner, sound=False)).sha256() == digest
    single = tmp_path / "ours.json"
    single.write_text(json.dumps(HEADER | {"predictions": SILENCE}))
    assert read_submission(single).sha256() == digest


def test_predictions_are_json_or_csv(folder):
    digest = read_submission(folder()).sha256()
    (folder() / "predictions.csv").unlink()
    as_json = folder(**{"predictions.json": json.dumps(SILENCE), "predictions.csv": None})
    assert read_submission(as_json).sha256() == digest


def test_filters_are_taken_from_a_zip(tmp_path):
    mine = filter_files.write(tmp_path / "mine")
    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as file:
        for path in mine.iterdir():
            file.write(path, path.name)
    found = read_submission(tmp_path / "mine.zip")
    assert found.sha256() == read_submission(mine).sha256()
    assert list(found.arrays) == ["A", "B", "C"]


def test_what_else_lies_in_a_zip_is_not_read(packed):
    others = [
        ("__MACOSX/._submission.json", b"\x00"),
        ("notes.txt", "x"),
        ("a/b/submission.json", ""),
    ]
    assert read_submission(packed(*others)).num_items == len(SPLIT.items)


# Folders


@pytest.mark.parametrize("name", SOUND)
def test_a_link_in_a_folder_is_refused(folder, name, tmp_path):
    place = folder()
    (place / name).rename(tmp_path / "elsewhere")
    (place / name).symlink_to(tmp_path / "elsewhere")
    assert refused(place) == ("is not a regular file",)


@pytest.mark.parametrize("name", SOUND)
def test_a_pipe_in_a_folder_is_refused_and_not_waited_for(folder, name):
    place = folder()
    (place / name).unlink()
    os.mkfifo(place / name)
    assert refused(place) == ("is not a regular file",)


def test_predictions_twice_or_not_at_all_are_refused(folder):
    both = folder(**{"predictions.json": "{}"})
    assert refused(both) == (
        "either predictions.json or predictions.csv is needed; both are there",
    )
    for name in ("predictions.json", "predictions.csv"):
        (both / name).unlink()
    assert refused(both) == (
        "either predictions.json or predictions.csv is needed; neither is there",
    )


def test_predictions_belong_into_their_own_file(folder):
    header = json.dumps(HEADER | {"predictions": {}})
    assert refused(folder(**{"submission.json": header})) == (
        "submission.json: predictions: is not a key here",
    )


# Headers


@pytest.mark.parametrize(
    "system",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        " =1",
        "\uff1d1",
        "\uff0bcmd",
        "=HYPERLINK(...)",
        "a\u202eb",
        "a\x00b",
    ],
)
@pytest.mark.parametrize("key", ["system", "training_data"])
def test_names_that_are_more_than_text_are_refused(folder, key, system):
    [fault] = refused(folder(**{"submission.json": json.dumps(HEADER | {key: system})}))
    assert fault.startswith(f"submission.json: {key}: must ")


@pytest.mark.parametrize(
    "system", ["<script>alert(1)</script>", "a | b", "`x`", "&lt;", "名前", "a=b"]
)
def test_markup_is_a_name_like_any_other(folder, system):
    header = json.dumps(HEADER | {"system": system, "training_data": system})
    assert read_submission(folder(**{"submission.json": header})).system == system


@pytest.mark.parametrize(
    "code",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "http://example.org",
        "//example.org",
        "https://",
        "https:example.org",
        "https://example.org@evil.example",
        "https://user:word@example.org/",
        'https://example.org/"onclick="x',
        "https://example.org/<b>",
        "https://example.org/\u202e",
        "https://ex\u0430mple.org",
        "https://example.org/a b",
        "https://example.org/\n",
        " https://example.org",
        "https://example.org/" + "x" * 200,
        7,
        None,
        ["https://example.org"],
    ],
)
def test_what_is_no_plain_link_is_refused(folder, code):
    [fault] = refused(folder(**{"submission.json": json.dumps(HEADER | {"code": code})}))
    assert fault.startswith("submission.json: code: must be a plain https:// link")


@pytest.mark.parametrize(
    "code", ["", "https://example.org", "https://git.example.org:8443/~a/b?c=d#e"]
)
def test_links_and_words_on_training_are_kept(folder, code):
    told = {"code": code, "training_data": "none"}
    found = read_submission(folder(**{"submission.json": json.dumps(HEADER | told)}))
    assert (found.code, found.training_data) == (code, "none")


@pytest.mark.parametrize("text", ["\x1b[31m", "a\u202eb", "\u2066", "\ud800", "\x00", "\x9b"])
def test_control_characters_in_a_description_are_refused(folder, text):
    [fault] = refused(folder(**{"submission.json": json.dumps(HEADER | {"description": text})}))
    assert fault.startswith("submission.json: description: must be ")
