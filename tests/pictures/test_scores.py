import numpy as np
import pytest

from simgen.errors import ParameterError
from simgen.pictures.scores import Bar, scores_figure

pytest.importorskip("matplotlib")
from tests.pictures.drawn import texts, unreadable

BARS = [
    Bar("robust inverse", 3.2, 2.9, 3.6),
    Bar("regularised inverse", -1.1, -1.7, -0.7),
    Bar("doing nothing", 0.0, 0.0, 0.0),
]


def drawn(panels=None):
    return scores_figure(panels or {"A": BARS}, quantity="score (dB)")


def test_bars_reach_from_0_to_their_score():
    (axes,) = drawn().axes
    bars = axes.containers[0]
    assert [bar.get_width() for bar in bars.patches] == [3.2, -1.1, 0.0]
    assert [label.get_text() for label in axes.get_yticklabels()] == [bar.name for bar in BARS]
    low, high = axes.get_ylim()
    assert low > high  # the first system is on top


def test_whiskers_are_the_intervals():
    (axes,) = drawn().axes
    whiskers = [container.lines[2][0] for container in axes.containers[1:]]
    ends = [line[:, 0].tolist() for each in whiskers for line in each.get_segments()]
    assert ends == [pytest.approx([bar.low, bar.high]) for bar in BARS if bar.low < bar.high]


def test_numbers_stand_beyond_the_intervals():
    figure = drawn()
    boxes = dict(texts(figure))
    ends = figure.axes[0].transData.transform([(3.6, 0.0), (-1.7, 0.0)])[:, 0]
    assert boxes["3.20"].x0 > ends[0]
    assert boxes["-1.10"].x1 < ends[1]


def test_the_axis_has_the_quantity_with_its_unit():
    assert drawn().get_supxlabel() == "score (dB), with 95 % interval"


def test_panels_share_their_axes():
    figure = drawn({"A": BARS, "B": [Bar(bar.name, 9.0, 8.0, 11.0) for bar in BARS]})
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["A", "B"]
    assert figure.axes[0].get_xlim() == figure.axes[1].get_xlim()


@pytest.mark.parametrize(("number", "panels"), [(1, 1), (12, 3)])
def test_texts_can_be_read(number, panels):
    values = np.random.default_rng(number).normal(size=number).tolist()
    bars = [Bar(f"a system, cap {k} dB", v, v - 1.0, v + 1.0) for k, v in enumerate(values)]
    assert unreadable(drawn({f"device {k}": bars for k in range(panels)})) == ([], [])


@pytest.mark.parametrize(
    ("panels", "message"),
    [
        ({"A": []}, "no score"),
        ({"A": BARS, "B": BARS[:2]}, "different systems"),
        ({"A": BARS, "B": BARS[::-1]}, "different systems"),
        ({"A": [Bar("upside down", 1.0, 2.0, 0.0)]}, "upside down"),
        ({"A": [Bar("undefined", float("nan"), 0.0, 0.0)]}, "undefined"),
    ],
)
def test_what_cannot_be_compared_is_refused(panels, message):
    with pytest.raises(ParameterError, match=message):
        drawn(panels)


def test_no_panel_is_refused():
    with pytest.raises(ParameterError, match="no score"):
        scores_figure({}, quantity="score (dB)")
