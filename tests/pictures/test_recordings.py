import numpy as np
import pytest

from simgen.errors import ParameterError, ShapeError
from simgen.pictures.recordings import recording_figure

pytest.importorskip("matplotlib")
from tests.pictures.drawn import unreadable

RATE = 16000
HOP = 1600
TONE = np.sin(2.0 * np.pi * 2000.0 * np.arange(RATE) / RATE)
ACTIVITY = np.array([[1, 1, 0, 0, 1, 1, 1, 0, 0, 1], [0] * 10]).T.astype(bool)


def drawn(signal=TONE, activity=ACTIVITY, **changes):
    options = {"sample_rate": RATE, "hop_length": HOP, "names": ["talkers[0]", "radio"]}
    return recording_figure(signal, activity, **(options | changes))


def bars(axes):
    """Beginnings and ends of the bars of each source, the upper one first."""
    found = []
    for collection in axes.collections:
        spans = [path.vertices[:, 0] for path in collection.get_paths()]
        found.append([(span.min(), span.max()) for span in spans])
    return found


def test_the_waveform_is_drawn_over_time():
    wave = drawn().axes[0]
    (line,) = wave.get_lines()
    assert line.get_ydata().tolist() == TONE.tolist()
    assert line.get_xdata()[-1] == pytest.approx((RATE - 1) / RATE)
    assert wave.get_xlim() == (0.0, 1.0)


def test_a_tone_is_a_line_of_the_spectrogram():
    spectrogram = drawn().axes[1]
    (image,) = spectrogram.get_images()
    levels = np.asarray(image.get_array())
    left, right, bottom, top = image.get_extent()
    frequency = bottom + (np.arange(len(levels)) + 0.5) * (top - bottom) / len(levels)
    time = left + (np.arange(levels.shape[1]) + 0.5) * (right - left) / levels.shape[1]
    inside = (time > 0.1) & (time < 0.9)
    assert frequency[levels[:, inside].argmax(axis=0)] == pytest.approx(2.0, abs=0.02)
    assert levels.max() == 0.0
    away = np.abs(frequency - 2.0) > 0.2
    assert levels[away][:, inside].max() < -60.0
    assert image.get_clim() == (-70.0, 0.0)


def test_the_spectrogram_begins_where_the_sound_does():
    late = np.where(np.arange(RATE) < RATE // 2, 0.0, TONE)
    (image,) = drawn(late).axes[1].get_images()
    levels = np.asarray(image.get_array())
    left, right, *_ = image.get_extent()
    time = left + (np.arange(levels.shape[1]) + 0.5) * (right - left) / levels.shape[1]
    half_way = time[np.argmax(levels.max(axis=0) > -6.0)]
    assert half_way == pytest.approx(0.5, abs=0.01)


def test_bars_show_who_is_heard_when():
    turns = drawn().axes[2]
    first, second = bars(turns)
    assert np.array(first) == pytest.approx(np.array([(0.0, 0.2), (0.4, 0.7), (0.9, 1.0)]))
    assert second == []
    assert [label.get_text() for label in turns.get_yticklabels()] == ["talkers[0]", "radio"]


def test_the_axes_have_units():
    wave, spectrogram, turns, bar = drawn(title="table, microphone 0 of 8").axes
    assert wave.get_title(loc="left") == "table, microphone 0 of 8"
    assert wave.get_ylabel() == "amplitude"
    assert spectrogram.get_ylabel() == "frequency (kHz)"
    assert spectrogram.get_ylim() == (0.0, 8.0)
    assert turns.get_xlabel() == "time (s)"
    assert bar.get_ylabel() == "level re maximum (dB)"


@pytest.mark.parametrize("number", [0, 8])
def test_texts_can_be_read(number):
    activity = np.ones((10, number), dtype=bool)
    figure = drawn(activity=activity, names=[f"talkers[{k}]" for k in range(number)])
    assert unreadable(figure) == ([], [])


@pytest.mark.parametrize("signal", [np.zeros(RATE), np.ones(1)])
def test_silence_and_clicks_are_drawn(signal):
    assert unreadable(drawn(signal)) == ([], [])


def test_a_long_recording_has_no_more_frames_than_can_be_seen():
    (image,) = drawn(np.resize(TONE, 60 * RATE)).axes[1].get_images()
    assert 700 < image.get_array().shape[1] < 1600


@pytest.mark.parametrize(
    ("signal", "activity"),
    [
        (TONE, ACTIVITY[:, :1]),
        (np.zeros(0), ACTIVITY),
        (np.zeros((2, 9)), ACTIVITY),
        (TONE * np.nan, ACTIVITY),
    ],
)
def test_what_does_not_belong_together_is_refused(signal, activity):
    with pytest.raises(ShapeError):
        drawn(signal, activity)


def test_a_sample_rate_that_is_none_is_refused():
    with pytest.raises(ParameterError, match="sample_rate"):
        drawn(sample_rate=0)
