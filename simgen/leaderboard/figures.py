"""Which charts a board and a submission show."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from simgen.benchmark.score_sheets import ScoreSheet
from simgen.leaderboard.boards import Board, Entry
from simgen.leaderboard.charts.conditions import Panel, condition_chart
from simgen.leaderboard.charts.errors import Errors, error_histogram, recall_over_gate
from simgen.leaderboard.charts.interval_bar import WIDTH, interval_bar
from simgen.leaderboard.charts.scales import Scale
from simgen.leaderboard.charts.sector_map import sector_map
from simgen.leaderboard.charts.svg import NUM_SERIES, Element, Series
from simgen.leaderboard.visible_text import visible_line

__all__ = [
    "Shown",
    "compared",
    "has_errors",
    "histogram",
    "intervals",
    "panels",
    "quantity",
    "recall",
    "region_map",
    "shown",
]

Shown = tuple[Series, Entry]
"""An entry and the colour and shape that it has in charts."""

_WIDTHS: Final = (835.0, 400.0)
"""Of a chart across two columns, and of the same in one: pages show one of them."""

_MOST_LABELS: Final = 20
"""Labels of a condition that still make a chart; poses are more, and their numbers say nothing."""

_MOST_PANELS: Final = 12
"""Charts of conditions on one page."""

_LONGEST_LABEL: Final = 24
"""Characters of a label beside an axis."""

_GREATEST: Final = 1e6
"""Largest number that is drawn: a chart to the end of the universe shows nothing else."""

_CONDITIONS: Final = {"t60": "T60", "snr": "SNR", "num_sources": "number of sources"}
"""How readers call conditions whose names are not words."""

_PREPOSITIONS: Final = ("at", "in", "on", "under", "with")

_COARSE: Final = ("reverberation",)
"""Conditions that another one shows in more steps."""

_UNITS: Final = {"deg": "deg", "db": "dB"}

_WORDS: Final = {
    "ospa": "OSPA",
    "gospa": "GOSPA",
    "doa": "DOA",
    "sdr": "SDR",
    "si": "SI",
    "f1": "F1",
}


def quantity(name: str, sheet: ScoreSheet) -> str:
    """Return how a reader calls a score: as in the table, or its name in words with the unit.

    Examples
    --------
    >>> from simgen.benchmark.score_sheets import sheet_of
    >>> quantity("gospa_missed_deg", sheet_of("doa-scene/1"))
    'GOSPA missed (deg)'
    """
    known = {column.score: column.heading for column in sheet.columns}
    if name in known:
        return known[name]
    *words, last = visible_line(name.removeprefix("num_")).split("_")
    unit = _UNITS.get(last)
    shown = [_WORDS.get(word, word) for word in (words if unit else [*words, last])]
    text = re.sub(r"(\d+)deg\b", r"at \1 deg", " ".join(shown)) or last
    return f"{text[:1].upper()}{text[1:]}{f' ({unit})' if unit else ''}"


def shown(board: Board) -> list[Shown]:
    """Return the entries that a board's charts show: those that rank first, then oracles."""
    ranked = [entry for entry in board.entries if entry.standing.rank is not None]
    others = [entry for entry in board.entries if entry.standing.rank is None]
    chosen = [*ranked, *others][:NUM_SERIES]
    return [(Series(entry.label, number), entry) for number, entry in enumerate(chosen, 1)]


def intervals(board: Board) -> dict[str, Element]:
    """Return each entry's score and interval on the board's common scale, by its page."""
    scores = {entry.page: board.score(entry) for entry in board.entries}
    ends = [end for score in scores.values() for end in score.values() if end is not None]
    scale = Scale.over([end for end in ends if abs(end) <= _GREATEST], 6.0, WIDTH - 6.0)
    return {page: interval_bar(score, scale) for page, score in scores.items()}


def compared(board: Board, entry: Entry) -> list[Shown]:
    """Return a submission and the one that ranks first, if that is another."""
    best = board.best
    own = (Series(entry.label, 1), entry)
    return [own] if best is None or best is entry else [own, (Series(best.label, NUM_SERIES), best)]


