"""How large the errors of localisers are: one histogram, or several systems' growth of recall."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from simgen.leaderboard.charts.axes import (
    Frame,
    heading,
    horizontal_grid,
    ticks_below,
    unit_below,
)
from simgen.leaderboard.charts.scales import LogScale, Scale
from simgen.leaderboard.charts.svg import (
    Element,
    Series,
    chart,
    element,
    marker,
    polyline,
    svg_text,
)

__all__ = ["Errors", "error_histogram", "recall_over_gate"]

_HEIGHT: Final = 260.0

_MISSED_WIDTH: Final = 44.0
"""Of the bar for sources without an estimate, with the gap before it."""

_LEAST_DEG: Final = 0.07
"""Where the axis begins on which 0 has no place: a bar's width below the first edge of 0.1."""


@dataclass(frozen=True)
class Errors:
    """How many sources have an error in each class.

    Attributes
    ----------
    edges_deg
        Ascending edges of the classes.
    counts
        Pairs in each class.
    num_sources
        Sources there are, with an estimate or without.
    """

    edges_deg: tuple[float, ...]
    counts: tuple[int, ...]
    num_sources: int

    @property
    def shares(self) -> list[float]:
        """Share of the sources in each class, in percent."""
        return [100.0 * count / max(self.num_sources, 1) for count in self.counts]

    @property
    def missed(self) -> float:
        """Share of the sources without an estimate, in percent."""
        return 100.0 * max(self.num_sources - sum(self.counts), 0) / max(self.num_sources, 1)

    @property
    def classes(self) -> list[tuple[float, float, float]]:
        """Low edge, high edge and share of each class."""
        edges = pairwise(self.edges_deg)
        return [(low, high, share) for (low, high), share in zip(edges, self.shares, strict=True)]


def error_histogram(errors: Errors, series: Series, *, width: float) -> Element:
    """Draw the share of sources in each class of error, and of those that were missed."""
    frame = Frame(width, _HEIGHT)
    end = frame.inner_right - _MISSED_WIDTH
    across = LogScale(_LEAST_DEG, max(errors.edges_deg[-1], 1.0), frame.left, end)
    up = Scale.over([*errors.shares, errors.missed], frame.inner_bottom, frame.top)
    middle = frame.inner_right - _MISSED_WIDTH / 2.0 + 6.0
    parts = [
        heading("share of sources"),
        *horizontal_grid(frame, up, unit=" %"),
        *_numbers_below(frame, across),
        unit_below(frame, "absolute azimuth error, deg"),
        *_bars(errors, across, up, series),
        _bar((middle - 12.0, middle + 12.0), errors.missed, up, class_="bar missed", tip="missed"),
        svg_text("missed", middle, frame.inner_bottom + 17.0, anchor="middle"),
    ]
    told = ", ".join(
        f"{low:g} to {high:g} deg {share:.1f} %" for low, high, share in errors.classes
    )
    return chart(
        frame.size,
        parts,
        title=f"How far off {series.name} is",
        description=f"Share of sources by absolute azimuth error: {told}; "
        f"missed {errors.missed:.1f} %",
    )


def recall_over_gate(systems: Sequence[tuple[Series, Errors]], *, width: float) -> Element:
    """Draw which share of sources is found within each error."""
    frame = Frame(width, _HEIGHT)
    greatest = max(1.0, *(errors.edges_deg[-1] for _, errors in systems))
    across = LogScale(0.1, greatest, frame.left + 4.0, frame.inner_right)
    up = Scale(0.0, 100.0, frame.inner_bottom, frame.top)
    parts = [
        heading("share of sources found within"),
        *horizontal_grid(frame, up, unit=" %"),
        *ticks_below(frame, across),
        unit_below(frame, "absolute azimuth error, deg"),
        *(part for system in systems for part in _growth(*system, across, up)),
    ]
    told = "; ".join(f"{series.name}: {_told(errors)}" for series, errors in systems)
    return chart(
        frame.size,
        parts,
        title="Share of sources found within an error",
        description=f"Share of sources with an estimate at most so far off. {told}",
    )


def _growth(series: Series, errors: Errors, across: LogScale, up: Scale) -> Iterator[Element]:
    """Yield one system's share of sources found over the error, marked at every other edge."""
    found = [*accumulate(errors.shares)]
    points = [*zip(errors.edges_deg[1:], found, strict=True)]
    drawn = [(across(edge), up(share)) for edge, share in points]
    yield polyline(drawn, class_=f"line {series.css_class}")
    for edge, share in points[series.number % 3 :: 3]:
        tip = f"{series.name}: {share:.1f} % within {edge:g} deg"
        yield marker(series, across(edge), up(share), tip=tip)


def _told(errors: Errors) -> str:
    """Say how many sources are found within a few errors."""
    found = zip(errors.edges_deg[1:], accumulate(errors.shares), strict=True)
    return ", ".join(f"{share:.1f} % within {edge:g} deg" for edge, share in [*found][::4])


def _bars(errors: Errors, across: LogScale, up: Scale, series: Series) -> Iterator[Element]:
    """Yield a bar for each class."""
    for low, high, share in errors.classes:
        yield _bar(
            (across(low) + 0.75, across(high) - 0.75),
            share,
            up,
            class_=f"bar {series.css_class}",
            tip=f"{low:g} to {high:g} deg",
        )


def _bar(ends: tuple[float, float], share: float, up: Scale, *, class_: str, tip: str) -> Element:
    """Draw one bar."""
    left, right = ends
    top = up(share)
    return element(
        "rect",
        element("title", f"{tip}: {share:.1f} %"),
        x=left,
        y=top,
        width=max(right - left, 1.0),
        height=max(up(0.0) - top, 0.0),
        class_=class_,
    )


def _numbers_below(frame: Frame, across: LogScale) -> Iterator[Element]:
    """Yield the numbers of an axis whose lines would cross the bars."""
    for part in ticks_below(frame, across):
        if part.tag == "text":
            yield part
