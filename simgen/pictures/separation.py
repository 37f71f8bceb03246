"""Separation between the ears over frequency, and how it spreads over the poses of a head."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real
from simgen.errors import ParameterError, ShapeError
from simgen.pictures.style import COLORS, GREY, label_frequencies, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["POSES", "Curve", "SeparationPanel", "pose_spread", "separation_figure"]

POSES: Final = "median, 10 to 90 % of poses"
"""What a curve and its band show, where :func:`pose_spread` made them."""

_TARGET_DB: Final = 15.0
"""Beyond it ctc/1 and beam/1 earn nothing; docs/decisions/crosstalk-protocol.md."""

_MARKERS: Final = "os^Dv"
"""Of the systems: readable without colours."""

_LEAST_RANGE_DB: Final = (-5.0, 20.0)
"""Shown at least, so that figures of different systems can be compared."""


@dataclass(frozen=True)
class Curve:
    """A level in dB over bands and the range about it, each of shape (band,).

    Attributes
    ----------
    level
        The line.
    low, high
        Ends of the range; the line itself where none is known.
    """

    level: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True)
class SeparationPanel:
    """What is compared in one pair of axes.

    Attributes
    ----------
    title
        The device, the condition, or both.
    curves
        By system.
    nothing
        Of doing nothing, if it is known; its range is drawn only where it is alone.
    """

    title: str
    curves: Mapping[str, Curve] = field(default_factory=dict)
    nothing: Curve | None = None


def pose_spread(separation_db: ArrayLike) -> Curve:
    """Return the median over poses, between the tenth and the ninetieth percentile.

    Parameters
    ----------
    separation_db
        Shape (pose, band).

    Raises
    ------
    ShapeError
        If the axes are not right, there is no pose, or a value is not finite.

    Examples
    --------
    >>> pose_spread([[0.0], [10.0], [20.0]])
    Curve(level=array([10.]), low=array([2.]), high=array([18.]))
    """
    levels = as_real(separation_db, "separation_db", axes=("pose", "band"))
    if not levels.size:
        raise ShapeError(f"separation_db has shape {levels.shape}", allowed="(pose, band)")
    low, middle, high = np.quantile(levels, (0.1, 0.5, 0.9), axis=0)
    return Curve(middle, low, high)


def separation_figure(
    centres: ArrayLike,
    panels: Sequence[SeparationPanel],
    *,
    target_db: ArrayLike = _TARGET_DB,
    columns: int = 3,
    shown: str = POSES,
    quantity: str = "separation (dB)",
) -> "Figure":
    """Draw separation over frequency against its target and against doing nothing.

    Parameters
    ----------
    centres
        Centre frequencies of the bands in Hz, rising, shape (band,).
    panels
        What is compared, a pair of axes each, row by row.
    target_db
        Separation that is asked for, in dB, the same in all bands or of shape (band,).
    columns
        Most panels side by side.
    shown
        What lines and ranges are, for the legend.
    quantity
        What separates, with its unit, for the axis.

    Raises
    ------
    ShapeError
        If a curve has not one value for each band.
    ParameterError
        If there is no panel, or matplotlib is not installed.
    """
    bands = as_real(centres, "centres", axes=("band",))
    target = np.broadcast_to(
        as_real(np.atleast_1d(target_db), "target_db", axes=("band",)), bands.shape
    )
    _require_curves(panels, len(bands))
    across = min(columns, len(panels))
    down = -(-len(panels) // across)
    longest = max(len(panel.title) for panel in panels)
    # A character of a title is less than a twelfth of an inch wide.
    width, height = (6.4, 3.7) if len(panels) == 1 else (max(2.3, longest / 12.0), 2.2)
    with new_figure(0.7 + across * width, 0.8 + down * height) as figure:
        grid = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False)
        for axes, panel in zip(grid.flat, panels, strict=False):
            _draw_panel(axes, panel, bands, target)
        for axes in grid.flat[len(panels) :]:
            axes.remove()
        _label(figure, panels, bands)
        figure.supylabel(quantity, fontsize="medium")
        _explain(figure, shown)
    return figure


def _require_curves(panels: Sequence[SeparationPanel], num_bands: int) -> None:
    """Refuse curves that do not fit the bands."""
    if not panels:
        raise ParameterError("there is no separation to draw")
    for panel in panels:
        given = {**panel.curves, **({} if panel.nothing is None else {"nothing": panel.nothing})}
        for name, curve in given.items():
            for values in (curve.level, curve.low, curve.high):
                if np.shape(values) != (num_bands,):
                    raise ShapeError(
                        f"{name} has shape {np.shape(values)}",
                        allowed=f"({num_bands},)",
                        where=panel.title,
                    )


def _draw_panel(
    axes: "Axes", panel: SeparationPanel, bands: NDArray[np.float64], target: NDArray[np.float64]
) -> None:
    """Draw the target, doing nothing and every system."""
    axes.plot(bands, target, color="black", linestyle="--", linewidth=1.0, label=_target(target))
    if panel.nothing is not None:
        if panel.curves:
            axes.plot(bands, panel.nothing.level, color=GREY, label="doing nothing")
        else:
            style = {"color": GREY, "marker": "o", "label": "doing nothing"}
            _draw_curve(axes, bands, panel.nothing, style)
    styles = zip(cycle(COLORS), cycle(_MARKERS), strict=False)
    for (name, curve), (color, marker) in zip(panel.curves.items(), styles, strict=False):
        _draw_curve(axes, bands, curve, {"color": color, "marker": marker, "label": name})
    axes.set_title(panel.title)


def _draw_curve(
    axes: "Axes", bands: NDArray[np.float64], curve: Curve, style: Mapping[str, Any]
) -> None:
    """Draw a line within its range."""
    color = style["color"]
    axes.fill_between(bands, curve.low, curve.high, color=color, alpha=0.15, linewidth=0.0)
    # Open, so that the one below shows where two systems do the same.
    axes.plot(bands, curve.level, markersize=4.0, markerfacecolor="none", **style)


def _target(target: NDArray[np.float64]) -> str:
    """Name the target, with its value if it is the same in all bands."""
    return f"target {target[0]:g} dB" if np.ptp(target) == 0.0 else "target"


def _label(figure: "Figure", panels: Sequence[SeparationPanel], bands: NDArray[np.float64]) -> None:
    """Name the axes once, at the edges of the figure, with limits that all curves lie within."""
    half = 2.0 ** (1.0 / 6.0)
    low, high = _LEAST_RANGE_DB
    curves = [curve for panel in panels for curve in panel.curves.values()]
    levels = [values for curve in curves for values in (curve.low, curve.high)]
    for panel in panels:
        if panel.nothing is not None:
            levels += [panel.nothing.level if panel.curves else panel.nothing.low]
    every = np.concatenate([*levels, [low + 1.0, high - 1.0]])
    for axes in figure.axes:
        label_frequencies(axes, bands[0] / half, bands[-1] * half)
        axes.set_ylim(every.min() - 1.0, every.max() + 1.0)
        axes.label_outer()


def _explain(figure: "Figure", shown: str) -> None:
    """Say below the figure which line is which."""
    entries: dict[str, Any] = {}
    for axes in figure.axes:
        lines, names = axes.get_legend_handles_labels()
        entries.update(zip(names, lines, strict=True))
    figure.legend(
        [*entries.values()],
        [*entries],
        loc="outside lower center",
        ncols=min(4 if figure.get_figwidth() < 7.0 else 6, len(entries)),
        title=shown,
        title_fontsize=8,
    )
