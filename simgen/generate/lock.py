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

# A finishing run can remove a lock file once for each other part, each time between the
# opening and the locking of it: hardly twice.
_TRIES = 20


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
    with _held(directory / WORKING / "settling", fcntl.LOCK_EX) as settled:
        if not settled:
            raise DatasetError("its lock keeps vanishing", where=str(directory / WORKING))
        yield


@contextmanager
def _held(path: Path, operation: int) -> Iterator[bool]:
    """Take one lock file and tell whether it is held."""
    descriptor = None
    for _ in range(_TRIES):
        descriptor = _locked_file(path, operation)
        if descriptor is not None:
            break
    try:
        yield descriptor is not None
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _locked_file(path: Path, operation: int) -> int | None:
    """Open and lock a file; None if another process holds it, or has removed it meanwhile.

    A run that finishes the dataset removes the folder of the locks. A lock on a file that has
    no name any more keeps nobody out.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, operation)
    except BlockingIOError:
        os.close(descriptor)
        return None
    if os.fstat(descriptor).st_nlink == 0:
        os.close(descriptor)
        return None
    return descriptor
