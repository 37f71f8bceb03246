"""Separation over the positions of a head: how far it may move."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real
from simgen.errors import ParameterError, ShapeError
from simgen.pictures.style import VERMILLION, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["HeadMap", "head_map_figure"]

_LEAST_DB: Final = 10.0
"""Mean separation inside the sweet spot, as the protocol ctc/1 reports it."""

_LEVELS_DB: Final = np.arange(0.0, 21.0, 2.0)
"""Steps of the colours, the same in all figures, so that they can be compared."""

_HEIGHT: Final = 3.2
"""Of a map in inches."""

_LEAST_REACH: Final = 5.0
"""In cm, shown to each side of the nominal position, also if nothing lies there."""

_EDGE: Final = 1.08
"""Of what is reached, so that the outermost points are seen whole."""

_CENTIMETRES: Final = 100.0
"""In a metre."""


@dataclass(frozen=True)
class HeadMap:
    """Separation at each of many positions.

    Attributes
    ----------
    title
        What is heard.
    offsets
        Positions from the nominal one in m in its frame, x front and y left, shape (pose, 2).
    separation_db
        There, mean over bands, shape (pose,).
    """

    title: str
    offsets: ArrayLike
    separation_db: ArrayLike


def head_map_figure(maps: Sequence[HeadMap], *, least_db: float = _LEAST_DB) -> "Figure":
    """Draw separation over lateral and fore-aft positions, and the edge of the sweet spot.

    Between positions it is interpolated linearly; positions on one line are drawn as points.

    Parameters
    ----------
    maps
        What is compared, side by side.
    least_db
        Separation that is enough.

    Raises
    ------
    ShapeError
        If offsets and separations do not belong together, or one is not finite.
    ParameterError
        If there is no map, or matplotlib is not installed.
    """
    if not maps:
        raise ParameterError("there is no map to draw")
    measured = [_mean_by_position(each) for each in maps]
    every = np.concatenate([places for places, _ in measured])
    reach = np.maximum(np.max(np.abs(every), axis=0), _LEAST_REACH)
    across = np.clip(_HEIGHT * reach[0] / reach[1], 1.4, 4.5)  # inches that titles still fit in
    with new_figure(2.2 + (across + 0.3) * len(maps), _HEIGHT + 1.4) as figure:
        row = figure.subplots(1, len(maps), sharex=True, sharey=True, squeeze=False)[0]
        for axes, each, (places, levels) in zip(row, maps, measured, strict=True):
            points = _draw_map(axes, places, levels, least_db)
            axes.set(title=each.title, aspect="equal")
            # Seen from above and facing up the page, the left is on the left.
            axes.set(xlim=(_EDGE * reach[0], -_EDGE * reach[0]))
            axes.set(ylim=(-_EDGE * reach[1], _EDGE * reach[1]))
            axes.label_outer()
        bar = figure.colorbar(points, ax=[*row], extend="both", ticks=_LEVELS_DB[::2])
        bar.set_label("separation, mean over bands (dB)")
        lines, names = row[-1].get_legend_handles_labels()
        figure.legend(lines, names, loc="outside lower center", ncols=len(names))
    return figure


def _mean_by_position(each: HeadMap) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return positions in cm, lateral first, once each, with the mean over the turns there."""
    places = as_real(each.offsets, "offsets", axes=("pose", "2"))
    levels = as_real(each.separation_db, "separation_db", axes=("pose",))
    if places.shape != (len(levels), 2) or not levels.size:
        raise ShapeError(f"offsets has shape {places.shape}", allowed=f"({len(levels)}, 2)")
    # Rounded to the micrometre: what only rounding tells apart is one position.
    found, which = np.unique(np.round(places[:, ::-1], 6), axis=0, return_inverse=True)
    which = which.reshape(-1)
    return _CENTIMETRES * found, np.bincount(which, levels) / np.bincount(which)


def _draw_map(
    axes: "Axes", places: NDArray[np.float64], levels: NDArray[np.float64], least_db: float
) -> Any:
    """Draw one map; return what its colours are read from."""
    lateral, fore_aft = places.T
    scale: dict[str, Any] = {"cmap": "viridis", "vmin": _LEVELS_DB[0], "vmax": _LEVELS_DB[-1]}
    if _spans_a_plane(places):
        axes.tricontourf(lateral, fore_aft, levels, levels=_LEVELS_DB, extend="both", **scale)
        if levels.min() < least_db < levels.max():
            axes.tricontour(
                lateral, fore_aft, levels, levels=[least_db], colors="white", linewidths=4.0
            )
            axes.tricontour(
                lateral, fore_aft, levels, levels=[least_db], colors="black", linewidths=1.6
            )
    points = axes.scatter(
        lateral, fore_aft, c=levels, s=16, edgecolors="white", linewidths=0.5, **scale
    )
    axes.plot([], [], color="black", linewidth=1.6, label=f"sweet spot: {least_db:g} dB")
    axes.plot(
        0.0,
        0.0,
        "+",
        color=VERMILLION,
        markersize=13,
        markeredgewidth=2.0,
        label="nominal position",
    )
    axes.set(xlabel="lateral, left positive (cm)", ylabel="fore-aft, forward positive (cm)")
    return points


def _spans_a_plane(places: NDArray[np.float64]) -> bool:
    """Tell whether positions have an area between them."""
    spread = np.linalg.svd(places - places.mean(axis=0), compute_uv=False)
    return len(places) >= 3 and bool(spread[-1] > 1e-3 * spread[0])
