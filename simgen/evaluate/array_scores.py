"""What the scores of all tracks of arrays have in common."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from simgen.benchmark.array_folder import ArraySubmission, array_track
from simgen.benchmark.suite import Split
from simgen.errors import SubmissionError
from simgen.scoring.bootstrap import Interval

__all__ = ["faults_by_file", "intervals", "rounded", "rounded_values"]

_DECIMALS = 9
"""Decimals written out: beyond any meaning, and short of what differs between machines."""


@contextmanager
def faults_by_file(submission: ArraySubmission, split: Split) -> Iterator[None]:
    """Name the file instead of its part in the faults that a scorer finds."""
    try:
        yield
    except SubmissionError as error:
        faults = _with_files(error.faults, split)
        raise SubmissionError(faults, where=submission.system) from None


def _with_files(faults: Iterable[str], split: Split) -> Iterator[str]:
    """Yield faults that begin with the name of a file."""
    track = array_track(split)
    for fault in faults:
        part, _, rest = fault.partition(": ")
        yield f"{track.file_of(part)}: {rest}" if part in track.parts else fault


def intervals(numbers: Mapping[str, Interval]) -> dict[str, dict[str, float]]:
    """Return scores with their intervals as a result holds them."""
    return {
        name: {key: rounded(getattr(interval, key)) for key in ("value", "low", "high")}
        for name, interval in numbers.items()
    }


def rounded_values(numbers: Mapping[str, Any]) -> dict[str, float]:
    """Return numbers as a result holds them."""
    return {name: rounded(number) for name, number in numbers.items()}


def rounded(number: Any) -> float:
    """Return a number as a result holds it; without the sign of a zero."""
    return round(float(number), _DECIMALS) + 0.0
