"""Upmix tracks: baselines on frozen mixes, and scores of centres."""

from collections.abc import Callable
from functools import cache

import numpy as np

from simgen.baselines.upmixers import UpmixBaseline
from simgen.benchmark.array_folder import array_track
from simgen.benchmark.centres import CentreSubmission
from simgen.benchmark.result import Result
from simgen.benchmark.suite import Split
from simgen.evaluate.array_scores import faults_by_file, intervals, rounded, rounded_values
from simgen.evaluate.headers import header_of
from simgen.evaluate.results import result_of
from simgen.scoring.upmix import MixScore, score_upmix
from simgen.scoring.upmix_mix import StereoMix
from simgen.signals.stereo_mixes import MIX_RATE, frozen_stems

__all__ = ["run_upmixer", "score_centres", "stereo_mix"]


@cache
def stereo_mix(name: str) -> StereoMix:
    """Make a frozen mix.

    Raises
    ------
    SignalError
        If there is no such mix, or its bytes differ from those that were frozen.
    """
    return StereoMix(frozen_stems(name))


def run_upmixer(
    baseline: UpmixBaseline, split: Split, *, on_item: Callable[[str], None] = lambda _: None
) -> CentreSubmission:
    """Let a baseline take the centre out of every mix.

    Parameters
    ----------
    baseline
        The system.
    split
        The split.
    on_item
        Called with the name of each mix when it is done.
    """
    centres = {}
    for mix in array_track(split).parts:
        centres[mix] = baseline.centre(stereo_mix(mix).stereo, MIX_RATE)
        on_item(mix)
    return CentreSubmission(
        **header_of(baseline, split),
        version="1",
        sample_rate_hz=MIX_RATE,
        arrays=centres,
    )


def score_centres(submission: CentreSubmission, split: Split) -> Result:
    """Score a submission.

    Parameters
    ----------
    submission
        Centres of a system.
    split
        The split that they are for.

    Raises
    ------
    SubmissionError
        If centres cannot be scored, with every fault and its file.
    """
    mixes = {name: stereo_mix(name) for name in array_track(split).parts}
    with faults_by_file(submission, split):
        score = score_upmix(mixes, submission.arrays, sample_rate=submission.sample_rate_hz)
    parts = {name: _by_mix(mix) for name, mix in score.mixes.items()}
    means = {
        key: {
            "value": rounded(np.mean([part[key] for part in parts.values()])),
            "low": None,
            "high": None,
        }
        for key in ("si_sdr_db", "mid_si_sdr_db")
    }
    return result_of(
        submission,
        split,
        coverage=score.to_dict()["coverage"],
        scores={**intervals({"gain_db": score.gain_db}), **means},
        breakdown={"mix": parts},
    )


def _by_mix(mix: MixScore) -> dict[str, float]:
    """Return what one mix says."""
    numbers = {
        "gain_db": mix.gain_db,
        "si_sdr_db": mix.si_sdr_db,
        "mid_si_sdr_db": mix.mid_si_sdr_db,
    }
    if mix.report is not None:
        numbers |= {
            "segment_sdr_db": mix.report.segment_sdr_db,
            "level_db": mix.report.level_db,
            "side_correlation": mix.report.side_correlation,
            "leakage_db": max(mix.report.leakage_db.values(), default=-np.inf),
        }
    return rounded_values(numbers)
