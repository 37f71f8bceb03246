"""Scoring a submission on its split."""

import hashlib
import json
from importlib.metadata import version

from simgen.benchmark.result import Result
from simgen.benchmark.submission import Submission, check_against
from simgen.benchmark.suite import Split
from simgen.scoring.localization import score_localization

__all__ = ["score_submission"]


def score_submission(submission: Submission, split: Split) -> Result:
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
        split.references(),
        submission.azimuths(),
        num_sectors=split.track.sectors,
        conditions=split.conditions(),
    ).to_dict()
    return Result(
        system=submission.system,
        uses_oracle=submission.uses_oracle,
        description=submission.description,
        parameters=submission.parameters,
        track=split.track.track,
        split=split.name,
        split_sha256=split.sha256,
        protocol=score["protocol"],
        submission_sha256=_digest(submission),
        scorer=f"simgen {version('simgen')}",
        coverage=score["coverage"],
        scores=score["scores"],
        breakdown=score["breakdown"],
    )


def _digest(submission: Submission) -> str:
    """Return the SHA-256 of a submission, whatever the order of its items."""
    canonical = json.dumps(submission.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
