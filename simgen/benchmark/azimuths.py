"""Submissions of azimuths: what a system predicts for every scene of a split, in one JSON file."""

import hashlib
import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from simgen.benchmark.json_files import printable, read_json
from simgen.benchmark.submission import (
    Name,
    Submission,
    made_for_faults,
    named_split,
    refuse,
    require_at_most,
    validated,
)
from simgen.benchmark.suite import Split
from simgen.dataset.atomic import write_atomically
from simgen.scene.record import Record

__all__ = ["AzimuthSubmission", "Prediction", "check_against", "read_azimuths"]

MOST_AZIMUTHS: Final = 64
"""Most azimuths predicted for one item."""

_MOST_PREDICTIONS = 100_000

_Azimuth = Annotated[float, Field(strict=True, ge=-1e6, le=1e6)]


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

    suffix: ClassVar[str] = ".json"

    predictions: Annotated[dict[Name, Prediction], require_at_most(_MOST_PREDICTIONS, "items")]

    def azimuths(self) -> dict[str, NDArray[np.float64]]:
        """Return the predicted azimuths by item in rad, each of shape (source,)."""
        return {
            item: np.deg2rad(np.array(prediction.azimuth_deg, dtype=np.float64))
            for item, prediction in self.predictions.items()
        }

    @property
    def answers(self) -> str:
        """How many items are answered."""
        return f"{self.num_items} items"

    @property
    def num_items(self) -> int:
        """Number of items answered."""
        return len(self.predictions)

    def sha256(self) -> str:
        """Return the SHA-256 of its JSON with the keys sorted."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def write(self, path: Path) -> None:
        """Write it as one JSON file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, (self.model_dump_json(indent=1) + "\n").encode())


def read_azimuths(path: Path) -> AzimuthSubmission:
    """Read a submission that answers the split it names.

    Raises
    ------
    SubmissionError
        With every fault found, of form and of items.
    """
    data, faults = read_json(path)
    submission = validated(AzimuthSubmission, data, faults)
    split = named_split(data, faults)
    if split is not None:
        faults += made_for_faults(data, split)
        faults += _item_faults(data.get("predictions"), split)
    refuse(faults, path.name)
    assert submission is not None  # nothing was wrong
    return submission


def check_against(submission: AzimuthSubmission, split: Split) -> None:
    """See that a submission answers a split, item by item.

    Raises
    ------
    SubmissionError
        With every fault found, naming the item.
    """
    made_for = made_for_faults(vars(submission), split)
    refuse([*made_for, *_item_faults(submission.predictions, split)], submission.system)


def _item_faults(predictions: Any, split: Split) -> Iterator[str]:
    """Yield the items that are missing, and those that are none of the split."""
    items: Collection[str] = predictions if isinstance(predictions, dict) else split.items
    for item in split.items:
        if item not in items:
            yield f"predictions.{item}: is missing; say azimuth_deg: [] where nothing is heard"
    known = set(split.items)
    for item in items:
        if item not in known:
            yield f"predictions.{printable(item)}: is not an item of {split.path}"
