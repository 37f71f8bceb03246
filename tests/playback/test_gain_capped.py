import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.errors import ParameterError, ShapeError
from simgen.playback.crosstalk import channel_separation_db, regularised_inverse
from simgen.playback.gain_capped import gain_capped_inverse
from tests.playback.example_plants import (
    GEOMETRIES,
    free_field_plant,
    largest_gain_db,
    random_responses,
)

CAP_7_DB = 10.0 ** (7.0 / 20.0)
FREQUENCIES = np.array([200.0, 500.0, 1000.0, 2000.0])


@pytest.mark.parametrize(
    ("geometry", "separations_db"),
    [
        ("pair at 30 degrees", (15.2, np.inf, np.inf, 2.9)),
        ("dipole at 5 degrees", (2.2, 5.6, 12.6, np.inf)),
        ("device of 15 cm", (0.9, 2.3, 4.8, 10.4)),
    ],
)
def test_published_separations_under_a_cap_of_7_db(geometry, separations_db):
    path_gain, delay = GEOMETRIES[geometry]
    plant = free_field_plant(path_gain, 2.0 * np.pi * FREQUENCIES * delay)
    separation_db = channel_separation_db(plant, gain_capped_inverse(plant, gain_cap=CAP_7_DB))
    # An exact inverse separates to rounding, beyond 200 dB.
    found = np.where(separation_db > 200.0, np.inf, separation_db)
    for signal in found.T:
        assert signal == pytest.approx(separations_db, abs=0.05)


def test_without_a_cap_it_is_the_inverse_with_its_peak_gain():
    plant = free_field_plant(0.985, np.linspace(0.0, np.pi, 181))
    filters = gain_capped_inverse(plant, gain_cap=math.inf)
    assert filters == pytest.approx(regularised_inverse(plant, beta=0.0))
    assert largest_gain_db(filters).max() == pytest.approx(36.48, abs=0.005)
    gains = np.linalg.svd(filters[0], compute_uv=False)
    assert gains[0] / gains[1] == pytest.approx(132.3, abs=0.05)


@given(st.floats(0.1, 0.99), st.floats(0.0, np.pi), st.floats(0.05, 50.0))
def test_each_mode_has_its_own_regularisation(path_gain, phase, gain_cap):
    cross = path_gain * np.exp(-1j * phase)
    modes = np.abs([1.0 + cross, 1.0 - cross])
    beta = np.maximum(0.0, modes / gain_cap - modes**2)
    response = modes**2 / (modes**2 + beta)
    assert response[beta > 0.0] == pytest.approx(modes[beta > 0.0] * gain_cap)
    plant = free_field_plant(path_gain, phase)
    reproduced = plant[0] @ gain_capped_inverse(plant, gain_cap=gain_cap)[0]
    same, other = response.sum() / 2.0, (response[0] - response[1]) / 2.0
    assert reproduced == pytest.approx(np.array([[same, other], [other, same]]), abs=1e-9)


def test_a_common_mode_gets_the_regularised_inverse_of_its_beta():
    turn = np.linalg.qr(random_responses(3, 3))[0][:, :2]
    plant = 0.2 * turn.conj().T[None]
    filters = gain_capped_inverse(plant, gain_cap=2.0)
    assert filters == pytest.approx(regularised_inverse(plant, beta=0.2 / 2.0 - 0.2**2))


@pytest.mark.parametrize("num_loudspeakers", [2, 5])
def test_gain_is_capped_and_the_rest_exact(num_loudspeakers):
    plant = random_responses(40, 2, num_loudspeakers)
    filters = gain_capped_inverse(plant, gain_cap=0.5)
    assert largest_gain_db(filters).max() == pytest.approx(20.0 * np.log10(0.5))
    easy = np.linalg.svd(plant, compute_uv=False).min(axis=1) > 2.0
    assert 0 < easy.sum() < 40
    assert (plant @ filters)[easy] == pytest.approx(np.broadcast_to(np.eye(2), (easy.sum(), 2, 2)))


def test_scaling_the_plant_scales_the_cap():
    plant = random_responses(5, 2, 3)
    assert gain_capped_inverse(1e-5j * plant, gain_cap=3e4) == pytest.approx(
        -1e5j * gain_capped_inverse(plant, gain_cap=0.3)
    )


def test_rotating_the_ears_or_the_loudspeakers_rotates_the_filters():
    plant = random_responses(4, 2, 3)
    filters = gain_capped_inverse(plant, gain_cap=0.4)
    for size, axis in ((2, 1), (3, 2)):
        turn = np.linalg.qr(random_responses(size, size, seed=1))[0]
        turned = turn @ plant if axis == 1 else plant @ turn
        expected = filters @ turn.conj().T if axis == 1 else turn.conj().T @ filters
        assert gain_capped_inverse(turned, gain_cap=0.4) == pytest.approx(expected)


def test_a_mode_that_no_loudspeaker_excites_gets_nothing():
    filters = gain_capped_inverse(np.full((1, 2, 2), 0.3), gain_cap=1000.0)
    assert filters == pytest.approx(np.full((1, 2, 2), 1.0 / 1.2))
    assert not np.any(gain_capped_inverse(np.zeros((1, 2, 2)), gain_cap=2.0))


@pytest.mark.parametrize("gain_cap", [0.0, -1.0, np.nan, "7 dB"])
def test_caps_must_be_above_0(gain_cap):
    with pytest.raises(ParameterError, match="gain_cap"):
        gain_capped_inverse(np.ones((1, 2, 2)), gain_cap=gain_cap)


@pytest.mark.parametrize("plant", [np.ones((2, 2)), np.full((1, 2, 2), np.nan), np.ones((0, 2, 2))])
def test_wrong_plants_are_refused(plant):
    with pytest.raises(ShapeError, match="plant"):
        gain_capped_inverse(plant, gain_cap=2.0)
