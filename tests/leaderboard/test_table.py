import re

import pytest

from simgen.errors import ParameterError
from simgen.leaderboard.standings import grouped_results
from simgen.leaderboard.table import ranking_page, ranking_table
from simgen.leaderboard.visible_text import LONGEST_NAME


def result(system="ours", ospa=5.0, *, uses_oracle=False, **scores):
    """One result as the suite writes it, with an interval of +-1 round the OSPA."""
    values = {
        "absolute_doa_error_deg": 1.26,
        "precision_10deg": 0.91,
        "recall_10deg": 0.82,
        "f1_10deg": 0.8625,
        "region_f1": 0.7,
    } | scores
    entries = {name: {"value": value, "low": None, "high": None} for name, value in values.items()}
    low, high = (None, None) if ospa is None else (ospa - 1.0, ospa + 1.0)
    entries["ospa_deg"] = {"value": ospa, "low": low, "high": high}
    return {"system": system, "uses_oracle": uses_oracle, "scores": entries}


def rows(table):
    """Cells of each line, split at the bars that GitHub takes for column borders."""
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in table.splitlines()
    ]


def systems(*results):
    return [row[1] for row in rows(ranking_table(results))[2:]]


def shown(name):
    return systems(result(name))[0]


def test_a_row_shows_every_score():
    heading, alignment, row = rows(ranking_table([result("srp-phat", 12.34, uses_oracle=True)]))
    assert heading == [
        "Rank",
        "System",
        "OSPA (deg)",
        "Absolute DOA error (deg)",
        "Precision at 10 deg",
        "Recall at 10 deg",
        "F1 at 10 deg",
        "Region F1",
        "Oracle",
    ]
    assert all(re.fullmatch(":?-+:?", cell) for cell in alignment)
    expected = [
        "-",
        "`srp-phat`",
        "12.34 [11.34, 13.34]",
        "1.3",
        "0.910",
        "0.820",
        "0.863",
        "0.700",
    ]
    assert row[:6] + row[7:] == [*expected[:6], expected[7], "yes"]
    assert float(row[6]) == pytest.approx(0.8625, abs=0.0006)


def test_the_least_ospa_comes_first():
    table = ranking_table([result("b", 24.4), result("c", 30.0), result("a", 5.7)])
    assert [row[:2] for row in rows(table)[2:]] == [["1", "`a`"], ["2", "`b`"], ["3", "`c`"]]


def test_the_order_of_the_input_does_not_matter():
    results = [result("b", 5.0), result("a", 5.0), result("c", None), result("d", 1.0)]
    assert ranking_table(results) == ranking_table(results[::-1])
    assert systems(*results) == ["`d`", "`a`", "`b`", "`c`"]


def test_a_result_without_an_ospa_is_last_and_not_ranked():
    last = rows(ranking_table([result("none", None), result("worst", 30.0)]))[-1]
    assert last[:3] == ["-", "`none`", "-"]


def test_scores_that_are_missing_are_dashes():
    nothing = {"system": "mute", "uses_oracle": False, "scores": {"region_f1": None}}
    assert rows(ranking_table([nothing]))[-1] == ["-", "`mute`", *["-"] * 6, "no"]
    silent = result(absolute_doa_error_deg=None)
    assert rows(ranking_table([silent]))[-1][3] == "-"


def test_an_ospa_without_an_interval_stands_alone():
    bare = result()
    bare["scores"]["ospa_deg"] = {"value": 0.0}
    assert rows(ranking_table([bare]))[-1][2] == "0.00"


def test_no_results_leave_the_heading():
    assert len(rows(ranking_table([]))) == 2


@pytest.mark.parametrize(
    "name",
    [
        "a|b",
        "a\\|b",
        "|||",
        "line\nfeed",
        "a\r\n| 1 | `winner` | 0.0 |",
        "\u2028next",
        "`",
        "a``b",
        "\\",
        "",
        " ",
        "x" * 500,
    ],
)
def test_no_name_breaks_the_table(name):
    table = ranking_table([result(name), result("honest", 6.0)])
    assert len(table.splitlines()) == 4
    assert [len(row) for row in rows(table)] == [9] * 4


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "[click](https://example.org)",
        "![](https://example.org/x.png)",
        "**bold** @everyone #1",
        "www.example.org",
        "&lt;b&gt;",
    ],
)
def test_markup_is_shown_as_code(name):
    assert shown(name) == f"`{name}`"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a`b", "`` a`b ``"),
        ("``", "``` `` ```"),
        ("`<b>`", "`` `<b>` ``"),
        ("a```b`", "```` a```b` ````"),
    ],
)
def test_backticks_do_not_end_the_code(name, expected):
    assert shown(name) == expected


def test_bars_are_escaped():
    assert shown("a|b") == r"`a\|b`"


@pytest.mark.parametrize(
    "char",
    "\x00\x07\x1b\x7f\x85\n\u200b\u200e\u202e\u2066\u2029\ufeff\ue000\U000e0041",
    ids=ascii,
)
def test_characters_that_are_not_seen_are_replaced(char):
    assert shown(f"a{char}b") == "`a\N{REPLACEMENT CHARACTER}b`"


