import numpy as np
import pytest

from simgen.acoustics.filter_basis import filter_basis

EVERY = np.ones(33)


def some_responses(rank, count=50, taps=64):
    generator = np.random.default_rng(3)
    return generator.standard_normal((count, rank)) @ generator.standard_normal((rank, taps))


@pytest.mark.parametrize("rank", [1, 5, 20])
def test_as_many_filters_as_the_set_has_dimensions(rank):
    responses = some_responses(rank)
    basis = filter_basis(responses, EVERY, 1e-9)
    assert basis.filters.shape == (rank, 64)
    assert basis.weights @ basis.filters == pytest.approx(responses, abs=1e-9)


def test_no_response_is_further_off_than_the_tolerance():
    responses = some_responses(64) * np.geomspace(1.0, 1e-4, 64)
    tolerance = 0.03
    basis = filter_basis(responses, EVERY, tolerance)
    rest = np.fft.rfft(responses - basis.weights @ basis.filters, axis=1)
    norms = np.linalg.norm(np.fft.rfft(responses, axis=1), axis=1)
    worst = np.linalg.norm(rest, axis=1).max() / np.sqrt(np.mean(norms**2))
    assert tolerance / 3 < worst <= tolerance
    assert len(basis.filters) < 64


def test_only_frequencies_that_count_are_followed():
    responses = some_responses(30)
    low = (np.arange(33) < 4).astype(float)
    basis = filter_basis(responses, low, 1e-6)
    assert len(basis.filters) <= 7  # 4 complex values, the first of them real
    rest = np.fft.rfft(responses - basis.weights @ basis.filters, axis=1)
    assert np.abs(rest[:, :4]).max() < 1e-4
    assert np.abs(rest[:, 4:]).max() > 1.0


def test_a_silent_set_has_one_silent_filter():
    basis = filter_basis(np.zeros((4, 16)), np.ones(9), 1e-3)
    assert basis.filters.shape == (1, 16)
    assert not np.any(basis.weights @ basis.filters)
    assert np.all(np.isfinite(basis.weights))
