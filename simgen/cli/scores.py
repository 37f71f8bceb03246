"""What ``simgen bench score`` shows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from simgen.benchmark.result import Result
from simgen.benchmark.score_sheets import sheet_of

__all__ = ["score_table"]


_MOST_LABELS: Final = 12
"""Lines of the longest part shown; the result file holds all."""


def score_table(result: Result) -> str:
    """Return a result as text: every score with its interval, then by condition."""
    return "\n".join(_lines(result))


def _lines(result: Result) -> Iterator[str]:
    oracle = ", uses an oracle" if result.uses_oracle else ""
    yield f"{result.system} on {result.track}/{result.split} ({result.protocol}{oracle})"
    yield ", ".join(f"{name} {number}" for name, number in result.coverage.items())
    yield ""
    yield f"{'score':<28}{'value':>10}   95 % interval"
    for name, interval in result.scores.items():
        low, high = _number(interval["low"]), _number(interval["high"])
        yield f"{name:<28}{_number(interval['value']):>10}   [{low}, {high}]"
    for condition, labels in result.breakdown.items():
        if len(labels) <= _MOST_LABELS:
            yield ""
            yield from _part(condition, labels, sheet_of(result.protocol).breakdown)


def _part(
    condition: str, labels: Mapping[str, Mapping[str, float | None]], shown: Sequence[str]
) -> Iterator[str]:
    """Yield a table of the scores for each label of a condition."""
    found = {name for scores in labels.values() for name in scores}
    names = [name for name in shown if name in found]
    counts = "num_scenes" in found
    width = max(16, 2 + max((len(label) for label in labels), default=0))
    heading = f"{'scenes':>8}" if counts else ""
    yield f"{condition:<{width}}{heading}" + "".join(f"{name:>25}" for name in names)
    for label, scores in labels.items():
        count = f"{scores['num_scenes']:>8.0f}" if counts else ""
        yield f"{label:<{width}}{count}" + "".join(
            f"{_number(scores.get(name)):>25}" for name in names
        )


def _number(value: float | None) -> str:
    """Format a score; a dash for what is undefined."""
    return "-" if value is None else f"{value:.3f}"
