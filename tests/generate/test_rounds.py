"""Deaths of workers, told by a pool that only plays dead; real ones are in ``test_run``."""

from collections import Counter
from concurrent.futures import Future
from contextlib import contextmanager

import pytest
from joblib.externals.loky.process_executor import TerminatedWorkerError

from simgen.dataset.layout import WORKING, shard_path
from simgen.dataset.shard import read_failures
from simgen.errors import RenderError
from simgen.generate import rounds, work
from simgen.generate.rounds import WorkersKilledError, render_shards
from simgen.generate.sources import DrawnScenes
from simgen.generate.work import Job
from tests.dataset.fake_scenes import FakeSceneFile, buggy_render, fake_render
from tests.dataset.finished import IDENTITY_OF_TEN

KILLED = "killed its worker twice (out of memory?)"


class DeathError(BaseException):
    """What a renderer raises to die of; nothing in a worker survives it."""


class Mortal:
    """A pool in this process, all of whose work is lost once a worker has died."""

    def __init__(self, job):
        self.job, self.dead = job, False

    def submit(self, do, *args):
        future = Future()
        work._job = self.job
        try:
            if self.dead:
                raise DeathError
            future.set_result(do(*args))
        except DeathError:
            self.dead = True
            future.set_exception(TerminatedWorkerError())
        except Exception as error:
            future.set_exception(error)
        return future


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Render the shards of ten scenes; return the records, the pools' sizes and what was shown."""
    sizes, shown = [], []

    @contextmanager
    def mortal(number, *, initializer, initargs):
        assert initializer is work.begin
        sizes.append(number)
        yield Mortal(initargs[0])

    monkeypatch.setattr(rounds, "_workers", mortal)
    monkeypatch.setattr(work, "_job", None)
    (tmp_path / "shards").mkdir()
    (tmp_path / WORKING).mkdir()

    def rendered(render, shards=(0, 1, 2), jobs=2):
        scenes = DrawnScenes(FakeSceneFile(), seed=7)
        job = Job(scenes, render, tmp_path, IDENTITY_OF_TEN)
        records = list(render_shards(job, shards, jobs=jobs, watch=shown.append))
        return sorted(record.shard for record in records), sizes, shown

    return rendered


def lethal(*indices, times=10):
    """A renderer that dies of some scenes, each a number of times."""
    deaths = Counter()

    def render(scene, *, keep):
        if scene.index in indices and deaths[scene.index] < times:
            deaths[scene.index] += 1
            raise DeathError
        return fake_render(scene, keep=keep)

    return render


def test_every_shard_is_rendered_once_by_no_more_workers_than_there_are_shards(run):
    found, sizes, shown = run(fake_render, jobs=8)
    assert (found, sizes) == ([0, 1, 2], [3])
    assert set(shown) <= {0}


def test_nothing_to_do_starts_no_worker(run):
    assert run(fake_render, shards=())[:2] == ([], [])


def test_shards_are_begun_in_the_order_of_their_numbers(run):
    order = []

    def noted(scene, *, keep):
        order.append(scene.index)
        return fake_render(scene, keep=keep)

    run(noted, shards=(2, 0, 1), jobs=1)
    assert order == list(range(10))


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_scene_that_keeps_killing_is_given_up_and_the_rest_is_rendered(run, tmp_path, jobs):
    found, sizes, _ = run(lethal(5), jobs=jobs)
    assert found == [0, 1, 2]
    failures = [read_failures(shard_path(tmp_path, shard)) for shard in range(3)]
    assert failures == [{}, {5: KILLED}, {}]
    # Together, twice alone to be sure, once without the scene; then what is left.
    assert sizes[1:4] == [1, 1, 1]


def test_a_scene_that_killed_once_by_chance_is_not_given_up(run, tmp_path):
    """Twice: of the death in company nobody knows whose it was."""
    found, *_ = run(lethal(5, times=2))
    assert found == [0, 1, 2]
    assert read_failures(shard_path(tmp_path, 1)) == {}


def test_several_lethal_scenes_are_given_up_one_by_one(run, tmp_path):
    found, *_ = run(lethal(4, 6, 9))
    assert found == [0, 1, 2]
    assert read_failures(shard_path(tmp_path, 1)) == {4: KILLED, 6: KILLED}
    assert read_failures(shard_path(tmp_path, 2)) == {9: KILLED}


def test_workers_that_die_before_any_scene_end_the_run_at_the_second_time(run, monkeypatch):
    deaths = []

    def stillborn(*_):
        deaths.append(1)
        raise DeathError

    monkeypatch.setattr(rounds, "render_shard", stillborn)
    with pytest.raises(WorkersKilledError, match="the same command resumes"):
        run(fake_render)
    assert len(deaths) == 2


def test_a_shard_alone_whose_worker_dies_before_any_scene_ends_the_run_too(run, monkeypatch):
    """The first death has a scene to blame, those after it have none."""
    render_once = iter([work.render_shard])

    def sickly(*args):
        render = next(render_once, None)
        if render is None:
            raise DeathError
        return render(*args)

    monkeypatch.setattr(rounds, "render_shard", sickly)
    with pytest.raises(WorkersKilledError):
        run(lethal(0))


def test_a_bug_ends_the_run(run):
    with pytest.raises(RenderError, match="scene 3"):
        run(buggy_render)


def test_scenes_done_in_unfinished_shards_are_counted(tmp_path):
    (tmp_path / WORKING).mkdir()
    (tmp_path / WORKING / "shard-7").write_text("29 3")
    (tmp_path / WORKING / "shard-8").write_text("33 1")
    job = Job(None, fake_render, tmp_path, IDENTITY_OF_TEN)
    assert rounds._scenes_done(job, [6, 7, 8]) == 4
