import numpy as np
import pytest

from simgen.baselines.raised_powers import sum_raised_powers


def drawn(num_frequencies=3, num_frames=4, num_microphones=2, num_azimuths=5):
    """Phases over the number of microphones, weights and steering vectors."""
    draw = np.random.default_rng(7).uniform
    phases = np.exp(2j * np.pi * draw(size=(num_frequencies, num_frames, num_microphones)))
    weights = draw(size=(num_frequencies, num_frames))
    steering = np.exp(2j * np.pi * draw(size=(num_frequencies, num_microphones, num_azimuths)))
    return phases / num_microphones, weights, steering


def summed(phases, weights, steering):
    return sum_raised_powers(
        phases.astype(np.complex64),
        weights.astype(np.float32),
        np.ascontiguousarray(steering.real, dtype=np.float32),
        np.ascontiguousarray(steering.imag, dtype=np.float32),
    )


def test_the_loop_is_the_sum_of_its_definition():
    phases, weights, steering = drawn()
    steered = np.einsum("ktm,kma->kta", phases, steering.conj())
    expected = np.einsum("kt,kta->a", weights, np.abs(steered) ** 32)
    assert summed(phases, weights, steering) == pytest.approx(expected, rel=2e-5)


def test_the_waves_own_azimuth_gets_all_weights_and_one_half_out_of_phase_none():
    weights = np.array([[0.25, 0.5], [1.0, 0.0]])
    steering = np.ones((2, 2, 2), dtype=complex)
    steering[:, 1, 1] = -1.0
    found = summed(np.full((2, 2, 2), 0.5j), weights, steering)
    assert found.dtype == np.float64
    assert found == pytest.approx([1.75, 0.0])


def test_bins_without_weight_are_not_looked_at():
    phases, weights, steering = drawn()
    weights[1, 2] = 0.0
    expected = summed(phases, weights, steering)
    phases[1, 2] = np.nan
    assert np.array_equal(summed(phases, weights, steering), expected)
    phases[1, 1] = np.nan
    assert np.isnan(summed(phases, weights, steering)).all()


def test_each_frequency_adds_in_double_precision():
    phases, steering = np.ones((3, 1, 1)), np.ones((3, 1, 1), dtype=complex)
    weights = np.array([[2.0**24], [1.0], [1.0]])
    assert summed(phases, weights, steering) == 2.0**24 + 2.0


@pytest.mark.parametrize("sizes", [(0, 4, 2, 5), (3, 0, 2, 5), (3, 4, 2, 0)])
def test_nothing_sums_to_nothing(sizes):
    phases, weights, steering = (
        np.zeros((*sizes[:2], sizes[2])),
        np.zeros(sizes[:2]),
        np.zeros((sizes[0], *sizes[2:]), dtype=complex),
    )
    assert np.array_equal(summed(phases, weights, steering), np.zeros(sizes[3]))
