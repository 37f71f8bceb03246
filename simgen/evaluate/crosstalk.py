"""Crosstalk tracks: plants from what was rendered, and scores of filters on them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from simgen.benchmark.driver_errors import driver_errors
from simgen.benchmark.filters import FilterSubmission, filter_track
from simgen.benchmark.result import Result
from simgen.benchmark.suite import Split
from simgen.dataset.dataset import Dataset
from simgen.evaluate.array_scores import faults_by_file, intervals, rounded_values
from simgen.evaluate.designs import listener_of
from simgen.evaluate.ear_spectra import ear_spectra
from simgen.evaluate.results import result_of
from simgen.evaluate.split_data import require_built_from
from simgen.scene.geometry import box_room
from simgen.scoring.crosstalk import CrosstalkScore, DeviceScore, score_crosstalk
from simgen.scoring.crosstalk_bands import (
    GRADED_BANDS,
    PLANT_BINS,
    TRANSFORM_LENGTH,
    plant_frequencies,
)
from simgen.scoring.crosstalk_condition import CTC_1, ConditionScore, pose_aggregate
from simgen.scoring.crosstalk_plant import CrosstalkPlant
from simgen.scoring.crosstalk_report import ConditionReport

__all__ = ["by_band", "by_condition", "crosstalk_plants", "score_filters"]

_WORST = replace(CTC_1, worst_weight=1.0)


def crosstalk_plants(
    split: Split, dataset: Dataset, *, on_item: Callable[[str], None] = lambda _: None
) -> dict[str, list[CrosstalkPlant]]:
    """Return the conditions of each device: spectra at every pose, with the drivers' errors.

    Parameters
    ----------
    split
        The split.
    dataset
        The split as built.
    on_item
        Called with the name of each item when it is done.

    Raises
    ------
    DatasetError
        If the dataset is not this split, or the split is not one to be scored on.
    """
    require_built_from(dataset, split)
    track, errors = filter_track(split), driver_errors(split)
    frequency = plant_frequencies()
    plants: dict[str, list[CrosstalkPlant]] = {device: [] for device in track.devices}
    for number, (item, scene) in enumerate(zip(split.items, split.scenes, strict=True)):
        heard = dataset[number].ear_responses[listener_of(split)]
        for device, conditions in plants.items():
            spectra = ear_spectra(heard[device], length=TRANSFORM_LENGTH, bins=PLANT_BINS)
            wrong = errors[scene.name][device].response(frequency)
            conditions.append(
                CrosstalkPlant(
                    scene.name,
                    poses=spectra[1:] * wrong[:, :, None],
                    nominal=spectra[0],
                    anechoic=box_room(scene.room).is_anechoic,
                )
            )
        on_item(item)
    return plants


def score_filters(
    submission: FilterSubmission, split: Split, plants: Mapping[str, list[CrosstalkPlant]]
) -> Result:
    """Score a submission.

    Parameters
    ----------
    submission
        Filters of a system.
    split
        The split that they are for.
    plants
        What ``crosstalk_plants`` returns for it.

    Raises
    ------
    SubmissionError
        If the filters cannot be scored, with every fault and its file.
    """
    with faults_by_file(submission, split):
        score = score_crosstalk(plants, submission.arrays, sample_rate=submission.sample_rate_hz)
    gains = {f"gain_{name}_db": device.gain_db for name, device in score.devices.items()}
    return result_of(
        submission,
        split,
        coverage=score.to_dict()["coverage"],
        scores=intervals({"gain_db": score.gain_db, **gains}),
        breakdown=_breakdown(score),
    )


def _breakdown(score: CrosstalkScore) -> dict[str, dict[str, dict[str, float]]]:
    """Return what explains the score: by device, by its conditions, its bands and its poses."""
    parts: dict[str, dict[str, dict[str, float]]] = {
        "device": {name: _by_device(device) for name, device in score.devices.items()}
    }
    for name, device in score.devices.items():
        if device.conditions:
            parts[f"{name} under"] = {
                condition: by_condition(device.conditions[condition], report)
                for condition, report in device.reports.items()
            }
            parts[f"{name} at"] = by_band(device)
            parts[f"{name} in"] = _by_pose(device)
    return parts


def _by_device(device: DeviceScore) -> dict[str, float]:
    """Return means over the conditions of a device."""
    means: dict[str, float] = {"gain_db": device.gain_db.value, "num_taps": device.num_taps}
    if device.conditions:
        parts = [
            by_condition(device.conditions[name], report) for name, report in device.reports.items()
        ]
        for key in ("charge_db", "separation_db", "worst_separation_db"):
            means[key] = float(np.mean([part[key] for part in parts]))
    return rounded_values(means)


def by_condition(score: ConditionScore, report: ConditionReport) -> dict[str, float]:
    """Return what one condition says, means over bands and aggregates over poses."""
    numbers = {
        "gain_db": score.gain_db,
        "charge_db": score.charge_db,
        "separation_db": np.mean(score.pose_separation_db),
        "worst_separation_db": pose_aggregate(score.pose_separation_db, _WORST),
        "nothing_separation_db": np.mean(score.nothing_separation_db),
        "nominal_separation_db": np.mean(report.nominal_separation_db),
        "effort_db": np.max(score.effort_db),
        "overfitting_db": report.overfitting_db,
        "reproduction_error_db": report.reproduction_error_db,
        "early_energy_db": report.early_energy_db,
        "late_energy_db": report.late_energy_db,
        "out_of_band_gain_db": report.out_of_band_gain_db,
    }
    return rounded_values(numbers)


def by_band(device: DeviceScore) -> dict[str, dict[str, float]]:
    """Return what each third octave says, means over the conditions."""
    by_name: dict[str, Any] = {
        "effort_db": [score.effort_db for score in device.conditions.values()],
        **{
            key: [getattr(report, key) for report in device.reports.values()]
            for key in ("separation_mean_db", "separation_p10_db", "nominal_separation_db")
        },
    }
    means = {name: np.mean(values, axis=0) for name, values in by_name.items()}
    return {
        f"{centre:.0f} Hz": rounded_values({name: values[band] for name, values in means.items()})
        for band, centre in enumerate(GRADED_BANDS.centres)
    }


def _by_pose(device: DeviceScore) -> dict[str, dict[str, float]]:
    """Return what each graded pose says, means over the conditions and bands."""
    scores = device.conditions.values()
    ours = np.mean([score.pose_separation_db for score in scores], axis=0)
    nothing = np.mean([score.nothing_separation_db for score in scores], axis=0)
    return {
        f"pose {number}": rounded_values({"separation_db": one, "nothing_separation_db": other})
        for number, (one, other) in enumerate(zip(ours, nothing, strict=True), start=1)
    }
