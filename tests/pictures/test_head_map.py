import numpy as np
import pytest

from simgen.errors import ParameterError, ShapeError
from simgen.pictures.head_map import HeadMap, head_map_figure

pytest.importorskip("matplotlib")
from tests.pictures.drawn import legend_of, lines, unreadable

GRID = np.stack(
    np.meshgrid(np.linspace(-0.2, 0.2, 9), np.linspace(-0.1, 0.1, 9), indexing="ij"), axis=-1
).reshape(-1, 2)


def tent(offsets, height=16.0, slope=120.0):
    """Separation that falls linearly to both sides: the contour of 10 dB is known."""
    return height - slope * np.abs(offsets[:, 1])


def contours(axes):
    """Vertices of the drawn lines of equal separation."""
    return [
        path.vertices
        for collection in axes.collections
        if getattr(collection, "levels", None) is not None and not collection.filled
        for path in collection.get_paths()
    ]


def test_the_sweet_spot_ends_where_separation_falls_below_enough():
    figure = head_map_figure([HeadMap("robust", GRID, tent(GRID))])
    found = np.concatenate(contours(figure.axes[0]))
    assert np.abs(found[:, 0]) == pytest.approx(100.0 * 6.0 / 120.0)
    assert (found[:, 1].min(), found[:, 1].max()) == pytest.approx((-20.0, 20.0))


def test_enough_may_be_another_level():
    figure = head_map_figure([HeadMap("robust", GRID, tent(GRID))], least_db=13.0)
    assert np.abs(np.concatenate(contours(figure.axes[0]))[:, 0]) == pytest.approx(2.5)
    assert "sweet spot: 13 dB" in legend_of(figure)


@pytest.mark.parametrize("height", [9.0, 40.0])
def test_without_an_edge_no_contour_is_drawn(height):
    figure = head_map_figure([HeadMap("all alike", GRID, tent(GRID, height=height))])
    assert not contours(figure.axes[0])


def test_the_left_is_on_the_left_and_the_front_on_top():
    figure = head_map_figure([HeadMap("robust", [(0.1, 0.05), (0.0, 0.0), (0.0, 0.02)], [1, 2, 3])])
    axes = figure.axes[0]
    points = axes.collections[-1].get_offsets()
    assert [5.0, 10.0] in points.tolist()
    assert axes.get_xlim()[0] > axes.get_xlim()[1]
    assert axes.get_ylim()[0] < axes.get_ylim()[1]
    assert axes.get_xlabel() == "lateral, left positive (cm)"
    assert axes.get_ylabel() == "fore-aft, forward positive (cm)"
    assert lines(axes)["nominal position"].get_xdata() == [0.0]


def test_turns_at_one_place_are_averaged():
    offsets = [(0.0, 0.0), (0.0, 0.0), (0.1, 0.0), (0.0, 0.1)]
    figure = head_map_figure([HeadMap("turned", offsets, [4.0, 8.0, 1.0, 2.0])])
    points = figure.axes[0].collections[-1]
    values = dict(zip(map(tuple, points.get_offsets().tolist()), points.get_array(), strict=True))
    assert values == {(0.0, 0.0): 6.0, (0.0, 10.0): 1.0, (10.0, 0.0): 2.0}


@pytest.mark.parametrize(
    "offsets",
    [
        [(0.0, 0.0)],
        [(0.0, 0.0), (0.1, 0.1)],
        [(0.0, y) for y in np.linspace(-0.1, 0.1, 9)],
        [(0.5 * y, y) for y in np.linspace(-0.1, 0.1, 9)],
        [(0.0, 0.0)] * 5,
    ],
    ids=["one", "two", "line", "slanting line", "one place"],
)
def test_places_without_an_area_are_points(offsets):
    figure = head_map_figure([HeadMap("few", offsets, np.arange(len(offsets), dtype=float))])
    (points,) = figure.axes[0].collections
    assert len(points.get_offsets()) == len({*map(tuple, np.round(offsets, 6))})
    assert unreadable(figure) == ([], [])


def test_maps_share_axes_and_colours():
    names = ("doing nothing", "inverse at one pose", "inverse averaged over poses")
    maps = [
        HeadMap(name, GRID, tent(GRID, height))
        for name, height in zip(names, (3, 15, 18), strict=True)
    ]
    figure = head_map_figure(maps)
    *shown, bar = figure.axes
    assert [axes.get_title(loc="left") for axes in shown] == [*names]
    assert {axes.collections[-1].get_clim() for axes in shown} == {(0.0, 20.0)}
    assert len({axes.get_xlim() for axes in shown}) == 1
    assert bar.get_ylabel() == "separation, mean over bands (dB)"
    assert unreadable(figure) == ([], [])


@pytest.mark.parametrize(
    ("offsets", "levels"),
    [
        (GRID, np.zeros(80)),
        (GRID[:, :1], np.zeros(81)),
        (np.zeros((0, 2)), []),
        ([(0.0, np.nan)], [1.0]),
        ([(0.0, 0.0)], [np.inf]),
    ],
)
def test_what_does_not_belong_together_is_refused(offsets, levels):
    with pytest.raises(ShapeError):
        head_map_figure([HeadMap("wrong", offsets, levels)])


def test_no_map_is_refused():
    with pytest.raises(ParameterError, match="no map"):
        head_map_figure([])
