import numpy as np
import pytest

from simgen.errors import ParameterError, ShapeError
from simgen.playback.crosstalk import channel_separation_db, regularised_inverse
from simgen.playback.relative_filters import cancelling_ratio, filter_ratio, filters_from_ratio
from tests.playback.example_plants import free_field_plant, random_responses


def test_the_ratio_is_that_of_the_inverse():
    plant = random_responses(6, 2, 2)
    inverse = regularised_inverse(plant, beta=0.0)
    assert cancelling_ratio(plant) == pytest.approx(filter_ratio(inverse))


def test_filters_from_the_ratio_are_the_inverse_but_for_one_equalisation_per_signal():
    plant = random_responses(6, 2, 2)
    filters = filters_from_ratio(cancelling_ratio(plant))
    equalisation = filters / regularised_inverse(plant, beta=0.0)
    assert equalisation[:, 0] == pytest.approx(equalisation[:, 1])
    reproduced = plant @ filters
    assert reproduced[:, [1, 0], [0, 1]] == pytest.approx(np.zeros((6, 2)), abs=1e-12)
    determinant = np.linalg.det(plant)[:, None]
    own = reproduced[:, [0, 1], [0, 1]]
    assert own == pytest.approx(determinant / plant[:, [1, 0], [1, 0]])


def test_ratio_and_filters_are_each_others_inverse():
    ratio = random_responses(6, 2)
    assert np.array_equal(filter_ratio(filters_from_ratio(ratio)), ratio)


def test_the_ratio_ignores_equalisation_and_decides_the_separation():
    plant, filters = random_responses(6, 2, 2), random_responses(6, 2, 2, seed=1)
    changed = filters * random_responses(6, 1, 2, seed=2)
    assert filter_ratio(changed) == pytest.approx(filter_ratio(filters))
    assert channel_separation_db(plant, filters_from_ratio(filter_ratio(filters))) == pytest.approx(
        channel_separation_db(plant, filters)
    )


def test_free_field_ratio_is_the_crosstalk_reversed():
    plant = free_field_plant(0.9, [0.0, 0.5])
    assert cancelling_ratio(plant) == pytest.approx(-plant[:, [1, 0], [0, 1]])
    assert np.all(np.isfinite(cancelling_ratio(np.ones((1, 2, 2)))))


def test_wrong_arguments_are_refused():
    with pytest.raises(ParameterError, match=r"plant.*input 0.*got 1"):
        cancelling_ratio([np.eye(2), [[1.0, 0.0], [0.0, 0.0]]])
    with pytest.raises(ParameterError, match="near loudspeaker's filter for input 1"):
        filter_ratio([[[1.0, 1.0], [1.0, 0.0]]])
    with pytest.raises(ShapeError, match="plant"):
        cancelling_ratio(np.ones((1, 2, 3)))
    with pytest.raises(ShapeError, match="filters"):
        filter_ratio(np.ones((1, 3, 2)))
    for ratio in (np.ones((1, 3)), np.full((1, 2), np.nan), np.ones(2)):
        with pytest.raises(ShapeError, match="ratio"):
            filters_from_ratio(ratio)
