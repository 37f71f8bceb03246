import random
from dataclasses import replace

import numpy as np
import pytest

from simgen.dataset.verify import Problem, verify_dataset
from simgen.errors import DatasetError, GeometryError, RenderError, SignalError
from tests.dataset.fake_scenes import fake_render, files_of, make_listening_scene
from tests.dataset.finished import write_dataset, write_sums


@pytest.fixture
def directory(tmp_path):
    write_dataset(tmp_path / "out")
    return tmp_path / "out"


def found(directory, **options):
    return [
        (problem.file, problem.what) for problem in verify_dataset(directory, **options).problems
    ]


def altered_render(change):
    """Return a renderer whose second array differs from the stored one."""

    def render(scene, *, keep):
        recording = fake_render(scene, keep=keep)
        ceiling = recording.signals["ceiling"].copy()
        return replace(recording, signals={**recording.signals, "ceiling": change(ceiling)})

    return render


def test_a_sound_dataset_has_no_problems(directory):
    report = verify_dataset(directory)
    assert report.ok
    assert report.num_files == 6
    assert report.scenes == ()


def test_any_flipped_bit_is_found_in_its_file(directory):
    generator = random.Random(3)
    files = files_of(directory)
    for name, sound in files.items():
        for _ in range(40):
            data = bytearray(sound)
            data[generator.randrange(len(data))] ^= 1 << generator.randrange(8)
            (directory / name).write_bytes(data)
            problems = verify_dataset(directory).problems
            assert problems, f"{name} was damaged unnoticed"
            if name != "SHA256SUMS":
                assert name in {problem.file for problem in problems}
        (directory / name).write_bytes(sound)
    assert verify_dataset(directory).ok


