"""The protocol ``stage/1``: filters that give a narrow device the stage of a stereo pair.

A system gives, for each device, filters from left and right to the device's drivers. Sources are
panned to seven places from 30 degrees left to 30 degrees right, by the tangent law with constant
power. At each of several seats the ears of a head are compared with what a point source at the
place itself, fixed in the room, would let them hear.

1.  Cue error: interaural phase as a time below 1.5 kHz in units of 20 us, and interaural level
    above it in dB, at most 20 dB; half of each, in 25 auditory bands from 200 Hz to 8.5 kHz; the
    worse of the left and the right half of the stage.
2.  Seats: half the mean over seats, half the mean over the worst tenth.
3.  Points: by how many per cent the error is less than that of doing nothing: left to the
    leftmost driver, right to the rightmost.
4.  Effort as in ``ctc/1``: extra drive per decibel heard. What is gained fades in bands that take
    more than 10 dB, to none at 16 dB; what is lost stays.
5.  Colour: root mean square deviation in sixth octaves from the level of a stereo pair at the
    same seats, the worst place. Beyond 2 dB, or what doing nothing has if that is more, 5 points
    a dB.
6.  Coherence of the ears for the middle of the stage: 1 point for each hundredth less than doing
    nothing, beyond 5.
7.  A head scores at least -100 points. A device has the mean over heads, the track the mean over
    devices. **This mean ranks**; 100 is the stage itself.

Doing nothing scores exactly 0, and so does a device that is left out. The interval comes from
resampling seats, the same for every head and device; effort and charges, which are made of means
over all seats, are held. Everything else explains a score. Changing any definition here makes a
new protocol.

References
----------
docs/decisions/soundstage-protocol.md gives the reasons, and what was tried.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.errors import ParameterError
from simgen.scoring.bootstrap import (
    Interval,
    PairedInterval,
    paired_interval,
    percentile_interval,
)
from simgen.scoring.crosstalk_bands import PLANT_BINS, SAMPLE_RATE
from simgen.scoring.crosstalk_filters import filter_faults, filter_spectra
from simgen.scoring.crosstalk_guards import response_faults
from simgen.scoring.device_scores import score_devices
from simgen.scoring.gain_over_nothing import resampled_draws
from simgen.scoring.plain_values import plain_values
from simgen.scoring.soundstage_condition import STAGE_1, HeadScore, score_head
from simgen.scoring.soundstage_plant import SoundstagePlant
from simgen.scoring.soundstage_report import HeadReport, report_head

__all__ = [
    "PROTOCOL",
    "DeviceScore",
    "SoundstageScore",
    "compare_soundstage",
    "score_soundstage",
]

PROTOCOL: Final = "stage/1"


@dataclass(frozen=True)
class DeviceScore:
    """A scored device.

    Attributes
    ----------
    points
        Mean over heads, with its 95 % interval over seats.
    num_taps
        Length of the filters; 0 if there are none.
    heads
        Scores by head; empty if there are no filters.
    reports
        What explains them, by head.
    """

    points: Interval
    num_taps: int
    heads: dict[str, HeadScore]
    reports: dict[str, HeadReport]


_NO_FILTERS: Final = DeviceScore(Interval(0.0, 0.0, 0.0), 0, {}, {})
"""A device that is left out, which counts as doing nothing."""


@dataclass(frozen=True)
class SoundstageScore:
    """A scored submission.

    Attributes
    ----------
    protocol
        The definition of every score.
    num_seats
        Seats at which each head is.
    points
        The ranking number: mean over devices, with its 95 % interval over seats.
    devices
        Scores by device; those without filters count as 0.
    """

    protocol: str
    num_seats: int
    points: Interval
    devices: dict[str, DeviceScore]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, keys in a fixed order."""
        coverage = {
            "num_devices": len(self.devices),
            "num_devices_submitted": sum(bool(each.heads) for each in self.devices.values()),
            "num_seats": self.num_seats,
        }
        score = {
            "protocol": self.protocol,
            "coverage": coverage,
            "points": self.points,
            "devices": self.devices,
        }
        plain: dict[str, Any] = plain_values(score)
        return plain


