"""Results to Markdown: ratios of what was measured side by side in the same rounds."""

from collections.abc import Mapping
from itertools import groupby
from statistics import median
from typing import Any

__all__ = ["ratios", "results_table"]

Row = Mapping[str, Any]


def results_table(results: Mapping[str, Any]) -> str:
    """Return the tables of speed and of errors.

    Parameters
    ----------
    results
        What ``python -m benchmarks.speed`` wrote.
    """
    blocks = (
        _speed_lines(results["rows"]),
        _note_lines(results["rows"]),
        _error_lines(results["errors"]),
    )
    return "\n\n".join("\n".join(lines) for lines in blocks if lines) + "\n"


def ratios(ours: Row, peer: Row) -> list[float]:
    """Return how many times as long the peer took, round by round."""
    return [theirs / own for own, theirs in zip(ours["seconds"], peer["seconds"], strict=True)]


def _speed_lines(rows: list[Row]) -> list[str]:
    """Return one line for each peer and work, with the ratio to the first row of that work."""
    lines = [
        "| Work | T60 (s) | simgen (s) | Peer | Peer (s) | Peer / simgen: median (least to most) "
        "| ns per image: simgen | peer |",
        "| :-- | --: | --: | :-- | --: | --: | --: | --: |",
    ]
    for work, of_work in groupby(rows, key=lambda row: row["work"]):
        all_rows = list(of_work)
        lines += [
            f"| {work} | | | {row['engine']} | {row['missing']} | | | |"
            for row in all_rows
            if row.get("missing")
        ]
        measured = [row for row in all_rows if not row.get("missing")]
        for _, group in groupby(measured, key=lambda row: row.get("t60_s")):
            ours, *peers = group
            lines += [_speed_line(ours, peer) for peer in peers] or [_alone(ours)]
    return lines


def _speed_line(ours: Row, peer: Row) -> str:
    """Return the line of one comparison."""
    times = ratios(ours, peer)
    cells = [
        *_own_cells(ours),
        peer["engine"],
        _seconds(peer),
        f"**{_number(median(times))}** ({_number(min(times))} to {_number(max(times))})",
        _nanoseconds(ours),
        _nanoseconds(peer),
    ]
    return f"| {' | '.join(cells)} |".replace("  ", " ")


def _alone(ours: Row) -> str:
    """Return the line of work that no peer did."""
    return f"| {' | '.join(_own_cells(ours))} | | | | {_nanoseconds(ours)} | |".replace("  ", " ")


def _own_cells(ours: Row) -> list[str]:
    """Return the cells about the work and about our own time."""
    return [ours["work"], str(ours.get("t60_s", "")), _seconds(ours)]


def _seconds(row: Row) -> str:
    """Return the median time in s with three digits."""
    return f"{median(row['seconds']):.3g}"


def _nanoseconds(row: Row) -> str:
    """Return the median time by image, if the work is images alone."""
    return _number(row["ns_per_image"], decimals=1) if "ns_per_image" in row else ""


def _number(number: float, decimals: int = 2) -> str:
    """Return a number with decimals, or none where they say nothing."""
    return f"{number:.{decimals}f}" if number < 10.0 else f"{number:.0f}"


def _note_lines(rows: list[Row]) -> list[str]:
    """Return what a reader should know of each peer, once."""
    notes = {(row["work"], row["engine"], row["note"]): None for row in rows if row.get("note")}
    return [f"* {work}; {engine}: {note}." for work, engine, note in notes]


def _error_lines(errors: list[Row]) -> list[str]:
    """Return one line for each engine, with its error over all and in parts of the spectrum."""
    parts = list(dict.fromkeys(part for row in errors for part in row.get("thirds_db", {})))
    heads = ["Engine", "T60 (s)", "Error against the exact sum (dB)", *parts]
    lines = [f"| {' | '.join(heads)} |", f"| :-- | {' | '.join(['--:'] * (len(heads) - 1))} |"]
    for row in errors:
        in_parts = [str(row.get("thirds_db", {}).get(part, "")) for part in parts]
        cells = [row["engine"], str(row["t60_s"]), str(row.get("error_db", row.get("missing")))]
        lines.append(f"| {' | '.join([*cells, *in_parts])} |".replace("  ", " "))
    return lines
