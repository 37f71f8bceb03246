"""What ``simgen bench score`` shows."""

from collections.abc import Iterator

from simgen.benchmark.result import Result

__all__ = ["score_table"]

_BREAKDOWN = ("ospa_deg", "absolute_doa_error_deg", "recall_10deg", "f1_10deg")
"""Scores shown by condition."""


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
        yield ""
        yield f"{condition:<16}{'scenes':>8}" + "".join(f"{name:>25}" for name in _BREAKDOWN)
        for label, scores in labels.items():
            values = "".join(f"{_number(scores[name]):>25}" for name in _BREAKDOWN)
            yield f"{label:<16}{scores['num_scenes']:>8.0f}{values}"


def _number(value: float | None) -> str:
    """Format a score; a dash for what is undefined."""
    return "-" if value is None else f"{value:.3f}"
