"""What a worker process does: draw, render and store one shard after the other."""

import gc
import os
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from simgen.dataset.atomic import partial_of
from simgen.dataset.digests import sha256_of
from simgen.dataset.journal import ShardRecord
from simgen.dataset.layout import WORKING, Identity, shard_path
from simgen.dataset.shard import Failure, write_shard
from simgen.errors import RenderError, SimgenError
from simgen.generate.sources import SceneSource
from simgen.render.recording import Recording
from simgen.scene.scene import Scene

__all__ = [
    "KEPT_MEMORY",
    "Job",
    "Renderer",
    "begin",
    "clear_markers",
    "marked",
    "render_shard",
]

# Memory that a scene has freed stays with its worker for the next: to be given it by the system
# again, page by page, takes a fifth of the time outside the responses. 32 MiB is the most that
# glibc accepts (mallopt(3), M_MMAP_THRESHOLD).
KEPT_MEMORY = {
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
}

_KILLED = "killed its worker twice (out of memory?)"
_ORPHAN_CHECK_S = 0.2


class Renderer(Protocol):
    """Renders a scene; it is pickled for the workers."""

    def __call__(self, scene: Scene, *, keep: frozenset[str]) -> Recording:
        """Return the scene's recording, with what is to be kept."""


@dataclass(frozen=True)
class Job:
    """What all workers of a run have in common.

    Attributes
    ----------
    scenes
        Where the scenes come from.
    render
        Renders one.
    directory, identity
        The dataset.
    """

    scenes: SceneSource
    render: Renderer
    directory: Path
    identity: Identity


_job: Job | None = None


def begin(job: Job, parent: int) -> None:
    """Prepare this worker process for a run."""
    global _job
    _job = job
    # Ctrl-C reaches the whole process group; only the parent acts on it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """End this process soon after its parent, even one that was killed."""
    while os.getppid() == parent:
        time.sleep(_ORPHAN_CHECK_S)
    os._exit(1)


def render_shard(shard: int, doomed: frozenset[int] = frozenset()) -> ShardRecord:
    """Draw, render and store the scenes of a shard.

    Parameters
    ----------
    shard
        Its number.
    doomed
        Scenes that are not to be tried again because they kill their worker.

    Raises
    ------
    RenderError
        If a scene meets an error that is not its own fault: a bug.
    """
    if _job is None:
        raise RuntimeError("the worker has not begun a run")
    path = shard_path(_job.directory, shard)
    write_shard(path, _outcomes(_job, shard, doomed))
    digest = sha256_of(path)
    _marker(_job.directory, shard).unlink(missing_ok=True)
    _settle()
    return ShardRecord(shard=shard, sha256=digest)


@cache
def _settle() -> None:
    """Keep what the first shard has loaded to the end, and garbage collection from looking at it.

    loky collects every second, which took up to a tenth of the time.
    """
    gc.freeze()


def _outcomes(
    job: Job, shard: int, doomed: frozenset[int]
) -> Iterator[tuple[int, Recording | Failure]]:
    """Render the scenes of a shard, leaving word of each before it begins."""
    for done, index in enumerate(job.identity.scenes_in(shard)):
        if index in doomed:
            yield index, Failure(_KILLED)
            continue
        _mark(_marker(job.directory, shard), index, done)
        yield index, _render(job, index)


def _render(job: Job, index: int) -> Recording | Failure:
    """Draw and render one scene; what is the scene's own fault is its outcome."""
    try:
        return job.render(job.scenes.scene(index), keep=frozenset(job.identity.keep))
    except (SimgenError, MemoryError) as error:
        return Failure(str(error) or "out of memory")
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"
        raise RenderError(problem, index=index, seed=job.scenes.seed) from error


def _marker(directory: Path, shard: int) -> Path:
    """Return the file that tells which scene of a shard is being rendered."""
    return directory / WORKING / f"shard-{shard}"


def _mark(marker: Path, index: int, done: int) -> None:
    """Tell which scene is being rendered, and how many of its shard are done."""
    partial = partial_of(marker)
    partial.write_text(f"{index} {done}")
    partial.replace(marker)


def marked(directory: Path, shard: int) -> tuple[int, int] | None:
    """Return the scene of a shard being rendered and how many are done; None if none is."""
    try:
        index, done = _marker(directory, shard).read_text().split()
    except FileNotFoundError:
        return None
    return int(index), int(done)


def clear_markers(directory: Path, shards: Iterable[int]) -> None:
    """Forget which scenes of some shards were being rendered."""
    for shard in shards:
        _marker(directory, shard).unlink(missing_ok=True)
