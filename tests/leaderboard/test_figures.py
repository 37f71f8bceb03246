import pytest

from simgen.benchmark.score_sheets import sheet_of
from simgen.leaderboard import figures
from simgen.leaderboard.boards import boards
from tests.leaderboard.charts.reading import of_class, parsed
from tests.leaderboard.examples import gained, hostile_results, result

DOA = sheet_of("doa-scene/1")


def board_of(*results):
    [board] = boards(results, {})
    return board


def conditions(*results):
    board = board_of(*results)
    return [name for name, _ in figures.panels(figures.shown(board), board.sheet)]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ospa_deg", "OSPA (deg)"),
        ("gospa_missed_deg", "GOSPA missed (deg)"),
        ("precision_20deg", "Precision at 20 deg"),
        ("absolute_doa_error_5deg", "Absolute DOA error at 5 deg"),
        ("count_error", "Count error"),
        ("separation_mean_db", "Separation mean (dB)"),
        ("num_scenes", "Scenes"),
        ("points", "Points"),
        ("", "(no name)"),
    ],
)
def test_scores_are_called_as_readers_do(name, words):
    assert figures.quantity(name, DOA) == words


def test_localisation_is_shown_by_t60_snr_and_number_of_sources():
    assert conditions(result("a")) == ["number of sources", "SNR", "T60"]


def test_conditions_of_many_labels_are_left_to_the_downloads():
    assert conditions(gained("a")) == ["device", "A at …"]


def test_charts_show_the_first_six_that_rank():
    many = [result(f"s{n}", 1.0 + n, seed=n) for n in range(8)]
    told = result("told", 0.5, uses_oracle=True)
    shown = figures.shown(board_of(told, *many))
    assert [series.name for series, _ in shown] == [f"s{n}" for n in range(6)]
    assert [series.number for series, _ in shown] == [1, 2, 3, 4, 5, 6]


def test_oracles_fill_what_is_left():
    shown = figures.shown(board_of(result("told", 0.5, uses_oracle=True), result("a")))
    assert [series.name for series, _ in shown] == ["a", "told"]


def test_a_submission_stands_beside_the_best():
    board = board_of(result("a", 1.0), result("b", 2.0, seed=1))
    best, other = board.entries
    assert [series.name for series, _ in figures.compared(board, best)] == ["a"]
    assert [series.name for series, _ in figures.compared(board, other)] == ["b", "a"]


def test_old_results_have_no_charts_of_errors():
    old = {key: value for key, value in result("a").items() if key not in ("per_item", "details")}
    board = board_of(old)
    [entry] = board.entries
    assert figures.recall(board) == figures.histogram(entry) == []
    assert figures.region_map(board, entry) is None


def test_sources_without_an_estimate_are_missed():
    [entry] = board_of(result("a")).entries
    roomy, narrow = figures.histogram(entry)
    for made in (roomy, narrow):
        assert parsed(made).findtext("desc").endswith("missed 10.0 %")


def test_regions_that_the_task_has_not_are_left_out():
    made = result("a")
    made["details"]["regions"][0]["sector"] = 300
    board = board_of(made)
    drawn = figures.region_map(board, board.entries[0])
    assert len(of_class(drawn, "cell")) == 8 + 2


def test_bars_share_one_scale():
    board = board_of(result("a", 2.0), result("b", 4.0, seed=1))
    places = [
        float(of_class(figures.intervals(board)[entry.page], "value")[0].get("cx"))
        for entry in board.entries
    ]
    assert places[0] < places[1]


@pytest.mark.parametrize("number", [1e300, -1e300, 1e-320])
def test_absurd_numbers_are_not_drawn(number):
    odd = gained("odd")
    odd["breakdown"]["A at"]["198 Hz"]["effort_db"] = number
    odd["scores"]["gain_db"] = {"value": 1.0, "low": -abs(number), "high": 1.0 + abs(number)}
    board = board_of(odd)
    assert len(figures.panels(figures.shown(board), board.sheet)) == 2
    assert figures.intervals(board)


@pytest.mark.parametrize(
    "breakdown",
    [
        {},
        {"c": {}},
        {"c": {"a": {}, "b": {}}},
        {"c": {"a": {"ospa_deg": None}, "b": {"ospa_deg": None}}},
    ],
)
def test_breakdowns_of_nothing_make_no_charts(breakdown):
    assert conditions(result("a", breakdown=breakdown)) == []


def test_systems_that_lack_a_condition_are_left_out_of_its_chart():
    a, b = result("a", 1.0), result("b", 2.0, breakdown={})
    board = board_of(a, b)
    assert len(figures.panels(figures.shown(board), board.sheet)) == 3


def test_labels_stand_in_order_of_their_numbers():
    labels = {f"{low}-{low + 10} dB": {"ospa_deg": 1.0} for low in (20, 5, 10)}
    board = board_of(result("a", breakdown={"snr": labels}))
    [(_, made)] = figures.panels(figures.shown(board), board.sheet)
    assert "5-15 dB 1.00, 10-20 dB 1.00, 20-30 dB 1.00" in parsed(made).findtext("desc")


def test_hostile_names_can_be_drawn():
    board = board_of(*hostile_results())
    for entry in board.entries:
        figures.panels(figures.compared(board, entry), board.sheet)
        figures.histogram(entry)
