"""Rank results in a table of GitHub's Markdown."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from simgen.benchmark.score_sheets import ScoreSheet
from simgen.leaderboard.standings import Standing, grouped_results, in_order, score_of, sheet_for
from simgen.leaderboard.visible_text import visible_line

__all__ = ["number_text", "ranking_page", "ranking_table"]

DIGEST_SHOWN: Final = 12
"""Characters of a digest that are shown: enough to tell apart what one person ever sees."""

_MISSING: Final = "-"


def ranking_page(results: Sequence[Mapping[str, Any]]) -> str:
    """Rank results in one titled table for each split and protocol, in Markdown.

    Parameters
    ----------
    results
        As ``ranking_table`` takes them, each with ``track``, ``split``, ``split_sha256``,
        ``protocol`` and ``submission_sha256`` too. Results of one submission are listed once.

    Returns
    -------
    str
        Titles and tables, ending in a line feed; empty without results.

    Raises
    ------
    ParameterError
        If two results of one submission have other scores.
    """
    groups = grouped_results(results)
    return "\n".join(f"{_title(group[0])}\n{ranking_table(group)}" for group in groups)


def ranking_table(results: Sequence[Mapping[str, Any]]) -> str:
    """Rank results of one split by their protocol's ranking score, in a Markdown table.

    A system's name stands as code, so that no markup, link or mention in it takes effect; control
    and direction characters are replaced. The order is that of
    `simgen.leaderboard.standings.in_order`. Where submissions bear one name, the beginning of
    their digests tells them apart. A score that a result lacks is a dash.

    Parameters
    ----------
    results
        Each with ``system`` (str), ``uses_oracle`` (bool), ``protocol`` (str) and ``scores``: a
        mapping from the names of the protocol's columns (`simgen.benchmark.score_sheets`) to a
        mapping with ``value``, ``low`` and ``high`` (the 95 % interval), each a number or None.

    Returns
    -------
    str
        The table, one line per result, ending in a line feed.

    Raises
    ------
    ParameterError
        If the results are of several tracks, splits or protocols.

    Examples
    --------
    >>> scores = {"ospa_deg": {"value": 12.34, "low": 11.0, "high": 13.7}}
    >>> result = {"system": "srp-phat", "uses_oracle": False, "scores": scores}
    >>> print(ranking_table([result]).splitlines()[-1])
    | 1 | `srp-phat` | 12.34 [11.00, 13.70] | - | - | - | - | - | no |
    """
    sheet = sheet_for(results)
    names = Counter(_as_code(str(result["system"])) for result in results)
    rows = [_row(standing, sheet, names) for standing in in_order(results)]
    headings = ("Rank", "System", *(column.heading for column in sheet.columns), "Oracle")
    alignments = ("--:", ":--", *("--:" for _ in sheet.columns), ":-:")
    return "".join(_line(cells) for cells in (headings, alignments, *rows))


def number_text(value: float | None, *, decimals: int, missing: str = _MISSING) -> str:
    """Write a number, or a dash for none."""
    # Adding 0 takes the sign off a zero.
    return missing if value is None else f"{round(value, decimals) + 0.0:.{decimals}f}"


def _title(result: Mapping[str, Any]) -> str:
    """Name the split and the protocol of a table."""
    path = _as_code(f"{result['track']}/{result['split']}")
    scenes = _digest(result, "split_sha256")
    return f"### {path} by {_as_code(str(result['protocol']))}\n\nDigest of the scenes: {scenes}\n"


def _digest(result: Mapping[str, Any], key: str) -> str:
    """Return the beginning of a digest, as code."""
    digest = str(result.get(key, ""))[:DIGEST_SHOWN]
    return _as_code(digest) if digest else ""


def _row(standing: Standing, sheet: ScoreSheet, names: Counter[str]) -> tuple[str, ...]:
    """Cells of one result, its digest beside a name that is not its alone."""
    result = standing.result
    name = _as_code(str(result["system"]))
    digest = _digest(result, "submission_sha256") if names[name] > 1 else ""
    ranking, *others = sheet.columns
    return (
        _MISSING if standing.rank is None else str(standing.rank),
        f"{name} {digest}".rstrip(),
        _with_interval(score_of(result, ranking.score), decimals=ranking.decimals),
        *(
            number_text(score_of(result, each.score)["value"], decimals=each.decimals)
            for each in others
        ),
        "yes" if result["uses_oracle"] else "no",
    )


def _with_interval(score: Mapping[str, float | None], *, decimals: int) -> str:
    """Write a score with its interval, as ``12.3 [11.0, 13.7]``."""
    value, low, high = (
        number_text(score[key], decimals=decimals) for key in ("value", "low", "high")
    )
    return value if _MISSING in (value, low, high) else f"{value} [{low}, {high}]"


def _as_code(name: str) -> str:
    """Write a stranger's text as a code span that stays within its cell."""
    shown = visible_line(name)
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    padding = " " if len(fence) > 1 else ""
    return f"{fence}{padding}{shown}{padding}{fence}".replace("|", r"\|")


def _line(cells: Sequence[str]) -> str:
    """Join cells into one row of a table."""
    return f"| {' | '.join(cells)} |\n"
