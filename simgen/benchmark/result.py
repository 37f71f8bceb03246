"""Results: scored submissions."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field, StrictBool, ValidationError

from simgen.benchmark.json_files import faults_of, printable, read_json
from simgen.benchmark.mistaken_files import refuse_mistaken
from simgen.benchmark.result_details import LocalizationDetails
from simgen.benchmark.score_sheets import SHEETS, sheet_of
from simgen.benchmark.submission import Label, LabelOrNothing, Link, Name, Parameters, Text
from simgen.benchmark.suite import load_split
from simgen.errors import ParameterError, SubmissionError
from simgen.scene.record import GrownRecord

__all__ = ["Result", "read_result"]

_TOLERANCE: Final = 1e-6
"""How far beyond its limits a score may lie: results hold nine decimals."""

_INTERVAL: Final = ("value", "low", "high")

_ANY: Final = (0.0, math.inf)
"""Range of a score of which nothing is known."""

_Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
_Score = Annotated[float, Field(strict=True)] | None


class Result(GrownRecord):
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
    per_item
        What each item contributes to the score that ranks, which is their mean; None where it is
        no mean over items. Two systems compare by it, item by item.
    training_data, code
        As the submission states them; empty where it does not.
    scorer_sha256
        Digest of the sources that made the scores; empty in results older than it.
    details
        Where the errors of a localiser lie; None of other systems.
    """

    gained: ClassVar[tuple[str, ...]] = (
        "per_item",
        "training_data",
        "code",
        "scorer_sha256",
        "details",
    )

    result: Literal[1] = 1
    system: Label
    uses_oracle: StrictBool
    description: Text
    parameters: Parameters
    track: Name
    split: Name
    split_sha256: _Sha256
    protocol: Name
    submission_sha256: _Sha256
    scorer: Name
    coverage: dict[str, Annotated[int, Field(strict=True, ge=0)]]
    scores: dict[str, dict[str, _Score]]
    breakdown: dict[str, dict[str, dict[str, _Score]]]
    per_item: dict[Name, Annotated[float, Field(strict=True)]] | None = None
    training_data: LabelOrNothing = ""
    code: Link = ""
    scorer_sha256: _Sha256 | Literal[""] = ""
    details: LocalizationDetails | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return self.model_dump(mode="json")


def read_result(path: Path) -> Result:
    """Read a result that ``bench score`` wrote.

    Raises
    ------
    SubmissionError
        If the file is not a result, holds a score that cannot be, or was scored on other scenes
        or by another protocol than the suite's; with every fault found.
    """
    data, faults = read_json(path)
    refuse_mistaken(data, "result", printable(path.name))
    try:
        result = Result.model_validate(data)
    except ValidationError as error:
        faults += faults_of(error)
    else:
        faults += [*_split_faults(result), *_score_faults(result), *_item_faults(result)]
    if faults:
        raise SubmissionError(faults, where=printable(path.name))
    return result


def _split_faults(result: Result) -> Iterator[str]:
    """Yield why a result does not belong to the split that it names, or to its protocol."""
    try:
        split = load_split(f"{result.track}/{result.split}")
    except ParameterError as error:
        yield f"track, split: {error}"
        return
    if result.split_sha256 != split.sha256:
        yield (
            f"split_sha256: was scored on other scenes than {split.path} has now "
            f"({result.split_sha256[:12]}, not {split.sha256[:12]}); score the submission again"
        )
    if result.protocol != split.track.protocol:
        yield f"protocol: must be {split.track.protocol}, got {printable(result.protocol)}"
    for item in sorted((result.per_item or {}).keys() - set(split.items)):
        yield f"per_item.{printable(item)}: is not an item of {split.path}"


def _score_faults(result: Result) -> Iterator[str]:
    """Yield every score that no submission can have."""
    for name, interval in result.scores.items():
        path = f"scores.{printable(name)}"
        if not _is_known(result.protocol, name):
            yield f"{path}: is not a score of {result.protocol}"
        elif set(interval) != set(_INTERVAL):
            yield f"{path}: must have {', '.join(_INTERVAL)}"
        else:
            faults = [
                f"{path}.{key}: {fault}"
                for key, number in interval.items()
                if (fault := _range_fault(result.protocol, name, number))
            ]
            yield from faults or _order_faults(path, interval)
    for condition, labels in result.breakdown.items():
        for label, scores in labels.items():
            for name, number in scores.items():
                path = printable(f"breakdown.{condition}.{label}.{name}")
                if name != "num_scenes" and not _is_known(result.protocol, name):
                    yield f"{path}: is not a score of {result.protocol}"
                elif fault := _range_fault(result.protocol, name, number):
                    yield f"{path}: {fault}"


def _item_faults(result: Result) -> Iterator[str]:
    """Yield what no item can contribute, and whether the items are another score than it says."""
    if result.per_item is None:
        return
    name = sheet_of(result.protocol).ranking.score
    for item, number in result.per_item.items():
        if fault := _range_fault(result.protocol, name, number):
            yield f"per_item.{printable(item)}: {fault}"
    value = result.scores.get(name, {}).get("value")
    mean = math.fsum(result.per_item.values()) / max(len(result.per_item), 1)
    if value is None or abs(mean - value) > _TOLERANCE:
        yield f"per_item: has the mean {mean:g}, which is not scores.{name}"


def _is_known(protocol: str, name: str) -> bool:
    """Tell whether a protocol has a score; of other protocols than ours nothing is known."""
    return protocol not in SHEETS or name in SHEETS[protocol].ranges


def _range_fault(protocol: str, name: str, number: float | None) -> str | None:
    """Say why a number cannot be that score, if it cannot."""
    ranges = SHEETS[protocol].ranges if protocol in SHEETS else {}
    least, greatest = ranges.get(name, _ANY)
    if number is None or least - _TOLERANCE <= number <= greatest + _TOLERANCE:
        return None
    limits = (
        f"at least {least:g}" if math.isfinite(least) else "",
        f"at most {greatest:g}" if math.isfinite(greatest) else "",
    )
    return f"must be {' and '.join(filter(None, limits))}, got {number:g}"


def _order_faults(path: str, interval: Mapping[str, float | None]) -> Iterator[str]:
    """Yield what is wrong with an interval whose numbers are possible one by one."""
    value, low, high = (interval[key] for key in _INTERVAL)
    if low is None and high is None:
        return
    if value is None or low is None or high is None:
        yield f"{path}: an interval has two ends round a value, or none"
    elif not low - _TOLERANCE <= value <= high + _TOLERANCE:
        yield f"{path}: must be low <= value <= high, got {low:g}, {value:g}, {high:g}"
