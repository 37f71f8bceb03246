import numpy as np
import pytest

from simgen.scene.seeds import Generators
from simgen.training.colour import (
    GREATEST_CUTOFF,
    GREATEST_GAIN_DB,
    KNOTS,
    LEAST_CUTOFF,
    LOW_PASS_SHARE,
    Colour,
    coloured,
    draw_colour,
)

RATE = 16000
FLAT = (0.0,) * len(KNOTS)


def tone(frequency):
    return np.sin(2.0 * np.pi * frequency * np.arange(RATE) / RATE)


def level_db(signal, frequency):
    spectrum = np.fft.rfft(signal)[round(frequency * len(signal) / RATE)]
    return 20.0 * np.log10(abs(spectrum) * 2.0 / len(signal))


def test_a_flat_equaliser_changes_nothing():
    signal = np.random.default_rng(1).standard_normal(1000)
    colour = Colour(gains_db=FLAT, cutoff=None)
    assert coloured(signal, colour, RATE) == pytest.approx(signal, abs=1e-12)


def test_the_equaliser_has_its_gains_at_its_knots_and_lines_between():
    gains = (1.0, -2.0, 3.0, 0.0, -4.0, 2.0, 0.0)
    frequencies = [60.0, *KNOTS[:-1], np.sqrt(2.0) * 1000.0]
    expected = np.array([1.0, *gains[:-1], -2.0])
    signal = sum(tone(round(frequency)) for frequency in frequencies)
    filtered = coloured(signal, Colour(gains_db=gains, cutoff=None), RATE)
    found = np.array([level_db(filtered, round(frequency)) for frequency in frequencies])
    assert found - found[0] == pytest.approx(expected - expected[0], abs=0.01)


def test_the_low_pass_takes_half_of_the_power_at_its_cutoff_and_48_db_an_octave_above():
    signal = tone(500) + tone(3500) + tone(7000)
    filtered = coloured(signal, Colour(gains_db=FLAT, cutoff=3500.0), RATE)
    low, at, above = (level_db(filtered, frequency) for frequency in (500, 3500, 7000))
    assert at - low == pytest.approx(-3.01, abs=0.01)
    assert above - low == pytest.approx(-48.2, abs=0.1)


def test_power_stays_and_nothing_is_delayed():
    impulse = np.zeros(2001)
    impulse[1000] = 3.0
    filtered = coloured(impulse, Colour(gains_db=(4.0, -4.0) * 3 + (4.0,), cutoff=3000.0), RATE)
    assert np.sum(np.square(filtered)) == pytest.approx(9.0)
    assert filtered == pytest.approx(filtered[::-1])
    assert np.argmax(filtered) == 1000


def test_silence_stays_silent():
    colour = Colour(gains_db=(4.0,) * len(KNOTS), cutoff=3000.0)
    assert not np.any(coloured(np.zeros(100), colour, RATE))


def test_colours_are_drawn_within_their_limits_and_alone():
    colours = [draw_colour(Generators(3, index)) for index in range(400)]
    gains = np.array([colour.gains_db for colour in colours])
    cutoffs = np.array([colour.cutoff for colour in colours if colour.cutoff is not None])
    assert np.max(np.abs(gains)) <= GREATEST_GAIN_DB
    assert np.std(gains) == pytest.approx(GREATEST_GAIN_DB / np.sqrt(3.0), rel=0.1)
    assert np.all((cutoffs >= LEAST_CUTOFF) & (cutoffs <= GREATEST_CUTOFF))
    assert len(cutoffs) / len(colours) == pytest.approx(LOW_PASS_SHARE, abs=0.07)
    assert draw_colour(Generators(3, 7)) == colours[7]
