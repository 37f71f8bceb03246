"""The public functions: read, draw, render, generate, open."""

from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simgen.acoustics.heads import HeadResponses
from simgen.acoustics.measured_directivity import measured_directivity
from simgen.dataset.dataset import open_dataset as open
from simgen.errors import ParameterError, SceneError, ShapeError, SignalError
from simgen.exchange.heads import head_of
from simgen.exchange.sofa import read_directivity as read_measured_directivity
from simgen.exchange.sofa import read_impulse_responses
from simgen.generate.run import WHOLE, Progress, Summary
from simgen.generate.run import generate as generate_dataset
from simgen.generate.sources import DrawnScenes
from simgen.render.measured import Readers, read_directivity, read_head
from simgen.render.recording import Recording
from simgen.render.render import render as render_scene
from simgen.scene.directivity import MeasuredDirectivity
from simgen.scene.directivity_file import SofaDirectivity
from simgen.scene.listener import MeasuredHead
from simgen.scene.listener_file import SofaHead
from simgen.scene.scene import Scene
from simgen.scene.scene_file import SceneFile
from simgen.scene.sofa_files import digest_of_file

__all__ = ["generate", "load", "open", "render", "require_readable"]


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
        If scenes cannot be drawn, or a SOFA file cannot be used, before any is rendered.
    DatasetError
        If the directory holds something else.
    """
    scene_file.rehearse(seed=seed, count=count)
    require_readable(scene_file)
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


def require_readable(scene_file: SceneFile) -> None:
    """Refuse SOFA files that cannot be used, which are the same for all scenes.

    Raises
    ------
    SceneError
        With the problem of every key that names such a file.
    """
    problems = []
    for path, spec in scene_file.sofa_files():
        try:
            _read(spec, scene_file)
        except SignalError as error:
            problems.append(scene_file.problem("bad-file", str(error), path))
    if problems:
        raise SceneError(problems, file=scene_file.file)


def _read(spec: SofaDirectivity | SofaHead, scene_file: SceneFile) -> None:
    """Read what a scene file names, as rendering does."""
    base, rate = scene_file.base, scene_file.sample_rate_hz
    drawn = {"file": spec.sofa, "sha256": digest_of_file(spec.sofa, base)}
    if isinstance(spec, SofaHead):
        read_head(MeasuredHead(**drawn), base, _READERS)
    else:
        wanted = MeasuredDirectivity(**drawn, order=spec.order, measurement=spec.measurement)
        read_directivity(wanted, base, _READERS, sample_rate=rate)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Name the file in which something is out of range."""
    try:
        yield
    except (ParameterError, ShapeError) as error:
        raise SignalError(str(error), where=str(path)) from error


def _read_head(path: Path) -> HeadResponses:
    """Read a measured head from a SOFA file."""
    with _named(path):
        return head_of(read_impulse_responses(path))


def _read_directivity(
    path: Path, wanted: MeasuredDirectivity, centres: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Fit spherical harmonics to what a SOFA file holds of a source, (band, harmonic)."""
    measured = read_measured_directivity(path, measurement=wanted.measurement)
    with _named(path):
        return measured_directivity(
            measured.directions,
            measured.frequencies,
            measured.response,
            centres,
            order=wanted.order,
        )


_READERS = Readers(_read_head, _read_directivity)
