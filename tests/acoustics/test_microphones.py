import numpy as np
import pytest

from simgen.acoustics.microphones import circular_array, linear_array


def test_circle_of_four_by_hand():
    expected = [[0.1, 0, 0], [0, 0.1, 0], [-0.1, 0, 0], [0, -0.1, 0]]
    assert circular_array(4, 0.1) == pytest.approx(np.array(expected), abs=1e-15)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8])
def test_circle_is_even_and_counter_clockwise(count):
    positions = circular_array(count, 0.05)
    assert positions.shape == (count, 3)
    assert np.linalg.norm(positions, axis=1) == pytest.approx(np.full(count, 0.05))
    around = positions[:, 0] + 1j * positions[:, 1]
    assert np.roll(around, -1) / around == pytest.approx(
        np.full(count, np.exp(2j * np.pi / count)), abs=1e-12
    )


def test_line_of_four_by_hand():
    expected = [[0, -0.15, 0], [0, -0.05, 0], [0, 0.05, 0], [0, 0.15, 0]]
    assert linear_array(4, 0.1) == pytest.approx(np.array(expected))


def test_one_microphone_is_at_the_centre_of_a_line():
    assert linear_array(1, 0.1).tolist() == [[0.0, 0.0, 0.0]]
