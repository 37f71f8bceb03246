"""The public functions: read, draw, render, generate, open."""

from collections.abc import Callable, Set
from functools import partial
from pathlib import Path

from simgen.dataset.dataset import open_dataset as open
from simgen.generate.run import WHOLE, Progress, Summary
from simgen.generate.run import generate as generate_dataset
from simgen.generate.sources import DrawnScenes
from simgen.render.render import render
from simgen.scene.scene_file import SceneFile

__all__ = ["generate", "load", "open", "render"]


def load(path: str | Path, *, base: str | Path | None = None) -> SceneFile:
    """Read a scene file.

    Parameters
    ----------
    path
        The YAML file.
    base
        The folder that relative folders of speech start from; the file's own if left out.

    Raises
    ------
    SceneError
        With every problem found: file, line, column, key and what is allowed.
    """
    return SceneFile.load(path, base=base)


def generate(
    scene_file: SceneFile,
    out: str | Path,
    *,
    count: int,
    seed: int = 0,
    jobs: int = 1,
    keep: Set[str] = frozenset(),
    part: tuple[int, int] = WHOLE,
    on_progress: Callable[[Progress], None] | None = None,
) -> Summary:
    """Draw and render scenes into a dataset; the same call again resumes.

    Parameters
    ----------
    scene_file
        What to draw from.
    out
        The dataset's directory: new, empty, or begun by the same call.
    count, seed
        Number of scenes, and the seed they are drawn with.
    jobs
        Number of worker processes; the dataset's bytes do not depend on it.
    keep
        What to store besides mixtures and labels: ``images``, ``noise``, ``responses``.
    part
        (i, n) renders only every n-th shard from the i-th, to share the work of n machines.
    on_progress
        Called as scenes are done.

    Raises
    ------
    SceneError
        If scenes cannot be drawn, before any is rendered.
    DatasetError
        If the directory holds something else.
    """
    scene_file.rehearse(seed=seed, count=count)
    return generate_dataset(
        DrawnScenes(scene_file, seed),
        out,
        count=count,
        jobs=jobs,
        keep=keep,
        part=part,
        render=partial(render, base=scene_file.base),
        on_progress=on_progress,
    )
