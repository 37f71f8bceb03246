"""One process at a time in a dataset directory."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simgen.dataset.journal import WHOLE
from simgen.dataset.layout import WORKING
from simgen.errors import DatasetError

__all__ = ["locked", "settling"]


@contextmanager
def locked(directory: Path, part: tuple[int, int]) -> Iterator[None]:
    """Hold a dataset directory, as a whole or one part of it among others.

    The locks vanish with their process, however it ends.

    Parameters
    ----------
    directory
        The dataset's directory.
    part
        Part i of n; the only part of one excludes all others.

    Raises
    ------
    DatasetError
        If another process holds it.
    """
    working = directory / WORKING
    whole = fcntl.LOCK_EX if part == WHOLE else fcntl.LOCK_SH
    with (
        _held(working / "lock", whole | fcntl.LOCK_NB) as all_parts,
        _held(working / f"lock-{part[0]}-of-{part[1]}", fcntl.LOCK_EX | fcntl.LOCK_NB) as own,
    ):
        if not (all_parts and own):
            raise DatasetError(
                "another process is rendering into this directory",
                where=str(directory),
                fix="Wait until it is done, or render into another directory.",
            )
        yield


@contextmanager
def settling(directory: Path) -> Iterator[None]:
    """Hold what the parts of a dataset share, waiting for other parts to let go."""
    with _held(directory / WORKING / "settling", fcntl.LOCK_EX):
        yield


@contextmanager
def _held(path: Path, operation: int) -> Iterator[bool]:
    """Take one lock file and tell whether it is held."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        yield _acquire(descriptor, operation)
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, operation: int) -> bool:
    """Take a lock; one whose file was removed by a finished run is worthless."""
    try:
        fcntl.flock(descriptor, operation)
    except BlockingIOError:
        return False
    return os.fstat(descriptor).st_nlink > 0
