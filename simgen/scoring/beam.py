"""The protocol ``beam/1``: filters that make three loudspeakers radiate forwards, not sideways.

A system gives, for each device, a filter for every driver. What reaches a window of +-45 degrees
round the axis is compared with what reaches both sides, 75 to 105 degrees, and with what the
driver in the middle does alone. Each device is graded as it was meant and as it comes off the
line: in several draws, with gains and delays of its drivers that are a little off.

1.  Level: mean power in the window over that to the sides, third octaves from 315 Hz to 4 kHz;
    from -15 to 15 dB.
2.  Effort: extra drive per decibel heard in the window. Where a band takes more than 9 dB, what
    it gains over the single driver fades, to none at 15 dB; what it loses stays.
3.  Draws: half the mean over draws, half the mean over the worst tenth; less the same of the
    single driver.
4.  Colour: root mean square deviation from a flat level in the window, in sixth octaves; what
    exceeds 3 dB is charged.
5.  Dip: the quietest direction in the window re the loudest; what is below -6.5 dB is charged,
    mean over bands.
6.  A device scores at least -15 dB, the track the mean over its devices. **This mean ranks**, in
    dB gained over the single driver.

The single driver scores exactly 0, and so does a device that is left out. The interval comes from
resampling draws, the same in every device; effort and charges, which are made of means over all
draws, are held. Everything else explains a score. Changing any definition here makes a new
protocol.

References
----------
docs/decisions/beam-protocol.md gives the reasons, and what was tried.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.errors import ParameterError
from simgen.scoring.beam_bands import PLANT_BINS
from simgen.scoring.beam_guards import beam_faults, filter_faults
from simgen.scoring.beam_pattern import BEAM_1, PatternScore, draw_aggregate, score_pattern
from simgen.scoring.beam_plant import BeamPlant, beam_spectra
from simgen.scoring.beam_report import BeamReport, report_beam
from simgen.scoring.bootstrap import (
    Interval,
    PairedInterval,
    paired_interval,
    percentile_interval,
)
from simgen.scoring.device_scores import score_devices
from simgen.scoring.gain_over_nothing import resampled_draws
from simgen.scoring.octave_bands import SAMPLE_RATE
from simgen.scoring.plain_values import plain_values

__all__ = ["PROTOCOL", "BeamDeviceScore", "BeamScore", "compare_beams", "score_beams"]

PROTOCOL: Final = "beam/1"


@dataclass(frozen=True)
class BeamDeviceScore:
    """A scored device.

    Attributes
    ----------
    gain_db
        The device's score, with its 95 % interval over draws.
    num_taps
        Length of the filters; 0 if there are none.
    pattern
        What the score is made of; None if there are no filters.
    report
        What explains it; None if there are no filters.
    """

    gain_db: Interval
    num_taps: int
    pattern: PatternScore | None
    report: BeamReport | None


_NO_FILTERS: Final = BeamDeviceScore(Interval(0.0, 0.0, 0.0), 0, None, None)
"""A device that is left out, which counts as its single driver."""


@dataclass(frozen=True)
class BeamScore:
    """A scored submission.

    Attributes
    ----------
    protocol
        The definition of every score.
    num_draws
        Draws graded of each device.
    gain_db
        The ranking number: mean over devices, with its 95 % interval over draws.
    devices
        Scores by device; those without filters count as 0.
    """

    protocol: str
    num_draws: int
    gain_db: Interval
    devices: dict[str, BeamDeviceScore]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, keys in a fixed order; by draw, only means over bands."""
        coverage = {
            "num_devices": len(self.devices),
            "num_devices_submitted": sum(
                each.pattern is not None for each in self.devices.values()
            ),
            "num_draws": self.num_draws,
        }
        score = {
            "protocol": self.protocol,
            "coverage": coverage,
            "gain_db": self.gain_db,
            "devices": self.devices,
        }
        plain: dict[str, Any] = plain_values(score, leave_out=["level_db"])
        return plain


def score_beams(
    devices: Mapping[str, BeamPlant],
    submission: Mapping[str, ArrayLike],
    *,
    sample_rate: float = SAMPLE_RATE,
) -> BeamScore:
    """Score the filters of every device of a split.

    Parameters
    ----------
    devices
        Plants by device, with one number of draws in all.
    submission
        Filters by device, float32 or float64, shape (driver, tap); the leftmost driver comes
        first. A device that is left out counts as its single driver.
    sample_rate
        Of the filters in Hz, as submitted.

    Raises
    ------
    SubmissionError
        If filters cannot be scored; lists every fault.
    ParameterError
        If there is no device, or devices differ in their number of draws.
    """
    if not devices:
        raise ParameterError("there is no device to score", fix="Pass at least one plant.")
    if len({plant.num_draws for plant in devices.values()}) > 1:
        raise ParameterError("the devices differ in their number of draws")
    num_draws = next(iter(devices.values())).num_draws
    score = partial(_score_device, sample_rate=sample_rate)
    scored = score_devices(devices, submission, score, left_out=_NO_FILTERS)
    gain = float(np.mean([device.gain_db.value for device in scored.values()]))
    interval = percentile_interval(gain, _track_replicates(scored, num_draws))
    return BeamScore(PROTOCOL, num_draws, interval, scored)


def _score_device(
    plant: BeamPlant, filters: ArrayLike, sample_rate: float
) -> tuple[BeamDeviceScore, list[str]]:
    """Score one device; with every fault, beside which the score means nothing."""
    faults = [*filter_faults(filters, num_drivers=plant.num_drivers, sample_rate=sample_rate)]
    if faults:
        return _NO_FILTERS, faults
    spectra = beam_spectra(np.asarray(filters))
    pattern = score_pattern(plant, spectra[PLANT_BINS])
    faults += beam_faults(plant, spectra, pattern.window_level_db)
    report = report_beam(plant, spectra, pattern)
    replicates = _device_replicates(pattern, resampled_draws(plant.num_draws))
    interval = percentile_interval(pattern.gain_db, replicates)
    return BeamDeviceScore(interval, np.shape(filters)[-1], pattern, report), faults


def _device_replicates(
    pattern: PatternScore | None, draws: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return a device's score over each resample of the draws, shape (resample,)."""
    if pattern is None:
        return np.zeros(len(draws))
    gained = draw_aggregate(pattern.draw_level_db[draws])
    gained = gained - draw_aggregate(pattern.nothing_level_db[draws])
    charges = pattern.colour_charge_db + pattern.dip_charge_db
    return np.asarray(np.maximum(BEAM_1.floor_db, gained - charges))


def _track_replicates(
    devices: Mapping[str, BeamDeviceScore], num_draws: int
) -> NDArray[np.float64]:
    """Return the ranking number over each resample of the draws, shape (resample,)."""
    draws = resampled_draws(num_draws)
    by_device = [_device_replicates(device.pattern, draws) for device in devices.values()]
    return np.asarray(np.mean(by_device, axis=0))


def compare_beams(first: BeamScore, second: BeamScore) -> PairedInterval:
    """Bound how much more the first submission gains, resampling the draws of both alike.

    Raises
    ------
    ParameterError
        If the two were not scored on the same devices with as many draws.
    """
    if [*first.devices] != [*second.devices] or first.num_draws != second.num_draws:
        raise ParameterError("the submissions were not scored on the same devices and draws")
    drawn = [_track_replicates(each.devices, each.num_draws) for each in (first, second)]
    return paired_interval(first.gain_db.value - second.gain_db.value, drawn[0] - drawn[1])
