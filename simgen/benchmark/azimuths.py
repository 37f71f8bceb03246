"""Submissions of azimuths: what a system predicts for every scene of a split.

It is one JSON file; or a folder or zip of submission.json, which says what the submission is, and
of predictions.json or predictions.csv.
"""

import hashlib
import json
import math
from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from simgen.benchmark.csv_files import parse_azimuth_rows
from simgen.benchmark.items import missing_faults, unknown_fault
from simgen.benchmark.json_files import parse_json, read_json, shown
from simgen.benchmark.submission import (
    Header,
    Name,
    Submission,
    made_for_faults,
    named_split,
    refuse,
    require_at_most,
    validated,
)
from simgen.benchmark.submitted_files import HEADER, SubmittedFiles, submitted_files
from simgen.benchmark.suite import Split
from simgen.dataset.atomic import write_atomically
from simgen.scene.record import Record

__all__ = ["AzimuthSubmission", "Prediction", "check_against", "read_azimuths"]

MOST_AZIMUTHS: Final = 64
"""Most azimuths predicted for one item."""

_MOST_PREDICTIONS = 100_000
_LARGEST: Final = 1e6
"""Largest absolute azimuth in degrees: within many turns, and exact to 1e-9 degrees."""

_ENOUGH: Final = 10
"""Azimuths of which one would lie beyond a turn of 6.28, were they degrees."""

_KEY, _MISSING = "predictions", object()
_AS_JSON, _AS_CSV = "predictions.json", "predictions.csv"

_Azimuth = Annotated[float, Field(strict=True, ge=-_LARGEST, le=_LARGEST)]


class Prediction(Record):
    """What a system says about one item.

    Attributes
    ----------
    azimuth_deg
        Azimuth of each source heard, in degrees in the array's frame, counter-clockwise from
        its x axis, in any order.
    """

    azimuth_deg: Annotated[tuple[_Azimuth, ...], require_at_most(MOST_AZIMUTHS, "azimuths")]


class AzimuthSubmission(Submission):
    """Predictions of one system for one split.

    Attributes
    ----------
    predictions
        The prediction for every item.
    """

    predictions: Annotated[dict[Name, Prediction], require_at_most(_MOST_PREDICTIONS, "items")]

    def azimuths(self) -> dict[str, NDArray[np.float64]]:
        """Return the predicted azimuths by item in rad, each of shape (source,)."""
        return {
            item: np.deg2rad(np.array(prediction.azimuth_deg, dtype=np.float64))
            for item, prediction in self.predictions.items()
        }

    @property
    def answers(self) -> str:
        """How many items are answered, by how many azimuths."""
        angles = self._all_degrees()
        told = "no azimuths"
        if angles:
            count = "1 azimuth" if len(angles) == 1 else f"{len(angles)} azimuths"
            told = f"{count} from {min(angles):.1f} to {max(angles):.1f} degrees"
        return f"{self.num_items} items, {told}"

    @property
    def doubts(self) -> tuple[str, ...]:
        """Whether the azimuths look like radians; whole degrees do not."""
        angles = self._all_degrees()
        is_small = all(abs(angle) <= 2.0 * math.pi for angle in angles)
        if len(angles) <= _ENOUGH or not is_small or all(angle % 1.0 == 0.0 for angle in angles):
            return ()
        return (f"all {len(angles)} azimuths lie within 6.3 degrees of 0: are these radians?",)

    @property
    def num_items(self) -> int:
        """Number of items answered."""
        return len(self.predictions)

    def _all_degrees(self) -> list[float]:
        """Return every azimuth of every item, in degrees."""
        return [angle for each in self.predictions.values() for angle in each.azimuth_deg]

    def sha256(self) -> str:
        """Return the SHA-256 of its JSON with the keys sorted."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def write(self, path: Path) -> None:
        """Write it as one JSON file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, (self.model_dump_json(indent=1) + "\n").encode())


def read_azimuths(path: Path, split: Split | None = None) -> AzimuthSubmission:
    """Read a submission.

    Parameters
    ----------
    path
        A file, a folder or a zip.
    split
        What it must answer; the split that it names if left out.

    Raises
    ------
    SubmissionError
        With every fault found, of form and of items; a SubmissionLimitError if a file is too large.
    """
    files = submitted_files(path)
    return _read_file(path, split) if files is None else _read_files(files, split)


