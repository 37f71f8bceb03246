import numpy as np
import pytest

from simgen.exchange.delays import delayed


def test_nothing_happens_to_what_is_not_delayed():
    responses = np.ones((2, 3, 8))
    assert delayed(responses, np.zeros((2, 3))) is responses


def test_whole_delays_move_samples():
    responses = np.random.default_rng(0).standard_normal((2, 2, 1, 9))
    delays = np.array([[[0.0], [3.0]], [[1.0], [7.0]]])
    moved = delayed(responses, delays)
    for place in np.ndindex(2, 2, 1):
        first = int(delays[place])
        expected = np.zeros(moved.shape[-1])
        expected[first : first + 9] = responses[place]
        assert moved[place] == pytest.approx(expected, abs=1e-12)


def test_fractions_turn_the_phase():
    pulse = np.zeros(32)
    pulse[8] = 1.0
    moved = delayed(pulse, np.array(2.25))
    frequency = np.array([0.01, 0.1, 0.3])
    turn = np.exp(-2j * np.pi * np.outer(frequency, np.arange(len(moved))))
    assert turn @ moved == pytest.approx(np.exp(-2j * np.pi * frequency * 10.25), abs=0.03)
