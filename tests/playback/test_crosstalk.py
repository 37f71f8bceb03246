import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.errors import ParameterError, ShapeError
from simgen.playback.crosstalk import channel_separation_db, regularised_inverse
from tests.playback.example_plants import free_field_plant, largest_gain_db, random_responses


def test_free_field_peak_gain_and_condition_number():
    plant = free_field_plant(0.985, np.linspace(0.0, np.pi, 181))
    filters = regularised_inverse(plant, beta=0.0)
    assert largest_gain_db(filters).max() == pytest.approx(36.48, abs=0.005)
    gains = np.linalg.svd(filters[0], compute_uv=False)
    assert gains[0] / gains[1] == pytest.approx(132.3, abs=0.05)


@pytest.mark.parametrize(
    ("path_gain", "delay_us", "gains_db", "condition_numbers"),
    [
        (0.9572, 254.9, (10.0, -2.7, 17.8), (6.1, 1.03, 15.2)),
        (0.9924, 44.4, (25.0, 11.1, -0.5), (35.5, 7.1, 1.6)),
        (0.9967, 19.1, (32.3, 18.4, 6.5), (82.6, 16.6, 4.1)),
    ],
    ids=["pair at 30 degrees", "dipole at 5 degrees", "device of 15 cm"],
)
def test_published_geometries(path_gain, delay_us, gains_db, condition_numbers):
    frequencies = np.array([200.0, 1000.0, 4000.0])
    plant = free_field_plant(path_gain, 2.0 * np.pi * frequencies * delay_us * 1e-6)
    filters = regularised_inverse(plant, beta=0.0)
    # A delay known to 0.05 us moves the gain near cancellation by 0.1 dB.
    assert largest_gain_db(filters) == pytest.approx(gains_db, abs=0.1)
    assert np.linalg.cond(filters) == pytest.approx(condition_numbers, rel=0.02)


@given(st.floats(0.1, 0.99), st.floats(0.0, np.pi), st.floats(1e-6, 10.0))
def test_regularised_modes_have_their_closed_form(path_gain, phase, beta):
    cross = path_gain * np.exp(-1j * phase)
    singular_values = np.abs([1.0 + cross, 1.0 - cross])
    expected = np.sort(singular_values / (singular_values**2 + beta))[::-1]
    filters = regularised_inverse(free_field_plant(path_gain, phase), beta=beta)
    assert np.linalg.svd(filters[0], compute_uv=False) == pytest.approx(expected, rel=1e-6)
    assert expected[0] <= 0.5 / np.sqrt(beta) + 1e-9


def test_separation_of_a_regularised_inverse_has_its_closed_form():
    path_gain, phase, beta = 0.9572, 2.0 * np.pi * 500.0 * 254.9e-6, 0.05
    cross = path_gain * np.exp(-1j * phase)
    powers = np.abs([1.0 + cross, 1.0 - cross]) ** 2
    both, opposed = powers / (powers + beta)
    expected = 20.0 * np.log10((both + opposed) / abs(both - opposed))
    plant = free_field_plant(path_gain, phase)
    separation = channel_separation_db(plant, regularised_inverse(plant, beta=beta))
    assert separation == pytest.approx(np.full((1, 2), expected))


def test_exact_inverse_reproduces_the_ear_signals():
    plant = random_responses(5, 2, 3)
    reproduced = plant @ regularised_inverse(plant, beta=0.0)
    assert reproduced == pytest.approx(np.broadcast_to(np.eye(2), (5, 2, 2)))


def test_exact_inverse_is_the_one_of_least_effort():
    plant = random_responses(5, 2, 4)
    assert regularised_inverse(plant, beta=0.0) == pytest.approx(np.linalg.pinv(plant))


def test_filters_minimise_error_plus_weighted_effort():
    plant, beta = random_responses(5, 2, 3), 0.3
    filters = regularised_inverse(plant, beta=beta)

    def cost(candidate):
        error = np.linalg.norm(plant @ candidate - np.eye(2)) ** 2
        return error + beta * np.linalg.norm(candidate) ** 2

    for seed in range(20):
        step = 1e-3 * random_responses(5, 2, 3, seed=seed).swapaxes(1, 2)
        assert cost(filters + step) > cost(filters)


