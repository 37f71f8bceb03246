import numpy as np
import pytest

from simgen.errors import ParameterError
from simgen.leaderboard.standings import in_order, score_of, standings
from simgen.scoring.bootstrap import paired_bootstrap, resample_weights
from tests.leaderboard.examples import ITEMS, gained, result


def told(results):
    """Name, rank and whether it is tied, in order."""
    return [(each.result["system"], each.rank, each.is_tied) for each in standings(results)]


def test_clear_differences_are_told_apart():
    assert told([result("b", 6.0, seed=1), result("a", 2.0), result("c", 9.0, seed=2)]) == [
        ("a", 1, None),
        ("b", 2, False),
        ("c", 3, False),
    ]


def test_neighbours_that_the_paired_test_leaves_open_are_marked():
    near = [result("a", 5.0, width=4.0), result("b", 5.1, seed=1, width=4.0)]
    assert told(near) == [("a", 1, None), ("b", 2, True)]
    same = [result("a", 5.0), result("b", 5.0)]
    assert told(same) == [("a", 1, None), ("b", 1, True)]


def test_equal_scores_share_a_rank_and_those_after_them_are_counted_on():
    results = [result(name, 5.0) for name in "ba"] + [result("first", 1.0), result("last", 9.0)]
    results.append(result("told", 5.0, uses_oracle=True))
    ranks = {each.result["system"]: each.rank for each in standings(results)}
    assert ranks == {"first": 1, "a": 2, "b": 2, "told": None, "last": 4}
    filters = [gained(name, gain) for name, gain in (("a", 1.0), ("b", 2.0), ("c", 2.0))]
    assert [each.rank for each in in_order(filters)] == [1, 1, 3]


def test_what_is_not_told_apart_is_of_the_rank_before():
    same = [result("a", 5.0, width=4.0), result("b", 5.0, width=4.0)]
    third = result("c", 5.1, seed=1, width=4.0)
    assert [each.tied_rank for each in standings([*same, third])] == [None, None, 1]
    apart = result("d", 9.0)
    assert [each.tied_rank for each in standings([*same, apart])] == [None, None, None]


def test_the_mark_is_that_of_the_paired_bootstrap():
    for seed in range(8):
        a, b = result("a", 5.0, seed=seed, width=3.0), result("b", 5.8, seed=seed + 90, width=3.0)
        values = ([each["per_item"][item] for item in ITEMS] for each in (a, b))
        interval = paired_bootstrap(*values)
        assert told([a, b])[1][2] == (interval.low <= 0.0 <= interval.high)


def test_a_small_difference_on_every_item_is_told_apart():
    a, b = result("a", 5.0, width=4.0), result("b", 5.01, width=4.0)
    assert told([a, b])[1] == ("b", 2, False)


def test_without_numbers_per_item_nothing_is_said():
    bare = result("b", 5.1)
    del bare["per_item"]
    assert told([result("a", 5.0), bare]) == [("a", 1, None), ("b", 2, None)]
    assert all(each.ranks is None for each in standings([result("a", 5.0), bare]))
    other = result("b", 5.1, per_item={"elsewhere": 5.1})
    assert told([result("a", 5.0), other])[1] == ("b", 2, None)


def test_oracles_take_no_rank_and_are_no_neighbours():
    oracle = result("told", 5.05, seed=3, uses_oracle=True)
    near = [result("a", 5.0, width=4.0), oracle, result("b", 5.1, seed=1, width=4.0)]
    assert told(near) == [("a", 1, None), ("told", None, None), ("b", 2, True)]


def test_intervals_of_ranks_are_those_of_a_plain_bootstrap():
    results = [result(name, 5.0 + 0.4 * n, seed=n, width=3.0) for n, name in enumerate("abcd")]
    values = np.array([[each["per_item"][item] for item in ITEMS] for each in results])
    drawn = []
    for weights in resample_weights(len(ITEMS)):
        means = [float(np.dot(weights, row)) for row in values]
        drawn.append([1 + sum(other < mean for other in means) for mean in means])
    low = np.sort(drawn, axis=0)[int(0.025 * 2000) - 1]
    high = np.sort(drawn, axis=0)[int(0.975 * 2000) - 1]
    for each, *ends in zip(standings(results), low, high, strict=True):
        assert each.ranks == pytest.approx(ends, abs=0)
        assert each.ranks[0] <= each.rank <= each.ranks[1]


def test_clear_winners_have_one_rank():
    ranks = [each.ranks for each in standings([result("a", 1.0), result("b", 9.0, seed=1)])]
    assert ranks == [(1, 1), (2, 2)]


def test_more_is_better_where_the_protocol_says_so():
    per_item = {"x": 3.0, "y": 5.0}
    better = gained("better", 4.0, per_item=per_item) | {"per_item": per_item}
    worse = gained("worse", 2.0) | {"per_item": {"x": 1.0, "y": 3.0}}
    assert told([worse, better]) == [("better", 1, None), ("worse", 2, False)]
    assert [each.ranks for each in standings([worse, better])] == [(1, 1), (2, 2)]


def test_one_result_and_none():
    assert told([result("a", 1.0)]) == [("a", 1, None)]
    assert standings([]) == []


def test_unlike_results_are_refused():
    with pytest.raises(ParameterError, match="cannot be ranked together"):
        in_order([result("a"), gained("b")])


def test_scores_that_are_missing_have_no_value():
    nothing = {"value": None, "low": None, "high": None}
    assert score_of({"scores": {}}, "ospa_deg") == nothing
    assert score_of({"scores": {"ospa_deg": None}}, "ospa_deg") == nothing
    assert score_of({"scores": {"ospa_deg": {"value": 1.0}}}, "ospa_deg") == nothing | {
        "value": 1.0
    }


def test_the_mark_stands_at_the_later_of_two_neighbours():
    clear, *near = (
        result("a", 1.0),
        result("b", 5.0, width=4.0),
        result("c", 5.1, seed=1, width=4.0),
    )
    assert told([clear, *near]) == [("a", 1, None), ("b", 2, False), ("c", 3, True)]
