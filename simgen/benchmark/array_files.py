"""Arrays from strangers: a .npy file whose header is judged before anything else of it is read."""

import math
import stat
import warnings
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from simgen.errors import SubmissionError

__all__ = ["MOST_BYTES", "read_array"]

MOST_BYTES: Final = 16 * 2**20
"""Largest file read: 200 times the longest filters of five drivers."""

_LONGEST_HEADER: Final = 1024
"""Characters of a header; that of a plain array has 118."""

_TYPES: Final = (np.dtype("<f4"), np.dtype("<f8"))


def read_array(path: Path) -> NDArray[Any]:
    """Read an array of real numbers, C order.

    Raises
    ------
    SubmissionError
        If the file cannot be read, is too large, or holds anything else.
    """
    content = BytesIO(_read(path))
    shape, dtype = _header(content, path.name)
    values = content.read()
    needed = math.prod(shape) * dtype.itemsize
    if len(values) != needed:
        raise SubmissionError(
            [f"holds {len(values)} bytes of numbers, but its header says {needed}"], where=path.name
        )
    return np.frombuffer(values, dtype=dtype).reshape(shape)


def _read(path: Path) -> bytes:
    """Return a file's content if it is not too large."""
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode):
            raise SubmissionError(["is not a regular file"], where=path.name)
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise SubmissionError([f"cannot be read: {error.strerror}"], where=path.name) from None
    if len(content) > MOST_BYTES:
        raise SubmissionError([f"is larger than {MOST_BYTES // 2**20} MiB"], where=path.name)
    return content


def _header(content: BytesIO, name: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Read what is in front of the numbers, and refuse what is not real numbers in C order."""
    try:
        version = npy.read_magic(content)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        with warnings.catch_warnings(action="error"):
            shape, is_fortran, dtype = read(content, max_header_size=_LONGEST_HEADER)
    except Exception:  # numpy parses it as Python, which fails in a dozen ways
        raise SubmissionError(["is not a .npy file of numbers"], where=name) from None
    faults = []
    if dtype not in _TYPES:
        faults.append(f"is of type {dtype} (allowed: float32, float64, little-endian)")
    if is_fortran and len(shape) > 1:
        faults.append("is in Fortran order (allowed: C order; numpy.ascontiguousarray makes it so)")
    if faults:
        raise SubmissionError(faults, where=name)
    return shape, dtype