def test_one_beta_for_all_is_the_same_beta_at_each_frequency():
    plant = random_responses(5, 2, 3)
    one = regularised_inverse(plant, beta=0.2)
    assert np.array_equal(one, regularised_inverse(plant, beta=np.full(5, 0.2)))
    mixed = regularised_inverse(plant, beta=[0.0, 0.1, 0.2, 0.3, 0.4])
    assert mixed[2] == pytest.approx(one[2])
    assert np.all(np.diff(largest_gain_db(regularised_inverse(plant[[0] * 5], beta=range(5)))) < 0)


def test_doing_nothing_separates_by_the_head_shadow():
    plant = free_field_plant(0.5, [0.3, 1.0])
    identity = np.broadcast_to(np.eye(2), (2, 2, 2))
    assert channel_separation_db(plant, identity) == pytest.approx(np.full((2, 2), 6.0206))


def test_separation_is_that_of_each_signal_between_the_ears():
    plant = np.array([[[1.0, 0.1], [0.5, 2.0]]])
    separation = channel_separation_db(plant, np.eye(2)[None])
    assert separation == pytest.approx(20.0 * np.log10([[1.0 / 0.5, 2.0 / 0.1]]))


def test_exchanging_the_signals_turns_the_separation_round():
    plant = free_field_plant(0.5, 0.3)
    swapped = channel_separation_db(plant, np.eye(2)[None, ::-1])
    assert swapped == pytest.approx(np.full((1, 2), -6.0206))


def test_separation_ignores_the_level_of_each_signal():
    plant = random_responses(5, 2, 2)
    filters = regularised_inverse(plant, beta=0.1)
    louder = filters * np.array([100.0, 0.01])
    assert channel_separation_db(plant, louder) == pytest.approx(
        channel_separation_db(plant, filters)
    )


def test_perfect_separation_is_infinite_and_silence_separates_nothing():
    identity = np.eye(2)[None]
    assert np.array_equal(channel_separation_db(identity, identity), [[np.inf, np.inf]])
    assert np.array_equal(channel_separation_db(identity, 0.0 * identity), [[0.0, 0.0]])
    crossed = channel_separation_db(identity, identity[:, ::-1])
    assert np.array_equal(crossed, [[-np.inf, -np.inf]])


def test_singular_plant_needs_regularisation():
    plant = np.ones((1, 2, 2))
    with pytest.raises(ParameterError, match="singular"):
        regularised_inverse(plant, beta=0.0)
    # Of rank 1 to rounding only: a solver finds a pivot of 1e-17 and returns noise.
    hidden = random_responses(1, 2, 1) * random_responses(1, 1, 3, seed=1)
    with pytest.raises(ParameterError, match=r"singular.*got 1"):
        regularised_inverse(np.concatenate([random_responses(1, 2, 3), hidden]), beta=0.0)
    assert np.all(np.isfinite(regularised_inverse(plant, beta=1e-3)))


@pytest.mark.parametrize("beta", [-0.1, np.nan, np.inf, [0.1, -0.1]])
def test_regularisation_must_be_finite_and_not_negative(beta):
    with pytest.raises(ParameterError, match="beta"):
        regularised_inverse(random_responses(2, 2, 3), beta=beta)


def test_arrays_of_the_wrong_shape_are_refused():
    plant = random_responses(5, 2, 3)
    with pytest.raises(ShapeError, match="plant"):
        regularised_inverse(plant[0], beta=0.1)
    with pytest.raises(ShapeError, match="beta"):
        regularised_inverse(plant, beta=[0.1, 0.2])
    with pytest.raises(ShapeError, match="non-finite"):
        regularised_inverse(np.full((1, 2, 2), np.nan), beta=0.1)
    with pytest.raises(ShapeError, match="complex numbers"):
        regularised_inverse([["a"]], beta=0.1)
    with pytest.raises(ShapeError, match="filters"):
        channel_separation_db(plant, plant)
    with pytest.raises(ShapeError, match="plant"):
        channel_separation_db(np.ones((1, 3, 2)), np.ones((1, 2, 3)))
