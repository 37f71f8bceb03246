"""Files from strangers: regular ones of bounded size, read whole."""

import stat
from pathlib import Path
from typing import Final

from simgen.errors import SubmissionError, SubmissionLimitError

__all__ = ["MOST_BYTES", "read_bounded", "read_unlinked"]

MOST_BYTES: Final = 16 * 2**20
"""Largest file of a submission: room for 64 azimuths in full precision for each of 10,000 scenes,
and for 200 times the longest filters of five drivers."""


def read_bounded(path: Path, most: int = MOST_BYTES) -> bytes:
    """Read a regular file; a link that leads to one is followed.

    Raises
    ------
    SubmissionError
        If it cannot be read.
    SubmissionLimitError
        If it has more than ``most`` bytes, which are then not read.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise SubmissionError(["is not a regular file"], where=path.name)
        with path.open("rb") as file:
            content = file.read(most + 1)
    except FileNotFoundError:
        raise SubmissionError(["there is no such file"], where=str(path)) from None
    except OSError as error:
        raise SubmissionError([f"cannot be read: {error.strerror}"], where=path.name) from None
    if len(content) > most:
        raise SubmissionLimitError([f"is larger than {most // 2**20} MiB"], where=path.name)
    return content


def read_unlinked(path: Path) -> bytes:
    """Read a regular file that is no link: a stranger's could lead to any file of this machine.

    Raises
    ------
    SubmissionError
        If it cannot be read, or is a link.
    SubmissionLimitError
        If it is too large.
    """
    if path.is_symlink():
        raise SubmissionError(["is not a regular file"], where=path.name)
    return read_bounded(path)
