"""Who stands where among results of one split, and how sure that is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simgen.benchmark.score_sheets import ScoreSheet, sheet_of
from simgen.errors import ParameterError
from simgen.scoring.bootstrap import CONFIDENCE, paired_bootstrap, resampled_sums

__all__ = [
    "Result",
    "Standing",
    "grouped_results",
    "in_order",
    "score_of",
    "sheet_for",
    "standings",
]

Result = Mapping[str, Any]
"""A result as plain values."""

_KINDS: Final = ("track", "split", "split_sha256", "protocol")
"""What results must have in common for their scores to be comparable."""

_TOLERANCE: Final = 1e-6
"""How far apart two scorings of one submission may lie: the last digits differ by machine."""


@dataclass(frozen=True)
class Standing:
    """A result among others of its split.

    Attributes
    ----------
    result
        The result.
    rank
        Its rank, which equal scores share; None with an oracle or without a ranking score.
    ranks
        The 95 % interval of its rank over resamples of the items; None where not every ranked
        result holds numbers per item.
    is_tied
        Whether the paired test leaves open if it differs from the one ranked before it; None
        where there is none or nothing to test with.
    rank_before
        The rank of the one ranked before it, if there is one.
    """

    result: Result
    rank: int | None = None
    ranks: tuple[int, int] | None = None
    is_tied: bool | None = None
    rank_before: int | None = None

    @property
    def tied_rank(self) -> int | None:
        """The rank before its own that the paired test does not tell it from."""
        return self.rank_before if self.is_tied and self.rank_before != self.rank else None


def grouped_results(results: Sequence[Result]) -> list[list[Result]]:
    """Part results by track, split, digest of the split and protocol; each submission once.

    Parameters
    ----------
    results
        Each with ``track``, ``split``, ``split_sha256``, ``protocol``, ``submission_sha256``,
        ``system``, ``uses_oracle`` and ``scores``.

    Raises
    ------
    ParameterError
        If two results of one submission have other scores.
    """
    groups: dict[tuple[str, ...], dict[str, Result]] = {}
    for result in results:
        group = groups.setdefault(_kind(result), {})
        first = group.setdefault(str(result["submission_sha256"]), result)
        if not _agree(first, result):
            raise ParameterError(
                "two results of one submission differ; score it again",
                value=str(result["system"]),
            )
    return [list(groups[kind].values()) for kind in sorted(groups)]


def sheet_for(results: Iterable[Result]) -> ScoreSheet:
    """Return how the scores of results are read that can be compared.

    Raises
    ------
    ParameterError
        If the results are of several tracks, splits or protocols.
    """
    kinds = {_kind(result) for result in results}
    if len(kinds) > 1:
        raise ParameterError("results of several splits or protocols cannot be ranked together")
    return sheet_of(next(iter(kinds))[-1] if kinds else "")


def in_order(results: Sequence[Result]) -> list[Standing]:
    """Rank results of one split by their protocol's ranking score, the best first.

    Equal scores share a rank and are ordered by name; results without a ranking score come last.
    Those and systems that use an oracle have no rank: another's is 1 and how many are better.

    Raises
    ------
    ParameterError
        As ``sheet_for`` does.
    """
    sheet = sheet_for(results)
    costs = sorted(_cost(result, sheet) for result in results if _is_ranked(result, sheet))
    return [
        Standing(
            result,
            1 + costs.index(_cost(result, sheet)) if _is_ranked(result, sheet) else None,
        )
        for result in sorted(results, key=lambda result: _place(result, sheet))
    ]


def standings(results: Sequence[Result]) -> list[Standing]:
    """Rank results of one split, and say how sure the ranks are.

    Takes, orders and raises what ``in_order`` does. Neighbours are told apart by the paired
    bootstrap over items, where both results hold what each item contributes.
    """
    ordered = in_order(results)
    ranked = [each for each in ordered if each.rank is not None]
    ranks = _rank_intervals([each.result for each in ranked], sheet_for(results))
    ties = [None, *(_is_tied(before.result, each.result) for before, each in pairwise(ranked))]
    before = [None, *(each.rank for each in ranked[:-1])]
    tested = map(_tested, ranked, ranks, ties, before)
    return [each if each.rank is None else next(tested) for each in ordered]


def score_of(result: Result, name: str) -> Mapping[str, float | None]:
    """Look up one score with its interval; a missing one has no value."""
    found = result["scores"].get(name)
    return {"value": None, "low": None, "high": None} | dict(found or {})


def _tested(
    each: Standing, ranks: tuple[int, int] | None, is_tied: bool | None, rank_before: int | None
) -> Standing:
    """Return a standing with how sure it is."""
    return replace(each, ranks=ranks, is_tied=is_tied, rank_before=rank_before)


def _is_tied(better: Result, worse: Result) -> bool | None:
    """Tell whether two results do not differ in the paired test."""
    a, b = better.get("per_item"), worse.get("per_item")
    if not a or not b or a.keys() != b.keys():
        return None
    items = sorted(a)
    interval = paired_bootstrap([a[item] for item in items], [b[item] for item in items])
    return interval.low <= 0.0 <= interval.high


def _rank_intervals(
    ranked: Sequence[Result], sheet: ScoreSheet
) -> Sequence[tuple[int, int] | None]:
    """Rank over each resample of the items, and keep the central share of each result's ranks."""
    tables: list[Mapping[str, float]] = [result.get("per_item") or {} for result in ranked]
    if not tables or not all(table and table.keys() == tables[0].keys() for table in tables):
        return [None] * len(ranked)
    items = sorted(tables[0])
    sums = resampled_sums([[table[item] for table in tables] for item in items])
    ranks = _ranks(-sums if sheet.more_is_better else sums)
    ends = [(1.0 - CONFIDENCE) / 2.0, (1.0 + CONFIDENCE) / 2.0]
    low, high = np.quantile(ranks, ends, axis=0, method="inverted_cdf")
    return [(int(a), int(b)) for a, b in zip(low, high, strict=True)]


