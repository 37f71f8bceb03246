"""What a worker does with a shard, in the test's own process."""

import gc
import pickle

import pytest

from simgen.dataset.digests import sha256_of
from simgen.dataset.layout import WORKING, shard_path
from simgen.dataset.shard import read_failures, read_recording
from simgen.errors import GeometryError, RenderError
from simgen.generate import work
from simgen.generate.sources import DrawnScenes
from simgen.generate.work import Job, clear_markers, marked, render_shard
from tests.dataset.fake_scenes import FakeSceneFile, assert_same_recording, fake_render, make_scene
from tests.dataset.finished import IDENTITY_OF_TEN

SCENES = DrawnScenes(FakeSceneFile(), seed=7)


@pytest.fixture
def begin(tmp_path, monkeypatch):
    """Begin a run in this process that renders with a function of scene and kept kinds."""

    def with_render(render):
        (tmp_path / "shards").mkdir(exist_ok=True)
        (tmp_path / WORKING).mkdir(exist_ok=True)
        job = Job(SCENES, lambda scene, *, keep: render(scene, keep), tmp_path, IDENTITY_OF_TEN)
        monkeypatch.setattr(work, "_job", job)
        return tmp_path

    return with_render


def render_all(scene, keep):
    return fake_render(scene, keep=keep)


def test_a_shard_holds_its_scenes_and_is_told_by_its_digest(begin):
    directory = begin(render_all)
    record = render_shard(2)
    assert record.shard == 2
    assert record.sha256 == sha256_of(shard_path(directory, 2))
    for index in (8, 9):  # the last shard of ten scenes, four to a shard
        found = read_recording(shard_path(directory, 2), index)
        assert_same_recording(found, fake_render(make_scene(index), keep={"images"}))


def test_what_is_kept_is_what_the_dataset_is_to_hold(begin):
    asked = []
    begin(lambda scene, keep: asked.append(keep) or fake_render(scene, keep=keep))
    render_shard(0)
    assert asked == [frozenset({"images"})] * 4


def test_a_marker_tells_which_scene_is_rendered_and_how_many_are_done(begin):
    seen = []

    def watched(scene, keep):
        seen.append((scene.index, marked(directory, 1)))
        return fake_render(scene, keep=keep)

    directory = begin(watched)
    assert marked(directory, 1) is None
    render_shard(1)
    assert seen == [(4 + done, (4 + done, done)) for done in range(4)]
    assert marked(directory, 1) is None
    assert list((directory / WORKING).iterdir()) == []


def test_a_shard_that_was_left_keeps_its_marker_until_it_is_cleared(begin):
    def interrupted(scene, keep):
        if scene.index == 5:
            raise KeyboardInterrupt
        return fake_render(scene, keep=keep)

    directory = begin(interrupted)
    with pytest.raises(KeyboardInterrupt):
        render_shard(1)
    assert marked(directory, 1) == (5, 1)
    assert list((directory / "shards").iterdir()) == []
    clear_markers(directory, [0, 1, 2])
    assert marked(directory, 1) is None


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (GeometryError("too near", where="table"), "table: too near"),
        (MemoryError(), "out of memory"),
        (MemoryError("cannot allocate 7 GiB"), "cannot allocate 7 GiB"),
    ],
)
def test_what_is_a_scenes_own_fault_is_its_outcome(begin, fault, reason):
    def faulty(scene, keep):
        if scene.index == 1:
            raise fault
        return fake_render(scene, keep=keep)

    directory = begin(faulty)
    render_shard(0)
    assert read_failures(shard_path(directory, 0)) == {1: reason}


def test_a_bug_names_its_scene_and_leaves_no_shard(begin):
    def buggy(scene, keep):
        if scene.index == 6:
            raise ZeroDivisionError("no way")
        return fake_render(scene, keep=keep)

    directory = begin(buggy)
    with pytest.raises(RenderError) as caught:
        render_shard(1)
    error = pickle.loads(pickle.dumps(caught.value))
    assert (error.index, error.seed) == (6, 7)
    assert str(error) == "scene 6 (seed 7): ZeroDivisionError: no way"
    assert list((directory / "shards").iterdir()) == []


def test_scenes_that_kill_are_not_tried_and_the_others_are(begin):
    tried = []
    directory = begin(lambda scene, keep: tried.append(scene.index) or render_all(scene, keep))
    render_shard(0, doomed=frozenset({0, 2, 9}))
    assert tried == [1, 3]
    failures = read_failures(shard_path(directory, 0))
    assert failures == dict.fromkeys((0, 2), "killed its worker twice (out of memory?)")


def test_garbage_collection_is_kept_from_what_the_first_shard_has_loaded(begin):
    begin(render_all)
    work._settle.cache_clear()
    gc.unfreeze()
    render_shard(0)
    assert gc.get_freeze_count() > 10_000
    gc.unfreeze()
    render_shard(1)
    assert gc.get_freeze_count() == 0


def test_a_worker_that_was_told_nothing_does_nothing(monkeypatch):
    monkeypatch.setattr(work, "_job", None)
    with pytest.raises(RuntimeError, match="has not begun"):
        render_shard(0)
