import csv
import io

import pytest

from simgen.leaderboard.boards import boards
from simgen.leaderboard.spreadsheet import board_csv
from tests.leaderboard.examples import gained, hostile_results, result


def lines(*results):
    [board] = boards(results, {})
    return [*csv.DictReader(io.StringIO(board_csv(board), newline=""))]


def test_a_line_holds_every_score_with_its_interval():
    [line] = lines(result("ours", 5.0, training_data="none"))
    assert (line["rank"], line["rank_low"], line["rank_high"]) == ("1", "1", "1")
    assert (line["system"], line["uses_oracle"], line["training_data"]) == ("ours", "no", "none")
    assert (line["track"], line["split"], line["edition"]) == ("localization", "mini", "1")
    assert [float(line[f"ospa_deg{end}"]) for end in ("", "_low", "_high")] == [5.0, 4.5, 5.5]
    assert (line["f1_10deg"], line["f1_10deg_low"]) == ("0.8625", "")
    assert line["differs_from_rank_before"] == ""
    assert len(line["submission_sha256"]) == 64


def test_the_paired_test_is_told():
    a, b = result("a", 5.0, width=4.0), result("b", 5.1, seed=1, width=4.0)
    assert [line["differs_from_rank_before"] for line in lines(a, b)] == ["", "no"]
    assert lines(a, result("c", 9.0))[1]["differs_from_rank_before"] == "yes"


@pytest.mark.parametrize(
    "name",
    ["=1+1", "+1", "-1", "@SUM(A1)", "|cmd", "%0A=1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201"],
)
def test_formulas_are_marked_as_text(name):
    [line] = lines(
        result(name, training_data=name, code=name, description=name, parameters={name: 1.5})
    )
    for key in ("system", "training_data", "code", "description"):
        assert line[key] == f"'{name}"
    assert line["parameters"] == f"'{name}=1.5"


@pytest.mark.parametrize("name", ['a"b', "a,b", "a;b", "'=1", "a\r\n=1", "\t=1", "a=b"])
def test_no_name_leaves_its_cell(name):
    honest, odd = lines(result("honest", 1.0), result(name, 2.0))
    assert honest["system"] == "honest"
    assert odd["track"] == "localization"
    assert not odd["system"].startswith(("=", "+", "-", "@", "\t", "\r"))


def test_no_cell_of_hostile_results_begins_a_formula():
    for line in lines(*hostile_results()):
        for name, cell in line.items():
            is_number = name.startswith(("ospa", "gospa", "rank"))
            assert is_number or not cell.startswith(("=", "+", "-", "@", "\t", "\r")), name
            assert "\u202e" not in cell


def test_negative_numbers_stay_numbers():
    [line] = lines(gained("worse", -3.0))
    assert float(line["gain_db"]) == -3.0
    assert float(line["gain_db_low"]) == -4.0


def test_hostile_names_of_scores_are_marked():
    [line] = lines(result("a", scores={"ospa_deg": {"value": 1.0}, "=1": {"value": 2.0}}))
    assert line["'=1"] == "2.0"
