"""SVG built element by element, so that no text in it can become markup."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

__all__ = ["Element", "Series", "chart", "element", "marker", "polyline", "svg_text"]

Element = ElementTree.Element

NUM_SERIES: Final = 6
"""Series that colours and shapes tell apart in one chart."""

_SHAPES: Final = (
    "M-3.4 0a3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0 -6.8 0z",  # disc
    "M-3 -3h6v6h-6z",  # square
    "M0 -3.9l3.8 6.5h-7.6z",  # triangle
    "M0 -4.2l4.2 4.2l-4.2 4.2l-4.2 -4.2z",  # diamond
    "M0 3.9l3.8 -6.5h-7.6z",  # triangle on its tip
    "M-1.2 -3.8h2.4v2.6h2.6v2.4h-2.6v2.6h-2.4v-2.6h-2.6v-2.4h2.6z",  # plus
)
"""Outlines round the origin of about one area, one for each series."""


@dataclass(frozen=True)
class Series:
    """Which of a chart's series something belongs to.

    Attributes
    ----------
    name
        As a reader sees it.
    number
        From 1; names the colour and the shape.
    """

    name: str
    number: int

    @property
    def css_class(self) -> str:
        """The class that gives it its colour."""
        return f"series-{self.number}"


def element(tag: str, *children: "Element | str", **attributes: str | float) -> Element:
    """Return an element; underscores of attributes stand for hyphens, one at the end for none."""
    made = ElementTree.Element(
        tag, {name.rstrip("_").replace("_", "-"): _plain(v) for name, v in attributes.items()}
    )
    for child in children:
        if isinstance(child, str):
            made.text = (made.text or "") + child
        else:
            made.append(child)
    return made


def chart(
    size: tuple[float, float], parts: Iterable[Element], *, title: str, description: str
) -> Element:
    """Return a picture with its title and description for those who do not see it."""
    width, height = size
    return element(
        "svg",
        element("title", title),
        element("desc", description),
        *parts,
        class_="chart",
        role="img",
        viewBox=f"0 0 {_plain(width)} {_plain(height)}",
        width=width,
        height=height,
    )


def svg_text(text: str, x: float, y: float, *, anchor: str = "start", class_: str = "") -> Element:
    """Return text that starts, is centred or ends at a point."""
    kind = {"class_": class_} if class_ else {}
    return element("text", text, x=x, y=y, text_anchor=anchor, **kind)


def polyline(points: Iterable[tuple[float, float]], *, class_: str) -> Element:
    """Return a line through points."""
    drawn = " ".join(f"{_plain(x)},{_plain(y)}" for x, y in points)
    return element("polyline", points=drawn, class_=class_)


def marker(series: Series, x: float, y: float, *, tip: str) -> Element:
    """Return the mark of a series at a point; what it says shows when pointed at."""
    shape = _SHAPES[(series.number - 1) % NUM_SERIES]
    return element(
        "path",
        element("title", tip),
        d=shape,
        transform=f"translate({_plain(x)} {_plain(y)})",
        class_=f"marker {series.css_class}",
    )


def _plain(value: str | float) -> str:
    """Write a coordinate to a hundredth of a pixel, which nobody sees."""
    return value if isinstance(value, str) else f"{round(value, 2) + 0.0:g}"
