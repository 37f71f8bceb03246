"""Building a split: what it sounds like, and recordings that do not ship."""

import gzip
import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from simgen.benchmark import suite
from simgen.benchmark.fingerprints import Fingerprints, fingerprint
from simgen.benchmark.suite import load_split
from simgen.dataset.dataset import open_dataset
from simgen.render.render import render
from simgen.scene.document import read_document
from simgen.scene.scene import Scene

MINI = load_split("localization/mini")
RATE = 16_000

HEAD = (suite.suite_folder() / "localization" / "track.yaml").read_text().split("splits:")[0]


def short(scene, **changes):
    """A scene of a quarter of a second."""
    return scene.model_copy(update={"num_samples": RATE // 4, **changes})


@pytest.fixture
def track(tmp_path, monkeypatch):
    """An empty suite with a localisation track; returns what adds a split to it."""
    folder = tmp_path / "suite" / "localization"
    folder.mkdir(parents=True)
    (folder / "track.yaml").write_text(HEAD + "splits:\n")
    monkeypatch.setattr(suite, "suite_folder", lambda: folder.parent)

    def add(name, scenes, fingerprints=None):
        lines = "".join(scene.to_json() + "\n" for scene in scenes).encode()
        (folder / f"{name}.jsonl").write_bytes(lines)
        text = f"  {name}:\n    scenes: {name}.jsonl\n    description: few\n"
        text += f"    sha256: {hashlib.sha256(lines).hexdigest()}\n"
        if fingerprints is not None:
            file = folder / f"{name}-fingerprints.json.gz"
            file.write_bytes(fingerprints.to_bytes())
            digest = hashlib.sha256(gzip.decompress(file.read_bytes())).hexdigest()
            text += f"    fingerprints: {{file: {file.name}, sha256: {digest}}}\n"
        with (folder / "track.yaml").open("a") as yaml:
            yaml.write(text)
        assert read_document(folder / "track.yaml").data["splits"][name]

    return add


@pytest.fixture(scope="module")
def scenes():
    return [short(scene) for scene in MINI.scenes[:2]]


@pytest.fixture(scope="module")
def recordings(scenes):
    return [render(scene) for scene in scenes]


def kept(recordings):
    return Fingerprints(versions={}, scenes=tuple(map(fingerprint, recordings)))


def test_a_split_that_sounds_as_it_did_says_so(simgen, track, scenes, recordings):
    track("tiny", scenes, kept(recordings))
    ran = simgen("bench", "build", "localization/tiny", "--jobs", 1)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.splitlines()[-1] == "compared:  all 2 scenes are the same byte for byte"
    again = simgen("bench", "build", "localization/tiny", "--json")
    assert again.code == 0
    answer = json.loads(again.out)
    assert answer["rendered"] == 0
    assert answer["fingerprints"]["ok"]
    assert answer["fingerprints"]["num_same"] == 2


@pytest.mark.slow
def test_rounding_is_within_tolerance(simgen, track, scenes, recordings):
    up = np.nextafter(recordings[1].signals["table"], np.float32(np.inf))
    rounded = [recordings[0], replace(recordings[1], signals={"table": up})]
    track("tiny", scenes, kept(rounded))
    ran = simgen("bench", "build", "localization/tiny", "--jobs", 1)
    assert ran.code == 0
    assert "1 of 2 scenes are the same byte for byte, the others within tolerance" in ran.err


@pytest.mark.slow
def test_a_split_that_sounds_different_exits_with_4(simgen, track, scenes, recordings, tmp_path):
    track("tiny", scenes, kept(recordings[::-1]))
    ran = simgen("bench", "build", "localization/tiny", "--jobs", 1, "--json")
    assert ran.code == 4
    assert "0 of 2 scenes are the same byte for byte, but scenes 0, 1 differ" in ran.err
    assert json.loads(ran.out)["fingerprints"]["differing"] == [0, 1]
    assert len(open_dataset(tmp_path / "built" / "localization-tiny")) == 2


@pytest.mark.slow
def test_without_fingerprints_nothing_is_compared(simgen, track, scenes):
    track("tiny", scenes)
    ran = simgen("bench", "build", "localization/tiny", "--jobs", 1, "--json")
    assert ran.code == 0
    assert "compared" not in ran.err
    assert json.loads(ran.out)["fingerprints"] is None


# Recordings that do not ship


@pytest.fixture
def talkers(tmp_path):
    """A folder with one recording of Anna."""
    (tmp_path / "voices" / "anna").mkdir(parents=True)
    samples = 0.1 * np.random.default_rng(3).standard_normal(RATE)
    soundfile.write(tmp_path / "voices" / "anna" / "hello.wav", samples, RATE, "PCM_16")
    return tmp_path / "voices"


def spoken_by_anna(scene, digest):
    (source,) = scene.model_dump(mode="json")["sources"]
    clip = {"file": "anna/hello.wav", "onset": 0, "num_samples": RATE, "sha256": digest}
    source["signal"] |= {"corpus": ".", "talker": "anna", "clips": [clip]}
    told = json.loads(scene.to_json()) | {"sources": [source]}
    return Scene.from_json(json.dumps(told))


@pytest.fixture
def voices(track, scenes, talkers):
    digest = hashlib.sha256((talkers / "anna" / "hello.wav").read_bytes()).hexdigest()
    scene = spoken_by_anna(scenes[0], digest)
    track("voices", [scene], kept([render(scene, base=talkers)]))


@pytest.mark.slow
@pytest.mark.usefixtures("voices")
def test_recordings_are_taken_from_the_folder_that_is_named(simgen):
    words = ("bench", "build", "localization/voices", "--talkers", "voices", "--jobs", 1)
    ran = simgen(*words)
    assert ran.code == 0
    assert "all 1 scenes are the same byte for byte" in ran.err
    assert "--talkers voices" in ran.err, "the command that does it again"


@pytest.mark.usefixtures("voices")
def test_a_folder_must_be_named(simgen):
    ran = simgen("bench", "build", "localization/voices")
    assert ran.code == 2
    assert "localization/voices needs 1 recordings that do not ship" in ran.err


@pytest.mark.usefixtures("voices")
@pytest.mark.parametrize("damage", ["missing", "other"])
def test_what_is_missing_or_another_is_named_before_rendering(simgen, talkers, damage, tmp_path):
    file = talkers / "anna" / "hello.wav"
    if damage == "missing":
        file.unlink()
    else:
        soundfile.write(file, np.zeros(RATE), RATE, "PCM_16")
    ran = simgen("bench", "build", "localization/voices", "--talkers", talkers, "--json")
    assert (ran.code, ran.out) == (3, "")
    assert "  anna/hello.wav: is " in ran.err
    assert not (tmp_path / "built").exists()


def test_a_folder_for_a_split_that_needs_none_is_refused(simgen, track, scenes, talkers):
    track("tiny", scenes)
    ran = simgen("bench", "build", "localization/tiny", "--talkers", talkers)
    assert ran.code == 2
    assert "localization/tiny needs no recordings" in ran.err
