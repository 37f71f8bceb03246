import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.leaderboard.charts.scales import LogScale, Scale, tick_text


def test_an_axis_begins_at_zero_and_ends_at_a_round_number():
    scale = Scale.over([3.2, 7.0], 100.0, 0.0)
    assert (scale.low, scale.high) == (0.0, 8.0)
    assert scale.ticks == [0.0, 2.0, 4.0, 6.0, 8.0]
    assert (scale(0.0), scale(8.0), scale(4.0)) == (100.0, 0.0, 50.0)


def test_an_axis_holds_negative_numbers():
    scale = Scale.over([-3.0, 4.0], 0.0, 1.0)
    assert scale.low <= -3.0
    assert scale.high >= 4.0
    assert 0.0 in scale.ticks


def test_only_negative_numbers_leave_zero_at_the_end():
    scale = Scale.over([-3.0, -1.0], 0.0, 1.0)
    assert scale.low <= -3.0
    assert scale.high == 0.0


@pytest.mark.parametrize("values", [[], [0.0], [0.0, 0.0], [1e-300], [-1e-300]])
def test_an_axis_of_nothing_still_has_a_length(values):
    scale = Scale.over(values, 0.0, 1.0)
    assert scale.high > scale.low
    assert math.isfinite(scale(0.5))


@given(st.lists(st.floats(-1e6, 1e6), max_size=5))
def test_every_number_lies_on_its_axis(values):
    scale = Scale.over(values, 10.0, 110.0)
    assert all(9.999 <= scale(value) <= 110.001 for value in values)
    assert 1 <= len(scale.ticks) <= 12
    assert all(9.999 <= scale(tick) <= 110.001 for tick in scale.ticks)


def test_decades_are_evenly_spread():
    scale = LogScale(0.1, 100.0, 0.0, 3.0)
    assert [scale(value) for value in (0.1, 1.0, 10.0, 100.0)] == pytest.approx([0, 1, 2, 3])
    assert scale(0.0) == scale(-1.0) == 0.0
    assert scale.ticks == pytest.approx([0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0])


def test_short_logarithmic_axes_have_more_ticks():
    assert LogScale(200.0, 8000.0, 0.0, 1.0).ticks == pytest.approx(
        [200.0, 500.0, 1000.0, 2000.0, 5000.0]
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (2.5, "2.5"),
        (-5.0, "\N{MINUS SIGN}5"),
        (2000.0, "2k"),
        (0.1 * 3, "0.3"),
    ],
)
def test_ticks_are_written_plainly(value, text):
    assert tick_text(value) == text
