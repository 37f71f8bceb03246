"""The fixed suite: tracks and their splits, as they ship with simgen."""

import gzip
import hashlib
import os
import re
import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from simgen.benchmark.tracks import FrozenFile, SplitRecord, Track, track_record
from simgen.errors import DatasetError, ParameterError
from simgen.scene.diagnostics import scene_error
from simgen.scene.document import read_document
from simgen.scene.scene import Scene

__all__ = [
    "Split",
    "load_split",
    "load_track",
    "read_frozen",
    "split_of",
    "suite_folder",
    "track_names",
    "unsealed_place",
]

_SEALED = re.compile("sealed-[0-9a-f]{32}")
"""The name of a split that was drawn with a secret: the first 128 bits of the secret's digest, too
many for anybody to find two secrets of one name."""


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
        The scenes as JSON lines; or the numbers that there are instead.
    """

    track: Track
    name: str
    sha256: str
    lines: bytes

    @property
    def path(self) -> str:
        """How commands name the split: track/split."""
        return f"{self.track.track}/{self.name}"

    @property
    def record(self) -> SplitRecord:
        """How the track file lists it."""
        return self.track.splits[self.name]

    @cached_property
    def scenes(self) -> tuple[Scene, ...]:
        """The scenes in order; none where the task is made of other numbers."""
        if self.record.scenes is None:
            return ()
        return tuple(Scene.from_json(line) for line in self.lines.decode().splitlines())

    @cached_property
    def items(self) -> tuple[str, ...]:
        """The scenes' names in submissions, in order; told without parsing a scene."""
        num_scenes = 0 if self.record.scenes is None else len(self.lines.splitlines())
        return tuple(f"{self.name}-{number:04d}" for number in range(num_scenes))


def track_names() -> tuple[str, ...]:
    """Return the names of all tracks."""
    return tuple(sorted(path.parent.name for path in suite_folder().glob("*/track.yaml")))


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
    document = read_document(suite_folder() / name / "track.yaml")
    protocol = document.data.get("protocol") if isinstance(document.data, dict) else None
    record = track_record(protocol)
    try:
        return record.model_validate(document.data)
    except ValidationError as error:
        raise scene_error(error, document, record) from None


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
        raise ParameterError(
            "a split is named TRACK/SPLIT", value=path, allowed=_splits_of(track_name)
        )
    track = load_track(track_name)
    if _SEALED.fullmatch(name):
        return _unsealed_split(track, name)
    if name not in track.splits:
        raise ParameterError("there is no such split", value=path, allowed=_splits_of(track_name))
    record = track.splits[name]
    return Split(track, name, record.sha256, lines=read_frozen(track, record.frozen))


def split_of(track: Track, name: str, lines: bytes) -> Split:
    """Return scenes as a split of a track that does not list them."""
    digest = hashlib.sha256(lines).hexdigest()
    record = SplitRecord(scenes=f"{name}.jsonl", sha256=digest, description="sealed, then unsealed")
    grown = track.model_copy(update={"splits": {**track.splits, name: record}})
    return Split(grown, name, digest, lines)


def _unsealed_split(track: Track, name: str) -> Split:
    """Return a split whose secret is out, if somebody unsealed it here."""
    place = unsealed_place(f"{track.track}/{name}")
    try:
        return split_of(track, name, place.read_bytes())
    except OSError:
        raise ParameterError(
            "no sealed split of this name has been unsealed here",
            value=f"{track.track}/{name}",
            fix="Until its secret is published: simgen bench check SUBMISSION --sealed FOLDER; "
            "then: simgen bench unseal FOLDER --secret FILE",
        ) from None


def unsealed_place(path: str) -> Path:
    """Return where the scenes of a split are kept once its secret is out."""
    root = os.environ.get("XDG_DATA_HOME", "")
    data = Path(root) if Path(root).is_absolute() else Path.home() / ".local" / "share"
    return data / "simgen" / "unsealed" / f"{path.replace('/', '-')}.jsonl"


def read_frozen(track: Track, frozen: FrozenFile) -> bytes:
    """Return the frozen numbers of a file, which may be gzipped, if they are what they were.

    Raises
    ------
    DatasetError
        If they cannot be read or their digest is not that of the track file.
    """
    file = suite_folder() / track.track / frozen.file
    try:
        content = file.read_bytes()
        content = gzip.decompress(content) if file.suffix == ".gz" else content
    except (OSError, EOFError, zlib.error) as error:
        raise DatasetError("the frozen numbers cannot be read", where=file.name) from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != frozen.sha256:
        raise DatasetError(
            "the frozen numbers have been changed: their SHA-256 differs from the track file's",
            value=digest,
            allowed=frozen.sha256,
            where=file.name,
        )
    return content


def _splits_of(track_name: str) -> str:
    """List the splits of a track for a message; those of all tracks if there is no such track."""
    names = [name for name in track_names() if name == track_name] or track_names()
    tracks = (load_track(name) for name in names)
    return ", ".join(f"{track.track}/{split}" for track in tracks for split in track.splits)


def suite_folder() -> Path:
    """Return where the suite lies: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    installed = Path(__file__).parent / "suite"
    return installed if installed.is_dir() else package.parent / "benchmarks"
