"""Submissions: what a system predicts for a split, in one JSON file.

A submission may come from anyone. It is plain JSON of bounded size; nothing in it is run.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field, StrictBool, ValidationError

from simgen.benchmark.json_files import faults_of, printable, read_json
from simgen.benchmark.suite import Split, load_split
from simgen.errors import ParameterError, SubmissionError
from simgen.scene.record import Record

__all__ = [
    "Name",
    "Parameters",
    "Prediction",
    "Submission",
    "Text",
    "check_against",
    "read_submission",
]

MOST_AZIMUTHS: Final = 64
"""Most azimuths predicted for one item."""

_MOST_PARAMETERS = 100
_MOST_PREDICTIONS = 100_000
_LONGEST_NAME = 100
_LONGEST_TEXT = 2000


def _require_name(value: Any) -> Any:
    """Refuse names that cannot be shown in a table or a terminal as they are."""
    if not (isinstance(value, str) and value.isprintable() and value.strip()):
        raise ValueError("must be printable text")
    if len(value) > _LONGEST_NAME:
        raise ValueError(f"must have at most {_LONGEST_NAME} characters")
    return value


def _require_text(value: Any) -> Any:
    """Refuse texts that are too long or no Unicode."""
    if not isinstance(value, str):
        raise ValueError("must be text")
    if len(value) > _LONGEST_TEXT:
        raise ValueError(f"must have at most {_LONGEST_TEXT} characters")
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise ValueError("must be Unicode text")
    return value


def _require_parameter(value: Any) -> Any:
    """Refuse what is neither a number nor a text."""
    if isinstance(value, str):
        return _require_text(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("must be a finite number or text")
    return value


def _require_version(value: Any) -> Any:
    """Refuse what Python takes for 1 and JSON does not."""
    if type(value) is not int:
        raise ValueError("must be 1")
    return value


def _require_at_most(most: int, what: str) -> BeforeValidator:
    """Refuse a collection for its size before looking into it."""

    def check(value: Any) -> Any:
        if isinstance(value, list | tuple | dict) and len(value) > most:
            raise ValueError(f"must have at most {most} {what}")
        return tuple(value) if isinstance(value, list) else value

    return BeforeValidator(check)


Name = Annotated[str, BeforeValidator(_require_name)]
"""At most 100 printable characters."""

Text = Annotated[str, BeforeValidator(_require_text)]
"""At most 2000 characters of Unicode."""

Parameters = Annotated[
    dict[Name, Annotated[float | str, BeforeValidator(_require_parameter)]],
    _require_at_most(_MOST_PARAMETERS, "parameters"),
]
"""Numbers and texts by name."""

_Azimuth = Annotated[float, Field(strict=True, ge=-1e6, le=1e6)]


class Prediction(Record):
    """What a system says about one item.

    Attributes
    ----------
    azimuth_deg
        Azimuth of each source heard, in degrees in the array's frame, counter-clockwise from
        its x axis, in any order.
    """

    azimuth_deg: Annotated[tuple[_Azimuth, ...], _require_at_most(MOST_AZIMUTHS, "azimuths")]


class Submission(Record):
    """Predictions of one system for one split.

    Attributes
    ----------
    submission
        Version of this record.
    system
        Name of the system.
    track, split, protocol
        What it was made for.
    uses_oracle
        Whether the system was told something a real one would not know, such as the number
        of sources.
    description, parameters
        What one has to know to repeat it.
    predictions
        The prediction for every item.
    """

    submission: Annotated[Literal[1], BeforeValidator(_require_version)]
    system: Name
    track: Name
    split: Name
    protocol: Name
    uses_oracle: StrictBool = False
    description: Text = ""
    parameters: Parameters = Field(default={})
    predictions: Annotated[dict[Name, Prediction], _require_at_most(_MOST_PREDICTIONS, "items")]

    def azimuths(self) -> dict[str, NDArray[np.float64]]:
        """Return the predicted azimuths by item in rad, each of shape (source,)."""
        return {
            item: np.deg2rad(np.array(prediction.azimuth_deg, dtype=np.float64))
            for item, prediction in self.predictions.items()
        }


def read_submission(path: Path) -> Submission:
    """Read a submission that answers the split it names.

    Raises
    ------
    SubmissionError
        With every fault found, of form and of items.
    """
    data, faults = read_json(path)
    try:
        submission = Submission.model_validate(data)
    except ValidationError as error:
        faults += faults_of(error)
    faults += _split_faults(data)
    _refuse(faults, path.name)
    return submission


def check_against(submission: Submission, split: Split) -> None:
    """See that a submission answers a split, item by item.

    Raises
    ------
    SubmissionError
        With every fault found, naming the item.
    """
    made_for = {key: getattr(submission, key) for key in ("track", "split", "protocol")}
    _refuse(_mismatches(made_for, submission.predictions, split), submission.system)


def _refuse(faults: Iterable[str], where: str) -> None:
    """Raise if there are faults."""
    found = tuple(faults)
    if found:
        raise SubmissionError(found, where=printable(where))


def _split_faults(data: Any) -> Iterator[str]:
    """Yield where parsed JSON does not answer the split it names, as far as it names one."""
    if not isinstance(data, dict):
        return
    track, name = data.get("track"), data.get("split")
    if not (isinstance(track, str) and isinstance(name, str)):
        return
    try:
        split = load_split(f"{track}/{name}")
    except ParameterError as error:
        yield f"track, split: {error}"
        return
    predictions = data.get("predictions")
    items = predictions if isinstance(predictions, dict) else split.items
    protocol = data.get("protocol")
    yield from _mismatches(
        {"protocol": protocol} if isinstance(protocol, str) else {}, items, split
    )


def _mismatches(made_for: Mapping[str, str], items: Collection[str], split: Split) -> Iterator[str]:
    """Yield what does not fit the split."""
    wanted = {"track": split.track.track, "split": split.name, "protocol": split.track.protocol}
    for key, given in made_for.items():
        if given != wanted[key]:
            yield f'{key}: is "{printable(given)}", but this split needs "{wanted[key]}"'
    for item in split.items:
        if item not in items:
            yield f"predictions.{item}: is missing; say azimuth_deg: [] where nothing is heard"
    known = set(split.items)
    for item in items:
        if item not in known:
            yield f"predictions.{printable(item)}: is not an item of {split.path}"
