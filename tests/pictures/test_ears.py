import numpy as np
import pytest

from simgen.errors import ParameterError, ShapeError
from simgen.pictures.ears import ear_responses_figure

pytest.importorskip("matplotlib")
from tests.pictures.drawn import legend_of, lines, unreadable

RATE = 16000


def pulses(num_loudspeakers=2, length=800):
    """Pulses of 0.5 and 0.25 that arrive later from each loudspeaker and at the right ear."""
    taps = np.zeros((2, num_loudspeakers, length))
    for k in range(num_loudspeakers):
        taps[0, k, 100 + 10 * k] = 0.5
        taps[1, k, 104 + 10 * k] = 0.25
    return taps


def test_responses_are_drawn_over_the_time_since_emission():
    figure = ear_responses_figure(pulses(), RATE)
    for k in range(2):
        drawn = lines(figure.axes[2 * k])
        left, right = drawn["left ear"], drawn["right ear"]
        assert left.get_xdata()[np.argmax(left.get_ydata())] == pytest.approx(6.25 + k / 1.6)
        assert right.get_xdata()[np.argmax(right.get_ydata())] == pytest.approx(6.5 + k / 1.6)
        assert (left.get_ydata().max(), right.get_ydata().max()) == (0.5, 0.25)


def test_magnitudes_are_in_decibels():
    drawn = lines(ear_responses_figure(pulses(), RATE).axes[1])
    assert drawn["left ear"].get_ydata() == pytest.approx(20.0 * np.log10(0.5))
    assert drawn["right ear"].get_ydata() == pytest.approx(20.0 * np.log10(0.25))
    assert drawn["left ear"].get_xdata()[-1] == RATE / 2


def test_the_axes_have_units():
    figure = ear_responses_figure(pulses(), RATE, title="bar to sofa")
    *_, time, frequency = figure.axes
    assert (time.get_xlabel(), time.get_ylabel()) == ("time since emission (ms)", "amplitude (1/m)")
    assert frequency.get_xlabel() == "frequency (Hz)"
    assert frequency.get_ylabel() == "level (dB re 1/m)"
    assert figure.get_suptitle() == "bar to sofa"
    assert legend_of(figure) == ["left ear", "right ear"]


def test_all_that_is_loud_is_shown_and_no_more():
    time, frequency = ear_responses_figure(pulses(), RATE).axes[:2]
    assert time.get_xlim() == pytest.approx((5.25, 1e3 * 114 / RATE + 1.0))
    assert frequency.get_xlim() == (50.0, RATE / 2)
    low, high = frequency.get_ylim()
    assert (low, high) == pytest.approx((-56.02, -3.02), abs=0.01)


def test_what_lies_below_the_shown_frequencies_sets_no_limit():
    taps = pulses(length=8000) + 0.01
    _, high = ear_responses_figure(taps, RATE).axes[1].get_ylim()
    assert high < 0.0


def test_a_long_decay_is_cut():
    taps = np.full((2, 1, RATE), 0.1)
    figure = ear_responses_figure(taps, RATE, longest=0.02)
    assert figure.axes[0].get_xlim() == pytest.approx((0.0, 21.0))


def test_silence_is_drawn():
    figure = ear_responses_figure(np.zeros((2, 1, 100)), RATE)
    assert all(np.all(np.isfinite(axes.get_ylim())) for axes in figure.axes)
    assert unreadable(figure) == ([], [])


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 5])
def test_texts_can_be_read(number):
    title = "living-room, scene 3: bar to sofa, nominal of 33 poses"
    figure = ear_responses_figure(pulses(number), RATE, title=title)
    assert len(figure.axes) == 2 * number
    assert unreadable(figure) == ([], [])


@pytest.mark.parametrize(
    "responses", [np.zeros((1, 2, 9)), np.zeros((2, 9)), np.zeros((2, 0, 9)), [[[np.nan]]] * 2]
)
def test_other_shapes_are_refused(responses):
    with pytest.raises(ShapeError):
        ear_responses_figure(responses, RATE)


def test_a_sample_rate_that_is_none_is_refused():
    with pytest.raises(ParameterError, match="sample_rate"):
        ear_responses_figure(pulses(), 0.0)
