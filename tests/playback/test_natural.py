import numpy as np
import pytest

from simgen.errors import ParameterError, ShapeError
from simgen.playback.crosstalk import channel_separation_db, regularised_inverse
from simgen.playback.natural import (
    match_natural,
    natural_routing,
    natural_target,
    relative_plant,
)
from tests.playback.example_plants import random_responses


def test_natural_routing_uses_the_outermost_loudspeakers():
    plant = random_responses(4, 2, 5)
    assert np.array_equal(plant @ natural_routing(4, 5), plant[:, :, [0, 4]])


def test_designs_on_the_relative_plant_leave_each_ear_its_own_loudspeaker():
    plant = random_responses(4, 2, 3)
    filters = regularised_inverse(relative_plant(plant), beta=0.0)
    assert plant @ filters == pytest.approx(natural_target(plant[None])[0])


def test_the_relative_plant_ignores_equalisation_of_the_ears():
    plant = random_responses(4, 2, 3)
    louder = plant * np.array([2.0, 3.0j])[:, None]
    assert relative_plant(louder) == pytest.approx(relative_plant(plant))
    ones = relative_plant(plant)[:, [0, 1], [0, 2]]
    assert ones == pytest.approx(np.ones((4, 2)))


def test_natural_target_is_natural_routing_without_crosstalk():
    plants = random_responses(3, 4, 2, 5)
    target = natural_target(plants)
    assert target == pytest.approx((plants @ natural_routing(4, 5)) * np.eye(2))


def test_matching_takes_back_an_equalisation_and_keeps_the_separation():
    plants = random_responses(3, 4, 2, 2)
    filters = random_responses(4, 2, 2, seed=1)
    matched = match_natural(filters, plants)
    changed = filters * random_responses(4, 1, 2, seed=2)
    assert match_natural(changed, plants) == pytest.approx(matched)
    assert channel_separation_db(plants[0], matched) == pytest.approx(
        channel_separation_db(plants[0], filters)
    )
    routing = natural_routing(4, 2)
    assert match_natural(5.0j * routing, plants) == pytest.approx(routing)


def test_matching_minimises_the_error_over_the_poses():
    plants, filters = random_responses(3, 4, 2, 2), random_responses(4, 2, 2, seed=1)

    def error(candidate):
        own = (plants @ candidate - plants @ natural_routing(4, 2))[:, :, [0, 1], [0, 1]]
        return np.sum(np.abs(own) ** 2)

    matched = match_natural(filters, plants)
    for change in (1.01, 0.99, 1.0 + 0.01j, 1.0 - 0.01j):
        assert error(change * matched) > error(matched)


def test_deaf_ears_are_refused():
    plant = np.array([[[0.0, 1.0], [1.0, 1.0]]])
    with pytest.raises(ParameterError, match=r"\(0, 0\).*hears nothing"):
        relative_plant(plant)
    with pytest.raises(ParameterError, match="own signal"):
        match_natural(np.zeros((1, 2, 2)), plant[None])


def test_wrong_shapes_are_refused():
    with pytest.raises(ParameterError, match="num_loudspeakers"):
        natural_routing(4, 1)
    with pytest.raises(ShapeError, match="ears"):
        relative_plant(np.ones((1, 3, 2)))
    with pytest.raises(ShapeError, match="ears"):
        natural_target(np.ones((1, 1, 3, 2)))
    with pytest.raises(ShapeError, match="filters"):
        match_natural(np.ones((1, 3, 2)), np.ones((1, 1, 2, 2)))
    with pytest.raises(ShapeError, match="plants"):
        natural_target(np.ones((1, 2, 2)))
