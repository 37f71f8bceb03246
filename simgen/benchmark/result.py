"""Results: scored submissions."""

from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from simgen.benchmark.json_files import faults_of, printable, read_json
from simgen.benchmark.submission import Name, Parameters, Text
from simgen.errors import SubmissionError
from simgen.scene.record import Record

__all__ = ["Result", "read_result"]


class Result(Record):
    """A scored submission, as it is published.

    Attributes
    ----------
    result
        Version of this record.
    system, uses_oracle, description, parameters
        As the submission states them.
    track, split, split_sha256, protocol
        What was scored and how.
    submission_sha256
        Digest of the submission's JSON with its keys sorted.
    scorer
        The simgen version that scored it.
    coverage
        Numbers of scenes, sources, estimates and pairs.
    scores
        By name, the value with its 95 % interval over scenes; None where undefined.
    breakdown
        By condition and label, the scores of those scenes alone.
    """

    result: Literal[1] = 1
    system: Name
    uses_oracle: bool
    description: Text
    parameters: Parameters
    track: Name
    split: Name
    split_sha256: str
    protocol: Name
    submission_sha256: str
    scorer: Name
    coverage: dict[str, int]
    scores: dict[str, dict[str, float | None]]
    breakdown: dict[str, dict[str, dict[str, float | None]]]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return self.model_dump(mode="json")


def read_result(path: Path) -> Result:
    """Read a result that ``bench score`` wrote.

    Raises
    ------
    SubmissionError
        If the file is not a result.
    """
    data, faults = read_json(path)
    try:
        result = Result.model_validate(data)
    except ValidationError as error:
        faults += faults_of(error)
    if faults:
        raise SubmissionError(faults, where=printable(path.name))
    return result
