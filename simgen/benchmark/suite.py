"""The fixed suite: tracks and their splits, as they ship with simgen."""

import gzip
import hashlib
import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from simgen.errors import DatasetError, ParameterError
from simgen.scene.diagnostics import scene_error
from simgen.scene.document import read_document
from simgen.scene.geometry import offsets_from
from simgen.scene.record import Record
from simgen.scene.scene import Scene

__all__ = ["Split", "SplitRecord", "Track", "load_split", "load_track", "track_names"]


class SplitRecord(Record):
    """One split as its track file lists it.

    Attributes
    ----------
    scenes
        File of the frozen scenes beside the track file: gzipped JSON lines.
    sha256
        Digest of the uncompressed lines, which no later edition may change.
    description
        What is in it.
    """

    scenes: str
    sha256: str
    description: str


class Track(Record):
    """One task of the suite.

    Attributes
    ----------
    track, edition, title
        Its name, the suite's edition and a line about it.
    task, input, output
        What a system gets and what it must give.
    protocol
        The definition of the scores.
    array
        The array whose signals a system gets.
    sectors
        Number of regions round the array for the region scores.
    splits
        The splits by name.
    """

    track: str
    edition: Literal[1]
    title: str
    task: str
    input: str
    output: str
    protocol: str
    array: str
    sectors: int
    splits: dict[str, SplitRecord]


@dataclass(frozen=True)
class Split:
    """A frozen set of scenes of a track.

    Attributes
    ----------
    track
        The track.
    name
        The split's name.
    sha256
        Digest of the lines.
    lines
        The scenes as JSON lines.
    """

    track: Track
    name: str
    sha256: str
    lines: bytes

    @property
    def path(self) -> str:
        """How commands name the split: track/split."""
        return f"{self.track.track}/{self.name}"

    @cached_property
    def scenes(self) -> tuple[Scene, ...]:
        """The scenes in order."""
        return tuple(Scene.from_json(line) for line in self.lines.decode().splitlines())

    @property
    def items(self) -> tuple[str, ...]:
        """The scenes' names in submissions, in order."""
        return tuple(f"{self.name}-{number:04d}" for number in range(len(self.scenes)))

    def references(self) -> dict[str, NDArray[np.float64]]:
        """Return the true azimuths by item in rad in the array's frame, each (source,)."""
        scenes = zip(self.items, self.scenes, strict=True)
        return {item: self._azimuths(scene) for item, scene in scenes}

    def conditions(self) -> dict[str, dict[str, str]]:
        """Return, by name of a condition, the label of every item."""
        return {
            condition: {
                item: label(scene) for item, scene in zip(self.items, self.scenes, strict=True)
            }
            for condition, label in _CONDITIONS.items()
        }

    def _azimuths(self, scene: Scene) -> NDArray[np.float64]:
        offsets = offsets_from(scene.arrays[self.track.array], scene.source_positions())
        return np.arctan2(offsets[:, 1], offsets[:, 0])


def track_names() -> tuple[str, ...]:
    """Return the names of all tracks."""
    return tuple(sorted(path.parent.name for path in _suite_folder().glob("*/track.yaml")))


def load_track(name: str) -> Track:
    """Read a track file.

    Raises
    ------
    ParameterError
        If there is no such track.
    SceneError
        If the track file is damaged.
    """
    if name not in track_names():
        raise ParameterError("there is no such track", value=name, allowed=", ".join(track_names()))
    document = read_document(_suite_folder() / name / "track.yaml")
    try:
        return Track.model_validate(document.data)
    except ValidationError as error:
        raise scene_error(error, document, Track) from None


def load_split(path: str) -> Split:
    """Read a frozen split.

    Parameters
    ----------
    path
        ``TRACK/SPLIT``, such as ``localization/mini``.

    Raises
    ------
    ParameterError
        If there is no such split.
    DatasetError
        If its frozen scenes are not those of the track file's digest.
    """
    track_name, slash, name = path.partition("/")
    if not slash:
        raise ParameterError("a split is named TRACK/SPLIT", value=path, allowed=_all_splits())
    track = load_track(track_name)
    if name not in track.splits:
        raise ParameterError("there is no such split", value=path, allowed=_all_splits())
    record = track.splits[name]
    file = _suite_folder() / track_name / record.scenes
    try:
        lines = gzip.decompress(file.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise DatasetError("the frozen scenes cannot be read", where=file.name) from error
    digest = hashlib.sha256(lines).hexdigest()
    if digest != record.sha256:
        raise DatasetError(
            "the frozen scenes have been changed: their SHA-256 differs from the track file's",
            value=digest,
            allowed=record.sha256,
            where=file.name,
        )
    return Split(track=track, name=name, sha256=digest, lines=lines)


def _all_splits() -> str:
    """List every split for a message."""
    tracks = (load_track(name) for name in track_names())
    return ", ".join(f"{track.track}/{split}" for track in tracks for split in track.splits)


def _suite_folder() -> Path:
    """Return where the suite lies: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    installed = Path(__file__).parent / "suite"
    return installed if installed.is_dir() else package.parent / "benchmarks"


def _reverberation(scene: Scene) -> str:
    """Say whether a scene is anechoic."""
    return "anechoic" if scene.room.t60 == 0.0 else "reverberant"


def _t60(scene: Scene) -> str:
    """Say which 0.2 s wide class the reverberation time falls into."""
    if not scene.room.t60:
        return "0 s"
    fifths = int(round(scene.room.t60 / 0.2, 9))
    return f"{fifths / 5:.1f}-{(fifths + 1) / 5:.1f} s"


def _snr(scene: Scene) -> str:
    """Say which 10 dB wide class the signal-to-noise ratio falls into."""
    if scene.sensor_noise is None:
        return "no noise"
    low = int(scene.sensor_noise.snr_db // 10) * 10
    return f"{low}-{low + 10} dB"


def _num_sources(scene: Scene) -> str:
    """Count the sources."""
    return str(len(scene.sources))


_CONDITIONS = {
    "reverberation": _reverberation,
    "t60": _t60,
    "snr": _snr,
    "num_sources": _num_sources,
}
"""What a breakdown of scores is by."""