def panels(systems: Sequence[Shown], sheet: ScoreSheet) -> list[tuple[str, Element]]:
    """Draw systems under each condition that the first of them was scored under, with its name."""
    return [(panel.condition, condition_chart(panel)) for panel in _panels(systems, sheet)]


def recall(board: Board) -> list[Element]:
    """Draw, in each of two widths, which share of sources systems find within each error."""
    known = [(series, _errors(entry)) for series, entry in shown(board)]
    systems = [(series, errors) for series, errors in known if errors is not None]
    return [recall_over_gate(systems, width=width) for width in _WIDTHS] if systems else []


def has_errors(entry: Entry) -> bool:
    """Tell whether a result says how large errors are: older ones do not."""
    return _errors(entry) is not None


def histogram(entry: Entry) -> list[Element]:
    """Draw, in each of two widths, how far off a submission is, where that is known."""
    errors, series = _errors(entry), Series(entry.label, 1)
    return [error_histogram(errors, series, width=width) for width in _WIDTHS] if errors else []


def region_map(board: Board, entry: Entry) -> Element | None:
    """Draw in which sectors a submission finds sources, where that is known."""
    regions = (entry.result.get("details") or {}).get("regions", ())
    inside = [region for region in regions if region["sector"] < board.num_sectors]
    return sector_map(inside, board.num_sectors) if inside else None


def _errors(entry: Entry) -> Errors | None:
    """Return how large the errors of a submission are."""
    told = (entry.result.get("details") or {}).get("error_histogram")
    if told is None:
        return None
    counts = tuple(told["counts"])
    num_sources = max(entry.result["coverage"].get("num_sources", 0), sum(counts))
    return Errors(tuple(told["edges_deg"]), counts, num_sources)


def _panels(systems: Sequence[Shown], sheet: ScoreSheet) -> list[Panel]:
    """Return what to draw for each condition that the first of the systems was scored under."""
    if not systems:
        return []
    conditions = systems[0][1].result["breakdown"]
    panels = (
        _panel(condition, labels, systems, sheet)
        for condition, labels in conditions.items()
        if 2 <= len(labels) <= _MOST_LABELS and condition not in _COARSE
    )
    return [panel for panel in panels if panel is not None and panel.numbers][:_MOST_PANELS]


def _panel(
    condition: str,
    labels: Mapping[str, Any],
    systems: Sequence[Shown],
    sheet: ScoreSheet,
) -> Panel | None:
    """Return what to draw for one condition: the first of the sheet's scores that it has."""
    names = (sheet.ranking.score, *sheet.breakdown)
    name = next((name for name in names if all(name in row for row in labels.values())), None)
    if name is None:
        return None
    ordered = _in_order(labels)
    curves = (
        (series, [_number(entry.result["breakdown"], condition, label, name) for label in ordered])
        for series, entry in systems
    )
    return Panel(
        condition=_condition(condition),
        quantity=quantity(name, sheet),
        labels=tuple(visible_line(label, longest=_LONGEST_LABEL) for label in ordered),
        curves=tuple(curves),
    )


def _condition(name: str) -> str:
    """Say what a condition is; one that ends in a preposition goes on in the labels."""
    shown = _CONDITIONS.get(name, visible_line(name, longest=_LONGEST_LABEL))
    return f"{shown} …" if shown.rsplit(" ", 1)[-1] in _PREPOSITIONS else shown


def _in_order(labels: Mapping[str, Any]) -> list[str]:
    """Return labels that begin with a number by that, others as they are."""
    leading = {label: re.match(r"\d{1,9}(\.\d{1,9})?", label) for label in labels}
    if not all(leading.values()):
        return [*labels]
    return sorted(labels, key=lambda label: float(_matched(leading[label])))


def _matched(match: re.Match[str] | None) -> str:
    """Return what was matched."""
    return match.group() if match else "0"


def _number(breakdown: Mapping[str, Any], condition: str, label: str, name: str) -> float | None:
    """Look up a number of a breakdown that may lack it."""
    value = breakdown.get(condition, {}).get(label, {}).get(name)
    return None if value is None or abs(value) > _GREATEST else float(value)
