"""What a dataset directory holds and under which names.

::

    DIR/dataset.json      what is rendered and with which versions; written first
    DIR/scene.yaml        the scene file, or scenes.jsonl for frozen scenes
    DIR/shards/           shard-00000.h5, shard-00001.h5, ...
    DIR/journal.jsonl     which shards are whole; only while unfinished
    DIR/.working/         locks and markers; only while unfinished
    DIR/README.md         the card; when finished
    DIR/SHA256SUMS        digests of everything above; written last
"""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import h5py
from pydantic import Field, ValidationError

from simgen.errors import DatasetError
from simgen.scene.record import Record

__all__ = [
    "CARD",
    "IDENTITY",
    "SHARDS",
    "SUMS",
    "WORKING",
    "Identity",
    "installed_versions",
    "read_identity",
    "require_same",
    "shard_path",
]

IDENTITY = "dataset.json"
CARD = "README.md"
SUMS = "SHA256SUMS"
SHARDS = "shards"
WORKING = ".working"

# What may change the bytes of a shard.
_PACKAGES = ("simgen", "numpy", "scipy", "numba", "pyroomacoustics", "soxr", "h5py")


class Identity(Record):
    """What makes a dataset this dataset: equal identities give equal bytes.

    Attributes
    ----------
    dataset
        Version of the directory layout.
    name
        The scene file's name.
    description
        Name of the file in the directory that describes the scenes.
    scenes
        SHA-256 of that file.
    seed
        What the scenes are drawn with; None for frozen scenes.
    count
        Number of scenes.
    scenes_per_shard
        Number of scenes in each shard but the last.
    keep
        What is stored besides mixtures, scenes and labels, sorted.
    corpora
        Digest of the catalogue of each folder of recordings and of each SOFA file, as the scene
        file names it.
    versions
        Versions of the software that determines the bytes.
    """

    dataset: Literal[1] = 1
    name: str
    description: str = Field(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]*$")
    scenes: str = Field(pattern="^[0-9a-f]{64}$")
    seed: int | None
    count: int = Field(ge=1)
    scenes_per_shard: int = Field(default=4, ge=1)
    keep: tuple[str, ...] = ()
    corpora: dict[str, str] = Field(default_factory=dict)
    versions: dict[str, str]

    @property
    def num_shards(self) -> int:
        """Number of shards."""
        return -(-self.count // self.scenes_per_shard)

    def scenes_in(self, shard: int) -> range:
        """Return the indices of the scenes in a shard."""
        first = shard * self.scenes_per_shard
        return range(first, min(first + self.scenes_per_shard, self.count))

    def file_names(self) -> tuple[str, ...]:
        """Return the sorted relative names of all files that SHA256SUMS covers."""
        shards = (f"{SHARDS}/{_shard_name(shard)}" for shard in range(self.num_shards))
        return tuple(sorted((IDENTITY, CARD, self.description, *shards)))

    def to_bytes(self) -> bytes:
        """Return the content of ``dataset.json``."""
        return (self.model_dump_json(indent=2) + "\n").encode()


def shard_path(directory: Path, shard: int) -> Path:
    """Return where a shard lies."""
    return directory / SHARDS / _shard_name(shard)


def _shard_name(shard: int) -> str:
    """Return a shard's file name."""
    return f"shard-{shard:05d}.h5"


def installed_versions() -> dict[str, str]:
    """Return the versions of the software that determines a shard's bytes."""
    found = {package: _version_of(package) for package in _PACKAGES}
    return {**found, "hdf5": h5py.version.hdf5_version}


def _version_of(package: str) -> str:
    """Return a package's version; a source tree that is not installed has none."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def read_identity(directory: Path) -> Identity:
    """Return the identity of the dataset in a directory.

    Raises
    ------
    DatasetError
        If the directory holds none, or a damaged one.
    """
    path = directory / IDENTITY
    try:
        return Identity.from_json(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DatasetError(
            f"is not a dataset: {IDENTITY} is missing", where=str(directory)
        ) from error
    except (ValidationError, UnicodeDecodeError) as error:
        raise DatasetError(
            f"is damaged, or of another version of simgen ({_describe(error)})",
            where=str(path),
            fix="Restore it from a copy of the dataset, or render again into a new directory.",
        ) from error


def _describe(error: ValidationError | UnicodeDecodeError) -> str:
    """Say in a few words what is wrong with the content of a file."""
    if isinstance(error, UnicodeDecodeError):
        return "it is not text"
    first = error.errors(include_url=False)[0]
    place = ".".join(map(str, first["loc"]))
    return f"{place}: {first['msg']}" if place else first["msg"]


def require_same(found: Identity, wanted: Identity, directory: Path) -> None:
    """Refuse a directory that holds another dataset than the one wanted.

    Raises
    ------
    DatasetError
        Naming the folder or the file that has changed, or the first other field that differs,
        with both values.
    """
    ours, theirs = _flatten(wanted), _flatten(found)
    for field in {**ours, **theirs}:
        if ours.get(field) != theirs.get(field):
            raise DatasetError(
                f"holds another dataset: its {field} is {theirs.get(field)!r}, "
                f"not {ours.get(field)!r}",
                where=str(directory),
                fix="Render into a new directory, or with what that dataset was made with.",
            )
    for folder in sorted(found.corpora.keys() | wanted.corpora.keys()):
        if found.corpora.get(folder) != wanted.corpora.get(folder):
            raise DatasetError(
                f"{_noun(folder)} since this dataset was begun",
                where=str(directory),
                fix="Render into a new directory, or restore what has changed.",
            )


def _noun(name: str) -> str:
    """Say that a folder of recordings or a file has changed."""
    if name.lower().endswith(".sofa"):
        return f"the file {name} has changed"
    return f"the recordings of folder {name} have changed"


def _flatten(identity: Identity) -> dict[str, object]:
    """Return the fields of an identity but the corpora, with one entry per version."""
    fields = identity.model_dump(exclude={"corpora"})
    versions = fields.pop("versions")
    return {**fields, **{f"versions.{name}": number for name, number in versions.items()}}
