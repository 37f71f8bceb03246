"""Rank results in a table of GitHub's Markdown."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from simgen.benchmark.score_sheets import ScoreSheet, sheet_of
from simgen.errors import ParameterError

__all__ = ["grouped_results", "ranking_page", "ranking_table"]

LONGEST_NAME: Final = 60
"""Characters of a system's name that are shown; the rest becomes an ellipsis."""

DIGEST_SHOWN: Final = 12
"""Characters of a digest that are shown: enough to tell apart what one person ever sees."""

_KINDS: Final = ("track", "split", "split_sha256", "protocol")
"""What results must have in common for their scores to be comparable."""

_TOLERANCE: Final = 1e-6
"""How far apart two scorings of one submission may lie: the last digits differ by machine."""

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


def grouped_results(results: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Part results by track, split, digest of the split and protocol; each submission once.

    Takes and raises what ``ranking_page`` does.
    """
    groups: dict[tuple[str, ...], dict[str, Mapping[str, Any]]] = {}
    for result in results:
        group = groups.setdefault(_kind(result), {})
        first = group.setdefault(str(result["submission_sha256"]), result)
        if not _agree(first, result):
            raise ParameterError(
                "two results of one submission differ; score it again",
                value=str(result["system"]),
            )
    return [list(groups[kind].values()) for kind in sorted(groups)]


def ranking_table(results: Sequence[Mapping[str, Any]]) -> str:
    """Rank results of one split by their protocol's ranking score, in a Markdown table.

    A system's name stands as code, so that no markup, link or mention in it takes effect; control
    and direction characters are replaced. Equal scores are ordered by name; results without a
    ranking score come last. Those and systems that use an oracle have no rank: the others are
    numbered among themselves. Where submissions bear one name, the beginning of their digests
    tells them apart. A score that a result lacks is a dash.

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
    | 1 | `srp-phat` | 12.3 [11.0, 13.7] | - | - | - | - | - | no |
    """
    kinds = {_kind(result) for result in results}
    if len(kinds) > 1:
        raise ParameterError("results of several splits or protocols cannot be ranked together")
    sheet = sheet_of(next(iter(kinds))[-1] if kinds else "")
    names = Counter(_as_code(str(result["system"])) for result in results)
    rows, rank = [], 0
    for result in sorted(results, key=lambda result: _standing(result, sheet)):
        is_ranked = _is_ranked(result, sheet)
        rank += is_ranked
        name = _as_code(str(result["system"]))
        if names[name] > 1:
            name = f"{name} {_digest(result, 'submission_sha256')}".rstrip()
        rows.append(_row(str(rank) if is_ranked else _MISSING, name, result, sheet))
    headings = ("Rank", "System", *(column.heading for column in sheet.columns), "Oracle")
    alignments = ("--:", ":--", *("--:" for _ in sheet.columns), ":-:")
    return "".join(_line(cells) for cells in (headings, alignments, *rows))


def _kind(result: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what results that are compared must have in common."""
    return tuple(str(result.get(key, "")) for key in _KINDS)


def _title(result: Mapping[str, Any]) -> str:
    """Name the split and the protocol of a table."""
    path = _as_code(f"{result['track']}/{result['split']}")
    scenes = _digest(result, "split_sha256")
    return f"### {path} by {_as_code(str(result['protocol']))}\n\nDigest of the scenes: {scenes}\n"


def _digest(result: Mapping[str, Any], key: str) -> str:
    """Return the beginning of a digest, as code."""
    digest = str(result.get(key, ""))[:DIGEST_SHOWN]
    return _as_code(digest) if digest else ""


def _agree(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    """Tell whether two scorings of one submission say the same."""
    told = all(first[key] == second[key] for key in ("system", "uses_oracle"))
    if not told or first["scores"].keys() != second["scores"].keys():
        return False
    pairs = (
        (_score(first, name)[end], _score(second, name)[end])
        for name in first["scores"]
        for end in ("value", "low", "high")
    )
    return all(a == b if a is None or b is None else abs(a - b) <= _TOLERANCE for a, b in pairs)


def _is_ranked(result: Mapping[str, Any], sheet: ScoreSheet) -> bool:
    """Tell whether a result takes a rank: it has a ranking score, and no oracle's help."""
    return not result["uses_oracle"] and _score(result, sheet.ranking.score)["value"] is not None


def _standing(result: Mapping[str, Any], sheet: ScoreSheet) -> tuple[bool, float, str, str]:
    """Sort key: results with a ranking score first, the best first, then by name."""
    value = _score(result, sheet.ranking.score)["value"]
    number = 0.0 if value is None else float(value)
    signed = -number if sheet.more_is_better else number
    return (value is None, signed, str(result["system"]), str(result.get("submission_sha256", "")))


def _row(rank: str, name: str, result: Mapping[str, Any], sheet: ScoreSheet) -> tuple[str, ...]:
    """Cells of one result."""
    ranking, *others = sheet.columns
    return (
        rank,
        name,
        _with_interval(_score(result, ranking.score), decimals=ranking.decimals),
        *(_number(_score(result, each.score)["value"], decimals=each.decimals) for each in others),
        "yes" if result["uses_oracle"] else "no",
    )


def _score(result: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Look up one score; a missing one has no value."""
    found = result["scores"].get(name)
    return {"value": None, "low": None, "high": None} | dict(found or {})


def _with_interval(score: Mapping[str, Any], *, decimals: int) -> str:
    """Write a score with its interval, as ``12.3 [11.0, 13.7]``."""
    if score["value"] is None or score["low"] is None or score["high"] is None:
        return _number(score["value"], decimals=decimals)
    value, low, high = (_number(score[key], decimals=decimals) for key in ("value", "low", "high"))
    return f"{value} [{low}, {high}]"


def _number(value: float | None, *, decimals: int) -> str:
    """Write a number, or a dash for none."""
    # Adding 0 takes the sign off a zero.
    return _MISSING if value is None else f"{round(value, decimals) + 0.0:.{decimals}f}"


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