def _ranks(costs: NDArray[np.float64]) -> NDArray[np.intp]:
    """Rank the costs of each row (resample, system): 1 and how many are less."""
    ascending = np.sort(costs, axis=1)
    rows = zip(ascending, costs, strict=True)
    return np.stack([1 + np.searchsorted(row, cost) for row, cost in rows])


def _kind(result: Result) -> tuple[str, ...]:
    """Return what results that are compared must have in common."""
    return tuple(str(result.get(key, "")) for key in _KINDS)


def _agree(first: Result, second: Result) -> bool:
    """Tell whether two scorings of one submission say the same."""
    told = all(first[key] == second[key] for key in ("system", "uses_oracle"))
    if not told or first["scores"].keys() != second["scores"].keys():
        return False
    pairs = (
        (score_of(first, name)[end], score_of(second, name)[end])
        for name in first["scores"]
        for end in ("value", "low", "high")
    )
    return all(a == b if a is None or b is None else abs(a - b) <= _TOLERANCE for a, b in pairs)


def _is_ranked(result: Result, sheet: ScoreSheet) -> bool:
    """Tell whether a result takes a rank: it has a ranking score, and no oracle's help."""
    return not result["uses_oracle"] and score_of(result, sheet.ranking.score)["value"] is not None


def _place(result: Result, sheet: ScoreSheet) -> tuple[bool, float, str, str]:
    """Sort key: results with a ranking score first, the best first, then by name."""
    is_without = score_of(result, sheet.ranking.score)["value"] is None
    names = str(result["system"]), str(result.get("submission_sha256", ""))
    return (is_without, _cost(result, sheet), *names)


def _cost(result: Result, sheet: ScoreSheet) -> float:
    """Return the ranking score so that less is better; 0 without one."""
    number = float(score_of(result, sheet.ranking.score)["value"] or 0.0)
    return -number if sheet.more_is_better else number
