"""What ``simgen plot`` draws of results."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from simgen.benchmark.result import Result, read_result
from simgen.benchmark.score_sheets import Column, ScoreSheet, sheet_of
from simgen.errors import ParameterError
from simgen.pictures.scores import Bar, scores_figure
from simgen.pictures.separation import Curve, SeparationPanel, separation_figure
from simgen.scoring.beam import PROTOCOL as BEAM_1
from simgen.scoring.crosstalk import PROTOCOL as CTC_1

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["RESULT_FIGURES"]

_UNITS: Final = {"deg": "deg", "db": "dB"}
"""Of a score, by the end of its name."""


def _draw_scores(files: Sequence[Path]) -> "Figure":
    """Draw the ranking score of each result, best first, and the others of its unit."""
    results = _comparable(files)
    sheet = sheet_of(results[0].protocol)
    ranked = sorted(results, key=lambda result: _rank(result, sheet))
    unit = _unit(sheet.ranking)
    columns = [column for column in sheet.columns if _unit(column) == unit]
    panels = {
        column.heading.removesuffix(f" ({unit})"): [_bar(result, column) for result in ranked]
        for column in columns
        if all(_is_defined(result, column) for result in ranked)
    }
    return scores_figure(panels, quantity=f"score ({unit})" if unit else "score")


def _draw_separation(files: Sequence[Path]) -> "Figure":
    """Draw what each system separates over frequency, one panel for each device."""
    results = _comparable(files)
    banded = _banded(results[0])
    panels: dict[str, dict[str, Curve]] = {}
    centres: set[tuple[float, ...]] = set()
    for result in results:
        for device, bands in _by_band(result, banded).items():
            centres.add(tuple(bands))
            panels.setdefault(device, {})[_name(result)] = _curve([*bands.values()], banded)
    if len(centres) != 1:
        raise ParameterError("the results do not hold separation in the same bands")
    return separation_figure(
        centres.pop(),
        [SeparationPanel(f"device {device}", curves) for device, curves in panels.items()],
        shown=banded.shown,
        quantity=banded.quantity,
    )


RESULT_FIGURES: Final[Mapping[str, Callable[[Sequence[Path]], "Figure"]]] = MappingProxyType(
    {"scores": _draw_scores, "separation": _draw_separation}
)
"""How each kind of figure of results is drawn."""


def _comparable(files: Sequence[Path]) -> list[Result]:
    """Read results, and refuse those of different splits."""
    results = [read_result(file) for file in files]
    scored = {(result.track, result.split, result.protocol) for result in results}
    if len(scored) > 1:
        raise ParameterError("the results are of different splits", value=sorted(scored))
    return results


def _rank(result: Result, sheet: ScoreSheet) -> float:
    """Return a number that is least for the best result."""
    value = result.scores.get(sheet.ranking.score, {}).get("value")
    if value is None:
        return float("inf")
    return -value if sheet.more_is_better else value


def _unit(column: Column) -> str:
    """Return the unit of a score, from its name; none for a share."""
    return _UNITS.get(column.score.rpartition("_")[2], "") if "(" in column.heading else ""


def _is_defined(result: Result, column: Column) -> bool:
    """Tell whether a result has a score."""
    return result.scores.get(column.score, {}).get("value") is not None


def _bar(result: Result, column: Column) -> Bar:
    """Return a score with its interval, or without where it has none."""
    interval = result.scores[column.score]
    value, low, high = (interval.get(key) for key in ("value", "low", "high"))
    assert value is not None  # columns that are not defined are left out
    return Bar(_name(result), value, value if low is None else low, value if high is None else high)


def _name(result: Result) -> str:
    """Name a system."""
    return f"{result.system}, oracle" if result.uses_oracle else result.system


# Separation by bands


@dataclass(frozen=True)
class _Banded:
    """What a protocol's results hold in each band.

    Attributes
    ----------
    level, low
        Names of the scores that are the line and the lower end of its range.
    quantity
        For the axis, with its unit.
    shown
        What line and range are.
    """

    level: str
    low: str
    quantity: str
    shown: str


_BANDED: Final[Mapping[str, _Banded]] = MappingProxyType(
    {
        CTC_1: _Banded(
            "separation_mean_db",
            "separation_p10_db",
            "separation (dB)",
            "mean over conditions of the mean and of the 10 % quantile of poses",
        ),
        BEAM_1: _Banded(
            "window_to_sides_db",
            "window_to_sides_db",
            "window over sides (dB)",
            "mean over draws of the device",
        ),
    }
)
"""By protocol."""


def _banded(result: Result) -> _Banded:
    """Return what a result holds in each band."""
    if result.protocol not in _BANDED:
        raise ParameterError(
            "the results do not hold separation by bands",
            value=result.protocol,
            allowed=f"results by {' or '.join(_BANDED)}",
        )
    return _BANDED[result.protocol]


_BY_BAND: Final = " at"
"""End of the name of a breakdown by bands, after that of the device."""


def _by_band(result: Result, banded: _Banded) -> dict[str, dict[float, Mapping[str, float | None]]]:
    """Return the scores of each device by the centre of each band in Hz, rising."""
    found: dict[str, dict[float, Mapping[str, float | None]]] = {}
    for condition, labels in result.breakdown.items():
        bands: dict[float, Mapping[str, float | None]] = {
            float(label.removesuffix(" Hz")): scores
            for label, scores in labels.items()
            if re.fullmatch(r"[0-9]{1,6} Hz", label) and {*scores} >= {banded.level, banded.low}
        }
        if condition.endswith(_BY_BAND) and len(bands) == len(labels) > 0:
            found[condition.removesuffix(_BY_BAND)] = dict(sorted(bands.items()))
    return found


def _curve(bands: Sequence[Mapping[str, float | None]], banded: _Banded) -> Curve:
    """Return the line over the bands, down to the lower end of its range."""
    level, low = (
        np.array([scores[name] for scores in bands], dtype=np.float64)
        for name in (banded.level, banded.low)
    )
    return Curve(level, low, level)
