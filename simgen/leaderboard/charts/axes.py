"""Axes: the lines and numbers that charts share."""

from collections.abc import Iterator
from dataclasses import dataclass

from simgen.leaderboard.charts.scales import LogScale, Scale, tick_text
from simgen.leaderboard.charts.svg import Element, element, svg_text

__all__ = ["Frame", "heading", "horizontal_grid", "ticks_below", "unit_below"]


@dataclass(frozen=True)
class Frame:
    """Where a chart is drawn, between its margins."""

    width: float
    height: float
    left: float = 40.0
    right: float = 14.0
    top: float = 30.0
    bottom: float = 42.0

    @property
    def size(self) -> tuple[float, float]:
        """Width and height with the margins."""
        return self.width, self.height

    @property
    def inner_right(self) -> float:
        """Where the right margin begins."""
        return self.width - self.right

    @property
    def inner_bottom(self) -> float:
        """Where the bottom margin begins."""
        return self.height - self.bottom


def heading(text: str) -> Element:
    """Say above the vertical axis what goes up it."""
    return svg_text(text, 2.0, 14.0, class_="quantity")


def horizontal_grid(frame: Frame, scale: Scale, *, unit: str = "") -> Iterator[Element]:
    """Yield a line and a number for each tick of a vertical axis."""
    for tick in scale.ticks:
        y = scale(tick)
        kind = "zero" if tick == 0.0 else "grid"
        yield element("line", x1=frame.left, x2=frame.inner_right, y1=y, y2=y, class_=kind)
        yield svg_text(tick_text(tick) + unit, frame.left - 8.0, y + 4.0, anchor="end")


def ticks_below(frame: Frame, scale: Scale | LogScale, *, unit: str = "") -> Iterator[Element]:
    """Yield a line and a number for each tick of a horizontal axis."""
    for tick in scale.ticks:
        x = scale(tick)
        yield element("line", x1=x, x2=x, y1=frame.top, y2=frame.inner_bottom, class_="grid")
        yield svg_text(tick_text(tick) + unit, x, frame.inner_bottom + 17.0, anchor="middle")


def unit_below(frame: Frame, text: str) -> Element:
    """Say below the horizontal axis what goes along it."""
    middle = (frame.left + frame.inner_right) / 2.0
    return svg_text(text, middle, frame.height - 6.0, anchor="middle", class_="quantity")
