"""Built splits: where they lie, and how they come to be there."""

import hashlib
import json
import os
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from simgen.cli.output import progress_bar, say

if TYPE_CHECKING:
    from simgen.benchmark.fingerprints import Agreement
    from simgen.benchmark.suite import Split
    from simgen.dataset.dataset import Dataset
    from simgen.generate.run import Summary
    from simgen.render.recording import Recording

__all__ = [
    "build_split",
    "built_place",
    "cached_split",
    "compare_with_fingerprints",
    "counting",
    "open_built",
]


@contextmanager
def counting(what: str, total: int, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show a bar that advances with each part that is done."""
    with progress_bar(what, total, quiet=quiet) as show:
        done = 0

        def advance(_: str) -> None:
            nonlocal done
            done += 1
            show(done)

        yield advance


def built_place(split: str) -> Path:
    """Return where a split is built unless told otherwise."""
    return Path("built") / split.replace("/", "-")


def build_split(
    split: "Split", directory: Path, *, jobs: int, quiet: bool, talkers: Path | None = None
) -> "Summary":
    """Render a frozen split; the same call again resumes.

    Recordings that do not ship are taken from ``talkers``.
    """
    from simgen.api import render
    from simgen.benchmark.recordings import base_folder
    from simgen.benchmark.suite import suite_folder
    from simgen.cli.compiling import compile_engine
    from simgen.generate.run import generate
    from simgen.generate.sources import FrozenScenes

    base = base_folder(split, talkers, otherwise=suite_folder())
    scenes = FrozenScenes.from_jsonl(split.path.replace("/", "-"), split.lines)
    compile_engine()
    with progress_bar("building", len(split.items), quiet=quiet) as show:
        return generate(
            scenes,
            directory,
            count=len(split.items),
            jobs=jobs,
            # A shard is a worker's unit of work, and these scenes are large.
            scenes_per_shard=1 if split.scenes[0].listeners else 4,
            render=partial(render, base=base),
            on_progress=lambda progress: show(progress.done_scenes, progress.total_scenes),
        )


def compare_with_fingerprints(
    split: "Split", directory: Path, *, quiet: bool
) -> "Agreement | None":
    """Compare a built split with how it sounded when it was frozen, if that is known."""
    from simgen.benchmark.fingerprints import Fingerprints, agreement
    from simgen.benchmark.suite import read_frozen
    from simgen.dataset.dataset import open_dataset

    if split.record.fingerprints is None:
        return None
    expected = Fingerprints.from_bytes(read_frozen(split.track, split.record.fingerprints))
    dataset = open_dataset(directory)
    with counting("comparing", len(dataset), quiet=quiet) as advance:

        def recordings() -> Iterator["Recording"]:
            for recording in dataset:
                yield recording
                advance("")

        return agreement(recordings(), expected)


def open_built(split: "Split", directory: Path) -> "Dataset":
    """Open a split that somebody built, or say how to.

    Raises
    ------
    DatasetError
        If there is nothing.
    """
    from simgen.dataset.dataset import open_dataset
    from simgen.errors import DatasetError

    if not directory.is_dir():
        raise DatasetError(
            f"{split.path} has not been built",
            where=str(directory),
            fix=f"Build it with: simgen bench build {split.path} "
            f"--out {shlex.quote(str(directory))}",
        )
    return open_dataset(directory)


def cached_split(split: "Split", *, jobs: int, quiet: bool) -> "Dataset":
    """Open a split from the user's cache, where it is built first if it is not there.

    Raises
    ------
    DatasetError
        If scenes of it cannot be rendered.
    """
    from simgen.dataset.dataset import open_dataset
    from simgen.dataset.layout import SUMS
    from simgen.errors import DatasetError

    directory = _cache_place(split)
    if not (directory / SUMS).exists() or open_dataset(directory).failures():
        say(f"building {split.path} into {directory}")
        directory.parent.mkdir(parents=True, exist_ok=True)
        summary = build_split(split, directory, jobs=jobs, quiet=quiet)
        for number, reason in summary.failed:
            raise DatasetError(f"scene {number} cannot be rendered: {reason}", where=split.path)
    return open_dataset(directory)


def _cache_place(split: "Split") -> Path:
    """Return where a split lies in the cache, named by its scenes and what they depend on."""
    from simgen.dataset.layout import installed_versions

    root = os.environ.get("XDG_CACHE_HOME", "")
    cache = Path(root) if Path(root).is_absolute() else Path.home() / ".cache"
    made_by = json.dumps([split.sha256, installed_versions()], sort_keys=True)
    digest = hashlib.sha256(made_by.encode()).hexdigest()[:16]
    return cache / "simgen" / "splits" / f"{split.path.replace('/', '-')}-{digest}"
