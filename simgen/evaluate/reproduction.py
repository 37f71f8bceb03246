"""Reproduce committed results: a baseline still scores what is published of it, or does not."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from simgen.benchmark.result import Result, read_result
from simgen.benchmark.suite import Split, suite_folder
from simgen.evaluate.kinds import kind_of

__all__ = ["TOLERANCE", "Run", "committed_result", "differences", "runs_of"]

TOLERANCE: Final = 0.05
"""Difference of a score that is not worth a word, in its own unit: degrees, dB or points; a tenth
of the narrowest interval in the committed results. Transforms and matrix products round otherwise
on another processor, and now and then a peak that is level with the threshold falls."""

RATE_TOLERANCE: Final = 0.005
"""Likewise for shares: three or four sources of the 750 that a split of 300 scenes has."""

_UNITS: Final = ("_deg", "_db", "points")


@dataclass(frozen=True)
class Run:
    """A baseline on a split.

    Attributes
    ----------
    baseline
        Its name.
    split
        The split.
    is_told
        Whether it is told the number of sources.
    """

    baseline: str
    split: Split
    is_told: bool = False

    @property
    def name(self) -> str:
        """How its submission and its result are called."""
        return f"{self.baseline}{'-oracle' if self.is_told else ''}-{self.split.name}"


def runs_of(split: Split) -> Iterator[Run]:
    """Yield every run of a baseline on a split that results are published of."""
    kind = kind_of(split.track.protocol)
    for baseline in kind.baselines:
        yield Run(baseline, split)
        if kind.can_be_told:
            yield Run(baseline, split, is_told=True)


def committed_result(run: Run) -> Result | None:
    """Return the result that ships with simgen; None if there is none.

    Raises
    ------
    SubmissionError
        If the file is damaged.
    """
    file = _results_folder(run.split) / f"{run.name}.json"
    return read_result(file) if file.exists() else None


def _results_folder(split: Split) -> Path:
    """Return where the results of a track lie."""
    return suite_folder() / split.track.track / "results"


def differences(found: Result, committed: Result) -> dict[str, tuple[float | None, float | None]]:
    """Return the scores that differ by more than their tolerance.

    Parameters
    ----------
    found, committed
        Results of the same baseline on the same split.

    Returns
    -------
    By name what was found and what is committed; empty if they agree.
    """
    pairs = {
        name: (found.scores.get(name, {}).get("value"), score.get("value"))
        for name, score in committed.scores.items()
    }
    return {name: pair for name, pair in pairs.items() if not _agree(name, *pair)}


def _agree(name: str, ours: float | None, theirs: float | None) -> bool:
    """Tell whether two values of a score are the same for all that matters."""
    if ours is None or theirs is None:
        return ours is theirs
    has_unit = any(unit in name for unit in _UNITS)
    return abs(ours - theirs) <= (TOLERANCE if has_unit else RATE_TOLERANCE)
