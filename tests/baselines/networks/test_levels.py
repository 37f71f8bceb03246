import numpy as np
import pytest

from simgen.baselines.networks.levels import unit_power


def test_one_gain_for_all_microphones_of_a_window():
    windows = np.array([[[3.0, -3.0], [1.0, 1.0]], [[0.0, 0.5], [0.0, 0.0]]], dtype=np.float32)
    expected = [[[3.0, -3.0], [1.0, 1.0]] / np.sqrt(5.0), [[0.0, 2.0], [0.0, 0.0]]]
    assert unit_power(windows) == pytest.approx(np.array(expected), rel=1e-6)


def test_it_happens_in_place_and_in_single_precision():
    windows = np.full((2, 3, 5), -0.25, dtype=np.float32)
    assert unit_power(windows) is windows
    assert windows.dtype == np.float32
    assert np.array_equal(windows, np.full((2, 3, 5), -1.0))


@pytest.mark.parametrize("amplitude", [1e-6, 1.0, 1e15])
def test_what_is_heard_does_not_depend_on_the_level(amplitude):
    shape = np.random.default_rng(0).standard_normal((1, 4, 100)).astype(np.float32)
    expected = shape / np.sqrt(np.mean(np.square(shape, dtype=np.float64)))
    assert unit_power(np.float32(amplitude) * shape) == pytest.approx(expected, rel=1e-5)


def test_what_nobody_hears_stays_faint():
    assert unit_power(np.full((1, 2, 3), 1e-13, dtype=np.float32)).max() < 2e-3


def test_no_windows_and_a_damaged_one_are_left_to_their_reader():
    assert unit_power(np.empty((0, 4, 100), dtype=np.float32)).shape == (0, 4, 100)
    windows = np.array([[[np.nan, 1.0]], [[2.0, 2.0]]], dtype=np.float32)
    assert np.array_equal(unit_power(windows)[1], [[1.0, 1.0]])
