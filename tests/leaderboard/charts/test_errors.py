from itertools import pairwise

import pytest

from simgen.leaderboard.charts.errors import Errors, error_histogram, recall_over_gate
from simgen.leaderboard.charts.svg import Series
from tests.leaderboard.charts.reading import numbers_within, of_class, parsed, points, texts, tips

EDGES = (0.0, 1.0, 10.0, 180.0)
ERRORS = Errors(EDGES, (5, 3, 1), 10)


def bars(made):
    """Heights of the bars."""
    return [float(bar.get("height")) for bar in of_class(made, "bar")]


def test_shares_are_of_all_sources():
    assert ERRORS.shares == pytest.approx([50.0, 30.0, 10.0])
    assert ERRORS.missed == pytest.approx(10.0)
    assert ERRORS.classes[1] == pytest.approx((1.0, 10.0, 30.0))


def test_bars_are_as_high_as_their_shares():
    made = error_histogram(ERRORS, Series("a", 1), width=600.0)
    first, *others = bars(made)
    assert [other / first for other in others] == pytest.approx([0.6, 0.2, 0.2], abs=0.01)
    assert tips(made, "bar") == [
        "0 to 1 deg: 50.0 %",
        "1 to 10 deg: 30.0 %",
        "10 to 180 deg: 10.0 %",
        "missed: 10.0 %",
    ]


def test_bars_do_not_overlap():
    made = error_histogram(ERRORS, Series("a", 1), width=600.0)
    places = [(float(bar.get("x")), float(bar.get("width"))) for bar in of_class(made, "bar")]
    for (x, width), (after, _) in pairwise(places):
        assert x + width <= after


def test_the_share_that_is_found_grows_to_what_was_answered():
    made = recall_over_gate([(Series("a", 1), ERRORS)], width=600.0)
    [line] = of_class(made, "line")
    (x0, y0), (x1, y1), (x2, y2) = points(line)
    assert x0 < x1 < x2
    assert y0 > y1 > y2
    top, bottom = 30.0, 260.0 - 42.0
    assert (bottom - y2) / (bottom - top) == pytest.approx(0.9, abs=0.01)
    assert "50.0 % within 1 deg" in parsed(made).findtext("desc")


def test_the_better_system_is_above():
    better = Errors(EDGES, (8, 1, 0), 10)
    made = recall_over_gate([(Series("a", 1), ERRORS), (Series("b", 2), better)], width=400.0)
    first, second = (points(line)[0][1] for line in of_class(made, "line"))
    assert second < first


@pytest.mark.parametrize("width", [400.0, 835.0])
@pytest.mark.parametrize(
    "errors",
    [
        ERRORS,
        Errors((0.0, 180.0), (0,), 0),
        Errors((0.0, 0.07), (3,), 3),
        Errors((0.0,), (), 4),
        Errors((0.0, 1e-9, 2e-9), (1, 1), 2),
        Errors((5.0, 6.0), (10**9,), 10**9),
    ],
)
def test_any_errors_can_be_drawn(errors, width):
    series = Series("a", 1)
    for made in (
        error_histogram(errors, series, width=width),
        recall_over_gate([(series, errors)], width=width),
    ):
        assert numbers_within(made, width, 260.0)
        assert "absolute azimuth error, deg" in texts(made)
