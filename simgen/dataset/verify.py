"""Check that a dataset is what its digests and its scenes say."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simgen.dataset.dataset import Dataset, open_dataset
from simgen.dataset.digests import format_sums, parse_sums, sha256_of
from simgen.dataset.layout import (
    IDENTITY,
    SUMS,
    Identity,
    installed_versions,
    read_identity,
    shard_path,
)
from simgen.dataset.shard import LABELS, SIGNALS
from simgen.errors import DatasetError, RenderError, SignalError, SimgenError
from simgen.render.recording import Recording
from simgen.scene.scene import Scene

__all__ = ["Problem", "VerificationReport", "verify_dataset"]


@dataclass(frozen=True)
class Problem:
    """Something that is not as it was written.

    Attributes
    ----------
    file
        The file's name relative to the dataset.
    what
        What is wrong with it.
    """

    file: str
    what: str


@dataclass(frozen=True)
class VerificationReport:
    """What a verification found.

    Attributes
    ----------
    num_files
        Number of files checked against their digests.
    scenes
        Indices of the scenes that were rendered again.
    problems
        What was found.
    """

    num_files: int
    scenes: tuple[int, ...]
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


def verify_dataset(
    path: Path | str, *, deep: int = 0, render: Callable[..., Recording] | None = None
) -> VerificationReport:
    """Hash every file of a dataset again, and render some of its scenes again.

    Parameters
    ----------
    path
        The dataset's directory.
    deep
        Number of scenes to render again, evenly spaced.
    render
        Renders a scene; the default is `simgen.render.render.render` with relative
        folders taken from the current one.

    Raises
    ------
    DatasetError
        If there is no finished dataset.
    RenderError
        If no worker process lives long enough to render a scene.
    """
    directory = Path(path)
    if not (directory / SUMS).exists():
        open_dataset(directory)
    problems = tuple(_file_problems(directory))
    if problems or not deep:
        return VerificationReport(num_files=len(_listed(directory)), scenes=(), problems=problems)
    dataset = open_dataset(directory)
    scenes = _evenly_spaced(dataset, deep)
    return VerificationReport(
        num_files=len(_listed(directory)),
        scenes=scenes,
        problems=tuple(_scene_problems(dataset, scenes, render or _default_render)),
    )


def _file_problems(directory: Path) -> Iterator[Problem]:
    """Yield what is wrong with the files and with the list of their digests."""
    text = (directory / SUMS).read_bytes()
    listed, present = _listed(directory), _present(directory)
    if format_sums(listed).encode() != text:
        yield Problem(SUMS, "is malformed")
    for name in sorted(listed.keys() | present):
        if name not in present:
            yield Problem(name, "is missing")
        elif name not in listed:
            yield Problem(name, "does not belong to the dataset")
        elif sha256_of(directory / name) != listed[name]:
            yield Problem(name, "has another SHA-256 than when it was written")
    yield from _identity_problems(directory, listed)


def _listed(directory: Path) -> dict[str, str]:
    """Return the digests that were written."""
    return parse_sums((directory / SUMS).read_bytes().decode(errors="replace"))


def _present(directory: Path) -> set[str]:
    """Return the relative names of the files in a dataset, except that of the digests."""
    files = (path for path in directory.rglob("*") if path.is_file() or path.is_symlink())
    return {path.relative_to(directory).as_posix() for path in files} - {SUMS}


def _identity_problems(directory: Path, listed: Mapping[str, str]) -> Iterator[Problem]:
    """Yield where the digests do not cover what the identity promises."""
    try:
        identity = read_identity(directory)
    except DatasetError as error:
        yield Problem(IDENTITY, str(error))
        return
    for name in sorted(set(identity.file_names()) ^ listed.keys()):
        yield Problem(SUMS, f"covers other files than {IDENTITY} promises: {name}")
    if listed.get(identity.description, identity.scenes) != identity.scenes:
        yield Problem(identity.description, f"does not describe the scenes of {IDENTITY}")


def _evenly_spaced(dataset: Dataset, number: int) -> tuple[int, ...]:
    """Choose scenes that have recordings, from the first to the last."""
    failed = dataset.failures()
    rendered = [index for index in range(len(dataset)) if index not in failed]
    places = np.linspace(0, len(rendered) - 1, min(number, len(rendered)))
    return tuple(rendered[int(place)] for place in places)


def _default_render(scene: Scene, *, keep: frozenset[str]) -> Recording:
    """Render a scene, importing the renderer only then."""
    from simgen.render.render import render

    return render(scene, keep=keep)


def _scene_problems(
    dataset: Dataset, scenes: tuple[int, ...], render: Callable[..., Recording]
) -> Iterator[Problem]:
    """Yield where scenes rendered again differ from what is stored."""
    keep = frozenset(dataset.identity.keep)
    versions = _changed_versions(dataset.identity)
    for index in scenes:
        file = shard_path(Path(), index // dataset.identity.scenes_per_shard).as_posix()
        stored = dataset[index]
        try:
            rendered = render(stored.scene, keep=keep)
        except RenderError:
            raise
        except SimgenError as error:
            hint = "; give --base" if isinstance(error, SignalError) else ""
            yield Problem(file, f"scene {index} cannot be rendered again: {error}{hint}")
            continue
        for difference in _differences(_arrays(stored), _arrays(rendered)):
            yield Problem(file, f"scene {index}: {difference}{versions}")


def _changed_versions(identity: Identity) -> str:
    """Return a remark on software that changed since the dataset was made."""
    now = installed_versions()
    changed = [
        f"{name} {then} then, {now.get(name)} now"
        for name, then in identity.versions.items()
        if now.get(name) != then
    ]
    return f" ({', '.join(changed)})" if changed else ""


def _arrays(recording: Recording) -> dict[str, NDArray[Any]]:
    """Return every array of a recording by its path in a shard."""
    found = {}
    for kind in SIGNALS:
        for name, array in getattr(recording, kind).items():
            found[f"{kind}/{name}"] = array
    for listener, by_device in recording.ear_responses.items():
        for device, array in by_device.items():
            found[f"ear_responses/{listener}/{device}"] = array
    for name, labels in recording.labels.items():
        for kind in LABELS:
            found[f"labels/{name}/{kind}"] = getattr(labels, kind)
    return {path: array for path, array in found.items() if array is not None}


def _differences(
    stored: Mapping[str, NDArray[Any]], rendered: Mapping[str, NDArray[Any]]
) -> Iterator[str]:
    """Yield which arrays are not the same bytes, and by how much they differ."""
    for path in sorted(stored.keys() | rendered.keys()):
        if path not in rendered:
            yield f"{path} is stored but no longer rendered"
        elif path not in stored:
            yield f"{path} is rendered but not stored"
        elif stored[path].shape != rendered[path].shape:
            yield f"{path} has shape {stored[path].shape}, now {rendered[path].shape}"
        elif stored[path].tobytes() != rendered[path].tobytes():
            yield f"{path} differs by up to {_largest_difference(stored[path], rendered[path]):.3g}"


def _largest_difference(stored: NDArray[Any], rendered: NDArray[Any]) -> float:
    """Return the largest absolute difference of two arrays."""
    return float(np.max(np.abs(stored.astype(np.float64) - rendered.astype(np.float64))))
