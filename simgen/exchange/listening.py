"""A recording as a stereo file that any player opens."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from simgen.errors import ParameterError
from simgen.render.recording import Recording
from simgen.units import amplitude_from_db

__all__ = ["Preview", "write_preview"]

PEAK_DB = -1.0
"""Peak of a preview in dB re full scale: loud, and short of clipping in any player."""


@dataclass(frozen=True)
class Preview:
    """What was written.

    Attributes
    ----------
    microphones
        The left and the right channel's microphone.
    gain_db
        How much the signals were scaled; 0 for silence.
    """

    microphones: tuple[int, int]
    gain_db: float


def write_preview(recording: Recording, array: str, path: Path) -> Preview:
    """Write the two microphones of an array that are farthest apart as a 24-bit WAV file.

    Parameters
    ----------
    recording
        The recording.
    array
        Name of the array.
    path
        The file to write.

    Raises
    ------
    ParameterError
        If there is no such array, or the file is not named as WAV.
    OSError
        If the file cannot be written.
    """
    if array not in recording.signals:
        allowed = ", ".join(recording.signals)
        raise ParameterError("there is no such array", value=array, allowed=allowed)
    if path.suffix.lower() != ".wav":
        raise ParameterError("a preview is a WAV file", value=str(path), allowed="a name in .wav")
    positions = np.array(recording.scene.arrays[array].microphones)
    left, right = _farthest_apart(positions)
    stereo = recording.signals[array][[left, right]].T.astype(np.float64)
    peak = float(np.max(np.abs(stereo)))
    gain = amplitude_from_db(PEAK_DB) / peak if peak > 0.0 else 1.0
    content = BytesIO()
    rate = recording.scene.sample_rate
    soundfile.write(content, gain * stereo, rate, subtype="PCM_24", format="WAV")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.getvalue())
    return Preview((left, right), float(20.0 * np.log10(gain)))


def _farthest_apart(positions: NDArray[np.float64]) -> tuple[int, int]:
    """Return the two points farthest apart, the one with the greater y (left) first."""
    distances = np.linalg.norm(positions[:, None] - positions[None], axis=-1).round(9)
    first, second = (int(k) for k in np.unravel_index(np.argmax(distances), distances.shape))
    return (first, second) if positions[first, 1] >= positions[second, 1] else (second, first)
