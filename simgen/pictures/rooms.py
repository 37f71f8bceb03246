"""Plans of a room and of what stands in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from simgen.arrays import as_points
from simgen.errors import ShapeError
from simgen.pictures.style import COLORS, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Placed", "room_figure"]

_MARKERS: Final = {"array": "o", "source": "*", "device": "s", "listener": "^"}
"""Shapes that tell kinds apart without colours."""

_SIZES: Final = {"array": 4.0, "source": 10.0, "device": 4.0, "listener": 6.0}

_MOST_TICKS: Final = 12

_LONGEST: Final = 6.0
"""Inches that the room takes at most, across and upwards."""

_LEFT, _RIGHT, _BELOW, _ABOVE = 0.7, 2.4, 0.65, 0.4
"""Inches for numbers and names: left, right and below of each view, and on top of the page."""

_ARROW: Final = 0.06
"""Length of what shows a facing, relative to the room's longest side."""


@dataclass(frozen=True)
class Placed:
    """Something in a room.

    Attributes
    ----------
    kind
        What it is.
    name
        How it is referred to.
    points
        Its parts in m: microphones, a source, drivers, poses, shape (point, 3).
    facings
        Unit vectors to where it faces, shape (point, 3); None where it faces nowhere.
    origins
        Where these start, like them; from its parts if None.
    """

    kind: Literal["array", "source", "device", "listener"]
    name: str
    points: NDArray[np.float64]
    facings: NDArray[np.float64] | None = None
    origins: NDArray[np.float64] | None = None

    @property
    def starts(self) -> NDArray[np.float64]:
        """Where its facings start, shape (point, 3)."""
        return self.points if self.origins is None else self.origins


def room_figure(
    size: tuple[float, float, float], things: Sequence[Placed], *, title: str = ""
) -> "Figure":
    """Draw a room from above and from the side, with where things are and face.

    Parameters
    ----------
    size
        Length, width and height of the room in m.
    things
        What is in it.
    title
        Of the whole figure.

    Raises
    ------
    ShapeError
        If points are not of shape (point, 3), facings not like them, or a value is not finite.
    ParameterError
        If matplotlib is not installed.
    """
    _require_points(things)
    length, width, height = size
    scale = min(_LONGEST / length, _LONGEST / (width + height))
    plan_height, side_height = scale * width, scale * height
    page = (_LEFT + scale * length + _RIGHT, plan_height + side_height + 2.0 * _BELOW + _ABOVE)
    with new_figure(*page) as figure:
        figure.set_layout_engine("none")  # it would give the two views different scales
        side = figure.add_axes(_rectangle(_BELOW, scale * length, side_height, page))
        above = 2.0 * _BELOW + side_height
        plan = figure.add_axes(_rectangle(above, scale * length, plan_height, page))
        for axes, vertical in ((plan, 1), (side, 2)):
            _draw_things(axes, things, vertical, _ARROW * max(size))
            _draw_walls(axes, length, size[vertical])
        plan.set(title=f"(a) From above, {title}".rstrip(", "), ylabel="y (m)")
        side.set(title="(b) From the side of y = 0", xlabel="x (m)", ylabel="z (m)")
        if things:
            plan.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def _rectangle(
    bottom: float, width: float, height: float, page: tuple[float, float]
) -> tuple[float, float, float, float]:
    """Return where axes are on a page, all in inches, as matplotlib wants it."""
    return _LEFT / page[0], bottom / page[1], width / page[0], height / page[1]


def _require_points(things: Sequence[Placed]) -> None:
    """Refuse what has no place."""
    for thing in things:
        as_points(thing.points, f"points of {thing.name}")
        starts = as_points(thing.starts, f"origins of {thing.name}")
        if thing.facings is not None:
            facings = as_points(thing.facings, f"facings of {thing.name}")
            if facings.shape != starts.shape:
                raise ShapeError(
                    f"facings of {thing.name} has shape {facings.shape}", allowed=f"{starts.shape}"
                )


def _draw_walls(axes: "Axes", right: float, top: float) -> None:
    """Draw the edges of the room, with a tick each metre or few."""
    step = np.ceil(max(right, top) / _MOST_TICKS)
    axes.set(xlim=(0.0, right), ylim=(0.0, top), aspect="equal")
    axes.set(xticks=np.arange(0.0, right + 1e-9, step), yticks=np.arange(0.0, top + 1e-9, step))
    axes.spines[:].set(visible=True, linewidth=2.0)


def _draw_things(axes: "Axes", things: Sequence[Placed], vertical: int, arrow: float) -> None:
    """Draw everything in its own colour, as seen along an axis of the room."""
    shown = [0, vertical]
    for thing, color in zip(things, cycle(COLORS), strict=False):
        right, up = np.asarray(thing.points)[:, shown].T
        if thing.facings is not None:
            axes.quiver(
                *np.asarray(thing.starts)[:, shown].T,
                *(arrow * np.asarray(thing.facings)[:, shown].T),
                color=color,
                angles="xy",
                scale_units="xy",
                scale=1.0,
                units="inches",
                width=0.018,
            )
        axes.plot(
            right,
            up,
            color=color,
            marker=_MARKERS[thing.kind],
            markersize=_SIZES[thing.kind],
            markeredgecolor="white",
            markeredgewidth=0.4,
            clip_on=False,
            linestyle="none",
            label=f"{thing.name} ({thing.kind})",
        )
