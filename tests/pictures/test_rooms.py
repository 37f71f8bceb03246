import numpy as np
import pytest

from simgen.errors import ShapeError
from simgen.pictures.rooms import Placed, room_figure

pytest.importorskip("matplotlib")
from matplotlib.quiver import Quiver

from tests.pictures.drawn import legend_of, lines, unreadable

SIZE = (6.0, 4.0, 2.5)
POINTS = np.array([(1.0, 2.0, 1.2), (1.1, 2.5, 1.3)])
FACINGS = np.array([(0.0, -1.0, 0.0), (0.6, 0.0, 0.8)])
THINGS = [
    Placed("array", "table", POINTS + np.array([2.0, 0.0, 0.0])),
    Placed("source", "talkers[0]", POINTS[:1]),
    Placed("device", "bar", POINTS, FACINGS),
    Placed("listener", "sofa", POINTS + np.array([3.0, 0.0, 0.0]), -FACINGS),
]


def arrows(axes):
    return [each for each in axes.collections if isinstance(each, Quiver)]


def test_things_stand_where_they_are_in_both_views():
    plan, side = sorted(room_figure(SIZE, THINGS).axes, key=lambda axes: axes.get_ylabel())
    for axes, vertical in ((plan, 1), (side, 2)):
        drawn = lines(axes)
        for thing in THINGS:
            line = drawn[f"{thing.name} ({thing.kind})"]
            assert line.get_xdata().tolist() == thing.points[:, 0].tolist()
            assert line.get_ydata().tolist() == thing.points[:, vertical].tolist()


def test_arrows_point_where_things_face():
    side, plan = room_figure(SIZE, THINGS).axes
    for axes, vertical in ((plan, 1), (side, 2)):
        bar, sofa = arrows(axes)
        expected = 0.06 * 6.0 * FACINGS[:, [0, vertical]]
        assert np.stack([bar.U, bar.V], axis=1) == pytest.approx(expected)
        assert np.stack([sofa.U, sofa.V], axis=1) == pytest.approx(-expected)
        assert bar.get_offsets().tolist() == POINTS[:, [0, vertical]].tolist()
        assert bar.pivot == "tail"


def test_an_arrow_may_start_beside_the_parts():
    origin = np.array([(3.0, 2.0, 1.0)])
    _, plan = room_figure(SIZE, [Placed("array", "table", POINTS, FACINGS[:1], origin)]).axes
    [arrow] = arrows(plan)
    assert arrow.get_offsets().tolist() == origin[:, :2].tolist()
    assert np.stack([arrow.U, arrow.V], axis=1) == pytest.approx(0.06 * 6.0 * FACINGS[:1, :2])


@pytest.mark.parametrize("size", [(2.0, 9.0, 3.0), (30.0, 20.0, 12.0), (2.0, 2.0, 2.0)])
def test_both_views_have_one_scale_and_the_walls_at_their_edges(size):
    figure = room_figure(size, [], title="a room")
    side, plan = figure.axes
    assert unreadable(figure) == ([], [])
    scales = set()
    for axes, top in ((plan, size[1]), (side, size[2])):
        assert (axes.get_xlim(), axes.get_ylim()) == ((0.0, size[0]), (0.0, top))
        box = axes.get_window_extent()
        scales |= {round(box.width / size[0], 6), round(box.height / top, 6)}
        assert all(spine.get_visible() for spine in axes.spines.values())
    assert len(scales) == 1


def test_the_axes_have_units():
    side, plan = room_figure(SIZE, THINGS, title="living-room, scene 3").axes
    assert (plan.get_ylabel(), side.get_xlabel(), side.get_ylabel()) == ("y (m)", "x (m)", "z (m)")
    assert plan.get_title(loc="left") == "(a) From above, living-room, scene 3"
    assert side.get_title(loc="left") == "(b) From the side of y = 0"


def test_things_are_told_apart_by_shape_and_colour():
    figure = room_figure(SIZE, THINGS)
    drawn = [line for line in figure.axes[1].get_lines() if "(" in line.get_label()]
    assert len({line.get_marker() for line in drawn}) == 4
    assert len({line.get_color() for line in drawn}) == 4
    assert legend_of(figure) == [line.get_label() for line in drawn]
    assert unreadable(figure) == ([], [])


def test_an_empty_room_has_no_legend():
    figure = room_figure(SIZE, [])
    assert legend_of(figure) == []
    assert figure.axes[1].get_title(loc="left") == "(a) From above"


@pytest.mark.parametrize(
    "thing",
    [
        Placed("source", "flat", np.zeros((1, 2))),
        Placed("source", "nowhere", np.full((1, 3), np.nan)),
        Placed("device", "half", POINTS, FACINGS[:1]),
        Placed("array", "apart", POINTS, FACINGS, POINTS[:1]),
        Placed("array", "afar", POINTS, FACINGS[:1], np.full((1, 3), np.inf)),
    ],
)
def test_what_has_no_place_is_refused(thing):
    with pytest.raises(ShapeError, match=thing.name):
        room_figure(SIZE, [thing])
