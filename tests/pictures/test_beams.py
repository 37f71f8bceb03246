import numpy as np
import pytest

from simgen.errors import ParameterError, ShapeError
from simgen.pictures.beams import beam_figure, beam_maps_figure

pytest.importorskip("matplotlib")
from tests.pictures.drawn import legend_of, lines, unreadable

FREQUENCY = np.geomspace(250.0, 8000.0, 31)
AZIMUTH = np.deg2rad(np.arange(-180.0, 180.0, 5.0))
FRONT = 36
CARDIOID = np.tile(0.5 + 0.5 * np.cos(AZIMUTH), (31, 1)) * np.exp(1j * FREQUENCY)[:, None]


def test_the_map_holds_levels_relative_to_the_axis():
    axes, *_ = beam_figure(FREQUENCY, AZIMUTH, 7.0 * CARDIOID, axis=FRONT).axes
    (mesh,) = axes.collections
    levels = np.asarray(mesh.get_array()).reshape(len(AZIMUTH), len(FREQUENCY))
    assert levels[FRONT] == pytest.approx(0.0, abs=1e-9)
    side = int(np.argmin(np.abs(AZIMUTH - np.pi / 2)))
    assert levels[side] == pytest.approx(20.0 * np.log10(0.5), abs=1e-9)
    assert np.all(np.isfinite(levels))  # behind, the cardioid is silent


def test_the_axes_have_units():
    axes, bar, polar = beam_figure(FREQUENCY, AZIMUTH, CARDIOID, axis=FRONT).axes
    assert axes.get_xlabel() == "frequency (Hz)"
    assert axes.get_ylabel() == "azimuth, left positive (deg)"
    assert bar.get_ylabel() == "level re on-axis (dB)"
    assert polar.get_title(loc="left") == "(b) Level re on-axis (dB)"
    assert axes.get_xlim() == pytest.approx((250.0, 8000.0))
    assert axes.get_ylim() == pytest.approx((-180.0, 175.0))


def test_cuts_are_those_within_the_range_and_closed():
    figure = beam_figure(FREQUENCY, AZIMUTH, CARDIOID, axis=FRONT, cuts=(100.0, 1000.0, 9000.0))
    polar = figure.axes[2]
    assert [*lines(polar)] == ["1 kHz"]
    cut = lines(polar)["1 kHz"]
    assert len(cut.get_xdata()) == len(AZIMUTH) + 1
    assert cut.get_ydata()[0] == cut.get_ydata()[-1]
    assert cut.get_ydata()[FRONT] == pytest.approx(0.0)
    assert cut.get_ydata().min() == -30.0


def test_a_cut_is_taken_at_the_nearest_frequency():
    pattern = CARDIOID.copy()
    pattern[10] *= np.where(np.arange(len(AZIMUTH)) == FRONT, 1.0, 0.1)
    figure = beam_figure(
        FREQUENCY, AZIMUTH, pattern, axis=FRONT, cuts=(float(FREQUENCY[10]) * 1.01,)
    )
    (cut,) = figure.axes[2].get_lines()
    assert cut.get_ydata()[FRONT + 1] < -19.0


def test_half_a_circle_is_not_closed():
    half = np.deg2rad(np.arange(-90.0, 91.0, 5.0))
    figure = beam_figure(FREQUENCY, half, np.ones((31, len(half))), axis=18)
    assert len(figure.axes[2].get_lines()[0].get_xdata()) == len(half)


def test_the_left_is_on_the_left_of_the_polar_plot():
    polar = beam_figure(FREQUENCY, AZIMUTH, CARDIOID, axis=FRONT).axes[2]
    assert polar.get_theta_offset() == pytest.approx(np.pi / 2)
    assert polar.get_theta_direction() == 1


