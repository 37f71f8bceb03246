"""The journal of an unfinished dataset: which shards are whole, and their digests.

Each part of a run that is split over machines has a journal of its own, so that no two
processes ever append to one file.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field, ValidationError

from simgen.dataset.atomic import write_atomically
from simgen.scene.record import Record

__all__ = [
    "WHOLE",
    "ShardRecord",
    "append",
    "journal_path",
    "journals",
    "read_journals",
    "rewrite",
]


# The one part of a run that is not split.
WHOLE = (0, 1)


class ShardRecord(Record):
    """One whole shard.

    Attributes
    ----------
    shard
        Its number.
    sha256
        The digest of its file.
    """

    shard: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


def journal_path(directory: Path, part: tuple[int, int]) -> Path:
    """Return the journal of part i of n."""
    name = "journal" if part == WHOLE else f"journal-{part[0]}-of-{part[1]}"
    return directory / f"{name}.jsonl"


def journals(directory: Path) -> list[Path]:
    """Return the journals in a directory, that of the whole first."""
    whole = journal_path(directory, WHOLE)
    parts = sorted(directory.glob("journal-*-of-*.jsonl"))
    return [path for path in (whole, *parts) if path.exists()]


def append(path: Path, record: ShardRecord) -> None:
    """Add a shard to a journal and force it onto the disk."""
    with path.open("a", encoding="utf-8") as file:
        file.write(record.to_json() + "\n")
        file.flush()
        os.fsync(file.fileno())


def rewrite(path: Path, digests: Mapping[int, str]) -> None:
    """Replace a journal by the given shards."""
    records = (ShardRecord(shard=shard, sha256=digests[shard]) for shard in sorted(digests))
    write_atomically(path, "".join(record.to_json() + "\n" for record in records).encode())


def read_journals(directory: Path) -> dict[int, str]:
    """Return the digest of every shard that a journal calls whole; the last word counts."""
    lines = [line for path in journals(directory) for line in path.read_bytes().splitlines()]
    records = filter(None, map(_parse, lines))
    return {record.shard: record.sha256 for record in records}


def _parse(line: bytes) -> ShardRecord | None:
    """Return a journal's line, or None if a crash tore it."""
    try:
        return ShardRecord.model_validate_json(line)
    except ValidationError:
        return None
