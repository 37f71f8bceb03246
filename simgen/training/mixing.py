"""Poses of a ring of microphones: turned and mirrored recordings, added up.

A ring of eight microphones is itself again when it is turned by 45 degrees or mirrored about its
x axis. So a recording of a source becomes, by renumbering its channels, what would be recorded of
the turned or mirrored scene, to the bit.
"""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from simgen.units import wrap_azimuth

__all__ = [
    "NUM_POSITIONS",
    "Pose",
    "add_noise",
    "add_posed",
    "pose_into",
    "posed",
    "posed_azimuths",
]

NUM_POSITIONS: Final = 8
"""Microphones of the ring, at multiples of 45 degrees; as many turns give it back."""

_STEP: Final = 2.0 * np.pi / NUM_POSITIONS


@dataclass(frozen=True)
class Pose:
    """How a recording is turned.

    Attributes
    ----------
    turns
        By how many times 45 degrees, 0 to 7, after mirroring.
    is_mirrored
        Whether left and right of the x axis change places.
    """

    turns: int
    is_mirrored: bool


def pose_into(sector: int, azimuth: float, *, is_mirrored: bool) -> Pose:
    """Return the pose that brings a source at an azimuth in rad into a sector, mirrored or not."""
    own = math.floor((-azimuth if is_mirrored else azimuth) / _STEP)
    return Pose((sector - own) % NUM_POSITIONS, is_mirrored)


def posed_azimuths(azimuths: ArrayLike, pose: Pose) -> NDArray[np.float64]:
    """Return where sources at azimuths in rad are in a pose, in (-pi, pi]."""
    own = np.asarray(azimuths, dtype=np.float64)
    return wrap_azimuth((-own if pose.is_mirrored else own) + pose.turns * _STEP)


def posed(recording: NDArray[Any], pose: Pose) -> NDArray[Any]:
    """Renumber the channels of a recording (microphone, sample) to those of a pose."""
    own = np.arange(NUM_POSITIONS)
    turned = np.empty_like(recording)
    turned[(pose.turns + (-own if pose.is_mirrored else own)) % NUM_POSITIONS] = recording
    return turned


def add_posed(
    mixture: NDArray[np.float32],
    signals: NDArray[np.int16],
    *,
    start: int,
    gain: float,
    pose: Pose,
) -> None:
    """Add a window of a recording in a pose to a mixture, in place.

    Parameters
    ----------
    mixture
        Shape (microphone, sample).
    signals
        Shape (microphone, sample), as long as start and mixture at least.
    start
        First sample of the window.
    gain
        Factor of the signals.
    pose
        The pose.
    """
    step = -1 if pose.is_mirrored else 1
    _add_channels(mixture, signals, start, np.float32(gain), pose.turns, step)


@njit(cache=True, nogil=True)
def _add_channels(mixture: Any, signals: Any, start: int, gain: Any, turns: int, step: int) -> None:
    """Add each channel to the one whose place it takes."""
    length = mixture.shape[1]
    for channel in range(signals.shape[0]):
        into = mixture[(turns + step * channel) % NUM_POSITIONS]
        heard = signals[channel, start : start + length]
        for i in range(length):
            into[i] += gain * np.float32(heard[i])


@njit(cache=True, nogil=True)
def add_noise(mixture: Any, noise: Any, starts: Any, gain: Any) -> None:
    """Add to each channel, in place, a stretch of noise (sample,) from its own start on."""
    length = mixture.shape[1]
    for channel in range(mixture.shape[0]):
        into = mixture[channel]
        stretch = noise[starts[channel] : starts[channel] + length]
        for i in range(length):
            into[i] += gain * stretch[i]
