"""The protocol ``ctc/1``: filters that cancel the crosstalk of loudspeakers between the ears.

A system gives, for each device, filters from two inputs to the device's drivers. Under each
condition (a head in a room) and at each of its poses, the separation between the ears is compared
with that of doing nothing: left to the leftmost driver, right to the rightmost.

1.  Separation: power of an input at its own ear over that at the other, third octaves from 200 Hz
    to 8 kHz, the worse input; from -15 to 15 dB.
2.  Effort: extra drive per decibel heard. Where a band takes more than 10 dB, what it gains over
    doing nothing fades, to none at 16 dB; what it loses stays.
3.  Poses: half the mean over poses, half the mean over the worst tenth; less the same of doing
    nothing.
4.  Colour: root mean square deviation from a flat level in sixth octaves, of each input at its ear
    and of both together, the worst of all; what exceeds 3 dB is charged.
5.  A condition scores at least -15 dB. A device has the mean over its conditions, the track the
    mean over its devices. **This mean ranks**, in dB gained over doing nothing.

Doing nothing scores exactly 0, and so does a device that is left out. The interval comes from
resampling poses, the same in every condition and device; effort and charge, which are made of
means over all poses, are held. Everything else explains a score. Changing any definition here
makes a new protocol.

References
----------
docs/decisions/crosstalk-protocol.md gives the reasons, and what was tried.
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
from simgen.scoring.crosstalk_condition import (
    CTC_1,
    ConditionScore,
    pose_aggregate,
    score_condition,
)
from simgen.scoring.crosstalk_filters import filter_faults, filter_spectra
from simgen.scoring.crosstalk_guards import response_faults
from simgen.scoring.crosstalk_plant import CrosstalkPlant
from simgen.scoring.crosstalk_report import ConditionReport, report_condition
from simgen.scoring.device_scores import score_devices
from simgen.scoring.gain_over_nothing import resampled_draws
from simgen.scoring.plain_values import plain_values

__all__ = [
    "PROTOCOL",
    "CrosstalkScore",
    "DeviceScore",
    "compare_crosstalk",
    "score_crosstalk",
]

PROTOCOL: Final = "ctc/1"


@dataclass(frozen=True)
class DeviceScore:
    """A scored device.

    Attributes
    ----------
    gain_db
        Mean over conditions, with its 95 % interval over poses.
    num_taps
        Length of the filters; 0 if there are none.
    conditions
        Scores by condition; empty if there are no filters.
    reports
        What explains them, by condition.
    """

    gain_db: Interval
    num_taps: int
    conditions: dict[str, ConditionScore]
    reports: dict[str, ConditionReport]


_NO_FILTERS: Final = DeviceScore(Interval(0.0, 0.0, 0.0), 0, {}, {})
"""A device that is left out, which counts as doing nothing."""


@dataclass(frozen=True)
class CrosstalkScore:
    """A scored submission.

    Attributes
    ----------
    protocol
        The definition of every score.
    num_poses
        Poses graded under each condition.
    gain_db
        The ranking number: mean over devices, with its 95 % interval over poses.
    devices
        Scores by device; those without filters count as 0.
    """

    protocol: str
    num_poses: int
    gain_db: Interval
    devices: dict[str, DeviceScore]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, keys in a fixed order; by pose, only means over bands."""
        coverage = {
            "num_devices": len(self.devices),
            "num_devices_submitted": sum(bool(each.conditions) for each in self.devices.values()),
            "num_poses": self.num_poses,
        }
        score = {
            "protocol": self.protocol,
            "coverage": coverage,
            "gain_db": self.gain_db,
            "devices": self.devices,
        }
        plain: dict[str, Any] = plain_values(score, leave_out=["separation_db"])
        return plain


