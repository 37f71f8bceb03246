"""Arrays from strangers: a .npy file whose header is judged before anything else of it is read."""

import math
import warnings
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from simgen.benchmark.bounded_files import read_unlinked
from simgen.errors import SubmissionError

__all__ = ["parse_array", "read_array"]

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
    return parse_array(read_unlinked(path), path.name)


def parse_array(content: bytes, name: str) -> NDArray[Any]:
    """Return the array of real numbers, C order, that is the content of a file.

    Raises
    ------
    SubmissionError
        If it is anything else.
    """
    file = BytesIO(content)
    shape, dtype = _header(file, name)
    held, needed = len(content) - file.tell(), math.prod(shape) * dtype.itemsize
    if held != needed:
        raise SubmissionError(
            [f"holds {held} bytes of numbers, but its header says {needed}"], where=name
        )
    return np.frombuffer(content, dtype=dtype, offset=file.tell()).reshape(shape)


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
