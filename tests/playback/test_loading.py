import numpy as np
import pytest

from simgen.errors import ParameterError
from simgen.playback.loading import (
    largest_gain,
    least_loaded,
    mean_diagonal,
    require_loading,
)
from tests.playback.example_plants import random_responses

POWER = np.array([1e-6, 1e-3, 1.0, 40.0])
LOWEST, HIGHEST = np.full(4, 1e-5), np.full(4, 1e5)


def scalar(loading):
    """The filters 1 / (power + loading) of one loudspeaker and one input."""
    return (1.0 / (POWER + loading))[:, None, None].astype(complex)


@pytest.mark.parametrize("gain_cap", [0.01, 0.5, 20.0, 5000.0])
def test_loading_is_what_brings_the_gain_to_the_cap_and_no_more(gain_cap):
    """By hand: 1 / (power + loading) is the cap where loading is 1 / cap - power."""
    exact = np.clip(1.0 / gain_cap - POWER, LOWEST, HIGHEST)
    filters = least_loaded(scalar, gain_cap, lowest=LOWEST, highest=HIGHEST)
    np.testing.assert_allclose(filters, scalar(exact), rtol=1e-9)
    assert np.all(largest_gain(filters) <= gain_cap)


def test_no_cap_is_the_least_loading_in_one_design():
    designs = []

    def counted(loading):
        designs.append(loading)
        return scalar(loading)

    filters = least_loaded(counted, np.inf, lowest=LOWEST, highest=HIGHEST)
    np.testing.assert_array_equal(filters, scalar(LOWEST))
    assert len(designs) <= 2


def test_beyond_reach_the_filters_are_those_of_the_most_loading():
    filters = least_loaded(scalar, 1e-7, lowest=LOWEST, highest=HIGHEST)
    np.testing.assert_allclose(filters, scalar(HIGHEST), rtol=1e-9)


def test_each_frequency_is_loaded_for_itself():
    together = least_loaded(scalar, 20.0, lowest=LOWEST, highest=HIGHEST)
    for k in range(4):

        def alone(loading, k=k):
            return (1.0 / (POWER[[k]] + loading))[:, None, None].astype(complex)

        one = least_loaded(alone, 20.0, lowest=LOWEST[[k]], highest=HIGHEST[[k]])
        np.testing.assert_array_equal(one[0], together[k])


def test_the_largest_gain_is_over_all_inputs_of_unit_norm():
    filters = random_responses(5, 3, 2)
    found = largest_gain(filters)
    for matrix, gain in zip(filters, found, strict=True):
        hermitian = matrix.conj().T @ matrix
        assert gain**2 == pytest.approx(np.linalg.eigvalsh(hermitian)[-1])
    angles = np.linspace(0.0, np.pi, 200)
    unit = np.array([np.cos(angles), np.sin(angles)])
    assert np.all(np.linalg.norm(filters @ unit, axis=1).max(axis=1) <= found + 1e-12)


def test_the_mean_diagonal_is_the_mean_power_of_a_loudspeaker():
    plant = random_responses(6, 2, 3)
    power = np.einsum("fei,fej->fij", plant.conj(), plant)
    expected = np.sum(np.abs(plant) ** 2, axis=(1, 2)) / 3.0
    np.testing.assert_allclose(mean_diagonal(power, "the loudspeakers"), expected)


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_silence_is_refused_at_its_frequency(value):
    power = np.ones((4, 2, 2), complex)
    power[2] = value
    with pytest.raises(ParameterError, match=r"the pair are silent at frequency, got 2"):
        mean_diagonal(power, "the pair")


@pytest.mark.parametrize("loading", [1e-300, 1, 0.03, np.float32(0.5)])
def test_a_loading_is_any_number_above_0(loading):
    require_loading(loading, "least_loading")


@pytest.mark.parametrize("loading", [0, 0.0, -0.1, np.inf, np.nan, "0.1", None, [0.1]])
def test_other_loadings_are_refused(loading):
    with pytest.raises(ParameterError, match="least_loading is out of range"):
        require_loading(loading, "least_loading")
