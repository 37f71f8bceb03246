"""What ``simgen plot`` draws of results and of submissions."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from simgen.benchmark.filters import read_filters
from simgen.benchmark.result import Result, read_result
from simgen.benchmark.score_sheets import Column, ScoreSheet, sheet_of
from simgen.benchmark.suite import load_split
from simgen.cli.splits import built_place, open_built
from simgen.errors import ParameterError
from simgen.evaluate.crosstalk import crosstalk_plants
from simgen.pictures.scores import Bar, scores_figure
from simgen.pictures.separation import Curve, SeparationPanel, pose_spread, separation_figure
from simgen.scoring.crosstalk import PROTOCOL
from simgen.scoring.crosstalk_bands import GRADED_BANDS, PLANT_BINS
from simgen.scoring.crosstalk_condition import separation_db
from simgen.scoring.crosstalk_filters import filter_spectra
from simgen.scoring.crosstalk_plant import CrosstalkPlant, doing_nothing, ear_powers

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["RESULT_FIGURES", "draw_submission"]

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
    """Draw the separation of each system over frequency, one panel for each device."""
    panels: dict[str, dict[str, Curve]] = {}
    centres: set[tuple[float, ...]] = set()
    for result in _comparable(files):
        for device, bands in _by_band(result).items():
            centres.add(tuple(bands))
            panels.setdefault(device, {})[_name(result)] = _curve([*bands.values()])
    if len(centres) != 1:
        raise ParameterError(
            "the results do not hold separation in the same bands",
            allowed="results of a crosstalk track",
        )
    drawn = [SeparationPanel(f"device {device}", curves) for device, curves in panels.items()]
    shown = "mean over conditions of the mean and of the 10 % quantile of poses"
    return separation_figure(centres.pop(), drawn, shown=shown)


RESULT_FIGURES: Final[Mapping[str, Callable[[Sequence[Path]], "Figure"]]] = MappingProxyType(
    {"scores": _draw_scores, "separation": _draw_separation}
)
"""How each kind of figure of results is drawn."""


def draw_submission(folder: Path, data: Path | None) -> "Figure":
    """Draw the separation of filters under every condition of the split they are for.

    Parameters
    ----------
    folder
        The submission.
    data
        The split as built; where ``simgen bench build`` puts it if None.
    """
    submission = read_filters(folder)
    split = load_split(f"{submission.track}/{submission.split}")
    if submission.protocol != PROTOCOL:
        raise ParameterError("only filters that cancel crosstalk separate", value=split.path)
    plants = crosstalk_plants(split, open_built(split, data or built_place(split.path)))
    panels = []
    for device, taps in submission.filters.items():
        routing = doing_nothing(taps.shape[0])
        for plant in plants[device]:
            own, nothing = (_spread(plant, each) for each in (taps, routing))
            title = f"{device}, {plant.name}"
            panels.append(SeparationPanel(title, {submission.system: own}, nothing))
    columns = max(len(conditions) for conditions in plants.values())
    return separation_figure(GRADED_BANDS.centres, panels, columns=columns)


def _spread(plant: CrosstalkPlant, taps: NDArray[Any]) -> Curve:
    """Return how the separation of filters spreads over the graded poses."""
    return pose_spread(separation_db(ear_powers(plant.poses, filter_spectra(taps)[PLANT_BINS])))


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


_BY_BAND: Final = " at"
"""End of the name of a breakdown by bands, after that of the device."""


def _by_band(result: Result) -> dict[str, dict[float, Mapping[str, float | None]]]:
    """Return the scores of each device by the centre of each band in Hz, rising."""
    found: dict[str, dict[float, Mapping[str, float | None]]] = {}
    for condition, labels in result.breakdown.items():
        bands: dict[float, Mapping[str, float | None]] = {
            float(label.removesuffix(" Hz")): scores
            for label, scores in labels.items()
            if re.fullmatch(r"[0-9]{1,6} Hz", label) and {*scores} >= _NEEDED
        }
        if condition.endswith(_BY_BAND) and len(bands) == len(labels) > 0:
            found[condition.removesuffix(_BY_BAND)] = dict(sorted(bands.items()))
    return found


_NEEDED: Final = {"separation_mean_db", "separation_p10_db"}


def _curve(bands: Sequence[Mapping[str, float | None]]) -> Curve:
    """Return the mean over poses, down to the tenth percentile."""
    mean, low = (
        np.array([scores[f"separation_{name}_db"] for scores in bands], dtype=np.float64)
        for name in ("mean", "p10")
    )
    return Curve(mean, low, mean)
