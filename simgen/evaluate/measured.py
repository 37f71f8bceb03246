"""Crosstalk filters on ear responses that somebody measured, or rendered: scores without a rank.

The definitions are those of ``ctc/1`` with one device under one condition, and without frozen
errors of drivers: a measurement holds its own. What comes out can be compared between filters on
the same file, and with no leaderboard.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.acoustics.rotation import from_room_frame, to_room_frame
from simgen.errors import SignalError
from simgen.evaluate.array_scores import intervals
from simgen.evaluate.crosstalk import by_band, by_condition
from simgen.evaluate.ear_spectra import ear_spectra
from simgen.exchange.ear_responses import EarResponses, resampled
from simgen.scoring.crosstalk import PROTOCOL, DeviceScore, score_crosstalk
from simgen.scoring.crosstalk_bands import (
    PLANT_BINS,
    SAMPLE_RATE,
    TRANSFORM_LENGTH,
    plant_frequencies,
)
from simgen.scoring.crosstalk_plant import CrosstalkPlant

__all__ = ["MeasuredScore", "left_to_right", "measured_plant", "score_measured"]

_USABLE: Final = 0.9
"""Part of the band up to half the sample rate that resampling and converters leave as it was."""

_SAME_SIDE: Final = 1e-6
"""Difference in the sine of the lateral angle below which loudspeakers are at the same place."""


@dataclass(frozen=True)
class MeasuredScore:
    """Filters scored on one set of ear responses.

    Attributes
    ----------
    name
        Of the set, such as its file.
    order
        Index in the set of each driver, from the listener's left to right.
    measured_rate
        Sample rate in Hz at which the set was given.
    num_poses
        Poses that were graded.
    score
        The score by the definitions of ``ctc/1``.
    """

    name: str
    order: tuple[int, ...]
    measured_rate: float
    num_poses: int
    score: DeviceScore

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, which say that there is no rank."""
        condition, report = self.score.conditions[self.name], self.score.reports[self.name]
        return {
            "ranked": False,
            "measured": self.name,
            "measured_rate_hz": self.measured_rate,
            "protocol": PROTOCOL,
            "left_to_right": list(self.order),
            "coverage": {"num_drivers": len(self.order), "num_poses": self.num_poses},
            "num_taps": self.score.num_taps,
            "scores": intervals({"gain_db": self.score.gain_db}),
            "measures": by_condition(condition, report),
            "bands": by_band(self.score),
        }


def left_to_right(ears: EarResponses, *, name: str = "measured") -> NDArray[np.intp]:
    """Return the loudspeakers from the listener's left to right, as seen in the first pose.

    They are sorted by the sine of their lateral angle; those at the same place stay in order.

    Parameters
    ----------
    ears
        The responses with their geometry.
    name
        Of the set, for messages.

    Returns
    -------
    Indices, shape (loudspeaker,).

    Raises
    ------
    SignalError
        If no loudspeaker is farther to the left than another, or one is inside the head.
    """
    in_room = to_room_frame(
        ears.loudspeaker_positions, ears.device_position, ears.device_orientation
    )
    seen = from_room_frame(in_room, ears.head_positions[0], ears.head_orientations[0])
    distance = np.linalg.norm(seen, axis=1)
    if np.any(distance == 0.0):
        raise SignalError(
            "a loudspeaker is where the head is, loudspeaker",
            value=int(np.argmin(distance)),
            where=name,
        )
    sines = seen[:, 1] / distance
    if np.ptp(sines) < _SAME_SIDE:
        raise SignalError(
            "no loudspeaker is farther to the listener's left than another",
            where=name,
            fix="State positions of emitters (or sources) and listener in the file.",
        )
    return np.argsort(-np.round(sines / _SAME_SIDE), kind="stable")


def measured_plant(ears: EarResponses, *, name: str = "measured") -> CrosstalkPlant:
    """Return what filters are scored on: every pose graded, the first one nominal as well.

    Responses are resampled to 48 kHz, and drivers put in order from the listener's left to right.
    Nothing tells whether there was a room, so that how filters spread in time is reported and not
    judged.

    Parameters
    ----------
    ears
        The responses.
    name
        Of the condition.

    Raises
    ------
    SignalError
        If there is one loudspeaker or one pose, their sample rate does not reach what is scored, a
        loudspeaker is silent, or nothing tells left from right.
    """
    _require_scorable(ears, name)
    order = left_to_right(ears, name=name)
    responses = resampled(ears, SAMPLE_RATE).responses[:, :, order]
    spectra = ear_spectra(responses, length=TRANSFORM_LENGTH, bins=PLANT_BINS)
    return CrosstalkPlant(name, poses=spectra, nominal=spectra[0], anechoic=False)


def score_measured(
    filters: ArrayLike,
    ears: EarResponses,
    *,
    sample_rate: float = SAMPLE_RATE,
    name: str = "measured",
) -> MeasuredScore:
    """Score crosstalk filters on one set of ear responses.

    Parameters
    ----------
    filters
        Taps, float32 or float64, shape (driver, input, tap); the driver that is leftmost for the
        listener and the left input come first.
    ears
        The responses.
    sample_rate
        Of the filters in Hz, which must be that of the protocol.
    name
        Of the set.

    Raises
    ------
    SubmissionError
        If the filters cannot be scored; lists every fault.
    SignalError
        If the responses cannot be scored on.

    Examples
    --------
    >>> from simgen.exchange.sofa_ears import read_ear_responses
    >>> score_measured(numpy.load("mine.npy"), read_ear_responses("room.sofa"))  # doctest: +SKIP
    """
    plant = measured_plant(ears, name=name)
    scored = score_crosstalk({name: [plant]}, {name: filters}, sample_rate=sample_rate)
    order = tuple(int(index) for index in left_to_right(ears))
    return MeasuredScore(name, order, ears.sample_rate, ears.num_poses, scored.devices[name])


def _require_scorable(ears: EarResponses, name: str) -> None:
    """Refuse responses of which a score would mean nothing."""
    if ears.num_loudspeakers < 2:
        raise SignalError(
            "too few loudspeakers to cancel crosstalk",
            value=ears.num_loudspeakers,
            allowed="2 or more",
            where=name,
        )
    if ears.num_poses < 2:
        raise SignalError(
            "the head was measured in one pose, which says nothing of a head that moves",
            allowed="2 poses or more",
            where=name,
            fix="Measure the head turned or moved as well.",
        )
    least = 2.0 * float(plant_frequencies()[-1]) / _USABLE
    if ears.sample_rate < least:
        raise SignalError(
            "the sample rate does not reach the highest band that is scored",
            value=ears.sample_rate,
            allowed=f"{least:.0f} Hz or more",
            where=name,
        )
    silent = ~np.any(ears.responses, axis=(1, 3))
    if np.any(silent):
        pose, loudspeaker = (int(index) for index in np.argwhere(silent)[0])
        raise SignalError(f"loudspeaker {loudspeaker} is silent at pose {pose}", where=name)
