"""Responses from the loudspeakers of a device to the ears of a listener, however they came."""

import math
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import soxr
from numpy.typing import NDArray

from simgen.acoustics.rotation import as_quaternion
from simgen.errors import ParameterError, ShapeError

__all__ = ["EarResponses", "resampled"]

_AXES: Final[dict[str, tuple[str, ...]]] = {
    "responses": ("pose", "ear", "loudspeaker", "sample"),
    "head_positions": ("pose", "xyz"),
    "head_orientations": ("pose", "wxyz"),
    "device_position": ("xyz",),
    "device_orientation": ("wxyz",),
    "loudspeaker_positions": ("loudspeaker", "xyz"),
    "loudspeaker_orientations": ("loudspeaker", "wxyz"),
    "ear_positions": ("ear", "xyz"),
    "room_size": ("xyz",),
}
_OPTIONAL: Final = frozenset({"ear_positions", "room_size"})


@dataclass(frozen=True, kw_only=True)
class EarResponses:
    """What a device's loudspeakers give at the ears of a listener who takes several poses.

    Parameters
    ----------
    responses
        Impulse responses, (pose, ear, loudspeaker, sample). Ear 0 is the left one; sample 0 is
        the instant of emission.
    sample_rate
        In Hz.
    head_positions
        Of the head's centre in m in the room's frame, (pose, 3).
    head_orientations
        Unit quaternions (w, x, y, z) that turn the head's frame (x front, y left, z up) into the
        room's, (pose, 4).
    device_position
        The origin of the device's frame in m in the room's, (3,).
    device_orientation
        Unit quaternion that turns the device's frame, in which it faces +x, into the room's, (4,).
    loudspeaker_positions
        In m in the device's frame, (loudspeaker, 3).
    loudspeaker_orientations
        Unit quaternions that turn each loudspeaker's frame, in which it faces +x, into the
        device's, (loudspeaker, 4).
    ear_positions
        In m in the head's frame, (2, 3); None if they are not known.
    room_size
        Length, width and height in m of a box room with one corner at the origin, (3,); None if
        the room is another, or not known.
    title, database, history
        What it is, what it belongs to, and how it was made.

    Raises
    ------
    ShapeError
        If the shape of an array is not right, or an array is empty or holds a non-finite value.
    ParameterError
        If the sample rate is not positive, or an orientation is not a unit quaternion.
    """

    responses: NDArray[np.float64]
    sample_rate: float
    head_positions: NDArray[np.float64]
    head_orientations: NDArray[np.float64]
    device_position: NDArray[np.float64]
    device_orientation: NDArray[np.float64]
    loudspeaker_positions: NDArray[np.float64]
    loudspeaker_orientations: NDArray[np.float64]
    ear_positions: NDArray[np.float64] | None = None
    room_size: NDArray[np.float64] | None = None
    title: str = ""
    database: str = ""
    history: str = ""

    def __post_init__(self) -> None:
        shape = np.shape(self.responses)
        if len(shape) != 4 or shape[1] != 2 or 0 in shape:
            allowed = "(pose, 2, loudspeaker, sample), none of them 0"
            raise ShapeError(f"the responses have shape {shape}", allowed=allowed)
        sizes = {"xyz": 3, "wxyz": 4, **dict(zip(_AXES["responses"], shape, strict=True))}
        for name, axes in _AXES.items():
            _require_array(getattr(self, name), name, tuple(sizes[axis] for axis in axes))
        for orientations in (self.head_orientations, self.loudspeaker_orientations):
            for orientation in orientations:
                as_quaternion(orientation)
        as_quaternion(self.device_orientation)
        if not (np.isfinite(self.sample_rate) and self.sample_rate > 0.0):
            raise ParameterError(
                "the sample rate is no rate", value=self.sample_rate, allowed="a positive number"
            )

    @property
    def num_poses(self) -> int:
        """Number of the listener's poses."""
        return len(self.responses)

    @property
    def num_loudspeakers(self) -> int:
        """Number of loudspeakers."""
        return int(self.responses.shape[2])


def resampled(ears: EarResponses, sample_rate: float) -> EarResponses:
    """Return the same responses at another sample rate.

    What a filter does at a frequency below both Nyquist frequencies stays the same, and sample 0
    the same instant: each response is band-limited and scaled by the ratio of the rates.

    Parameters
    ----------
    ears
        The responses.
    sample_rate
        The rate that is wanted in Hz.

    Raises
    ------
    ParameterError
        If the rate is not positive.
    """
    if not (np.isfinite(sample_rate) and sample_rate > 0.0):
        raise ParameterError(
            "the sample rate is no rate", value=sample_rate, allowed="a positive number"
        )
    if sample_rate == ears.sample_rate:
        return ears
    columns = np.asarray(ears.responses, dtype=np.float64)
    shape = columns.shape
    columns = columns.reshape(-1, shape[-1])
    ratio = sample_rate / ears.sample_rate
    length = max(1, math.ceil(shape[-1] * ratio))
    fitted = np.zeros((len(columns), length))
    for row, column in zip(fitted, columns, strict=True):
        samples = soxr.resample(column, ears.sample_rate, sample_rate, quality="VHQ")[:length]
        row[: len(samples)] = samples / ratio
    responses = fitted.reshape(*shape[:-1], length)
    return replace(ears, responses=responses, sample_rate=float(sample_rate))


def _require_array(array: Any, name: str, shape: tuple[int, ...]) -> None:
    """Refuse an array of another shape, or with a value that is not finite."""
    if array is None and name in _OPTIONAL:
        return
    if np.shape(array) != shape:
        raise ShapeError(f"{name} has shape {np.shape(array)}", allowed=str(shape))
    if not np.all(np.isfinite(array)):
        raise ShapeError(f"{name} holds a non-finite value")
