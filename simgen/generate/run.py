"""Render many scenes into a dataset, with any number of processes and interruptions."""

import time
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from simgen.arrays import require_between
from simgen.dataset.journal import WHOLE, append, journal_path
from simgen.dataset.layout import Identity, installed_versions, shard_path
from simgen.errors import ParameterError
from simgen.generate.directory import (
    claim,
    failures_in,
    finish,
    refuse_others,
    resume,
    shards_of,
    sweep_shards,
)
from simgen.generate.lock import locked, settling
from simgen.generate.rounds import render_shards
from simgen.generate.sources import SceneSource, digest_of
from simgen.generate.work import Job, Renderer
from simgen.render.recording import KEEPABLE
from simgen.render.render import render as render_scene

__all__ = ["WHOLE", "Progress", "Summary", "generate"]

_MOST_JOBS = 4096
_MOST_SCENES = 10**8


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes
    ----------
    done_scenes, total_scenes
        Numbers of scenes, those of earlier runs included.
    """

    done_scenes: int
    total_scenes: int


@dataclass(frozen=True)
class Summary:
    """What a run did.

    Attributes
    ----------
    path
        The dataset's directory.
    count
        Number of scenes of the whole dataset.
    rendered
        Number of scenes that this run rendered, failures included.
    resumed
        Number of scenes that were there from earlier runs.
    failed
        Index and reason of each scene without a recording, among these.
    seconds
        How long it took.
    bytes
        Size of the shards of all these scenes.
    finished
        Whether the dataset is complete; only part of a split run can leave it incomplete.
    """

    path: Path
    count: int
    rendered: int
    resumed: int
    failed: tuple[tuple[int, str], ...]
    seconds: float
    bytes: int
    finished: bool


def generate(
    scenes: SceneSource,
    out: Path | str,
    *,
    count: int,
    jobs: int = 1,
    keep: Collection[str] = frozenset(),
    scenes_per_shard: int = 4,
    part: tuple[int, int] = WHOLE,
    render: Renderer = render_scene,
    on_progress: Callable[[Progress], None] | None = None,
) -> Summary:
    """Render scenes into a dataset directory.

    The directory's bytes depend on neither ``jobs`` nor interruptions. The same call on an
    unfinished directory resumes; on a finished one it renders again what is damaged or failed.

    Parameters
    ----------
    scenes
        Where the scenes come from.
    out
        The dataset's directory; new, empty, or begun by the same call.
    count
        Number of scenes.
    jobs
        Number of worker processes.
    keep
        What to store besides mixtures, scenes and labels: images, noise, responses.
    scenes_per_shard
        Number of scenes in one file.
    part
        (i, n) renders only every n-th shard from the i-th, so that n machines can share the
        work; the one that completes the dataset finishes it.
    render
        Renders one scene; the default takes relative folders from the current one.
    on_progress
        Called in this process as scenes are done.

    Raises
    ------
    ParameterError
        If a number is out of range.
    DatasetError
        If the directory holds something else, or another process is rendering into it.
    RenderError
        If a scene meets a bug, or as `WorkersKilledError` if worker processes keep being
        killed. What is a scene's own fault is stored as its outcome instead.
    """
    started = time.monotonic()
    _require_part(part)
    require_between(jobs, "jobs", 1, _MOST_JOBS)
    directory = Path(out)
    identity = _identify(scenes, count, keep, scenes_per_shard)
    job = Job(scenes, render, directory, identity)
    refuse_others(directory, identity)
    with locked(directory, part):
        with settling(directory):
            claim(directory, identity, scenes.description[1])
            kept = resume(directory, identity, part)
        try:
            made = _render_rest(job, kept, jobs=jobs, part=part, on_progress=on_progress)
        except BaseException:
            # The workers are gone by now; they were killed in the middle of something.
            sweep_shards(directory, identity, part)
            raise
        with settling(directory):
            finished = finish(directory, identity, part, {**kept, **made})
    return _summarize(job, set(kept), set(made), time.monotonic() - started, finished)


def _require_part(part: tuple[int, int]) -> None:
    """Refuse a part that is none."""
    if not 0 <= part[0] < part[1]:
        raise ParameterError("part is none", value=part, allowed="(i, n) with 0 <= i < n")


def _identify(
    scenes: SceneSource, count: int, keep: Collection[str], scenes_per_shard: int
) -> Identity:
    """Return the identity of the dataset that is asked for."""
    require_between(count, "count", 1, _MOST_SCENES if scenes.limit is None else scenes.limit)
    require_between(scenes_per_shard, "scenes_per_shard", 1, _MOST_SCENES)
    unknown = sorted(set(keep) - KEEPABLE)
    if unknown:
        allowed = ", ".join(sorted(KEEPABLE))
        raise ParameterError("keep names something else", value=unknown[0], allowed=allowed)
    return Identity(
        name=scenes.name,
        description=scenes.description[0],
        scenes=digest_of(scenes),
        seed=scenes.seed,
        count=count,
        scenes_per_shard=scenes_per_shard,
        keep=tuple(sorted(set(keep))),
        corpora=dict(sorted(scenes.corpora.items())),
        versions=installed_versions(),
    )


def _render_rest(
    job: Job,
    kept: Collection[int],
    *,
    jobs: int,
    part: tuple[int, int],
    on_progress: Callable[[Progress], None] | None,
) -> dict[int, str]:
    """Render the shards that are not kept; return the digests of those made."""
    made: dict[int, str] = {}
    mine = shards_of(job.identity, part)
    meter = _Meter(_num_scenes(job.identity, mine), on_progress)
    done = _num_scenes(job.identity, set(kept) & set(mine))
    meter.show(done)
    rest = [shard for shard in mine if shard not in kept]
    journal = journal_path(job.directory, part)
    with closing(
        render_shards(job, rest, jobs=jobs, watch=lambda more: meter.show(done + more))
    ) as records:
        for record in records:
            append(journal, record)
            made[record.shard] = record.sha256
            done += len(job.identity.scenes_in(record.shard))
            meter.show(done)
    return made


class _Meter:
    """Reports progress that never goes back."""

    def __init__(self, total: int, report: Callable[[Progress], None] | None) -> None:
        self._total = total
        self._report = report
        self._shown = -1

    def show(self, done: int) -> None:
        """Report the number of scenes done, if it grew."""
        if self._report is not None and done > self._shown:
            self._shown = done
            self._report(Progress(done, self._total))


def _num_scenes(identity: Identity, shards: Collection[int]) -> int:
    """Return the number of scenes in some shards."""
    return sum(len(identity.scenes_in(shard)) for shard in shards)


def _summarize(job: Job, kept: set[int], made: set[int], seconds: float, finished: bool) -> Summary:
    """Tell what a run did."""
    shards = kept | made
    return Summary(
        path=job.directory,
        count=job.identity.count,
        rendered=_num_scenes(job.identity, made),
        resumed=_num_scenes(job.identity, kept),
        failed=tuple(failures_in(job.directory, shards).items()),
        seconds=seconds,
        bytes=sum(shard_path(job.directory, shard).stat().st_size for shard in shards),
        finished=finished,
    )