@pytest.mark.slow
def test_every_flipped_bit_of_the_digests_is_found(directory):
    sound = (directory / "SHA256SUMS").read_bytes()
    for place in range(0, 8 * len(sound), 7):
        data = bytearray(sound)
        data[place // 8] ^= 1 << place % 8
        (directory / "SHA256SUMS").write_bytes(data)
        assert verify_dataset(directory).problems, f"bit {place} was flipped unnoticed"


def test_missing_and_extra_files_are_named(directory):
    (directory / "shards/shard-00001.h5").unlink()
    (directory / "shards/notes.txt").write_text("x")
    (directory / ".hidden").write_text("x")
    assert found(directory) == [
        (".hidden", "does not belong to the dataset"),
        ("shards/notes.txt", "does not belong to the dataset"),
        ("shards/shard-00001.h5", "is missing"),
    ]


def test_digests_that_leave_out_a_shard_are_found(directory):
    lines = (directory / "SHA256SUMS").read_text().splitlines(keepends=True)
    (directory / "SHA256SUMS").write_text("".join(lines[:-1]))
    (directory / "shards/shard-00002.h5").unlink()
    assert found(directory) == [
        ("SHA256SUMS", "covers other files than dataset.json promises: shards/shard-00002.h5")
    ]


@pytest.mark.parametrize("line", ["nonsense", "", "0" * 64 + " dataset.json"])
def test_lines_that_are_no_digests_are_found(directory, line):
    with (directory / "SHA256SUMS").open("a") as file:
        file.write(line + "\n")
    assert found(directory) == [("SHA256SUMS", "is malformed")]


def test_digests_do_not_reach_out_of_the_dataset(directory):
    (directory.parent / "outside").write_text("x")
    with (directory / "SHA256SUMS").open("a") as file:
        file.write(f"{'0' * 64}  ../outside\n")
    assert ("../outside", "is missing") in found(directory)


def test_another_scene_file_with_matching_digests_is_found(directory):
    identity = write_dataset(directory.parent / "other")
    (directory / "scene.yaml").write_text("another")
    write_sums(directory, identity)
    assert found(directory) == [("scene.yaml", "does not describe the scenes of dataset.json")]


@pytest.mark.parametrize(
    ("deep", "scenes"), [(1, (0,)), (2, (0, 4)), (3, (0, 2, 4)), (5, (0, 1, 2, 3, 4))]
)
def test_scenes_rendered_again_are_evenly_spaced(directory, deep, scenes):
    report = verify_dataset(directory, deep=deep, render=fake_render)
    assert report.ok
    assert report.scenes == scenes
    assert verify_dataset(directory, deep=99, render=fake_render).scenes == (0, 1, 2, 3, 4)


def test_failed_scenes_are_not_rendered_again(tmp_path):
    write_dataset(tmp_path / "out", failed=(0, 1))
    assert verify_dataset(tmp_path / "out", deep=2, render=fake_render).scenes == (2, 4)
    write_dataset(tmp_path / "none", count=2, failed=(0, 1))
    assert verify_dataset(tmp_path / "none", deep=2, render=fake_render).scenes == ()


def raise_by_one_thousandth(signal):
    signal[0, 5] = np.float32(signal[0, 5] + np.float32(1e-3))
    return signal


def test_a_difference_names_scene_array_and_size(directory):
    render = altered_render(raise_by_one_thousandth)
    report = verify_dataset(directory, deep=1, render=render)
    expected = Problem("shards/shard-00000.h5", "scene 0: signals/ceiling differs by up to 0.001")
    assert report.problems == (expected,)


def test_even_the_sign_of_zero_is_a_difference(tmp_path, monkeypatch):
    def zeros(sign):
        return altered_render(lambda signal: np.copysign(np.zeros_like(signal), sign))

    monkeypatch.setattr("tests.dataset.finished.fake_render", zeros(1))
    write_dataset(tmp_path / "out")
    assert verify_dataset(tmp_path / "out", deep=1, render=zeros(1)).ok
    assert not verify_dataset(tmp_path / "out", deep=1, render=zeros(-1)).ok


def test_another_shape_is_a_difference(directory):
    [(_, what)] = found(directory, deep=1, render=altered_render(lambda signal: signal[:, 1:]))
    assert what == "scene 0: signals/ceiling has shape (1, 700), now (1, 699)"


def test_arrays_that_come_or_go_are_differences(directory):
    def render(scene, *, keep):
        recording = fake_render(scene, keep=keep)
        return replace(recording, images={}, noise={"table": recording.signals["table"]})

    assert [what for _, what in found(directory, deep=1, render=render)] == [
        "scene 0: images/ceiling is stored but no longer rendered",
        "scene 0: images/table is stored but no longer rendered",
        "scene 0: noise/table is rendered but not stored",
    ]


def test_a_difference_after_an_update_says_so(directory, monkeypatch):
    monkeypatch.setattr("simgen.dataset.verify.installed_versions", lambda: {"numpy": "1.0"})
    render = altered_render(raise_by_one_thousandth)
    [(_, what)] = found(directory, deep=1, render=render)
    assert f"numpy {np.__version__} then, 1.0 now" in what


def test_a_scene_that_can_no_longer_be_rendered_is_a_problem(directory):
    def render(scene, *, keep):
        raise GeometryError(f"no room for {scene.name}, keep {sorted(keep)}")

    [(_, what)] = found(directory, deep=1, render=render)
    assert what == "scene 0 cannot be rendered again: no room for büro, keep ['images']"


def test_missing_recordings_are_no_damage_but_a_matter_of_the_base(directory):
    def render(scene, *, keep):
        raise SignalError("does not exist", where=f"{scene.name} {sorted(keep)}")

    [(_, what)] = found(directory, deep=1, render=render)
    assert what == "scene 0 cannot be rendered again: büro ['images']: does not exist; give --base"


def test_a_worker_that_cannot_live_is_not_the_datasets_fault(directory):
    def render(scene, *, keep):
        raise RenderError(f"killed {sorted(keep)}", index=scene.index, seed=7)

    with pytest.raises(RenderError, match="killed"):
        verify_dataset(directory, deep=1, render=render)


def test_scenes_of_damaged_files_are_not_rendered(directory):
    (directory / "README.md").write_text("x")
    report = verify_dataset(directory, deep=2, render=None)
    assert report.scenes == ()
    assert not report.ok


def test_what_is_not_finished_cannot_be_verified(directory, tmp_path):
    (directory / "SHA256SUMS").unlink()
    with pytest.raises(DatasetError, match="is not finished"):
        verify_dataset(directory)
    with pytest.raises(DatasetError, match="is not a dataset"):
        verify_dataset(tmp_path / "missing")


def test_a_difference_of_ear_responses_is_found(tmp_path):
    def louder(scene, *, keep):
        recording = fake_render(scene, keep=keep)
        heard = {"seat": {"bar": recording.ear_responses["seat"]["bar"] * np.float32(2)}}
        return replace(recording, ear_responses=heard)

    write_dataset(tmp_path / "out", scene=make_listening_scene)
    assert verify_dataset(tmp_path / "out", deep=2, render=fake_render).ok
    [problem] = verify_dataset(tmp_path / "out", deep=1, render=louder).problems
    assert "scene 0: ear_responses/seat/bar differs by up to" in problem.what
