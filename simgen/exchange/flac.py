"""Recordings as FLAC files: 24 bits, no tags, nothing but what was recorded."""

from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real
from simgen.errors import ParameterError, SignalError

__all__ = ["MOST_CHANNELS", "in_24_bits", "read_flac", "write_flac"]

MOST_CHANNELS: Final = 8
"""Channels that a FLAC stream can have (RFC 9639, section 9.1.3)."""

_PEAK: Final = 2**22
"""Peak of a recording in steps of 24 bits: half of full scale, -6 dB."""

_UNUSED_BITS: Final = 8
"""Of the 32 that soundfile hands over."""


def in_24_bits(signals: ArrayLike) -> NDArray[np.int32]:
    """Scale a recording to a peak of half of full scale and round it to 24 bits.

    Parameters
    ----------
    signals
        Shape (channel, sample).

    Returns
    -------
    Whole steps from -2**22 to 2**22, shape (channel, sample); silence stays silent.

    Raises
    ------
    ShapeError
        If signals have other axes or hold a value that is not finite.
    """
    samples = as_real(signals, "signals", axes=("channel", "sample"))
    peak = np.max(np.abs(samples), initial=0.0)
    scale = _PEAK / peak if peak > 0.0 else 0.0
    return np.asarray(np.rint(samples * scale), dtype=np.int32)


def write_flac(path: Path, steps: NDArray[np.int32], *, sample_rate: int) -> None:
    """Write whole steps of 24 bits, shape (channel, sample), to a file.

    Raises
    ------
    ParameterError
        If there are more channels than a FLAC stream can have.
    """
    if not 1 <= len(steps) <= MOST_CHANNELS:
        raise ParameterError(
            "FLAC cannot hold as many channels", value=len(steps), allowed=f"1 to {MOST_CHANNELS}"
        )
    content = BytesIO()
    soundfile.write(
        content, (steps << _UNUSED_BITS).T, sample_rate, subtype="PCM_24", format="FLAC"
    )
    path.write_bytes(content.getvalue())


def read_flac(path: Path, *, shape: tuple[int, int]) -> NDArray[np.int32]:
    """Read whole steps of 24 bits, shape (channel, sample).

    Raises
    ------
    SignalError
        If the file cannot be read, or is not of the shape that is expected.
    """
    try:
        with soundfile.SoundFile(path) as file:
            # A header may claim any length: no more is read than is expected, and one.
            samples = file.read(shape[1] + 1, dtype="int32", always_2d=True).T
    except (OSError, RuntimeError) as error:
        raise SignalError(f"cannot be read: {error}", where=path.name) from None
    if samples.shape != shape:
        raise SignalError(
            "has another shape than was published",
            value=samples.shape,
            allowed=str(shape),
            where=path.name,
        )
    return np.asarray(samples >> _UNUSED_BITS)