def test_lone_surrogates_are_replaced_so_that_the_page_can_be_written():
    assert "\N{REPLACEMENT CHARACTER}" in ranking_table([result("a\ud800b")])
    ranking_table([result("a\ud800b")]).encode("utf-8")


def test_names_in_any_script_are_kept():
    assert shown("Schallquelle größer 音源定位") == "`Schallquelle größer 音源定位`"


def test_long_names_are_cut():
    assert shown("x" * LONGEST_NAME) == f"`{'x' * LONGEST_NAME}`"
    assert shown("x" * 500) == f"`{'x' * (LONGEST_NAME - 1)}…`"


def test_a_name_of_nothing_is_named_so():
    assert shown("") == shown(" \u00a0 ") == "`(no name)`"


KIND = {"track": "t", "split": "s", "split_sha256": "a" * 64, "protocol": "p/1"}


def submitted(digest, system="ours", ospa=5.0, *, uses_oracle=False, **kind):
    """One result of a submission, as the suite writes it."""
    scored = result(system, ospa, uses_oracle=uses_oracle)
    return scored | KIND | kind | {"submission_sha256": digest * 64}


def titles(page):
    return [line for line in page.splitlines() if line.startswith("#")]


def test_an_oracle_takes_no_rank():
    told, first, second = (
        result("told", 1.0, uses_oracle=True),
        result("first", 2.0),
        result("second", 3.0),
    )
    table = rows(ranking_table([second, told, first]))[2:]
    assert [(row[0], row[1], row[-1]) for row in table] == [
        ("-", "`told`", "yes"),
        ("1", "`first`", "no"),
        ("2", "`second`", "no"),
    ]


@pytest.mark.parametrize(
    "other",
    [
        {"track": "u"},
        {"split": "v"},
        {"split_sha256": "b" * 64},
        {"protocol": "p/2"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_unlike_results_are_never_in_one_table(other):
    results = [submitted("1"), submitted("2", "theirs", 1.0, **other)]
    with pytest.raises(ParameterError, match="cannot be ranked together"):
        ranking_table(results)
    assert [len(group) for group in grouped_results(results)] == [1, 1]
    page = ranking_page(results)
    assert len(titles(page)) == 2
    assert page.count("| 1 |") == 2
    assert page == ranking_page(results[::-1])


def test_a_page_names_split_scenes_and_protocol():
    lines = ranking_page([submitted("1"), submitted("2", "theirs")]).splitlines()
    assert lines[0] == "### `t/s` by `p/1`"
    assert lines[2] == f"Digest of the scenes: `{'a' * 12}`"
    assert "\n".join(lines[4:]) + "\n" == ranking_table([submitted("1"), submitted("2", "theirs")])


def test_no_results_make_no_page():
    assert ranking_page([]) == ""


def test_markup_in_a_protocol_is_shown_as_code():
    assert titles(ranking_page([submitted("1", protocol="[x](y)\n# z")])) == [
        "### `t/s` by `[x](y)\N{REPLACEMENT CHARACTER}# z`"
    ]


def test_a_submission_is_listed_once():
    again = submitted("1", ospa=5.0 + 1e-9)
    assert len(grouped_results([submitted("1"), again])[0]) == 1
    assert ranking_page([submitted("1"), again]).count("`ours`") == 1


@pytest.mark.parametrize(
    "other",
    [
        submitted("1", ospa=4.0),
        submitted("1", ospa=None),
        submitted("1", "renamed"),
        submitted("1", uses_oracle=True),
        submitted("1") | {"scores": {}},
    ],
)
def test_results_of_one_submission_must_agree(other):
    with pytest.raises(ParameterError, match="two results of one submission differ"):
        ranking_page([submitted("1"), other])


def test_submissions_of_one_name_are_told_apart_by_their_digests():
    table = rows(ranking_table([submitted("1"), submitted("2"), submitted("3", "other", 6.0)]))[2:]
    assert [row[1] for row in table] == [
        f"`ours` `{'1' * 12}`",
        f"`ours` `{'2' * 12}`",
        "`other`",
    ]


def gained(system, value, **more):
    """A result of a protocol in which more is better."""
    scores = {"gain_db": {"value": value, "low": value - 0.5, "high": value + 0.5}} | more
    return {"system": system, "uses_oracle": False, "protocol": "ctc/1", "scores": scores}


def test_a_protocol_ranks_by_its_own_score_and_columns():
    alone = {"value": -1.5, "low": None, "high": None}
    table = rows(ranking_table([gained("a", -0.004), gained("b", 2.5, gain_A_db=alone)]))
    assert table[0] == ["Rank", "System", "Gained (dB)", "A (dB)", "B (dB)", "C (dB)", "Oracle"]
    assert table[2][:4] == ["1", "`b`", "2.50 [2.00, 3.00]", "-1.50"]
    assert table[3][:3] == ["2", "`a`", "0.00 [-0.50, 0.50]"]
    assert [len(row) for row in table] == [7] * 4


def test_gains_below_nothing_come_after_it():
    assert systems(gained("worse", -3.0), gained("nothing", 0.0)) == ["`nothing`", "`worse`"]