def _require_matching(devices: Mapping[str, Sequence[SoundstagePlant]]) -> None:
    """Refuse devices without heads, and heads that cannot be compared."""
    if not devices or not all(devices.values()):
        raise ParameterError("there is no head to score", fix="Pass at least one plant each.")
    if len({plant.num_seats for plants in devices.values() for plant in plants}) > 1:
        raise ParameterError("the heads differ in their number of seats")
    for name, plants in devices.items():
        names = [plant.name for plant in plants]
        if len({*names}) < len(names):
            raise ParameterError("two heads share a name", value=names, where=name)
        if len({plant.num_drivers for plant in plants}) > 1:
            raise ParameterError("the heads differ in the device's drivers", where=name)


def score_soundstage(
    devices: Mapping[str, Sequence[SoundstagePlant]],
    submission: Mapping[str, ArrayLike],
    *,
    sample_rate: float = SAMPLE_RATE,
) -> SoundstageScore:
    """Score the filters of every device of a split.

    Parameters
    ----------
    devices
        What each head hears of each device, with one number of seats in all.
    submission
        Filters by device, float32 or float64, shape (driver, input, tap); the leftmost driver and
        the left input come first. A device that is left out counts as doing nothing.
    sample_rate
        Of the filters in Hz, as submitted.

    Raises
    ------
    SubmissionError
        If filters cannot be scored; lists every fault.
    ParameterError
        If heads are missing or do not belong together.
    """
    _require_matching(devices)
    num_seats = next(iter(devices.values()))[0].num_seats
    score = partial(_score_device, sample_rate=sample_rate)
    scored = score_devices(devices, submission, score, left_out=_NO_FILTERS)
    points = float(np.mean([device.points.value for device in scored.values()]))
    interval = percentile_interval(points, _track_replicates(scored, num_seats))
    return SoundstageScore(PROTOCOL, num_seats, interval, scored)


def _score_device(
    plants: Sequence[SoundstagePlant], filters: ArrayLike, sample_rate: float
) -> tuple[DeviceScore, list[str]]:
    """Score one device; with every fault, beside which the score means nothing."""
    faults = [*filter_faults(filters, num_drivers=plants[0].num_drivers, sample_rate=sample_rate)]
    if faults:
        return _NO_FILTERS, faults
    spectra = filter_spectra(np.asarray(filters))
    heads, reports = {}, {}
    for plant in plants:
        score = score_head(plant, spectra[PLANT_BINS])
        faults += response_faults(plant.device, spectra, score.level_db)
        heads[plant.name] = score
        reports[plant.name] = report_head(plant, spectra, score)
    points = float(np.mean([score.points for score in heads.values()]))
    replicates = _device_replicates(heads, resampled_draws(plants[0].num_seats))
    interval = percentile_interval(points, replicates)
    return DeviceScore(interval, np.shape(filters)[-1], heads, reports), faults


# How sure a score is


def _device_replicates(
    heads: Mapping[str, HeadScore], seats: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return a device's score over each resample of the seats, shape (resample,)."""
    points = np.zeros(len(seats))
    for score in heads.values():
        errors, nothing = score.seat_errors[seats], score.nothing_errors[seats]
        points += STAGE_1.points(errors, nothing, kept=score.kept, charge=score.charge)
    return points / max(1, len(heads))


def _track_replicates(devices: Mapping[str, DeviceScore], num_seats: int) -> NDArray[np.float64]:
    """Return the ranking number over each resample of the seats, shape (resample,)."""
    seats = resampled_draws(num_seats)
    by_device = [_device_replicates(device.heads, seats) for device in devices.values()]
    return np.asarray(np.mean(by_device, axis=0))


def compare_soundstage(first: SoundstageScore, second: SoundstageScore) -> PairedInterval:
    """Bound how many points more the first submission has, resampling the seats of both alike.

    Raises
    ------
    ParameterError
        If the two were not scored on the same devices with as many seats.
    """
    if [*first.devices] != [*second.devices] or first.num_seats != second.num_seats:
        raise ParameterError("the submissions were not scored on the same devices and seats")
    drawn = [_track_replicates(each.devices, each.num_seats) for each in (first, second)]
    return paired_interval(first.points.value - second.points.value, drawn[0] - drawn[1])
