import numpy as np
import pytest

from simgen.errors import ParameterError, ShapeError
from simgen.pictures.paths import alignment_figure

pytest.importorskip("matplotlib")
from tests.pictures.drawn import legend_of, unreadable

RATE = 48000
NAMES = ("left", "right", "centre")


def pulses(*places, length=200):
    taps = np.zeros((len(places), length))
    taps[np.arange(len(places)), places] = (0.5, 2.0, -1.0)[: len(places)]
    return np.abs(taps)


def drawn(before=None, after=None, **changes):
    first = pulses(40, 44, 20) if before is None else before
    second = pulses(60, 60, 60) if after is None else after
    return alignment_figure(first, second, **({"sample_rate": RATE, "names": NAMES} | changes))


def arrivals(axes):
    """Times in ms of the vertical lines."""
    dashed = [line for line in axes.get_lines() if line.get_linestyle() == "--"]
    return [line.get_xdata()[0] for line in dashed if len(line.get_xdata())]


def test_arrivals_are_marked_at_the_pulses():
    before, after = drawn().axes
    assert arrivals(before) == pytest.approx([1e3 * n / RATE for n in (40, 44, 20)], abs=1e-6)
    assert arrivals(after) == pytest.approx([1e3 * 60 / RATE] * 3, abs=1e-6)


def test_paths_are_scaled_to_their_peaks_one_below_the_other():
    before, _ = drawn().axes
    curves = [line for line in before.get_lines() if len(line.get_xdata()) > 10]
    assert [line.get_ydata().max() for line in curves] == pytest.approx([1.0, -1.2, -3.4], abs=1e-6)
    for curve, place in zip(curves, (40, 44, 20), strict=True):
        peak = curve.get_xdata()[np.argmax(curve.get_ydata())]
        assert peak == pytest.approx(1e3 * place / RATE)


def test_both_sides_show_as_much_time_and_all_that_is_loud():
    before, after = drawn().axes
    (low, high), (other_low, other_high) = before.get_xlim(), after.get_xlim()
    assert high - low == pytest.approx(other_high - other_low)
    assert low < 1e3 * 20 / RATE < 1e3 * 44 / RATE < high
    assert other_low < 1e3 * 60 / RATE < other_high


def test_the_axes_have_units_and_names():
    figure = drawn()
    assert [axes.get_xlabel() for axes in figure.axes] == ["time (ms)"] * 2
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == [*NAMES]
    assert legend_of(figure) == ["arrival, by correlation with centre"]
    assert unreadable(figure) == ([], [])


def test_one_pulse_at_the_first_sample_is_drawn():
    figure = drawn(pulses(0, 0, 0, length=2), pulses(0, 0, 0, length=2))
    low, high = figure.axes[0].get_xlim()
    assert low < 0.0 < high


def test_a_silent_path_is_named():
    silent = pulses(40, 44, 20)
    silent[1] = 0.0
    with pytest.raises(ParameterError, match="'right'"):
        drawn(before=silent)


@pytest.mark.parametrize(
    "before", [pulses(40, 44), np.zeros((3, 0)), np.zeros(3), pulses(1, 2, 3) * np.nan]
)
def test_other_shapes_are_refused(before):
    with pytest.raises(ShapeError):
        drawn(before=before)


@pytest.mark.parametrize("rate", [0.0, -1.0, np.nan])
def test_sample_rates_that_are_none_are_refused(rate):
    with pytest.raises(ParameterError, match="sample_rate"):
        drawn(sample_rate=rate)
