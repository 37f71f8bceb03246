import errno
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import pytest

from simgen.dataset.dataset import open_dataset
from simgen.dataset.layout import shard_path
from simgen.dataset.verify import verify_dataset
from simgen.errors import DatasetError, GeometryError, ParameterError, RenderError
from simgen.generate.rounds import Pinned, WorkersKilledError
from simgen.generate.run import generate
from simgen.generate.sources import DrawnScenes, FrozenScenes
from tests.dataset.fake_scenes import (
    FakeSceneFile,
    assert_same_recording,
    blocked_render,
    buggy_render,
    environment_render,
    fake_render,
    faulty_render,
    files_of,
    frozen_text,
    lethal_render,
    make_scene,
    slow_render,
    starved_render,
)
from tests.generate.in_process import without_workers

SCENES = DrawnScenes(FakeSceneFile(), seed=7)
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The files of an uninterrupted run with one job."""
    out = tmp_path_factory.mktemp("finished") / "out"
    summary = generate(SCENES, out, count=10, keep={"noise"}, render=fake_render)
    assert (summary.rendered, summary.resumed, summary.failed) == (10, 0, ())
    assert summary.finished
    return files_of(out)


def put(files, out):
    """Write the files of a directory into another, and return that."""
    for name, content in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return out


@pytest.fixture
def copy(finished, tmp_path):
    """A finished directory to work on."""
    return put(finished, tmp_path / "out")


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory):
    """The files of a run with one job that Ctrl-C ended after two of its three shards."""
    out = tmp_path_factory.mktemp("interrupted") / "out"
    with pytest.raises(KeyboardInterrupt):
        render_ten(out, on_progress=interrupt_after(8))
    return files_of(out)


@pytest.fixture
def rest(interrupted, tmp_path):
    """A directory to resume."""
    return put(interrupted, tmp_path / "out")


def render_ten(out, **options):
    return generate(SCENES, out, count=10, **{"keep": {"noise"}, "render": fake_render, **options})


def render_here(out, **options):
    """Render the same in this process, for tests of what is on disk."""
    with without_workers():
        return render_ten(out, **options)


def interrupt_after(count):
    """Return a progress callback that acts as Ctrl-C after some scenes."""

    def stop(progress):
        if progress.done_scenes >= count:
            raise KeyboardInterrupt

    return stop


def test_what_a_finished_directory_holds(finished):
    shards = [f"shards/shard-{k:05d}.h5" for k in range(3)]
    expected = ["README.md", "SHA256SUMS", "dataset.json", "scene.yaml", *shards]
    assert sorted(finished) == sorted(expected)


def test_the_recordings_are_what_was_rendered(copy):
    dataset = open_dataset(copy)
    assert len(dataset) == 10
    for index, recording in enumerate(dataset):
        expected = fake_render(make_scene(index), keep=frozenset({"noise"}))
        assert_same_recording(recording, expected)


def test_two_jobs_give_the_bytes_of_one(tmp_path, finished):
    render_ten(tmp_path / "out", jobs=2)
    assert files_of(tmp_path / "out") == finished


def test_verification_renders_the_same_again(copy):
    assert verify_dataset(copy, deep=4, render=fake_render).problems == ()


def test_interrupted_and_resumed_gives_the_same_bytes(rest, finished):
    with pytest.raises(DatasetError, match=r"not finished: 2 of 3 shards are done"):
        open_dataset(rest)
    summary = render_ten(rest, jobs=2)
    assert (summary.resumed, summary.rendered) == (8, 2)
    assert files_of(rest) == finished


def worker_processes(of=None):
    """Return the worker processes of a process, this one by default, that are alive."""
    of = of or os.getpid()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((process / "stat").read_text().rsplit(")", 1)[1].split()[1])
            command = (process / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == of and b"popen_loky_posix" in command:
            found.append(process.name)
    return found


@contextmanager
def killing(death):
    """Kill every new worker process as soon as it is seen, a number of times."""
    done = threading.Event()

    def kill():
        killed = set()
        while not done.is_set() and len(killed) < death:
            for process in set(worker_processes()) - killed:
                killed.add(process)
                os.kill(int(process), signal.SIGKILL)
            time.sleep(0.005)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@pytest.mark.slow
def test_workers_that_are_killed_before_they_render_end_the_run(tmp_path, finished):
    with (
        killing(99),
        pytest.raises(WorkersKilledError, match=r"keep being killed \(out of memory\?\)") as error,
    ):
        render_ten(tmp_path / "out", jobs=2)
    assert isinstance(error.value, RenderError)
    assert "Free memory or use fewer --jobs; the same command resumes" in str(error.value)
    assert str(pickle.loads(pickle.dumps(error.value))) == str(error.value)
    with killing(1):
        render_ten(tmp_path / "out")  # a single death is made good
    assert files_of(tmp_path / "out") == finished


def test_a_pinned_renderer_whose_worker_is_killed_says_so():
    with killing(99), pytest.raises(WorkersKilledError):
        Pinned(fake_render)(make_scene(0), keep=frozenset())


def test_an_interruption_ends_the_workers_at_once_and_leaves_no_partial_file(tmp_path):
    seen = []

    def stop(progress):
        if progress.done_scenes >= 1:
            seen.extend(worker_processes())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render_ten(tmp_path / "out", jobs=2, render=slow_render, on_progress=stop)
    assert len(seen) == 2
    assert worker_processes() == []
    assert not [name for name in files_of(tmp_path / "out/shards") if name.endswith(".partial")]


def test_a_finished_dataset_is_not_rendered_again(copy, finished):
    summary = render_here(copy, render=buggy_render)
    assert (summary.resumed, summary.rendered) == (10, 0)
    assert files_of(copy) == finished


@pytest.mark.parametrize("name", ["shards/shard-00001.h5", "README.md", "scene.yaml"])
def test_a_damaged_file_is_repaired(copy, finished, name):
    (copy / name).write_bytes(b"damaged")
    render_here(copy)
    assert files_of(copy) == finished


def test_a_torn_journal_costs_one_shard(rest, finished):
    journal = rest / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-20])
    assert render_here(rest).resumed == 4
    assert files_of(rest) == finished


def test_a_journalled_shard_that_was_damaged_is_rendered_again(rest, finished):
    shard_path(rest, 0).unlink()
    shard_path(rest, 1).write_bytes(b"damaged")
    assert render_here(rest).resumed == 0
    assert files_of(rest) == finished


def test_leftovers_of_a_killed_run_vanish(rest, finished):
    names = ("shards/shard-00002.h5", "README.md", "journal.jsonl", "dataset.json", "scene.yaml")
    for name in names:
        (rest / f"{name}.4711.partial").write_bytes(b"half")
    render_here(rest)
    assert files_of(rest) == finished


@pytest.mark.slow
def test_progress_counts_every_scene_and_never_goes_back(tmp_path):
    seen = []
    render_ten(tmp_path / "out", render=slow_render, on_progress=seen.append)
    counts = [progress.done_scenes for progress in seen]
    assert counts == sorted(set(counts))
    assert counts[0] == 0
    assert counts[-1] == 10
    assert set(counts) - {0, 4, 8, 10}, "progress inside a shard"
    assert {progress.total_scenes for progress in seen} == {10}


def test_a_scene_at_fault_fails_alone_and_is_tried_again(tmp_path, finished):
    summary = render_here(tmp_path / "out", render=faulty_render)
    assert summary.failed == ((2, "table: microphone outside the room"),)
    dataset = open_dataset(tmp_path / "out")
    with pytest.raises(DatasetError, match="scene 2: was not rendered: table: microphone"):
        dataset[2]
    assert_same_recording(dataset[1], fake_render(make_scene(1), keep=frozenset({"noise"})))
    assert verify_dataset(tmp_path / "out", deep=10, render=fake_render).ok
    assert "* scene 2: table: microphone outside the room" in (
        tmp_path / "out/README.md"
    ).read_text(encoding="utf-8")
    summary = render_here(tmp_path / "out")
    assert (summary.resumed, summary.rendered, summary.failed) == (6, 4, ())
    assert files_of(tmp_path / "out") == finished


@pytest.mark.parametrize("jobs", [pytest.param(1, marks=pytest.mark.slow), 2])
def test_a_bug_stops_the_run_and_names_the_scene(tmp_path, finished, jobs):
    with pytest.raises(RenderError, match=r"scene 3 \(seed 7\): ZeroDivisionError: a bug") as error:
        render_ten(tmp_path / "out", jobs=jobs, render=buggy_render)
    assert "in buggy_render" in str(error.value.__cause__)
    render_here(tmp_path / "out")
    assert files_of(tmp_path / "out") == finished


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_scene_that_kills_its_worker_is_given_up_and_the_rest_goes_on(tmp_path, jobs):
    summary = render_ten(tmp_path / "out", jobs=jobs, render=lethal_render)
    assert summary.failed == ((5, "killed its worker twice (out of memory?)"),)
    assert summary.rendered == 10
    dataset = open_dataset(tmp_path / "out")
    for index in set(range(10)) - {5}:
        expected = fake_render(make_scene(index), keep=frozenset({"noise"}))
        assert_same_recording(dataset[index], expected)
    assert verify_dataset(tmp_path / "out").ok


def test_workers_are_processes_with_one_thread_even_for_one_job(tmp_path):
    before = dict(os.environ)
    summary = generate(SCENES, tmp_path / "out", count=1, render=environment_render)
    place, failure = summary.failed[0][1].split(": ")
    number, pins = failure.split()
    assert place == "0 []"
    assert int(number) != os.getpid()
    assert pins == "1,1,1"
    assert dict(os.environ) == before


def test_a_pinned_renderer_renders_in_such_a_process(copy):
    with pytest.raises(GeometryError) as error:
        Pinned(environment_render)(make_scene(0), keep=frozenset())
    number, pins = error.value.problem.split()
    assert int(number) != os.getpid()
    assert pins == "1,1,1"
    assert verify_dataset(copy, deep=1, render=Pinned(fake_render)).ok


def test_a_full_disk_is_an_input_output_error_that_leaves_no_partial_file(tmp_path):
    with pytest.raises(OSError, match="File too large") as error:
        render_ten(tmp_path / "out", render=starved_render)
    assert error.value.errno == errno.EFBIG
    assert error.value.filename == str(shard_path(tmp_path / "out", 0))
    assert not [name for name in files_of(tmp_path / "out") if name.endswith(".partial")]


def test_ctrl_c_is_kept_from_workers_before_they_begin(tmp_path):
    before = signal.pthread_sigmask(signal.SIG_BLOCK, set())
    with pytest.raises(GeometryError) as error:
        Pinned(blocked_render)(make_scene(0), keep=frozenset())
    assert "SIGINT" in error.value.problem
    summary = generate(SCENES, tmp_path / "out", count=1, render=blocked_render)
    assert "SIGINT" in summary.failed[0][1]
    assert signal.pthread_sigmask(signal.SIG_BLOCK, set()) == before


def drawn_with(digest):
    return DrawnScenes(FakeSceneFile(digests=(("talks", digest),)), seed=7)


def test_other_recordings_in_the_same_folder_are_refused(tmp_path):
    with without_workers():
        generate(drawn_with("a" * 64), tmp_path / "out", count=1, render=fake_render)
    assert open_dataset(tmp_path / "out").identity.corpora == {"talks": "a" * 64}
    with pytest.raises(DatasetError, match="the recordings of folder talks have changed"):
        generate(drawn_with("b" * 64), tmp_path / "out", count=1, render=fake_render)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"count": 11}, "its count is 10, not 11"),
        ({"scenes": DrawnScenes(FakeSceneFile(), seed=8)}, "its seed is 7, not 8"),
        ({"scenes": DrawnScenes(FakeSceneFile(text="x"), seed=7)}, "its scenes is '[0-9a-f]{64}'"),
        ({"keep": {"images"}}, r"its keep is \('noise',\), not \('images',\)"),
    ],
)
def test_another_dataset_in_the_same_directory_is_refused(copy, finished, changed, message):
    options = {"scenes": SCENES, "count": 10, "keep": {"noise"}, **changed}
    with pytest.raises(DatasetError, match=message):
        generate(out=copy, render=fake_render, **options)
    assert files_of(copy) == finished


def test_another_version_in_the_same_directory_is_refused(copy, monkeypatch):
    versions = {"numpy": "1.0"}
    module = import_module("simgen.generate.run")
    monkeypatch.setattr(module, "installed_versions", lambda: versions)
    with pytest.raises(DatasetError, match=r"its versions.numpy is '.+', not '1.0'"):
        render_here(copy)


def test_a_directory_with_other_files_is_refused_and_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(DatasetError, match=r"holds files that are no dataset, such as thesis.tex"):
        render_here(tmp_path)
    assert files_of(tmp_path) == {"thesis.tex": b"precious"}
    with pytest.raises(DatasetError, match="is a file"):
        render_here(tmp_path / "thesis.tex")


def test_a_run_killed_at_its_very_beginning_resumes(tmp_path, finished):
    (tmp_path / "out/.working").mkdir(parents=True)
    (tmp_path / "out/dataset.json.4711.partial").write_bytes(b"{")
    render_here(tmp_path / "out")
    assert files_of(tmp_path / "out") == finished


def test_frozen_scenes(tmp_path):
    scenes = FrozenScenes.from_jsonl("split", frozen_text(3))
    with without_workers():
        generate(scenes, tmp_path / "out", count=3, render=fake_render)
    dataset = open_dataset(tmp_path / "out")
    assert tuple(dataset.scene(k) for k in range(3)) == scenes.scenes
    assert (tmp_path / "out/scenes.jsonl").read_bytes() == frozen_text(3)
    assert dataset.identity.seed is None


@pytest.mark.parametrize(
    "options",
    [
        {"count": 0},
        {"jobs": 0},
        {"scenes_per_shard": 0},
        {"keep": {"video"}},
        {"part": (2, 2)},
        {"part": (-1, 2)},
    ],
)
def test_numbers_out_of_range_are_refused_before_anything_is_written(tmp_path, options):
    with pytest.raises(ParameterError):
        generate(SCENES, tmp_path / "out", render=fake_render, **{"count": 10, **options})
    assert not (tmp_path / "out").exists()


def test_more_frozen_scenes_than_there_are_is_refused(tmp_path):
    scenes = FrozenScenes.from_jsonl("split", frozen_text(2))
    with pytest.raises(ParameterError, match="count"):
        generate(scenes, tmp_path / "out", count=3, render=fake_render)


def test_parts_together_give_the_bytes_of_the_whole(tmp_path, finished):
    first = render_here(tmp_path / "out", part=(0, 2))
    assert (first.rendered, first.finished) == (6, False)
    with pytest.raises(DatasetError, match="2 of 3 shards"):
        open_dataset(tmp_path / "out")
    second = render_here(tmp_path / "out", part=(1, 2))
    assert (second.rendered, second.finished) == (4, True)
    assert files_of(tmp_path / "out") == finished


def test_the_whole_takes_over_from_a_part(tmp_path, finished):
    render_here(tmp_path / "out", part=(1, 2))
    assert render_here(tmp_path / "out").resumed == 4
    assert files_of(tmp_path / "out") == finished


def test_a_part_repairs_a_finished_dataset(copy, finished):
    shard_path(copy, 1).unlink()
    assert not render_here(copy, part=(0, 2)).finished
    assert render_here(copy, part=(1, 2)).finished
    assert files_of(copy) == finished


def test_a_part_that_ends_after_the_dataset_was_finished_leaves_nothing(tmp_path, finished):
    def finish_meanwhile(progress):
        if progress.done_scenes == progress.total_scenes and not (out / "SHA256SUMS").exists():
            assert render_here(out, part=(1, 2)).finished

    out = tmp_path / "out"
    assert render_here(out, part=(0, 2), on_progress=finish_meanwhile).finished
    assert files_of(out) == finished


@pytest.mark.slow
def test_parts_that_run_at_the_same_time_give_the_bytes_of_the_whole(tmp_path, finished):
    for attempt in range(4):
        out = tmp_path / f"out-{attempt}"
        with ThreadPoolExecutor(2) as parts:
            runs = [parts.submit(render_ten, out, part=(k, 2)) for k in range(2)]
            assert any(run.result().finished for run in runs)
        assert files_of(out) == finished


# Ctrl-C must work even if the tests run in the background of a shell, where it is ignored.
KILLED_RUN = """
import signal
import sys
from tests.dataset.fake_scenes import FakeSceneFile, slow_render
from simgen.generate.rounds import Pinned
from simgen.generate.run import generate
from simgen.generate.sources import DrawnScenes

