import numpy as np
import pytest

from simgen.errors import ParameterError, ShapeError
from simgen.pictures.separation import Curve, SeparationPanel, pose_spread, separation_figure

pytest.importorskip("matplotlib")
from matplotlib.colors import to_rgba

from tests.pictures.drawn import legend_of, lines, unreadable

CENTRES = 1000.0 * 2.0 ** (np.arange(-7, 10) / 3.0)
LEVELS = np.random.default_rng(3).normal(8.0, 3.0, (32, 17))


def panel(title="device A", **curves):
    spreads = {name: pose_spread(levels) for name, levels in curves.items()}
    return SeparationPanel(title, spreads, pose_spread(LEVELS - 8.0))


def test_the_spread_is_the_median_between_percentiles():
    spread = pose_spread(np.arange(11.0)[:, None] * [1.0, 2.0])
    assert spread.level.tolist() == [5.0, 10.0]
    assert spread.low.tolist() == [1.0, 2.0]
    assert spread.high.tolist() == [9.0, 18.0]


def test_one_pose_has_no_spread():
    spread = pose_spread([[3.0, -2.0]])
    assert spread.low.tolist() == spread.level.tolist() == spread.high.tolist() == [3.0, -2.0]


@pytest.mark.parametrize("levels", [[], np.zeros((0, 3)), [1.0], [[np.nan]], [[np.inf]]])
def test_a_spread_of_nothing_or_of_no_numbers_is_refused(levels):
    with pytest.raises(ShapeError):
        pose_spread(levels)


def test_curves_lie_where_they_were_measured():
    figure = separation_figure(CENTRES, [panel(robust=LEVELS)])
    (axes,) = figure.axes
    drawn = lines(axes)
    assert [*drawn] == ["target 15 dB", "doing nothing", "robust"]
    assert drawn["robust"].get_xdata().tolist() == CENTRES.tolist()
    assert drawn["robust"].get_ydata() == pytest.approx(np.median(LEVELS, axis=0))
    assert drawn["doing nothing"].get_ydata() == pytest.approx(np.median(LEVELS, axis=0) - 8.0)
    assert set(drawn["target 15 dB"].get_ydata()) == {15.0}
    assert legend_of(figure) == [*drawn]


def test_the_band_reaches_from_the_tenth_to_the_ninetieth_percentile():
    (axes,) = separation_figure(CENTRES, [panel(robust=LEVELS)]).axes
    (band,) = axes.collections
    corners = band.get_paths()[0].vertices
    for centre, low, high in zip(CENTRES, *np.quantile(LEVELS, (0.1, 0.9), axis=0), strict=True):
        there = corners[np.isclose(corners[:, 0], centre), 1]
        assert (there.min(), there.max()) == pytest.approx((low, high))


def test_doing_nothing_is_a_grey_line_without_a_band():
    figure = separation_figure(CENTRES, [panel(one=LEVELS)])
    red, green, blue, _ = to_rgba(lines(figure.axes[0])["doing nothing"].get_color())
    assert red == green == blue
    assert len(figure.axes[0].collections) == 1


def test_alone_doing_nothing_has_its_band():
    (axes,) = separation_figure(CENTRES, [panel()]).axes
    (band,) = axes.collections
    lowest = np.quantile(LEVELS - 8.0, 0.1, axis=0).min()
    assert band.get_paths()[0].vertices[:, 1].min() == pytest.approx(lowest)
    assert axes.get_ylim()[0] < lowest


def test_the_axes_have_units_and_hold_everything():
    figure = separation_figure(CENTRES, [panel(wide=3.0 * LEVELS)])
    (axes,) = figure.axes
    assert figure.get_supylabel() == "separation (dB)"
    assert axes.get_xlabel() == "frequency (Hz)"
    low, high = axes.get_ylim()
    assert low < min(np.quantile(3.0 * LEVELS, 0.1, axis=0))
    assert high > max(np.quantile(3.0 * LEVELS, 0.9, axis=0))
    assert axes.get_xlim() == pytest.approx((CENTRES[0] / 2 ** (1 / 6), CENTRES[-1] * 2 ** (1 / 6)))


def test_quiet_figures_share_one_range():
    limits = {
        separation_figure(CENTRES, [panel(one=scale * LEVELS)]).axes[0].get_ylim()
        for scale in (0.1, 0.5)
    }
    assert limits == {(-5.0, 20.0)}


def test_a_target_may_change_with_frequency():
    target = np.linspace(20.0, 10.0, 17)
    figure = separation_figure(CENTRES, [panel()], target_db=target)
    assert lines(figure.axes[0])["target"].get_ydata().tolist() == target.tolist()


def test_panels_are_laid_out_by_row_and_share_their_legend():
    panels = [panel(f"{name} in a room", robust=LEVELS, plain=LEVELS - 3.0) for name in "ABCDE"]
    figure = separation_figure(CENTRES, panels, columns=3)
    assert [axes.get_title(loc="left") for axes in figure.axes] == [each.title for each in panels]
    assert legend_of(figure) == ["target 15 dB", "doing nothing", "robust", "plain"]
    assert figure.legends[0].get_title().get_text() == "median, 10 to 90 % of poses"


def test_systems_differ_in_colour():
    figure = separation_figure(CENTRES, [panel(a=LEVELS, b=LEVELS, c=LEVELS)])
    drawn = lines(figure.axes[0])
    assert len({drawn[name].get_color() for name in "abc"}) == 3


@pytest.mark.parametrize("number", [1, 8])
def test_texts_can_be_read(number):
    panels = [panel(f"A, sphere 8.75, anechoic {k}", robust=LEVELS) for k in range(number)]
    assert unreadable(separation_figure(CENTRES, panels, columns=7)) == ([], [])


def test_long_titles_are_not_cut():
    panels = [panel("2 drivers, 15 cm wide, room of 5 x 4 x 2.7 m", one=LEVELS)] * 2
    assert unreadable(separation_figure(CENTRES, panels, columns=2)) == ([], [])


def test_no_panel_is_refused():
    with pytest.raises(ParameterError, match="no separation"):
        separation_figure(CENTRES, [])


@pytest.mark.parametrize("number", [16, 18, 1])
def test_curves_of_other_bands_are_refused(number):
    values = np.zeros(number)
    curve = Curve(values, values, values)
    with pytest.raises(ShapeError, match="device A: robust has shape"):
        separation_figure(CENTRES, [SeparationPanel("device A", {"robust": curve})])
    with pytest.raises(ShapeError, match="nothing has shape"):
        separation_figure(CENTRES, [SeparationPanel("device A", nothing=curve)])


def test_what_separates_may_be_something_else():
    curve = pose_spread([[1.0, 2.0]])
    panels = [SeparationPanel("a device", {"one": curve})]
    figure = separation_figure([500.0, 1000.0], panels, quantity="window over sides (dB)")
    assert figure.get_supylabel() == "window over sides (dB)"
    assert separation_figure([500.0, 1000.0], panels).get_supylabel() == "separation (dB)"


def test_systems_are_told_apart_without_colours():
    curve = pose_spread([[1.0, 2.0]])
    panel = SeparationPanel("a device", dict.fromkeys("abc", curve))
    drawn = lines(separation_figure([500.0, 1000.0], [panel]).axes[0])
    assert len({drawn[name].get_marker() for name in "abc"}) == 3
