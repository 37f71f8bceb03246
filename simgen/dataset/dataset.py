"""Finished datasets as sequences of recordings."""

import operator
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import SupportsIndex

from simgen.dataset.journal import read_journals
from simgen.dataset.layout import SUMS, Identity, read_identity, shard_path
from simgen.dataset.shard import read_failures, read_recording, read_scene
from simgen.errors import DatasetError
from simgen.render.recording import Recording
from simgen.scene.scene import Scene

__all__ = ["Dataset", "open_dataset"]


@dataclass(frozen=True)
class Dataset:
    """A sequence of recordings on disk.

    No file stays open between two reads, so a dataset can be pickled and shared by any
    number of processes.

    Attributes
    ----------
    path
        Its directory.
    identity
        What it is: its name, seed, count and the versions it was made with.
    """

    path: Path
    identity: Identity

    def __len__(self) -> int:
        return self.identity.count

    def __getitem__(self, index: SupportsIndex) -> Recording:
        """Read a recording; negative indices count from the end."""
        number = self._number(index)
        return read_recording(self._shard(number), number)

    def __iter__(self) -> Iterator[Recording]:
        return (self[index] for index in range(len(self)))

    def scene(self, index: SupportsIndex) -> Scene:
        """Read what was rendered, without the sound."""
        number = self._number(index)
        return read_scene(self._shard(number), number)

    def failures(self) -> dict[int, str]:
        """Return why scenes have no recording, by scene index."""
        shards = range(self.identity.num_shards)
        found = [read_failures(shard_path(self.path, shard)) for shard in shards]
        return {index: reason for failed in found for index, reason in failed.items()}

    def _number(self, index: SupportsIndex) -> int:
        """Return an index counted from the start."""
        number = operator.index(index)
        if not -len(self) <= number < len(self):
            raise IndexError(f"scene {number} of a dataset of {len(self)}")
        return number % len(self)

    def _shard(self, number: int) -> Path:
        """Return the shard that holds a scene."""
        return shard_path(self.path, number // self.identity.scenes_per_shard)


def open_dataset(path: Path | str) -> Dataset:
    """Open a finished dataset.

    Parameters
    ----------
    path
        Its directory.

    Raises
    ------
    DatasetError
        If there is no dataset, or it is not finished.
    """
    directory = Path(path)
    identity = read_identity(directory)
    if not (directory / SUMS).exists():
        done = len(read_journals(directory))
        raise DatasetError(
            f"is not finished: {done} of {identity.num_shards} shards are done",
            where=str(directory),
            fix="Run the same render command again to resume.",
        )
    return Dataset(directory, identity)
