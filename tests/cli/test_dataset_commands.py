import json

import numpy as np
import pytest
import soundfile

from simgen.dataset.dataset import open_dataset
from simgen.errors import GeometryError
from simgen.render.render import render


def render_tiny(simgen, *words):
    return simgen("render", "tiny.yaml", "-o", "out", "-n", 2, "-j", 1, *words)


def fail_on_scene_1(scene, **options):
    if scene.index == 1:
        raise GeometryError("too crowded", where="talkers[0]")
    return render(scene, **options)


def test_render_renders_once_and_then_resumes(simgen, tiny):
    first = render_tiny(simgen, "--json", "--seed", 3, "--keep", "noise,images")
    assert first.code == 0
    summary = json.loads(first.out)
    assert (summary["count"], summary["rendered"], summary["resumed"]) == (2, 2, 0)
    assert summary["finished"]
    again = render_tiny(simgen, "--json", "--seed", 3, "--keep", "noise,images")
    summary = json.loads(again.out)
    assert (again.code, summary["rendered"], summary["resumed"]) == (0, 0, 2)
    assert "2 were there already" in again.err
    dataset = open_dataset(tiny.parent / "out")
    assert dataset.identity.seed == 3
    assert dataset.identity.keep == ("images", "noise")
    command = "simgen render tiny.yaml --count 2 --seed 3 --keep noise,images --out out"
    assert summary["reproduce"] == command
    assert f"reproduce: {command}    # simgen " in again.err
    assert "listen:    simgen listen out 0 " in again.err


@pytest.mark.usefixtures("without_workers")
def test_rendering_something_else_into_a_dataset_is_refused(simgen, tiny, dataset):
    tiny.write_text(tiny.read_text() + "\n")
    ran = simgen("render", tiny, "-o", dataset, "-n", 2)
    assert (ran.code, ran.out) == (3, "")
    assert "holds another dataset" in ran.err


@pytest.mark.slow
def test_two_parts_make_the_whole(simgen, tiny):
    parts = [
        simgen("render", tiny, "-o", "parts", "-n", 6, "-j", 1, "--shard", part, "--json")
        for part in ("1/2", "2/2")
    ]
    first, second = (json.loads(ran.out) for ran in parts)
    assert (first["finished"], second["finished"]) == (False, True)
    assert (first["rendered"], second["rendered"]) == (4, 2)
    assert parts[0].err.splitlines()[0].startswith("4 of 6 scenes in parts: this part is done")
    assert parts[1].err.splitlines()[0].startswith("2 of 6 scenes in parts: ")
    assert "this part is done, others are missing" in parts[0].err
    assert "simgen verify" not in parts[0].err
    assert "simgen verify" in parts[1].err
    assert simgen("verify", "parts").code == 0


@pytest.mark.parametrize("shard", ["0/2", "3/2", "1", "a/b", "1/2/3", "-1/2", "1/0", ""])
def test_what_is_no_part_is_refused(simgen, tiny, shard):
    ran = render_tiny(simgen, "--shard", shard)
    assert ran.code == 2
    assert "allowed: I/N with 1 <= I <= N" in ran.err
    assert not (tiny.parent / "out").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--keep", "everything"), "allowed: images, noise, responses"),
        (("--seed", "-1"), "the seed must be a whole number"),
        (("--count", "1000000000"), "count is out of range"),
        (("--count", "0"), "--count"),
        (("--jobs", "100000"), "jobs is out of range"),
    ],
)
def test_wrong_options_are_refused_before_anything_is_written(simgen, tiny, words, message):
    ran = render_tiny(simgen, *words)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert not (tiny.parent / "out").exists()


@pytest.mark.usefixtures("tiny", "without_workers")
def test_failed_scenes_exit_with_1_and_cannot_be_heard(simgen, monkeypatch):
    monkeypatch.setattr("simgen.api.render", fail_on_scene_1)
    ran = render_tiny(simgen, "--json")
    assert ran.code == 1
    [failed] = json.loads(ran.out)["failed"]
    assert failed["index"] == 1
    assert "failed: scene 1: " in ran.err
    assert "too crowded" in ran.err
    assert "too crowded" in simgen("inspect", "out").out
    assert simgen("inspect", "out", 1).code == 3
    assert simgen("inspect", "out", 0).code == 0
    ran = simgen("listen", "out", 1, "-o", "a.wav")
    assert ran.code == 3
    assert "was not rendered: " in ran.err


def test_verify_says_ok(simgen, rendered):
    ran = simgen("verify", rendered, "--json")
    assert ran.code == 0
    assert json.loads(ran.out) == {"ok": True, "files": 4, "scenes": [], "problems": []}
    assert ran.err == f"{rendered}: ok (4 files)\n"


@pytest.mark.slow
def test_one_thing_is_counted_as_one(simgen, tiny, dataset):
    (dataset / "extra").touch()
    ran = simgen("verify", dataset)
    assert ran.err.splitlines()[-1] == f"{dataset}: 1 problem (4 files)"
    for resumed in ("", " (1 was there already)"):
        ran = simgen("render", tiny, "-o", "one", "-n", 1, "-j", 1)
        assert f"\n1 scene{resumed} in one: " in ran.err
    assert "ok (4 files, 1 scene rendered again)" in simgen("verify", "one", "--deep", 1).err


