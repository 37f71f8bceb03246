"""Scores of several systems beside each other, and how sure they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simgen.errors import ParameterError
from simgen.pictures.style import BLUE, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Bar", "scores_figure"]


@dataclass(frozen=True)
class Bar:
    """A score.

    Attributes
    ----------
    name
        Of the system.
    value
        The score.
    low, high
        Ends of its interval; the score itself where there is none.
    """

    name: str
    value: float
    low: float
    high: float


def scores_figure(panels: Mapping[str, Sequence[Bar]], *, quantity: str) -> "Figure":
    """Draw scores as bars with their intervals.

    Parameters
    ----------
    panels
        Bars by what is scored, such as a device; all systems in the same order.
    quantity
        The score with its unit, for the axis.

    Raises
    ------
    ParameterError
        If there is no score, a value lies outside its interval, or matplotlib is not installed.
    """
    _require_bars(panels)
    most = max(len(bars) for bars in panels.values())
    longest = max(len(bar.name) for bars in panels.values() for bar in bars)
    with new_figure(1.2 + 0.08 * longest + 2.2 * len(panels), 1.1 + 0.34 * most) as figure:
        row = figure.subplots(1, len(panels), sharex=True, sharey=True, squeeze=False)[0]
        for axes, (title, bars) in zip(row, panels.items(), strict=True):
            _draw_bars(axes, bars)
            axes.set_title(title)
            axes.label_outer()
        row[0].invert_yaxis()
        figure.supxlabel(f"{quantity}, with 95 % interval", fontsize="medium")
    return figure


def _require_bars(panels: Mapping[str, Sequence[Bar]]) -> None:
    """Refuse nothing at all, systems that differ, and intervals that miss their value."""
    if not panels or not all(panels.values()):
        raise ParameterError("there is no score to draw")
    names = [[bar.name for bar in bars] for bars in panels.values()]
    if any(each != names[0] for each in names):
        raise ParameterError("panels hold different systems", value=names)
    for bar in (bar for bars in panels.values() for bar in bars):
        if not bar.low <= bar.value <= bar.high:
            interval = (bar.low, bar.value, bar.high)
            raise ParameterError("low <= value <= high is not so", value=interval, where=bar.name)


def _draw_bars(axes: "Axes", bars: Sequence[Bar]) -> None:
    """Draw a bar from 0 to each value, and its number beyond the interval."""
    rows = range(len(bars))
    values = [bar.value for bar in bars]
    axes.barh(rows, values, color=BLUE, height=0.65)
    for row, bar in zip(rows, bars, strict=True):
        if bar.low < bar.high:
            below, above = [bar.value - bar.low], [bar.high - bar.value]
            axes.errorbar(
                bar.value, row, xerr=[below, above], color="black", elinewidth=1.2, capsize=3.0
            )
    for row, bar in zip(rows, bars, strict=True):
        beyond, side = (bar.high, "left") if bar.value >= 0.0 else (bar.low, "right")
        axes.annotate(
            f"{bar.value:.2f}",
            (beyond, row),
            xytext=(5 if side == "left" else -5, 0),
            textcoords="offset points",
            horizontalalignment=side,
            verticalalignment="center",
            fontsize=8,
        )
    axes.axvline(0.0, color="black", linewidth=0.8)
    axes.set_yticks(rows, [bar.name for bar in bars])
    axes.grid(axis="y", visible=False)
    axes.margins(x=0.25)  # room for the numbers
