"""Localisation tracks: baselines over recordings, and scores of azimuths."""

from collections.abc import Callable

import numpy as np

from simgen.baselines.localisers import LocalizationBaseline
from simgen.benchmark.azimuths import AzimuthSubmission, Prediction, check_against
from simgen.benchmark.localization import conditions, localization_track, references
from simgen.benchmark.result import Result
from simgen.benchmark.suite import Split
from simgen.dataset.dataset import Dataset
from simgen.evaluate.headers import header_of
from simgen.evaluate.results import result_of
from simgen.evaluate.split_data import require_built_from
from simgen.scoring.localization import score_localization

__all__ = ["run_localiser", "score_azimuths"]

_DECIMALS = 6
"""Decimals of a predicted degree: far below what any system resolves."""


def run_localiser(
    baseline: LocalizationBaseline,
    split: Split,
    dataset: Dataset,
    *,
    knows_count: bool = False,
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
    on_item
        Called with the name of each item when it is done.

    Raises
    ------
    DatasetError
        If the dataset is not this split.
    """
    require_built_from(dataset, split)
    array = localization_track(split).array
    predictions = {}
    for number, item in enumerate(split.items):
        scene = split.scenes[number]
        azimuths = baseline.locate(
            dataset[number].signals[array],
            np.array(scene.arrays[array].microphones),
            sample_rate=scene.sample_rate,
            num_sources=len(scene.sources) if knows_count else None,
        )
        degrees = np.round(np.rad2deg(azimuths), _DECIMALS).tolist()
        predictions[item] = Prediction(azimuth_deg=tuple(degrees))
        on_item(item)
    return AzimuthSubmission(
        **header_of(baseline, split, knows_count=knows_count),
        predictions=predictions,
    )


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
    score = score_localization(
        references(split),
        submission.azimuths(),
        num_sectors=localization_track(split).sectors,
        conditions=conditions(split),
    ).to_dict()
    return result_of(
        submission,
        split,
        coverage=score["coverage"],
        scores=score["scores"],
        breakdown=score["breakdown"],
    )
