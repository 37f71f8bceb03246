"""A score and its interval on one line, to be read down a column."""

from collections.abc import Mapping

from simgen.leaderboard.charts.scales import Scale
from simgen.leaderboard.charts.svg import Element, element

__all__ = ["interval_bar"]

WIDTH, HEIGHT = 132.0, 18.0


def interval_bar(score: Mapping[str, float | None], scale: Scale) -> Element:
    """Draw a score on a scale that the column shares; its numbers stand in the cell beside it."""
    middle = HEIGHT / 2.0
    parts = []
    if scale.low < 0.0 < scale.high:
        x = scale(0.0)
        parts.append(element("line", x1=x, x2=x, y1=0, y2=HEIGHT, class_="zero"))
    low, value, high = score["low"], score["value"], score["high"]
    if low is not None and high is not None:
        ends = {"x1": scale(low), "x2": scale(high)}
        parts.append(element("line", **ends, y1=middle, y2=middle, class_="span"))
    if value is not None:
        parts.append(element("circle", cx=scale(value), cy=middle, r=3.6, class_="value"))
    return element(
        "svg",
        *parts,
        class_="interval",
        aria_hidden="true",
        viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}",
        width=WIDTH,
        height=HEIGHT,
    )