signal.signal(signal.SIGINT, signal.default_int_handler)
scenes = DrawnScenes(FakeSceneFile(), seed=7)
generate(scenes, sys.argv[1], count=10, jobs=2, keep={"noise"}, render=slow_render)
"""


def start_run(out):
    """Start a run in a process group of its own and wait until a shard is journalled."""
    journal = out / "journal.jsonl"
    return start_run_until(out, lambda _: journal.exists() and journal.read_bytes().count(b"\n"))


def start_run_until(out, reached):
    """Start a run in a process group of its own and wait until it has come somewhere."""
    run = subprocess.Popen(
        [sys.executable, "-c", KILLED_RUN, str(out)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not reached(run):
        assert time.monotonic() < deadline
        assert run.poll() is None, run.communicate()[1]
        time.sleep(0.02)
    return run


def has_members(group):
    """Tell whether a process group has a living process."""
    stats = Path("/proc").glob("[0-9]*/stat")
    for stat in stats:
        try:
            state, _, its_group = stat.read_text().rsplit(")", 1)[1].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(its_group) == group and state != "Z":
            return True
    return False


def wait_until_gone(group):
    deadline = time.monotonic() + 15
    while has_members(group):
        assert time.monotonic() < deadline, "workers outlived their parent"
        time.sleep(0.1)


@pytest.mark.slow
def test_a_run_killed_with_its_workers_resumes_to_the_same_bytes(tmp_path, finished):
    run = start_run(tmp_path / "out")
    os.killpg(run.pid, signal.SIGKILL)
    run.communicate()
    wait_until_gone(run.pid)
    with pytest.raises(DatasetError, match="not finished"):
        open_dataset(tmp_path / "out")
    assert render_here(tmp_path / "out").resumed >= 4
    assert files_of(tmp_path / "out") == finished


@pytest.mark.slow
def test_workers_end_with_a_killed_parent(tmp_path, finished):
    run = start_run(tmp_path / "out")
    run.kill()
    run.wait()
    render_ten(tmp_path / "out")
    wait_until_gone(run.pid)
    run.communicate()
    assert files_of(tmp_path / "out") == finished


@pytest.mark.slow
def test_ctrl_c_leaves_no_worker_and_a_state_to_resume(tmp_path, finished):
    run = start_run(tmp_path / "out")
    os.killpg(run.pid, signal.SIGINT)
    talk = run.communicate(timeout=30)[1]
    assert run.returncode == -signal.SIGINT, talk
    assert talk.count("Traceback") == 1, talk
    wait_until_gone(run.pid)
    render_here(tmp_path / "out")
    assert files_of(tmp_path / "out") == finished


@pytest.mark.slow
@pytest.mark.parametrize("delay", [0.0, 0.1, 0.3])
def test_ctrl_c_while_workers_start_is_one_traceback(tmp_path, delay):
    run = start_run_until(tmp_path / "out", lambda run: len(worker_processes(run.pid)) == 2)
    time.sleep(delay)
    os.killpg(run.pid, signal.SIGINT)
    talk = run.communicate(timeout=30)[1]
    assert run.returncode == -signal.SIGINT, talk
    assert talk.count("Traceback") == 1, talk
    wait_until_gone(run.pid)


@pytest.mark.slow
def test_a_directory_that_is_being_rendered_into_is_refused(tmp_path):
    run = start_run(tmp_path / "out")
    try:
        for part in [(0, 1), (0, 2)]:
            with pytest.raises(DatasetError, match="another process is rendering"):
                render_ten(tmp_path / "out", part=part)
    finally:
        os.killpg(run.pid, signal.SIGKILL)
        run.communicate()
