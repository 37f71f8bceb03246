"""The public functions: read, draw, render, generate, open."""

from collections.abc import Callable, Set
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simgen.acoustics.heads import HeadResponses
from simgen.acoustics.measured_directivity import measured_directivity
from simgen.dataset.dataset import open_dataset as open
from simgen.exchange.heads import head_of
from simgen.exchange.sofa import read_directivity, read_impulse_responses
from simgen.generate.run import WHOLE, Progress, Summary
from simgen.generate.run import generate as generate_dataset
from simgen.generate.sources import DrawnScenes
from simgen.render.measured import Readers, read_head, with_directivities
from simgen.render.recording import Recording
from simgen.render.render import render as render_scene
from simgen.scene.directivity import MeasuredDirectivity
from simgen.scene.listener import MeasuredHead
from simgen.scene.scene import Scene
from simgen.scene.scene_file import SceneFile

__all__ = ["generate", "load", "open", "render"]


def load(path: str | Path, *, base: str | Path | None = None) -> SceneFile:
    """Read a scene file.

    Parameters
    ----------
    path
        The YAML file.
    base
        The folder that relative folders of speech and SOFA files start from; the scene file's
        own if left out.

    Raises
    ------
    SceneError
        With every problem found: file, line, column, key and what is allowed.
    """
    return SceneFile.load(path, base=base)


def render(scene: Scene, *, keep: Set[str] = frozenset(), base: str | Path = Path()) -> Recording:
    """Render a scene: responses, convolution, levels and noise.

    Parameters
    ----------
    scene
        The scene.
    keep
        What to return besides mixtures, labels and ear responses: any of ``images``, ``noise``
        and ``responses``.
    base
        The folder that relative folders of speech and SOFA files start from.

    Returns
    -------
    The recording; each array's mixture is the sum of the sources' images and the noise, and
    no level is changed on the way. What listeners hear of devices is always in it.

    Raises
    ------
    GeometryError
        If something is outside the room or on top of something else.
    SignalError
        If an audio or SOFA file is missing or damaged.
    ParameterError
        If ``keep`` names something else, or the engine cannot do what the scene asks for.
    """
    return render_scene(scene, keep=keep, base=base, readers=_READERS)


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
    SignalError
        If a SOFA file cannot be used, likewise.
    DatasetError
        If the directory holds something else.
    """
    scene_file.rehearse(seed=seed, count=count)
    _require_readable(scene_file.draw(seed=seed, index=0), scene_file.base)
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


def _require_readable(scene: Scene, base: Path) -> None:
    """Refuse SOFA files that cannot be used, which are the same for all scenes."""
    with_directivities(scene, base, _READERS)
    for listener in scene.listeners.values():
        if isinstance(listener.head, MeasuredHead):
            read_head(listener.head, base, _READERS)


def _read_head(path: Path) -> HeadResponses:
    """Read a measured head from a SOFA file."""
    return head_of(read_impulse_responses(path))


def _read_directivity(
    path: Path, wanted: MeasuredDirectivity, centres: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Fit spherical harmonics to what a SOFA file holds of a source, (band, harmonic)."""
    measured = read_directivity(path, measurement=wanted.measurement)
    return measured_directivity(
        measured.directions, measured.frequencies, measured.response, centres, order=wanted.order
    )


_READERS = Readers(_read_head, _read_directivity)
