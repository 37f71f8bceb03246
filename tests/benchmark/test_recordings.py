import hashlib

import pytest

from simgen.benchmark.recordings import base_folder, needed_recordings
from simgen.benchmark.suite import Split, load_split, load_track
from simgen.errors import ParameterError, SignalError
from simgen.scene.scene import Scene

FILES = {f"anna/{k}.wav": f"recording {k}".encode() for k in range(12)}
MINI = load_split("localization/mini")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "anna").mkdir()
    for file, content in FILES.items():
        (tmp_path / file).write_bytes(content)
    return tmp_path


@pytest.fixture
def split():
    """One scene whose only talker says twelve things that do not ship."""
    scene = MINI.scenes[0].model_dump(mode="json")
    (source,) = scene["sources"]
    source["signal"] |= {
        "corpus": ".",
        "talker": "anna",
        "clips": [
            {
                "file": file,
                "onset": 0,
                "num_samples": 1,
                "sha256": hashlib.sha256(content).hexdigest(),
            }
            for file, content in FILES.items()
        ],
    }
    line = Scene.model_validate(scene, strict=False).to_json()
    return Split(load_track("localization"), "mini", "", (line + "\n").encode())


def test_recordings_are_named_with_their_digests(split):
    assert needed_recordings(split) == {
        file: hashlib.sha256(content).hexdigest() for file, content in FILES.items()
    }
    assert needed_recordings(MINI) == {}


def test_a_folder_that_has_them_all_is_taken(split, folder, monkeypatch):
    (folder / "more.txt").write_text("something else")
    assert base_folder(split, folder, otherwise=folder / "x") == folder
    monkeypatch.chdir(folder.parent)
    relative = folder.relative_to(folder.parent)
    assert base_folder(split, relative, otherwise=folder / "x").is_absolute()


def test_shipped_speech_needs_no_folder(tmp_path):
    assert base_folder(MINI, None, otherwise=tmp_path) == tmp_path
    with pytest.raises(ParameterError, match="localization/mini needs no recordings"):
        base_folder(MINI, tmp_path, otherwise=tmp_path)


def test_a_folder_must_be_named(split, tmp_path):
    with pytest.raises(ParameterError, match=r"needs 12 recordings.*--talkers FOLDER"):
        base_folder(split, None, otherwise=tmp_path)


def test_missing_and_other_recordings_are_named(split, folder):
    (folder / "anna/3.wav").unlink()
    (folder / "anna/7.wav").write_bytes(b"somebody else")
    with pytest.raises(SignalError) as caught:
        base_folder(split, folder, otherwise=folder)
    assert str(caught.value).splitlines() == [
        f"{folder}: 2 of 12 recordings cannot be used:",
        "  anna/3.wav: is missing",
        "  anna/7.wav: is another recording, by its SHA-256",
    ]


def test_of_many_faults_the_first_are_named(split, tmp_path):
    with pytest.raises(SignalError) as caught:
        base_folder(split, tmp_path, otherwise=tmp_path)
    lines = str(caught.value).splitlines()
    assert lines[0].endswith("12 of 12 recordings cannot be used:")
    assert (len(lines), lines[-1]) == (12, "  and 2 more")


def test_a_folder_must_be_one(split, folder):
    with pytest.raises(SignalError, match="does not exist"):
        base_folder(split, folder / "gone", otherwise=folder)
    with pytest.raises(SignalError, match="is not a folder"):
        base_folder(split, folder / "anna/3.wav", otherwise=folder)
