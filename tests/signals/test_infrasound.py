import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from simgen.signals.infrasound import remove_infrasound

RATE = 16_000


def tone(frequency, seconds=4.0):
    return np.sin(2.0 * np.pi * frequency * np.arange(round(seconds * RATE)) / RATE)


@pytest.mark.parametrize(("frequency", "gain_db"), [(5.0, -48.2), (20.0, -6.02), (100.0, -0.014)])
def test_gain_is_that_of_a_second_order_butterworth_run_twice(frequency, gain_db):
    """|H|^2 = 1 / (1 + (20 Hz / f)^4) for each of the two runs."""
    middle = slice(RATE, 3 * RATE)
    before, after = tone(frequency)[middle], remove_infrasound(tone(frequency), RATE)[middle]
    measured = 20.0 * np.log10(np.std(after) / np.std(before))
    assert measured == pytest.approx(gain_db, abs=0.1)


def test_speech_frequencies_are_not_delayed():
    signal = tone(440.0)
    middle = slice(RATE, 3 * RATE)
    assert remove_infrasound(signal, RATE)[middle] == pytest.approx(signal[middle], abs=1e-4)


def test_an_offset_goes():
    filtered = remove_infrasound(np.ones(4 * RATE), RATE)
    assert np.max(np.abs(filtered[RATE : 3 * RATE])) < 1e-6


def test_short_signals_pass():
    assert remove_infrasound(np.ones(1), RATE).shape == (1,)


@pytest.mark.parametrize("rate", [50, 8000, 16_000, 192_000])
def test_agrees_with_scipy(rate):
    noise = np.random.default_rng(1).standard_normal(3 * RATE)
    sections = butter(2, 20.0, "highpass", fs=rate, output="sos")
    forward = sosfilt(sections, noise)
    expected = sosfilt(sections, forward[::-1])[::-1]
    assert remove_infrasound(noise, rate) == pytest.approx(expected, abs=1e-9)