@pytest.fixture
def folder_speech(tiny):
    """A scene file elsewhere whose talkers speak from a folder of recordings."""
    (tiny.parent / "files/talks").mkdir(parents=True)
    noise = 0.1 * np.random.default_rng(0).standard_normal(16000)
    soundfile.write(tiny.parent / "files/talks/a.wav", noise, 16000)
    path = tiny.parent / "scenes/folder.yaml"
    path.parent.mkdir()
    path.write_text(tiny.read_text().replace("{noise: pink}", "{folder: talks}"))
    return path


@pytest.mark.slow
def test_a_folder_of_speech_is_found_from_the_base(simgen, folder_speech, tmp_path):
    words = ("render", folder_speech, "-o", "out", "-n", 1, "-j", 1, "--base", "files")
    ran = simgen(*words, "--json")
    assert (ran.code, json.loads(ran.out)["finished"]) == (0, True)
    assert "--base files --out out" in json.loads(ran.out)["reproduce"]
    assert list(open_dataset("out").identity.corpora) == ["talks"]
    assert "--base BASE" in (tmp_path / "out/README.md").read_text(encoding="utf-8")
    assert simgen("verify", "out", "--deep", 1, "--base", "files").code == 0
    ran = simgen("verify", "out", "--deep", 1)
    assert ran.code == 4
    assert "scene 0 cannot be rendered again: " in ran.err
    assert "; give --base" in ran.err
    assert simgen("render", folder_speech, "-o", "other", "-n", 1).code == 3


@pytest.mark.slow
def test_overwritten_recordings_are_not_mixed_into_a_dataset(shell, folder_speech, tmp_path):
    words = ("render", folder_speech, "-o", "out", "-n", 1, "-j", 1, "--base", "files")
    assert shell(*words).code == 0
    assert shell(*words).code == 0
    soundfile.write(tmp_path / "files/talks/a.wav", np.full(15000, 0.1), 16000)
    ran = shell(*words)
    assert ran.code == 3
    assert "the recordings of folder talks have changed" in ran.err


@pytest.mark.slow
def test_verify_renders_scenes_again(simgen, rendered):
    ran = simgen("verify", rendered, "--deep", 1, "--json")
    assert ran.code == 0
    assert json.loads(ran.out)["scenes"] == [0]


@pytest.mark.parametrize(
    "file", ["dataset.json", "README.md", "scene.yaml", "shards/shard-00000.h5"]
)
def test_verify_finds_a_flipped_bit(simgen, dataset, file):
    content = bytearray((dataset / file).read_bytes())
    content[len(content) // 3] ^= 1
    (dataset / file).write_bytes(content)
    ran = simgen("verify", dataset, "--json")
    assert ran.code == 4
    problems = json.loads(ran.out)["problems"]
    assert file in [problem["file"] for problem in problems]
    assert f"{file}: has another SHA-256" in ran.err


@pytest.mark.parametrize("command", [("verify",), ("inspect",), ("listen", "0", "-o", "a.wav")])
def test_what_is_no_dataset_is_refused(simgen, tmp_path, command):
    for place in (tmp_path / "gone", tmp_path):
        ran = simgen(command[0], place, *command[1:])
        assert (ran.code, ran.out) == (3, "")
        assert "is not a dataset" in ran.err


@pytest.mark.parametrize("command", ["inspect", "listen"])
@pytest.mark.parametrize("index", ["2", "-1", "99"])
def test_a_scene_that_is_not_there_is_refused(simgen, rendered, command, index):
    out = ["-o", "a.wav"] if command == "listen" else []
    ran = simgen(command, *out, rendered, "--", index)
    assert ran.code == 2
    assert "scene is out of range" in ran.err
    assert "allowed: 0 to 1" in ran.err


def test_listen_writes_the_two_microphones_farthest_apart(simgen, rendered, tmp_path):
    ran = simgen("listen", rendered, 1, "-o", "folder/scene 1.wav", "--json")
    assert ran.code == 0
    answer = json.loads(ran.out)
    assert (answer["file"], answer["array"]) == ("folder/scene 1.wav", "ring")
    content, rate = soundfile.read(tmp_path / "folder" / "scene 1.wav")
    assert (rate, content.shape) == (16000, (3200, 2))
    assert 20 * np.log10(np.max(np.abs(content))) == pytest.approx(-1.0, abs=0.001)
    signals = open_dataset(rendered)[1].signals["ring"][answer["microphones"]]
    gain = 10 ** (answer["gain_db"] / 20)
    np.testing.assert_allclose(content.T, gain * signals, atol=2**-22)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("-o", "a.mp3"), 2, "a preview is a WAV file"),
        (("-o", "a"), 2, "a preview is a WAV file"),
        (("-o", "a.wav", "--array", "table"), 2, "allowed: ring"),
        (("-o", "tiny.yaml/a.wav"), 6, "tiny.yaml"),
        (("-o", "folder.wav"), 6, "folder.wav: Is a directory"),
    ],
)
def test_listen_refuses_what_it_cannot_write(simgen, rendered, tiny, words, code, message):
    (tiny.parent / "folder.wav").mkdir()
    ran = simgen("listen", rendered, 0, *words)
    assert (ran.code, ran.out) == (code, "")
    assert message in ran.err
