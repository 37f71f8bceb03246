"""A result from a submission and its scores."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from simgen.benchmark.result import Result
from simgen.benchmark.scorer_digest import scorer_sha256
from simgen.benchmark.submission import Submission
from simgen.benchmark.suite import Split

__all__ = ["result_of"]

Scores = Mapping[str, Any]


def result_of(
    submission: Submission,
    split: Split,
    *,
    coverage: Mapping[str, int],
    scores: Scores,
    breakdown: Scores,
    per_item: Mapping[str, float] | None = None,
) -> Result:
    """Return the result of a submission, as it is published."""
    return Result(
        system=submission.system,
        uses_oracle=submission.uses_oracle,
        description=submission.description,
        parameters=submission.parameters,
        track=split.track.track,
        split=split.name,
        split_sha256=split.sha256,
        protocol=split.track.protocol,
        submission_sha256=submission.sha256(),
        scorer=f"simgen {version('simgen')}",
        coverage=dict(coverage),
        scores=dict(scores),
        breakdown=dict(breakdown),
        training_data=submission.training_data,
        code=submission.code,
        scorer_sha256=scorer_sha256(split.track.protocol),
        per_item=None if per_item is None else dict(per_item),
    )
