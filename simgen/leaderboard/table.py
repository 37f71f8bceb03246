"""Rank results in a table of GitHub's Markdown."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final

__all__ = ["ranking_table"]

LONGEST_NAME: Final = 60
"""Characters of a system's name that are shown; the rest becomes an ellipsis."""

_MISSING: Final = "-"
_HEADINGS: Final = (
    "Rank",
    "System",
    "OSPA (deg)",
    "Absolute DOA error (deg)",
    "Precision at 10 deg",
    "Recall at 10 deg",
    "F1 at 10 deg",
    "Region F1",
    "Oracle",
)
_ALIGNMENTS: Final = ("--:", ":--", "--:", "--:", "--:", "--:", "--:", "--:", ":-:")


def ranking_table(results: Sequence[Mapping[str, Any]]) -> str:
    """Rank results by OSPA, the least first, in a Markdown table.

    A system's name stands as code, so that no markup, link or mention in it takes effect; control
    and direction characters are replaced. Equal scores are ordered by name; results without an
    OSPA come last and have no rank. A score that a result lacks is a dash.

    Parameters
    ----------
    results
        Each with ``system`` (str), ``uses_oracle`` (bool) and ``scores``: a mapping from
        ``ospa_deg``, ``absolute_doa_error_deg``, ``precision_10deg``, ``recall_10deg``,
        ``f1_10deg`` and ``region_f1`` to a mapping with ``value``, ``low`` and ``high`` (the 95 %
        interval), each a number or None.

    Returns
    -------
    str
        The table, one line per result, ending in a line feed.

    Examples
    --------
    >>> scores = {"ospa_deg": {"value": 12.34, "low": 11.0, "high": 13.7}}
    >>> result = {"system": "srp-phat", "uses_oracle": False, "scores": scores}
    >>> print(ranking_table([result]).splitlines()[-1])
    | 1 | `srp-phat` | 12.3 [11.0, 13.7] | - | - | - | - | - | no |
    """
    ranked = sorted(results, key=_standing)
    rows = [_row(rank, result) for rank, result in enumerate(ranked, start=1)]
    return "".join(_line(cells) for cells in (_HEADINGS, _ALIGNMENTS, *rows))


def _standing(result: Mapping[str, Any]) -> tuple[bool, float, str]:
    """Sort key: results with an OSPA first, the least first, then by name."""
    ospa = _score(result, "ospa_deg")["value"]
    return (ospa is None, 0.0 if ospa is None else float(ospa), str(result["system"]))


def _row(rank: int, result: Mapping[str, Any]) -> tuple[str, ...]:
    """Cells of one result."""
    ospa = _score(result, "ospa_deg")
    rates = ("precision_10deg", "recall_10deg", "f1_10deg", "region_f1")
    return (
        _MISSING if ospa["value"] is None else str(rank),
        _as_code(str(result["system"])),
        _with_interval(ospa),
        _number(_score(result, "absolute_doa_error_deg")["value"], decimals=1),
        *(_number(_score(result, name)["value"], decimals=3) for name in rates),
        "yes" if result["uses_oracle"] else "no",
    )


def _score(result: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Look up one score; a missing one has no value."""
    found = result["scores"].get(name)
    return {"value": None, "low": None, "high": None} | dict(found or {})


def _with_interval(score: Mapping[str, Any]) -> str:
    """Write a score in degrees with its interval, as ``12.3 [11.0, 13.7]``."""
    value = _number(score["value"], decimals=1)
    if score["value"] is None or score["low"] is None or score["high"] is None:
        return value
    return f"{value} [{score['low']:.1f}, {score['high']:.1f}]"


def _number(value: float | None, *, decimals: int) -> str:
    """Write a number, or a dash for none."""
    return _MISSING if value is None else f"{value:.{decimals}f}"


def _as_code(name: str) -> str:
    """Write a stranger's text as a code span that stays within its cell."""
    visible = "".join("\N{REPLACEMENT CHARACTER}" if _is_unseen(char) else char for char in name)
    words = " ".join(visible.split()) or "(no name)"
    shown = words if len(words) <= LONGEST_NAME else words[: LONGEST_NAME - 1] + "…"
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    padding = " " if len(fence) > 1 else ""
    return f"{fence}{padding}{shown}{padding}{fence}".replace("|", r"\|")


def _is_unseen(char: str) -> bool:
    """Whether a character is a control, format, surrogate, private, unassigned or line break."""
    category = unicodedata.category(char)
    return category.startswith("C") or category in ("Zl", "Zp")


def _line(cells: Sequence[str]) -> str:
    """Join cells into one row of a table."""
    return f"| {' | '.join(cells)} |\n"