def test_texts_can_be_read_and_cuts_told_apart_without_colours():
    figure = beam_figure(FREQUENCY, AZIMUTH, CARDIOID, axis=FRONT)
    assert unreadable(figure) == ([], [])
    assert legend_of(figure) == ["500 Hz", "1 kHz", "2 kHz", "4 kHz"]
    assert len({line.get_linestyle() for line in figure.axes[2].get_lines()}) == 4


def test_without_a_cut_there_is_no_legend():
    assert legend_of(beam_figure(FREQUENCY, AZIMUTH, CARDIOID, axis=FRONT, cuts=())) == []


@pytest.mark.parametrize(
    ("frequency", "azimuth", "axis", "error"),
    [
        (FREQUENCY[::-1], AZIMUTH, FRONT, ParameterError),
        (FREQUENCY - 250.0, AZIMUTH, FRONT, ParameterError),
        (FREQUENCY[:-1], AZIMUTH, FRONT, ShapeError),
        (FREQUENCY, AZIMUTH[:-1], FRONT, ShapeError),
        (FREQUENCY, AZIMUTH[::-1], FRONT, ParameterError),
        (FREQUENCY, 3.0 * AZIMUTH, FRONT, ParameterError),
        (FREQUENCY, AZIMUTH, 72, ParameterError),
        (FREQUENCY, AZIMUTH, 0, ParameterError),
    ],
    ids=["falls", "from 0", "short", "narrow", "turned", "three turns", "no axis", "silent"],
)
def test_what_cannot_be_drawn_is_refused(frequency, azimuth, axis, error):
    pattern = CARDIOID.copy()
    pattern[:, 0] = 0.0
    with pytest.raises(error):
        beam_figure(frequency, azimuth, pattern, axis=axis)


def test_the_whole_figure_may_have_a_title():
    figure = beam_figure(FREQUENCY, AZIMUTH, CARDIOID, axis=FRONT, title="D-omni: cardioid")
    assert figure.get_suptitle() == "D-omni: cardioid"
    assert unreadable(figure) == ([], [])


def test_the_level_on_the_axis_lies_in_the_middle_of_a_colour():
    (mesh,) = beam_figure(FREQUENCY, AZIMUTH, CARDIOID, axis=FRONT).axes[0].collections
    near = mesh.to_rgba(np.array([-1.2, 0.0, 1.2]))
    assert np.array_equal(near[0], near[1])
    assert np.array_equal(near[1], near[2])
    assert not np.array_equal(near[0], mesh.to_rgba(-1.3))


# Several patterns


def test_maps_of_several_patterns_hold_the_levels_of_each():
    patterns = {"one": CARDIOID, "two": CARDIOID**2, "three": np.ones_like(CARDIOID)}
    figure = beam_maps_figure(FREQUENCY, AZIMUTH, patterns, axis=FRONT)
    *maps, bar = figure.axes
    assert [axes.get_title(loc="left") for axes in maps] == ["one", "two", "three"]
    assert bar.get_ylabel() == "level re on-axis (dB)"
    side = int(np.argmin(np.abs(AZIMUTH - np.pi / 2)))
    for axes, level in zip(maps, (-6.0206, -12.0412, 0.0), strict=True):
        (mesh,) = axes.collections
        levels = np.asarray(mesh.get_array()).reshape(len(AZIMUTH), len(FREQUENCY))
        assert levels[side] == pytest.approx(level, abs=1e-4)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_texts_of_several_maps_can_be_read(count):
    patterns = {f"D-ball: nulls-capped {number}": CARDIOID for number in range(count)}
    figure = beam_maps_figure(FREQUENCY, AZIMUTH, patterns, axis=FRONT)
    assert len(figure.axes) == count + 1
    assert unreadable(figure) == ([], [])


def test_several_patterns_are_refused_like_one():
    with pytest.raises(ParameterError, match="no pattern"):
        beam_maps_figure(FREQUENCY, AZIMUTH, {}, axis=FRONT)
    with pytest.raises(ShapeError):
        beam_maps_figure(FREQUENCY, AZIMUTH, {"short": CARDIOID[:-1]}, axis=FRONT)
