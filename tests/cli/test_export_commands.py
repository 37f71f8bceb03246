import json
import shutil

import numpy as np
import pytest

from simgen.dataset.dataset import open_dataset
from simgen.errors import GeometryError
from simgen.exchange.sofa_ears import read_ear_responses
from simgen.generate.run import generate
from simgen.generate.sources import FrozenScenes
from simgen.render.render import render
from tests.generate.in_process import without_workers
from tests.references.listening_scene import listening_scene

PAIRS = ("seated.bar", "seated.lamp", "pair.bar", "pair.lamp")
FILES = sorted(f"0000000{index}.{pair}.sofa" for index in range(2) for pair in PAIRS)


def make(folder, *scenes, **options):
    """Render scenes into a dataset."""
    text = "".join(scene.to_json() + "\n" for scene in scenes).encode()
    source = FrozenScenes.from_jsonl("listening", text)
    with without_workers():
        generate(source, folder, count=len(scenes), **options)
    return folder


def fail_on_scene_1(scene, **options):
    if scene.index == 1:
        raise GeometryError("too crowded", where="bar")
    return render(scene, **options)


@pytest.fixture(scope="session")
def listened(tmp_path_factory):
    """A dataset of two scenes with listeners and devices, not to be changed."""
    folder = tmp_path_factory.mktemp("listened") / "listened"
    return make(folder, listening_scene(0), listening_scene(1))


def export(simgen, dataset, *words):
    return simgen("export", dataset, "--to", "sofa", "-o", "out", *words)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_file_for_each_scene_listener_and_device(simgen, listened, tmp_path):
    ran = export(simgen, listened)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.splitlines()[-1] == "8 files in out"
    assert sorted(contents(tmp_path / "out")) == FILES
    ears = read_ear_responses(tmp_path / "out" / "00000001.seated.bar.sofa")
    heard = open_dataset(listened)[1].ear_responses["seated"]["bar"]
    assert np.array_equal(ears.responses, heard)
    assert ears.title == "Scene 1 of listening: listener seated, device bar"


def test_the_same_command_again_resumes(simgen, listened, tmp_path):
    first = json.loads(export(simgen, listened, "--json").out)
    assert first == {
        "path": "out",
        "files": 8,
        "written": first["written"],
        "resumed": 0,
        "failed": [],
    }
    assert sorted(first["written"]) == FILES
    before = contents(tmp_path / "out")
    (tmp_path / "out" / FILES[2]).unlink()
    (tmp_path / "out" / FILES[5]).unlink()
    again = export(simgen, listened, "--json")
    answer = json.loads(again.out)
    assert (sorted(answer["written"]), answer["resumed"]) == ([FILES[2], FILES[5]], 6)
    assert "8 files (6 were there already) in out" in again.err
    assert contents(tmp_path / "out") == before


def test_the_bytes_do_not_depend_on_the_folder(simgen, listened, tmp_path):
    export(simgen, listened)
    copy = shutil.copytree(listened, tmp_path / "copy")
    assert simgen("export", copy, "--to", "sofa", "--out", "deep/other").code == 0
    assert contents(tmp_path / "deep/other") == contents(tmp_path / "out")


def test_another_file_is_not_overwritten(simgen, listened, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / FILES[3]).write_bytes(b"mine")
    ran = export(simgen, listened)
    assert (ran.code, ran.out) == (3, "")
    assert f"out/{FILES[3]}: exists already, with another content. Export into" in ran.err
    assert (tmp_path / "out" / FILES[3]).read_bytes() == b"mine"


def test_no_half_written_file_is_left(simgen, listened, tmp_path, monkeypatch):
    def stop(path):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("simgen.dataset.atomic.sync", stop)
    ran = export(simgen, listened)
    assert ran.code == 6
    assert "No space left on device; free some space, and the same command resumes" in ran.err
    assert contents(tmp_path / "out") == {}


def test_the_date_comes_from_the_environment(simgen, listened, tmp_path, monkeypatch):
    export(simgen, listened)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert export(simgen, listened).code == 3
    assert simgen("export", listened, "--to", "sofa", "-o", "dated").code == 0
    assert b"1970-01-02 00:00:00" in (tmp_path / "dated" / FILES[0]).read_bytes()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    ran = export(simgen, listened)
    assert ran.code == 2
    assert "SOURCE_DATE_EPOCH is no date" in ran.err


@pytest.mark.slow
def test_a_failed_scene_has_no_files(simgen, tmp_path):
    scenes = [listening_scene(index) for index in range(3)]
    dataset = make(tmp_path / "failed", *scenes, render=fail_on_scene_1)
    ran = export(simgen, dataset, "--json")
    assert ran.code == 0
    answer = json.loads(ran.out)
    assert (answer["files"], answer["failed"]) == (8, [1])
    assert "nothing of scene 1, which failed" in ran.err
    assert not list((tmp_path / "out").glob("00000001.*"))


@pytest.mark.slow
@pytest.mark.parametrize("missing", ["devices", "listeners"])
def test_a_dataset_in_which_nobody_listens_is_refused(simgen, tmp_path, missing):
    dataset = make(tmp_path / "deaf", listening_scene(0, **{missing: {}}))
    ran = export(simgen, dataset)
    assert (ran.code, ran.out) == (3, "")
    assert "deaf: holds no ear responses, which are what is exported. Give the scene" in ran.err
    assert not (tmp_path / "out").exists()


def test_a_dataset_of_microphones_alone_is_refused(simgen, rendered):
    ran = export(simgen, rendered)
    assert ran.code == 3
    assert "holds no ear responses" in ran.err


def test_wrong_options_are_refused(simgen, listened, tmp_path):
    ran = simgen("export", listened, "--to", "wav", "-o", "out")
    assert (ran.code, ran.out) == (2, "")
    assert "--to is unknown, got 'wav' (allowed: sofa)" in ran.err
    assert simgen("export", listened, "-o", "out").code == 2
    assert simgen("export", listened, "--to", "sofa").code == 2
    assert not (tmp_path / "out").exists()


def test_what_is_no_dataset_and_no_folder_is_refused(simgen, listened, tmp_path):
    assert export(simgen, tmp_path / "gone").code == 3
    (tmp_path / "out").write_text("a file")
    ran = export(simgen, listened)
    assert (ran.code, ran.out) == (6, "")
    assert "out: File exists" in ran.err
