import numpy as np
import pytest

from simgen.errors import ParameterError, ShapeError
from simgen.pictures.listening_zone import (
    Zone,
    azimuth_differences,
    listening_zone_figure,
    listening_zones_figure,
)

pytest.importorskip("matplotlib")
from tests.pictures.drawn import legend_of, lines, unreadable

SEATS = np.array([(x, y) for x in (0.0, 0.5) for y in (-0.4, 0.0, 0.4)])
DEGREES = np.array([-12.0, 1.0, 8.0, -5.0, 0.0, 30.0])
PERCEIVED = np.deg2rad(DEGREES)[:, None]


def zone(perceived=PERCEIVED, intended=(0.0,)):
    return listening_zone_figure(SEATS, perceived, intended=intended)


def test_the_largest_difference_keeps_its_sign():
    found = azimuth_differences([[0.1, -0.3], [0.2, 0.1]], [0.0, 0.05])
    assert found == pytest.approx([-0.35, 0.2])


def test_differences_go_the_short_way_round():
    found = azimuth_differences(np.deg2rad([[179.0], [-179.0]]), np.deg2rad([[-179.0], [179.0]]))
    assert np.rad2deg(found) == pytest.approx([-2.0, 2.0])


def test_the_opposite_direction_is_half_a_turn():
    assert azimuth_differences([[np.pi], [-np.pi]], [0.0]) == pytest.approx([np.pi, np.pi])


def test_each_seat_may_have_its_own_intention():
    intended = np.deg2rad(DEGREES - 3.0)[:, None]
    assert np.rad2deg(azimuth_differences(PERCEIVED, intended)) == pytest.approx(3.0)


def test_seats_are_counted_by_how_near_they_are():
    figure = zone()
    assert legend_of(figure) == ["within 5 deg: 3", "within 10 deg: 1", "beyond 10 deg: 2"]
    assert figure.axes[1].get_title(loc="left") == "(b) 50 % within 5 deg, 67 % within 10 deg"


def test_seats_lie_where_they_are_in_the_colour_of_their_difference():
    axes = zone().axes[0]
    drawn = {
        tuple(place): value
        for points in axes.collections
        for place, value in zip(points.get_offsets().tolist(), points.get_array(), strict=True)
    }
    expected = {(y, x): d for (x, y), d in zip(SEATS.tolist(), DEGREES, strict=True)}
    assert drawn == pytest.approx(expected)
    assert {points.get_clim() for points in axes.collections} == {(-20.0, 20.0)}


def test_the_axes_have_units_and_the_left_is_on_the_left():
    seats, share, bar = zone().axes
    assert seats.get_xlabel() == "lateral, left positive (m)"
    assert seats.get_ylabel() == "towards the device (m)"
    assert seats.get_xlim()[0] > seats.get_xlim()[1]
    assert bar.get_ylabel() == "perceived - intended azimuth (deg)"
    assert share.get_xlabel() == "|perceived - intended azimuth| (deg)"
    assert share.get_ylabel() == "share of seats (%)"


def test_the_share_rises_to_all_seats():
    share = zone().axes[1]
    curve = share.get_lines()[-1]
    x, y = curve.get_data()
    assert curve.get_drawstyle() == "steps-post"
    for limit, expected in ((0.5, 1), (4.0, 2), (6.0, 3), (9.0, 4), (20.0, 5), (31.0, 6)):
        assert y[np.searchsorted(x, limit, side="right") - 1] == pytest.approx(100 * expected / 6)
    assert share.get_xlim()[1] > 30.0


def test_perfect_seats_are_drawn():
    figure = zone(perceived=np.zeros((6, 1)))
    assert legend_of(figure)[0] == "within 5 deg: 6"
    assert figure.axes[1].get_xlim() == (0.0, 15.0)


def test_texts_can_be_read():
    assert unreadable(zone()) == ([], [])


@pytest.mark.parametrize(
    ("perceived", "intended"),
    [
        (PERCEIVED[:5], [0.0]),
        (PERCEIVED, [0.0, 0.0]),
        (PERCEIVED[:, 0], [0.0]),
        (np.zeros((6, 0)), []),
        (PERCEIVED * np.nan, [0.0]),
    ],
)
def test_what_does_not_belong_together_is_refused(perceived, intended):
    with pytest.raises(ShapeError):
        zone(perceived, intended)


# Several zones

INTENDED = np.zeros((6, 2))
ERRORS = np.column_stack([DEGREES, np.where(DEGREES > 3.0, 0.0, 4.0)])


def zones(*titles):
    return [Zone(title, SEATS, np.deg2rad(ERRORS), INTENDED) for title in titles]


def test_a_seat_shows_the_mean_error_over_its_sources():
    axes = listening_zones_figure(zones("B: a")).axes[0]
    (points,) = axes.collections
    drawn = dict(zip(map(tuple, points.get_offsets().tolist()), points.get_array(), strict=True))
    means = np.abs(ERRORS).mean(axis=1)
    assert drawn == pytest.approx({(y, x): e for (x, y), e in zip(SEATS, means, strict=True)})
    assert [text.get_text() for text in axes.texts] == [f"{mean:.0f}" for mean in means]
    assert axes.get_xlim()[0] > axes.get_xlim()[1]


def test_errors_of_either_sign_count_alike_and_go_the_short_way_round():
    turned = Zone("turned", SEATS, np.deg2rad(175.0 + 10.0 * np.ones((6, 1))), [-np.pi])
    (points,) = listening_zones_figure([turned]).axes[0].collections
    assert np.asarray(points.get_array()) == pytest.approx(5.0)


def test_many_seats_have_no_numbers():
    seats = np.random.default_rng(1).uniform(size=(31, 2))
    crowd = Zone("crowd", seats, np.zeros((31, 1)), [0.0])
    assert not listening_zones_figure([crowd]).axes[0].texts


def test_the_share_counts_every_source_at_every_seat():
    figure = listening_zones_figure(zones("B: a", "C: a"))
    share = figure.axes[-1] if figure.axes[-1].get_title(loc="left") else figure.axes[-2]
    drawn = lines(share)
    for title in ("B: a", "C: a"):
        x, y = drawn[title].get_data()
        at = y[np.searchsorted(x, 5.0, side="right") - 1]
        assert at == pytest.approx(100.0 * np.mean(np.abs(ERRORS) <= 5.0))
    assert share.get_xlim()[1] == pytest.approx(31.5)
    assert drawn["B: a"].get_linestyle() != drawn["C: a"].get_linestyle()


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_texts_of_several_zones_can_be_read(count):
    figure = listening_zones_figure(zones(*(f"C: shuffler {number}" for number in range(count))))
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles[:count] == [f"C: shuffler {number}" for number in range(count)]
    assert unreadable(figure) == ([], [])


def test_what_is_no_zone_is_refused():
    with pytest.raises(ParameterError, match="no listening zone"):
        listening_zones_figure([])
    with pytest.raises(ShapeError):
        listening_zones_figure([Zone("short", SEATS[:-1], np.deg2rad(ERRORS), INTENDED)])