def _require_matching(devices: Mapping[str, Sequence[CrosstalkPlant]]) -> None:
    """Refuse devices without conditions, and conditions that cannot be compared."""
    if not devices or not all(devices.values()):
        raise ParameterError("there is no condition to score", fix="Pass at least one plant each.")
    if len({plant.num_poses for plants in devices.values() for plant in plants}) > 1:
        raise ParameterError("the conditions differ in their number of poses")
    for name, plants in devices.items():
        names = [plant.name for plant in plants]
        if len({*names}) < len(names):
            raise ParameterError("two conditions share a name", value=names, where=name)
        if len({plant.num_drivers for plant in plants}) > 1:
            raise ParameterError("the conditions differ in their number of drivers", where=name)


def score_crosstalk(
    devices: Mapping[str, Sequence[CrosstalkPlant]],
    submission: Mapping[str, ArrayLike],
    *,
    sample_rate: float = SAMPLE_RATE,
) -> CrosstalkScore:
    """Score the filters of every device of a split.

    Parameters
    ----------
    devices
        Conditions of each device, with one number of poses in all.
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
        If conditions are missing or do not belong together.
    """
    _require_matching(devices)
    num_poses = next(iter(devices.values()))[0].num_poses
    score = partial(_score_device, sample_rate=sample_rate)
    scored = score_devices(devices, submission, score, left_out=_NO_FILTERS)
    gain = float(np.mean([device.gain_db.value for device in scored.values()]))
    interval = percentile_interval(gain, _track_replicates(scored, num_poses))
    return CrosstalkScore(PROTOCOL, num_poses, interval, scored)


def _score_device(
    plants: Sequence[CrosstalkPlant], filters: ArrayLike, sample_rate: float
) -> tuple[DeviceScore, list[str]]:
    """Score one device; with every fault, beside which the score means nothing."""
    faults = [*filter_faults(filters, num_drivers=plants[0].num_drivers, sample_rate=sample_rate)]
    if faults:
        return _NO_FILTERS, faults
    spectra = filter_spectra(np.asarray(filters))
    conditions, reports = {}, {}
    for plant in plants:
        score = score_condition(plant, spectra[PLANT_BINS])
        faults += response_faults(plant, spectra, score.level_db)
        conditions[plant.name] = score
        reports[plant.name] = report_condition(plant, spectra, score)
    gain = float(np.mean([score.gain_db for score in conditions.values()]))
    replicates = _device_replicates(conditions, resampled_draws(plants[0].num_poses))
    interval = percentile_interval(gain, replicates)
    return DeviceScore(interval, np.shape(filters)[-1], conditions, reports), faults


# How sure a score is


def _device_replicates(
    conditions: Mapping[str, ConditionScore], poses: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return a device's score over each resample of the poses, shape (resample,)."""
    gains = np.zeros(len(poses))
    for score in conditions.values():
        gained = pose_aggregate(score.pose_separation_db[poses])
        gained = gained - pose_aggregate(score.nothing_separation_db[poses])
        gains += np.maximum(CTC_1.floor_db, gained - score.charge_db) / len(conditions)
    return gains


def _track_replicates(devices: Mapping[str, DeviceScore], num_poses: int) -> NDArray[np.float64]:
    """Return the ranking number over each resample of the poses, shape (resample,)."""
    poses = resampled_draws(num_poses)
    by_device = [_device_replicates(device.conditions, poses) for device in devices.values()]
    return np.asarray(np.mean(by_device, axis=0))


def compare_crosstalk(first: CrosstalkScore, second: CrosstalkScore) -> PairedInterval:
    """Bound how much more the first submission gains, resampling the poses of both alike.

    Raises
    ------
    ParameterError
        If the two were not scored on the same devices with as many poses.
    """
    if [*first.devices] != [*second.devices] or first.num_poses != second.num_poses:
        raise ParameterError("the submissions were not scored on the same devices and poses")
    drawn = [_track_replicates(each.devices, each.num_poses) for each in (first, second)]
    return paired_interval(first.gain_db.value - second.gain_db.value, drawn[0] - drawn[1])