def _read_file(path: Path, wanted: Split | None) -> AzimuthSubmission:
    """Read one JSON file, whose key ``predictions`` holds what is predicted."""
    data, faults = read_json(path)
    predictions = data.pop(_KEY, _MISSING) if isinstance(data, dict) else None
    told, split = _read_header(data, wanted, faults)
    found: Iterable[str] = ()
    if predictions is _MISSING:
        found = [f"{_KEY}: is missing"]
    elif isinstance(data, dict):
        found = _json_faults(predictions, split, at=(_KEY,))
    refuse(chain(faults, found), path.name)
    return _put_together(told, predictions)


def _read_files(files: SubmittedFiles, wanted: Split | None) -> AzimuthSubmission:
    """Read a folder or zip, whose predictions have a file of their own."""
    data, found = parse_json(files.read(HEADER), HEADER)
    told, split = _read_header(data, wanted, found)
    predictions, faults = _read_predictions(files, split)
    refuse(chain((f"{HEADER}: {fault}" for fault in found), faults), files.name)
    return _put_together(told, predictions)


def _read_header(
    data: Any, wanted: Split | None, faults: list[str]
) -> tuple[Header | None, Split | None]:
    """Return what a submission says of itself and the split it answers, and add the faults."""
    told = validated(Header, data, faults)
    split = wanted or named_split(data, faults)
    if split is not None and isinstance(data, dict):
        faults += made_for_faults(data, split)
    return told, split


def _put_together(told: Header | None, predictions: Any) -> AzimuthSubmission:
    """Return a submission of which no part is wrong."""
    assert told is not None  # nothing was wrong
    return AzimuthSubmission(**dict(told), predictions=predictions)


def _read_predictions(files: SubmittedFiles, split: Split | None) -> tuple[Any, Iterator[str]]:
    """Return the predictions as the record of a submission takes them, and their faults."""
    present = [name for name in (_AS_JSON, _AS_CSV) if name in files.names]
    if len(present) != 1:
        how_many = "both are" if present else "neither is"
        return None, iter([f"either {_AS_JSON} or {_AS_CSV} is needed; {how_many} there"])
    [name] = present
    read = _from_json if name == _AS_JSON else _from_csv
    predictions, faults = read(files.read(name), split)
    return predictions, (f"{name}: {fault}" for fault in faults)


def _from_json(content: bytes, split: Split | None) -> tuple[Any, Iterator[str]]:
    """Parse predictions.json."""
    data, faults = parse_json(content, _AS_JSON)
    return data, chain(faults, _json_faults(data, split, at=()))


def _from_csv(content: bytes, split: Split | None) -> tuple[Any, Iterator[str]]:
    """Parse predictions.csv."""
    rows, faults = parse_azimuth_rows(
        content, _AS_CSV, split=split, most=MOST_AZIMUTHS, limit=_LARGEST
    )
    predictions = {item: {"azimuth_deg": azimuths} for item, azimuths in rows.items()}
    remedy = "give it one row with nothing after the comma where nothing is heard"
    missing = () if split is None else missing_faults(rows, split, remedy=remedy)
    return predictions, chain(faults, missing)


def check_against(submission: AzimuthSubmission, split: Split) -> None:
    """See that a submission answers a split, item by item.

    Raises
    ------
    SubmissionError
        With every fault found, naming the item.
    """
    made_for = made_for_faults(vars(submission), split)
    faults = _item_faults(submission.predictions, split, at=(_KEY,))
    refuse(chain(made_for, faults), submission.system)


def _json_faults(predictions: Any, split: Split | None, *, at: tuple[str, ...]) -> Iterator[str]:
    """Yield what is wrong with predictions, to which some keys lead in their file."""
    if not isinstance(predictions, dict):
        yield f"{'.'.join(at) or 'top level'}: must be an object, got {shown(predictions)}"
        return
    for item, prediction in predictions.items():
        found: list[str] = []
        validated(Prediction, prediction, found, at=(*at, item))
        yield from found
    if split is not None:
        yield from _item_faults(predictions, split, at=at)


def _item_faults(items: Collection[str], split: Split, *, at: tuple[str, ...]) -> Iterator[str]:
    """Yield the items that are missing, and those that are none of the split."""
    remedy = "say azimuth_deg: [] where nothing is heard"
    yield from missing_faults(items, split, at=at, remedy=remedy)
    known = frozenset(split.items)
    yield from (unknown_fault(item, split, at=at) for item in items if item not in known)
