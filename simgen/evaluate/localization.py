"""Localisation tracks: baselines over recordings, and scores of azimuths."""

from collections.abc import Callable
from functools import partial

import numpy as np

from simgen.baselines.localisers import LocalizationBaseline
from simgen.benchmark.azimuths import AzimuthSubmission, Prediction, check_against
from simgen.benchmark.localization import conditions, localization_track, references
from simgen.benchmark.result import Result
from simgen.benchmark.result_details import LocalizationDetails
from simgen.benchmark.suite import Split
from simgen.dataset.dataset import Dataset
from simgen.evaluate.headers import header_of
from simgen.evaluate.results import result_of
from simgen.evaluate.split_data import require_built_from
from simgen.evaluate.workers import spread
from simgen.scene.scene import Scene
from simgen.scoring.localization import scene_ospa_deg, score_localization
from simgen.scoring.localization_details import localization_details

__all__ = ["run_localiser", "score_azimuths"]

_DECIMALS = 6
"""Decimals of a predicted degree: far below what any system resolves."""


def run_localiser(
    baseline: LocalizationBaseline,
    split: Split,
    dataset: Dataset,
    *,
    knows_count: bool = False,
    jobs: int = 1,
    on_item: Callable[[str], None] = lambda _: None,
) -> AzimuthSubmission:
    """Let a baseline predict every item of a split.

    Parameters
    ----------
    baseline
        The system.
    split
        The split.
    dataset
        The split as built.
    knows_count
        Whether the system is told the number of sources, which makes it an oracle.
    jobs
        Number of worker processes, on which the answers do not depend.
    on_item
        Called with the name of each item when it is done.

    Raises
    ------
    DatasetError
        If the dataset is not this split.
    ParameterError
        If ``jobs`` is below 1.
    """
    require_built_from(dataset, split)
    array = localization_track(split).array
    predict = partial(_predict, baseline, dataset, array=array, knows_count=knows_count)
    answers = spread(predict, [*enumerate(split.scenes)], jobs=jobs)
    predictions = {}
    for item, prediction in zip(split.items, answers, strict=True):
        predictions[item] = prediction
        on_item(item)
    return AzimuthSubmission(
        **header_of(baseline, split, knows_count=knows_count),
        predictions=predictions,
    )


def _predict(
    baseline: LocalizationBaseline,
    dataset: Dataset,
    numbered: tuple[int, Scene],
    *,
    array: str,
    knows_count: bool,
) -> Prediction:
    """Let a baseline predict one scene of a dataset, given with its number."""
    number, scene = numbered
    azimuths = baseline.locate(
        dataset[number].signals[array],
        np.array(scene.arrays[array].microphones),
        sample_rate=scene.sample_rate,
        num_sources=len(scene.sources) if knows_count else None,
    )
    degrees = np.round(np.rad2deg(azimuths), _DECIMALS)
    return Prediction(azimuth_deg=tuple(degrees.tolist()))


def score_azimuths(submission: AzimuthSubmission, split: Split) -> Result:
    """Score a submission.

    Parameters
    ----------
    submission
        What a system predicts.
    split
        The split that it predicts.

    Returns
    -------
    Its scores, with intervals and a breakdown by condition.

    Raises
    ------
    SubmissionError
        If the submission does not answer the split, with every fault.
    """
    check_against(submission, split)
    truth, found = references(split), submission.azimuths()
    num_sectors = localization_track(split).sectors
    score = score_localization(
        truth, found, num_sectors=num_sectors, conditions=conditions(split)
    ).to_dict()
    details = localization_details(truth, found, num_sectors=num_sectors)
    result = result_of(
        submission,
        split,
        coverage=score["coverage"],
        scores=score["scores"],
        breakdown=score["breakdown"],
        per_item={item: round(ospa, 9) for item, ospa in scene_ospa_deg(truth, found).items()},
    )
    return result.model_copy(update={"details": LocalizationDetails.model_validate(details)})
