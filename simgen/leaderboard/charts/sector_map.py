"""A map of the sectors round an array: which share of sources is found in each."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from simgen.leaderboard.charts.svg import Element, chart, element, svg_text

__all__ = ["sector_map"]

Region = Mapping[str, Any]
"""``sector``, ``num_sources``, ``count``, ``recall`` and ``absolute_doa_error_deg`` of a sector."""

_SIZE: Final = 400.0
_CENTRE: Final = _SIZE / 2.0
_INNER: Final = 42.0
_OUTER: Final = 152.0
_LABELS: Final = 172.0
"""Radii in pixels: of the array's place, the outer ring's edge and the numbers round it."""

_GAP: Final = 0.012
"""Between sectors, in rad."""

_SHADES: Final = 10
"""Steps of colour from no source found to all."""


def sector_map(regions: Sequence[Region], num_sectors: int) -> Element:
    """Draw a ring for each number of sources, one source inmost, in sectors seen from above.

    Azimuth 0 is straight up and azimuths grow counter-clockwise, to the left.
    """
    counts = sorted({int(region["num_sources"]) for region in regions})
    width = (_OUTER - _INNER) / max(len(counts), 1)
    rings = {count: _INNER + width * number for number, count in enumerate(counts)}
    empty = [
        element("path", d=_annulus(sector, num_sectors, (inner, width)), class_="cell shade-0")
        for inner in rings.values()
        for sector in range(num_sectors)
    ]
    cells = [
        _cell(region, num_sectors, (rings[region["num_sources"]], width)) for region in regions
    ]
    pooled = {sector: _pooled(regions, sector) for sector in range(num_sectors)}
    parts = [
        *empty,
        *cells,
        element("path", d="M200 188l8 18l-8 -5l-8 5z", class_="front"),
        svg_text("front", _CENTRE, 224.0, anchor="middle"),
        *_ring_numbers(rings, width),
        *_recalls(pooled, num_sectors),
    ]
    told = ", ".join(
        f"{_name(sector, num_sectors)} {_percent(recall)}" for sector, recall in pooled.items()
    )
    return chart(
        (_SIZE, _SIZE),
        parts,
        title="Share of sources found in each sector",
        description=f"Share of sources with an estimate within 10 degrees, by sector: {told}",
    )


def _cell(region: Region, num_sectors: int, ring: tuple[float, float]) -> Element:
    """Draw one sector of one ring, the darker the more of its sources are found."""
    error = region["absolute_doa_error_deg"]
    told = "" if error is None else f", error {error:.1f} deg"
    number = region["num_sources"]
    tip = (
        f"{_name(region['sector'], num_sectors)}, {number} source{'s' if number != 1 else ''} "
        f"in the scene: {_percent(region['recall'])} of {region['count']} found{told}"
    )
    shade = round(_SHADES * region["recall"])
    return element(
        "path",
        element("title", tip),
        d=_annulus(region["sector"], num_sectors, ring),
        class_=f"cell shade-{shade}",
    )


def _annulus(sector: int, num_sectors: int, ring: tuple[float, float]) -> str:
    """Return the outline of a sector of a ring, given by its inner radius and its width."""
    inner, outer = ring[0] + 1.0, ring[0] + ring[1] - 1.0
    start = 2.0 * math.pi * sector / num_sectors + _GAP
    end = 2.0 * math.pi * (sector + 1) / num_sectors - _GAP
    (ax, ay), (bx, by) = _point(start, outer), _point(end, outer)
    (cx, cy), (dx, dy) = _point(end, inner), _point(start, inner)
    large = int(end - start > math.pi)
    return (
        f"M{ax:.2f} {ay:.2f}A{outer:.2f} {outer:.2f} 0 {large} 0 {bx:.2f} {by:.2f}"
        f"L{cx:.2f} {cy:.2f}A{inner:.2f} {inner:.2f} 0 {large} 1 {dx:.2f} {dy:.2f}z"
    )


def _point(azimuth: float, radius: float) -> tuple[float, float]:
    """Return where an azimuth lies on the page: 0 up, growing to the left."""
    return _CENTRE - radius * math.sin(azimuth), _CENTRE - radius * math.cos(azimuth)


def _ring_numbers(rings: Mapping[int, float], width: float) -> Iterator[Element]:
    """Yield the number of sources of each ring, on the line between the first and last sector."""
    for count, inner in rings.items():
        x, y = _point(0.0, inner + width / 2.0)
        yield element("circle", cx=x, cy=y, r=9.0, class_="badge")
        yield svg_text(str(count), x, y + 4.0, anchor="middle", class_="ring")


def _recalls(pooled: Mapping[int, float | None], num_sectors: int) -> Iterator[Element]:
    """Yield each sector's recall over all its sources, round the map."""
    for sector, recall in pooled.items():
        x, y = _point(2.0 * math.pi * (sector + 0.5) / num_sectors, _LABELS + 4.0)
        yield svg_text(_percent(recall), x, y + 4.0, anchor="middle", class_="recall")


def _pooled(regions: Sequence[Region], sector: int) -> float | None:
    """Return the recall over all sources of a sector."""
    inside = [region for region in regions if region["sector"] == sector]
    num_sources = sum(region["count"] for region in inside)
    found = sum(region["count"] * region["recall"] for region in inside)
    return found / num_sources if num_sources else None


def _percent(share: float | None) -> str:
    """Write a share."""
    return "\N{EN DASH}" if share is None else f"{100.0 * share:.0f} %"


def _name(sector: int, num_sectors: int) -> str:
    """Name a sector by its azimuths."""
    width = 360.0 / num_sectors
    return f"{sector * width:g} to {(sector + 1) * width:g} deg"
