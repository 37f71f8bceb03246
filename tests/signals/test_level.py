import numpy as np
import pytest

from simgen.errors import ParameterError, ShapeError
from simgen.signals.corpus import read_utterance
from simgen.signals.level import active_level, measure_speech, speech_activity
from simgen.signals.noise import white_noise
from simgen.signals.speech import shipped_speech
from tests.references import p56

RATE = 8000


def decibels(ratio):
    return 20.0 * np.log10(ratio)


def noise(duration, seed=0):
    return white_noise(np.random.default_rng(seed), int(duration * RATE))


def bursts(duration_on, duration_off, count):
    return np.concatenate(
        [np.concatenate([noise(duration_on, k), np.zeros(int(duration_off * RATE))])
         for k in range(count)]
    )  # fmt: skip


def test_level_of_continuous_noise_is_its_rms():
    assert abs(decibels(active_level(noise(8.0), RATE))) < 0.3


def test_pauses_do_not_count():
    signal = bursts(4.0, 4.0, 3)
    assert decibels(np.sqrt(np.mean(signal**2))) == pytest.approx(-3.0, abs=0.1)
    assert abs(decibels(active_level(signal, RATE))) < 0.7


@pytest.mark.parametrize("gap", [0.1, 0.5, 2.0])
def test_agrees_with_sample_by_sample_reference(gap):
    signal = 0.1 * bursts(0.5, gap, 2)
    expected = p56.active_level_db(signal, RATE)
    assert decibels(active_level(signal, RATE)) == pytest.approx(expected, abs=0.3)


@pytest.mark.parametrize("click", [0.0, 3.0, 30.0, 100.0])
@pytest.mark.parametrize("gap", [0.1, 0.4])
def test_agrees_with_reference_on_the_same_thresholds(gap, click):
    """A signal whose envelope peaks at a power of two gets the standard's own thresholds.

    The louder the click, the less the levels at successive thresholds rise in even steps.
    """
    signal = bursts(0.5, gap, 2)
    signal[RATE // 4] += click
    decay = np.exp(-1.0 / (RATE * 0.03))
    peak = once = envelope = 0.0
    for sample in np.abs(signal):
        once = decay * once + (1.0 - decay) * sample
        envelope = decay * envelope + (1.0 - decay) * once
        peak = max(peak, envelope)
    expected = p56.active_level_db(signal / peak, RATE)
    assert decibels(active_level(signal / peak, RATE)) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("scale", [1e-6, 0.3, 7.0, 1e5])
def test_level_scales_with_the_signal(scale):
    signal = bursts(0.3, 0.4, 3)
    level = active_level(signal, RATE)
    assert active_level(scale * signal, RATE) == pytest.approx(scale * level, rel=1e-9)
    assert active_level(-signal, RATE) == level


def test_more_silence_changes_nothing():
    signal = bursts(1.0, 1.0, 1)
    longer = np.concatenate([np.zeros(5 * RATE), signal, np.zeros(20 * RATE)])
    assert active_level(longer, RATE) == pytest.approx(active_level(signal, RATE), rel=1e-6)


def test_silence_has_level_zero_and_no_activity():
    assert active_level(np.zeros(100), RATE) == 0.0
    assert active_level(np.zeros(0), RATE) == 0.0
    assert not speech_activity(np.zeros(100), RATE).any()
    assert speech_activity(np.zeros(0), RATE).shape == (0,)


def test_a_lone_click_is_measured_over_the_hangover():
    click = np.zeros(3 * RATE)
    click[RATE] = 1.0
    assert active_level(click, RATE) == pytest.approx(np.sqrt(1.0 / (0.2 * RATE)), rel=0.05)


def test_activity_covers_the_burst_and_the_hangover():
    signal = np.concatenate([np.zeros(RATE), noise(1.0), np.zeros(RATE)])
    active = np.flatnonzero(speech_activity(signal, RATE))
    assert active[0] / RATE == pytest.approx(1.0, abs=0.05)
    assert active[-1] / RATE == pytest.approx(2.2, abs=0.15)
    assert active[-1] / RATE > 2.2


def test_without_hangover_activity_ends_with_the_envelope():
    signal = np.concatenate([np.zeros(RATE), noise(1.0), np.zeros(RATE)])
    active = np.flatnonzero(speech_activity(signal, RATE, hangover=0.0))
    with_hangover = np.flatnonzero(speech_activity(signal, RATE))
    assert with_hangover[-1] - active[-1] == round(0.2 * RATE)
    assert active[-1] / RATE == pytest.approx(2.1, abs=0.05)


@pytest.mark.parametrize("hangover", [0.0, 0.001, 0.05, 0.2])
def test_a_sample_is_active_if_the_envelope_was_high_within_the_hangover(hangover):
    signal = bursts(0.2, 0.3, 3)
    high = speech_activity(signal, RATE, hangover=0.0)
    window = np.ones(round(hangover * RATE) + 1)
    expected = np.convolve(high, window)[: high.size] > 0.5
    assert np.array_equal(speech_activity(signal, RATE, hangover=hangover), expected)


def test_one_measurement_gives_level_and_activity():
    signal = bursts(0.3, 0.4, 2)
    measured = measure_speech(signal, RATE)
    assert measured.level == active_level(signal, RATE)
    assert np.array_equal(measured.activity(), speech_activity(signal, RATE))
    assert np.max(measured.envelope) < np.max(np.abs(signal))


def test_hangover_bridges_short_gaps_only():
    short, long = (bursts(0.5, gap, 2)[: int((1.0 + gap) * RATE)] for gap in (0.2, 1.0))
    assert np.count_nonzero(np.diff(speech_activity(short, RATE).astype(int))) == 1
    assert np.count_nonzero(np.diff(speech_activity(long, RATE).astype(int))) == 3


def test_shipped_speech_has_the_nominal_level_and_is_active_where_there_are_words():
    corpus = shipped_speech("test")
    for utterance in corpus.utterances[::20]:
        speech = read_utterance(corpus, utterance.file, 16000)
        assert decibels(active_level(speech, 16000)) == pytest.approx(-26.0, abs=0.05)
        first, last = utterance.words[0], utterance.words[-1]
        inside = speech_activity(speech, 16000)[int(first.start * 16000) : int(last.end * 16000)]
        assert np.mean(inside) > 0.85


@pytest.mark.parametrize("signal", [np.zeros((2, 3)), [0.0, np.nan], ["a"]])
def test_refuses_what_is_not_a_signal(signal):
    with pytest.raises(ShapeError):
        active_level(signal, RATE)


def test_refuses_rates_and_hangovers_out_of_range():
    with pytest.raises(ParameterError, match="sample_rate"):
        active_level([1.0], 0)
    with pytest.raises(ParameterError, match="hangover"):
        speech_activity([1.0], RATE, hangover=-0.1)
