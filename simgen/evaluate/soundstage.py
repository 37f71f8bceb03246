"""Soundstage tracks: plants from what was rendered, baselines, and scores of filters."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from simgen.baselines.wideners import StageTask, WidenerBaseline
from simgen.benchmark.driver_errors import driver_errors
from simgen.benchmark.filters import FilterSubmission, filter_track
from simgen.benchmark.result import Result
from simgen.benchmark.suite import Split
from simgen.dataset.dataset import Dataset
from simgen.evaluate.array_scores import faults_by_file, intervals, rounded_values
from simgen.evaluate.designs import (
    design_each,
    design_split,
    designed_on_split,
    filter_tasks,
    listener_of,
)
from simgen.evaluate.ear_spectra import ear_spectra
from simgen.evaluate.results import result_of
from simgen.evaluate.split_data import require_built_from
from simgen.scene.scene import Scene
from simgen.scoring.crosstalk_bands import PLANT_BINS, TRANSFORM_LENGTH, plant_frequencies
from simgen.scoring.crosstalk_plant import CrosstalkPlant
from simgen.scoring.soundstage import DeviceScore, score_soundstage
from simgen.scoring.soundstage_condition import HeadScore
from simgen.scoring.soundstage_plant import HeadDirections, SoundstagePlant
from simgen.scoring.soundstage_report import HeadReport

__all__ = ["run_widener", "score_stage_filters", "soundstage_plants"]

PAIR, STAGE, ROUND = "A", "stage", "round"
"""Devices that are no devices to be filtered: the stereo pair, the sources of the stage, and
sources all round a head's front."""

_SEATS, _ROUND = " seats", " round"
"""How the two scenes of a head are told apart by their names."""


def soundstage_plants(
    split: Split, dataset: Dataset, *, on_item: Callable[[str], None] = lambda _: None
) -> dict[str, list[SoundstagePlant]]:
    """Return what each head hears of each device, with the drivers' errors, and of the stage.

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
    errors, listener = driver_errors(split), listener_of(split)
    numbers = {scene.name: number for number, scene in enumerate(split.scenes)}
    plants: dict[str, list[SoundstagePlant]] = {name: [] for name in filter_track(split).devices}
    for name in errors:
        head = name.removesuffix(_SEATS)
        number, around = numbers[name], numbers[head + _ROUND]
        heard = dataset[number].ear_responses[listener]
        directions = _directions(split.scenes[around], dataset[around].ear_responses[listener])
        stage, anchor = _spectra(heard[STAGE])[1:], _spectra(heard[PAIR])[1:]
        azimuths = _azimuths(split.scenes[number], STAGE)[1:]
        for device, found in plants.items():
            spectra = _spectra(heard[device])
            wrong = errors[name][device].response(plant_frequencies())[:, :, None]
            plant = CrosstalkPlant(head, spectra[1:] * wrong, spectra[0], anechoic=True)
            found.append(SoundstagePlant(plant, stage, azimuths, anchor, directions))
        on_item(split.items[number])
        on_item(split.items[around])
    return plants


def _spectra(responses: NDArray[np.float32]) -> NDArray[np.complex128]:
    """Return the spectra of responses at a plant's frequencies."""
    return ear_spectra(responses, length=TRANSFORM_LENGTH, bins=PLANT_BINS)


def _directions(scene: Scene, heard: Mapping[str, NDArray[np.float32]]) -> HeadDirections:
    """Return what a head hears from all round its front."""
    return HeadDirections(_azimuths(scene, ROUND)[0], _spectra(heard[ROUND])[0])


def _azimuths(scene: Scene, device: str) -> NDArray[np.float64]:
    """Return the azimuths of sources in rad at each pose, (pose, source); no head is turned."""
    built = scene.devices[device]
    places = np.array([driver.position for driver in built.drivers]) + built.position
    [listener] = scene.listeners.values()
    offsets = places - np.array([pose.position for pose in listener.poses])[:, None]
    return np.asarray(np.arctan2(offsets[..., 1], offsets[..., 0]))


def run_widener(
    baseline: WidenerBaseline,
    split: Split,
    dataset: Dataset,
    *,
    on_item: Callable[[str], None] = lambda _: None,
) -> FilterSubmission:
    """Let a baseline design filters for every device, on the track's design split as built.

    Raises
    ------
    DatasetError
        If the dataset is not the design split.
    """
    design = design_split(split)
    pair = np.asarray(dataset[0].ear_responses[listener_of(design)][PAIR], dtype=np.float64)
    filters = design_each(
        filter_tasks(design, dataset),
        lambda device: baseline.design(StageTask(device, pair)),
        on_item,
    )
    return designed_on_split(baseline, split, filters, design)


def score_stage_filters(
    submission: FilterSubmission, split: Split, plants: Mapping[str, list[SoundstagePlant]]
) -> Result:
    """Score a submission.

    Parameters
    ----------
    submission
        Filters of a system.
    split
        The split that they are for.
    plants
        What ``soundstage_plants`` returns for it.

    Raises
    ------
    SubmissionError
        If the filters cannot be scored, with every fault and its file.
    """
    with faults_by_file(submission, split):
        score = score_soundstage(plants, submission.arrays, sample_rate=submission.sample_rate_hz)
    breakdown = {"device": {name: _by_device(each) for name, each in score.devices.items()}}
    for name, device in score.devices.items():
        if device.heads:
            breakdown[f"{name} with"] = {
                head: _by_head(device.heads[head], report)
                for head, report in device.reports.items()
            }
            breakdown[f"{name} on"] = _by_seat(device)
    points = {f"points_{name}": device.points for name, device in score.devices.items()}
    return result_of(
        submission,
        split,
        coverage=score.to_dict()["coverage"],
        scores=intervals({"points": score.points, **points}),
        breakdown=breakdown,
    )


def _by_device(device: DeviceScore) -> dict[str, float]:
    """Return means over the heads of a device."""
    means: dict[str, float] = {"points": device.points.value, "num_taps": device.num_taps}
    parts = [_by_head(device.heads[name], report) for name, report in device.reports.items()]
    for key in ("cue_error", "width_deg", "within_10deg") if parts else ():
        means[key] = float(np.mean([part[key] for part in parts]))
    return rounded_values(means)


def _by_head(score: HeadScore, report: HeadReport) -> dict[str, float]:
    """Return what one head says, means over seats."""
    return rounded_values(
        {
            "points": score.points,
            "anchor_points": score.anchor_points,
            "kept": score.kept,
            "colour_charge": score.colour_charge,
            "coherence_charge": score.coherence_charge,
            "cue_error": np.mean(score.seat_errors),
            "nothing_cue_error": np.mean(score.nothing_errors),
            "effort_db": np.max(score.effort_db),
            "within_5deg": report.stage.within_5deg,
            "within_10deg": report.stage.within_10deg,
            "width_deg": report.stage.width_deg,
            "early_energy_db": report.early_energy_db,
            "late_energy_db": report.late_energy_db,
            "out_of_band_gain_db": report.out_of_band_gain_db,
        }
    )


def _by_seat(device: DeviceScore) -> dict[str, dict[str, float]]:
    """Return what each seat says, means over heads."""
    scores = device.heads.values()
    ours = np.mean([score.seat_errors for score in scores], axis=0)
    nothing = np.mean([score.nothing_errors for score in scores], axis=0)
    return {
        f"seat {number}": rounded_values({"cue_error": one, "nothing_cue_error": other})
        for number, (one, other) in enumerate(zip(ours, nothing, strict=True), start=1)
    }
