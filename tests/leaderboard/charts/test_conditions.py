import pytest

from simgen.leaderboard.charts.conditions import Panel, condition_chart
from simgen.leaderboard.charts.svg import Series
from tests.leaderboard.charts.reading import (
    numbers_within,
    of_class,
    parsed,
    place,
    points,
    texts,
    tips,
)

A, B = Series("a", 1), Series("b", 2)


def drawn(labels, *curves, condition="T60", quantity="OSPA (deg)"):
    return condition_chart(Panel(condition, quantity, tuple(labels), curves))


def test_classes_follow_one_another_and_larger_numbers_are_higher():
    made = drawn(["0 s", "0.2-0.4 s", "0.4-0.6 s"], (A, [1.0, 3.0, 2.0]))
    [line] = of_class(made, "line")
    (x0, y0), (x1, y1), (x2, y2) = points(line)
    assert x0 < x1 < x2
    assert x1 - x0 == pytest.approx(x2 - x1, abs=0.1)
    assert y1 < y2 < y0
    assert [place(mark) for mark in of_class(made, "marker")] == points(line)
    assert {"0 s", "0.2-0.4 s", "OSPA (deg)"} <= set(texts(made))


def test_frequencies_lie_on_a_logarithmic_axis():
    made = drawn(["250 Hz", "500 Hz", "1000 Hz"], (A, [1.0, 1.0, 1.0]))
    (x0, _), (x1, _), (x2, _) = points(of_class(made, "line")[0])
    assert x1 - x0 == pytest.approx(x2 - x1, abs=0.1)
    assert "frequency, Hz" in texts(made)


@pytest.mark.parametrize("labels", [["0 Hz", "5 Hz"], ["9" * 400 + " Hz", "1 Hz"], ["5 Hz"]])
def test_odd_frequencies_are_drawn_somehow(labels):
    made = drawn(labels, (A, [1.0] * len(labels)))
    assert len(of_class(made, "marker")) == len(labels)


def test_names_stand_in_rows():
    made = drawn(["sphere", "kemar"], (A, [1.0, 2.0]), (B, [3.0, None]), quantity="Gained (dB)")
    marks = of_class(made, "marker")
    assert len(marks) == 3
    (ax, ay), (ax2, ay2), (bx, by) = map(place, marks)
    assert ay == by < ay2
    assert ax < ax2 < bx
    assert not of_class(made, "line")
    assert tips(made, "marker") == ["a, sphere: 1.00", "a, kemar: 2.00", "b, sphere: 3.00"]


def test_lines_leave_out_what_is_undefined():
    made = drawn(["1", "2", "3"], (A, [1.0, None, 3.0]))
    assert len(points(of_class(made, "line")[0])) == 2
    assert len(of_class(made, "marker")) == 2
    assert "2 undefined" in parsed(made).findtext("desc")


def test_the_description_tells_every_number():
    described = parsed(drawn(["1", "2"], (A, [1.0, 2.5]))).findtext("desc")
    assert described == "OSPA (deg) by T60: a: 1 1.00, 2 2.50"


@pytest.mark.parametrize("labels", [["1", "2"], ["a", "b"], ["100 Hz", "9000 Hz"], ["x" * 24, "y"]])
@pytest.mark.parametrize(
    "values", [[0.0, 0.0], [-5.0, 5.0], [-1e6, 1e6], [1e-9, 2e-9], [3.0, None]]
)
def test_everything_lies_inside(labels, values):
    made = drawn(labels, (A, values))
    size = parsed(made)
    assert numbers_within(made, float(size.get("width")), float(size.get("height")))


def test_markup_in_names_is_text():
    made = drawn(["<b>", "&"], (Series("<script>", 1), [1.0, 2.0]), condition="</svg>")
    assert {each.tag for each in parsed(made).iter()} <= {
        "svg",
        "title",
        "desc",
        "text",
        "line",
        "path",
        "polyline",
    }
