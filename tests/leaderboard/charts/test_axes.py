from dataclasses import FrozenInstanceError

import pytest

from simgen.leaderboard.charts.axes import (
    Frame,
    heading,
    horizontal_grid,
    ticks_below,
    unit_below,
)
from simgen.leaderboard.charts.scales import LogScale, Scale
from simgen.leaderboard.charts.svg import element
from tests.leaderboard.charts.reading import of_class, parsed, texts

FRAME = Frame(300.0, 200.0, left=50.0, right=10.0, top=20.0, bottom=40.0)


def drawn(parts):
    return parsed(element("svg", *parts))


def ends(line):
    return tuple(float(line.get(name)) for name in ("x1", "x2", "y1", "y2"))


def test_the_frame_is_what_its_margins_leave():
    assert (FRAME.size, FRAME.inner_right, FRAME.inner_bottom) == ((300.0, 200.0), 290.0, 160.0)
    with pytest.raises(FrozenInstanceError):
        FRAME.left = 0.0


def test_lines_of_a_vertical_axis_go_from_margin_to_margin_at_their_ticks():
    chart = drawn(horizontal_grid(FRAME, Scale(-2.0, 2.0, 160.0, 20.0), unit=" dB"))
    assert [ends(line) for line in chart.iter("line")] == [
        (50.0, 290.0, y, y) for y in (160.0, 125.0, 90.0, 55.0, 20.0)
    ]
    assert texts(chart) == ["\N{MINUS SIGN}2 dB", "\N{MINUS SIGN}1 dB", "0 dB", "1 dB", "2 dB"]
    assert all(float(text.get("x")) < 50.0 for text in chart.iter("text"))
    assert {text.get("text-anchor") for text in chart.iter("text")} == {"end"}


def test_only_zero_is_a_line_of_its_own_kind():
    chart = drawn(horizontal_grid(FRAME, Scale(-2.0, 2.0, 160.0, 20.0)))
    assert [ends(line)[2] for line in of_class(chart, "zero")] == [90.0]
    assert len(of_class(chart, "grid")) == 4


@pytest.mark.parametrize(
    ("scale", "places", "numbers"),
    [
        (Scale(0.0, 4.0, 50.0, 290.0), [50, 110, 170, 230, 290], ["0", "1", "2", "3", "4"]),
        (
            LogScale(100.0, 1000.0, 50.0, 290.0),
            [50, 122.25, 217.75, 290],
            ["100", "200", "500", "1k"],
        ),
    ],
)
def test_lines_of_a_horizontal_axis_stand_over_their_numbers(scale, places, numbers):
    chart = drawn(ticks_below(FRAME, scale, unit="x"))
    lines = [ends(line) for line in chart.iter("line")]
    assert [x for x, *_ in lines] == pytest.approx(places, abs=0.06)
    assert all(left == right and (y1, y2) == (20.0, 160.0) for left, right, y1, y2 in lines)
    assert texts(chart) == [f"{number}x" for number in numbers]
    for text, (x, *_) in zip(chart.iter("text"), lines, strict=True):
        assert (float(text.get("x")), text.get("text-anchor")) == (x, "middle")
        assert 160.0 < float(text.get("y")) < 200.0


def test_quantities_stand_at_the_top_left_and_in_the_middle_below():
    top, below = drawn([heading("error <b>"), unit_below(FRAME, "a & b")]).iter("text")
    assert (top.text, below.text) == ("error <b>", "a & b")
    assert top.get("class") == below.get("class") == "quantity"
    assert float(top.get("y")) < FRAME.top
    assert float(below.get("x")) == (50.0 + 290.0) / 2
    assert (below.get("text-anchor"), float(below.get("y")) < 200.0) == ("middle", True)
