"""Beam tracks: baselines on exact devices, and scores of filters on them."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from simgen.baselines.beamformers import BeamBaseline, BeamTask
from simgen.benchmark.filters import DesignedOn, FilterSubmission
from simgen.benchmark.result import Result
from simgen.benchmark.suite import Split
from simgen.evaluate.array_scores import faults_by_file, intervals, rounded_values
from simgen.evaluate.designs import design_each, designed
from simgen.evaluate.results import result_of
from simgen.scoring.beam import BeamDeviceScore, score_beams
from simgen.scoring.beam_bands import GRADED_BANDS
from simgen.scoring.beam_devices import ball_responses, beam_devices, omni_responses
from simgen.scoring.octave_bands import SAMPLE_RATE

__all__ = ["BEAM_TASKS", "run_beamformer", "score_beam_filters"]

BEAM_TASKS: Final[Mapping[str, BeamTask]] = MappingProxyType(
    {"D-omni": BeamTask(omni_responses, 3), "D-ball": BeamTask(ball_responses, 3)}
)
"""The devices as they were meant."""


def run_beamformer(
    baseline: BeamBaseline, split: Split, *, on_item: Callable[[str], None] = lambda _: None
) -> FilterSubmission:
    """Let a baseline design filters for every device.

    Parameters
    ----------
    baseline
        The system.
    split
        The split that the filters are for.
    on_item
        Called with the name of each device when it is done.
    """
    filters = design_each(BEAM_TASKS, baseline.taps, on_item)
    on = DesignedOn(heads=(), rooms=("none",), poses="the devices as they were meant")
    return designed(baseline, split, filters, sample_rate=SAMPLE_RATE, on=on)


def score_beam_filters(submission: FilterSubmission, split: Split) -> Result:
    """Score a submission.

    Parameters
    ----------
    submission
        Filters of a system.
    split
        The split that they are for.

    Raises
    ------
    SubmissionError
        If the filters cannot be scored, with every fault and its file.
    """
    with faults_by_file(submission, split):
        score = score_beams(
            beam_devices(), submission.arrays, sample_rate=submission.sample_rate_hz
        )
    gains = {f"gain_{name}_db": device.gain_db for name, device in score.devices.items()}
    breakdown = {"device": {name: _by_device(each) for name, each in score.devices.items()}}
    for name, device in score.devices.items():
        if device.pattern is not None:
            breakdown[f"{name} at"] = _by_band(device)
    return result_of(
        submission,
        split,
        coverage=score.to_dict()["coverage"],
        scores=intervals({"gain_db": score.gain_db, **gains}),
        breakdown=breakdown,
    )


def _by_device(device: BeamDeviceScore) -> dict[str, float]:
    """Return what a device says, means over bands and draws."""
    numbers = {"gain_db": device.gain_db.value, "num_taps": float(device.num_taps)}
    pattern, report = device.pattern, device.report
    if pattern is not None and report is not None:
        numbers |= {
            "colour_charge_db": pattern.colour_charge_db,
            "dip_charge_db": pattern.dip_charge_db,
            "window_to_sides_db": float(np.mean(pattern.draw_level_db)),
            "nothing_window_to_sides_db": float(np.mean(pattern.nothing_level_db)),
            "effort_db": float(np.max(pattern.effort_db)),
            "axis_to_side_db": float(np.mean(report.axis_to_side_db)),
            "white_noise_gain_db": float(np.min(report.white_noise_gain_db)),
            "early_energy_db": report.early_energy_db,
            "late_energy_db": report.late_energy_db,
            "out_of_band_gain_db": report.out_of_band_gain_db,
        }
        if report.directivity_index_db is not None:
            numbers["directivity_index_db"] = float(np.mean(report.directivity_index_db))
    return rounded_values(numbers)


def _by_band(device: BeamDeviceScore) -> dict[str, dict[str, float]]:
    """Return what each third octave says."""
    pattern, report = device.pattern, device.report
    assert pattern is not None  # asked for scored devices alone
    assert report is not None
    by_name = {
        "window_to_sides_db": pattern.level_db.mean(axis=0),
        "effort_db": pattern.effort_db,
        "dip_db": pattern.dip_db,
        "axis_to_side_db": report.axis_to_side_db,
        "white_noise_gain_db": report.white_noise_gain_db,
    }
    if report.directivity_index_db is not None:
        by_name["directivity_index_db"] = report.directivity_index_db
    return {
        f"{centre:.0f} Hz": rounded_values({name: each[band] for name, each in by_name.items()})
        for band, centre in enumerate(GRADED_BANDS.centres)
    }
