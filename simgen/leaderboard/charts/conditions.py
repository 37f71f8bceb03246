"""Scores under each condition, several systems in one chart."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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

__all__ = ["Panel", "condition_chart"]

Curve = tuple[Series, Sequence[float | None]]
"""A series and its number under each label."""

_WIDTH: Final = 400.0
_HEIGHT: Final = 250.0
_ROW: Final = 26.0
"""Height of a line of text with the room it needs."""

_ROW_TOP: Final = 6.0
"""Room above rows, which need no heading."""

_LETTER: Final = 6.3
"""Width of a letter at the size of labels, on average."""

_FREQUENCY: Final = re.compile(r"[1-9]\d{0,5} Hz")


@dataclass(frozen=True)
class Panel:
    """What one chart shows.

    Attributes
    ----------
    condition
        What the labels are of.
    quantity
        What the numbers are, with their unit.
    labels
        The label of each group.
    curves
        Each system's number under each label; None where undefined.
    """

    condition: str
    quantity: str
    labels: tuple[str, ...]
    curves: tuple[Curve, ...]

    @property
    def numbers(self) -> list[float]:
        """Every number shown."""
        return [value for _, values in self.curves for value in values if value is not None]

    @property
    def description(self) -> str:
        """What one reads off the chart, in words."""
        return f"{self.quantity} by {self.condition}: " + "; ".join(
            f"{series.name}: "
            + ", ".join(
                f"{label} {'undefined' if value is None else f'{value:.2f}'}"
                for label, value in zip(self.labels, values, strict=True)
            )
            for series, values in self.curves
        )


def condition_chart(panel: Panel) -> Element:
    """Draw numbers over frequency, over ascending classes, or in a row for each other label."""
    if all(_FREQUENCY.fullmatch(label) for label in panel.labels):
        return _frequency_chart(panel)
    if all(label[:1].isdigit() for label in panel.labels):
        return _class_chart(panel)
    return _row_chart(panel)


def _frequency_chart(panel: Panel) -> Element:
    """Draw lines over a logarithmic axis."""
    frame = Frame(_WIDTH, _HEIGHT)
    centres = [float(label.removesuffix(" Hz")) for label in panel.labels]
    across = LogScale(min(centres), max(max(centres), 2 * min(centres)), frame.left + 8, 378.0)
    below = ticks_below(frame, across)
    return _upright(panel, frame, [across(centre) for centre in centres], [*below], "frequency, Hz")


def _class_chart(panel: Panel) -> Element:
    """Draw lines over classes that follow one another."""
    frame = Frame(_WIDTH, _HEIGHT)
    step = (frame.inner_right - frame.left) / len(panel.labels)
    places = [frame.left + step * (number + 0.5) for number in range(len(panel.labels))]
    below = [
        svg_text(label, x, frame.inner_bottom + 17.0, anchor="middle")
        for label, x in zip(panel.labels, places, strict=True)
    ]
    return _upright(panel, frame, places, below, panel.condition)


def _upright(
    panel: Panel, frame: Frame, places: Sequence[float], below: Sequence[Element], along: str
) -> Element:
    """Draw numbers upwards, over places along the horizontal axis."""
    up = Scale.over(panel.numbers, frame.inner_bottom, frame.top)
    parts = [
        heading(panel.quantity),
        *below,
        *horizontal_grid(frame, up),
        unit_below(frame, along),
        *(part for curve in panel.curves for part in _line(panel, curve, places, up)),
    ]
    return chart(frame.size, parts, title=_title(panel), description=panel.description)


def _line(panel: Panel, curve: Curve, places: Sequence[float], up: Scale) -> Iterator[Element]:
    """Yield the line of one system and a mark at each of its numbers."""
    series, values = curve
    known = [
        (label, x, value)
        for label, x, value in zip(panel.labels, places, values, strict=True)
        if value is not None
    ]
    yield polyline([(x, up(value)) for _, x, value in known], class_=f"line {series.css_class}")
    for label, x, value in known:
        yield marker(series, x, up(value), tip=f"{series.name}, {label}: {value:.2f}")


def _row_chart(panel: Panel) -> Element:
    """Draw marks in a row for each label, where labels have no order."""
    longest = max(len(label) for label in panel.labels)
    height = _ROW_TOP + _ROW * len(panel.labels) + Frame.bottom
    left = min(14.0 + _LETTER * longest, 170.0)
    frame = Frame(_WIDTH, height, left=left, right=18.0, top=_ROW_TOP)
    across = Scale.over(panel.numbers, frame.left + 6.0, frame.inner_right)
    rows = {label: frame.top + _ROW * (number + 0.5) for number, label in enumerate(panel.labels)}
    parts = [
        *ticks_below(frame, across),
        *(part for row in rows.items() for part in _row(frame, *row)),
        unit_below(frame, panel.quantity),
        *(
            marker(series, across(value), rows[label], tip=f"{series.name}, {label}: {value:.2f}")
            for series, values in panel.curves
            for label, value in zip(panel.labels, values, strict=True)
            if value is not None
        ),
    ]
    return chart(frame.size, parts, title=_title(panel), description=panel.description)


def _row(frame: Frame, label: str, y: float) -> Iterator[Element]:
    """Yield the line and the label of a row."""
    yield element("line", x1=frame.left, x2=frame.inner_right, y1=y, y2=y, class_="row")
    yield svg_text(label, frame.left - 8.0, y + 4.0, anchor="end")


def _title(panel: Panel) -> str:
    """Name the chart."""
    return f"{panel.quantity} by {panel.condition}"
