"""Keep worker processes busy, and go on when one of them is killed.

A killed worker takes the whole pool with it. The shards that were being rendered at that
moment are then tried alone, one process each, so that a scene which keeps killing its worker
is found and given up; the others go on together.
"""

import os
import signal
from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing import resource_tracker
from typing import Any

from joblib.externals.loky import ProcessPoolExecutor
from joblib.externals.loky.process_executor import TerminatedWorkerError

from simgen.dataset.journal import ShardRecord
from simgen.errors import RenderError, SimgenError
from simgen.generate.work import (
    KEPT_MEMORY,
    Job,
    Renderer,
    begin,
    clear_markers,
    marked,
    render_shard,
)
from simgen.render.recording import Recording
from simgen.scene.scene import Scene
from simgen.threads import THREAD_PINS, quiet_threads

__all__ = ["Pinned", "WorkersKilledError", "render_shards"]

_PROGRESS_INTERVAL_S = 0.25
_LETHAL_DEATHS = 2

Watch = Callable[[int], None]


class WorkersKilledError(RenderError):
    """Worker processes are killed before they begin a scene, so no scene is to blame."""

    def __init__(self) -> None:
        SimgenError.__init__(
            self,
            "worker processes keep being killed (out of memory?)",
            fix="Free memory or use fewer --jobs; the same command resumes",
        )


def render_shards(
    job: Job, shards: Collection[int], *, jobs: int, watch: Watch
) -> Generator[ShardRecord, None, None]:
    """Render shards in worker processes, in any order, until none is left.

    Parameters
    ----------
    job
        What the workers do.
    shards
        The shards.
    jobs
        Number of worker processes.
    watch
        Called often with the number of scenes done in shards that are not.

    Raises
    ------
    WorkersKilledError
        If workers keep being killed while they render no scene.
    """
    left = set(shards)
    unexplained = 0
    while left:
        clear_markers(job.directory, left)
        suspects: set[int] = set()
        try:
            for record in _round(job, left, jobs=jobs, watch=watch):
                left.discard(record.shard)
                yield record
        except TerminatedWorkerError as error:
            suspects = {shard for shard in left if marked(job.directory, shard)}
            unexplained += not suspects
            if unexplained == _LETHAL_DEATHS:
                raise WorkersKilledError from error
        for shard in sorted(suspects):
            yield _render_alone(job, shard, watch)
            left.discard(shard)


def _render_alone(job: Job, shard: int, watch: Watch) -> ShardRecord:
    """Render a shard in one process, giving up the scenes that kill it."""
    deaths: Counter[int | None] = Counter()
    while True:
        doomed = frozenset(
            index for index in deaths if index is not None and deaths[index] >= _LETHAL_DEATHS
        )
        clear_markers(job.directory, [shard])
        try:
            [record] = _round(job, {shard}, jobs=1, watch=watch, doomed=doomed)
            return record
        except TerminatedWorkerError as error:
            mark = marked(job.directory, shard)
            scene = None if mark is None else mark[0]
            deaths[scene] += 1
            if deaths[None] == _LETHAL_DEATHS:
                raise WorkersKilledError from error


def _round(
    job: Job,
    shards: Collection[int],
    *,
    jobs: int,
    watch: Watch,
    doomed: frozenset[int] = frozenset(),
) -> Iterator[ShardRecord]:
    """Render shards with one pool of workers, for as long as it lives."""
    queue = iter(sorted(shards))
    pending: dict[Future[ShardRecord], int] = {}
    with _workers(min(jobs, len(shards)), initializer=begin, initargs=(job, os.getpid())) as pool:
        while True:
            for shard in islice(queue, 2 * jobs - len(pending)):
                with _without_interrupts():
                    pending[pool.submit(render_shard, shard, doomed)] = shard
            if not pending:
                return
            done, _ = wait(pending, timeout=_PROGRESS_INTERVAL_S, return_when=FIRST_COMPLETED)
            watch(_scenes_done(job, pending.values()))
            for future in done:
                del pending[future]
                yield future.result()


def _scenes_done(job: Job, shards: Iterable[int]) -> int:
    """Return how many scenes are done in shards that are being rendered."""
    marks = (marked(job.directory, shard) for shard in shards)
    return sum(mark[1] for mark in marks if mark is not None)


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Hold Ctrl-C back for a moment; processes that are started meanwhile never see it.

    It reaches the whole process group, and a worker can ignore it only once it has begun.
    """
    # Where it starts within, it lets Ctrl-C through again (Python before 3.12).
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _workers(number: int, **options: Any) -> Iterator[ProcessPoolExecutor]:
    """Lend a pool of single-threaded processes, leaving none behind.

    Even one worker is a process of its own: only there do the thread pins hold.
    """
    pool = ProcessPoolExecutor(number, env={**THREAD_PINS, **KEPT_MEMORY}, **options)
    try:
        yield pool
    except BaseException:
        with quiet_threads():
            pool.shutdown(wait=True, kill_workers=True)
        raise
    pool.shutdown(wait=True)


@dataclass(frozen=True)
class Pinned:
    """Renders in a process pinned like those of `generate`, for exact comparisons.

    Attributes
    ----------
    render
        The renderer.
    """

    render: Renderer

    def __call__(self, scene: Scene, *, keep: frozenset[str]) -> Recording:
        """Render a scene."""
        try:
            with _workers(1) as pool:
                with _without_interrupts():
                    waiting = pool.submit(self.render, scene, keep=keep)
                recording: Recording = waiting.result()
        except TerminatedWorkerError as error:
            raise WorkersKilledError from error
        return recording
