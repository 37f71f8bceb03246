import pytest

from simgen.leaderboard.charts.interval_bar import interval_bar
from simgen.leaderboard.charts.scales import Scale
from tests.leaderboard.charts.reading import of_class

SCALE = Scale(-10.0, 10.0, 0.0, 100.0)


def bar(value, low, high, scale=SCALE):
    return interval_bar({"value": value, "low": low, "high": high}, scale)


def test_a_bar_spans_the_interval_and_marks_the_value():
    made = bar(2.0, -5.0, 5.0)
    [span], [value], [zero] = (of_class(made, name) for name in ("span", "value", "zero"))
    assert (span.get("x1"), span.get("x2")) == ("25", "75")
    assert float(value.get("cx")) == pytest.approx(60.0)
    assert float(zero.get("x1")) == pytest.approx(50.0)


def test_zero_is_marked_only_inside_the_scale():
    assert not of_class(bar(1.0, 0.5, 2.0, Scale(0.0, 5.0, 0.0, 1.0)), "zero")


def test_what_is_unknown_is_not_drawn():
    assert not of_class(bar(1.0, None, None), "span")
    assert not of_class(bar(None, None, None), "value")


def test_readers_of_the_cell_beside_it_are_not_told_twice():
    assert bar(1.0, 0.5, 2.0).get("aria-hidden") == "true"
