import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.errors import ParameterError, ShapeError
from simgen.playback.crosstalk import channel_separation_db, regularised_inverse
from simgen.playback.gain_capped import gain_capped_inverse
from simgen.playback.natural import match_natural, natural_routing
from simgen.playback.relative_filters import filter_ratio, filters_from_ratio
from simgen.playback.target_gain import (
    cancel_to_target,
    cancellation_gain_db,
    symmetric_target_ratio,
)
from tests.playback.example_plants import (
    PAIR,
    free_field_plant,
    head_plants,
    largest_gain_db,
    random_poses,
    random_responses,
)

THIRDS = 1000.0 * 2.0 ** (np.arange(-7, 10) / 3.0)


def test_the_gain_of_one_pose_is_the_channel_separation():
    plant, filters = random_responses(5, 2, 3), random_responses(5, 3, 2, seed=1)
    assert cancellation_gain_db(plant[None], filters) == pytest.approx(
        channel_separation_db(plant, filters)
    )


def test_the_gain_over_poses_is_that_of_mean_powers():
    plants = np.array([[[[3.0, 0.0], [1.0, 3.0]]], [[[1.0, 1.0], [1.0, 3.0]]]])
    gain_db = cancellation_gain_db(plants, natural_routing(1, 2))
    assert gain_db == pytest.approx(10.0 * np.log10([[10.0 / 2.0, 18.0 / 1.0]]))
    assert np.array_equal(cancellation_gain_db(plants, np.zeros((1, 2, 2))), [[0.0, 0.0]])


@pytest.mark.parametrize("num_loudspeakers", [2, 5])
def test_target_is_met_and_natural_separation_beyond_it_is_left(num_loudspeakers):
    plant = random_responses(60, 2, num_loudspeakers)[None]
    target_db = np.linspace(-3.0, 25.0, 60)
    filters = cancel_to_target(plant, np.linalg.pinv(plant[0]), target_db=target_db)
    natural_db = cancellation_gain_db(plant, natural_routing(60, num_loudspeakers))
    enough = natural_db >= target_db[:, None]
    assert 0 < enough.sum() < enough.size
    gain_db = cancellation_gain_db(plant, filters)
    expected = np.where(enough, natural_db, target_db[:, None])
    assert gain_db == pytest.approx(expected, abs=1e-6)
    left = np.broadcast_to(enough[:, None, :], filters.shape)
    assert np.array_equal(filters[left], natural_routing(60, num_loudspeakers)[left])


def test_the_near_ear_hears_what_it_heard():
    plant = random_responses(20, 2, 2)[None]
    filters = cancel_to_target(plant, np.linalg.inv(plant[0]), target_db=15.0)
    own = (plant[0] @ filters)[:, [0, 1], [0, 1]]
    assert own == pytest.approx(plant[0][:, [0, 1], [0, 1]])


def test_target_over_poses_is_met_in_mean_power():
    plants = head_plants(PAIR, THIRDS, random_poses(8, seed=1))
    canceller = regularised_inverse(head_plants(PAIR, THIRDS)[0], beta=0.01)
    reached = cancellation_gain_db(plants, canceller)
    natural_db = cancellation_gain_db(plants, natural_routing(17, 2))
    filters = cancel_to_target(plants, canceller, target_db=4.0)
    gain_db = cancellation_gain_db(plants, filters)
    between = (natural_db < 4.0) & (reached > 4.0)
    assert np.any(between)
    assert gain_db[between] == pytest.approx(4.0, abs=1e-6)
    assert gain_db[natural_db >= 4.0] == pytest.approx(natural_db[natural_db >= 4.0])


def test_beyond_reach_the_better_of_canceller_and_nothing_is_taken():
    plant = free_field_plant(0.9967, [0.024])[None]
    canceller = gain_capped_inverse(plant[0], gain_cap=2.0)
    filters = cancel_to_target(plant, canceller, target_db=40.0)
    assert filters == pytest.approx(match_natural(canceller, plant))
    worse = np.array([[[1.0, 0.5], [0.5, 1.0]]])
    assert np.array_equal(cancel_to_target(plant, worse, target_db=40.0), natural_routing(1, 2))


def test_equalising_the_canceller_changes_nothing():
    plants, canceller = random_responses(3, 9, 2, 2), random_responses(9, 2, 2, seed=1)
    filters = cancel_to_target(plants, canceller, target_db=3.0)
    changed = canceller * random_responses(9, 1, 2, seed=2)
    assert cancel_to_target(plants, changed, target_db=3.0) == pytest.approx(filters)


@given(st.floats(0.05, 0.999), st.floats(-np.pi, np.pi), st.floats(-10.0, 60.0))
def test_symmetric_closed_form_meets_the_target(size, phase, target_db):
    plant = free_field_plant(size, phase)
    ratio = symmetric_target_ratio(plant[:, 1, 0], target_db=target_db)
    filters = filters_from_ratio(np.stack([ratio, ratio], axis=1))
    expected = max(target_db, -20.0 * np.log10(size))
    assert cancellation_gain_db(plant[None], filters) == pytest.approx(
        np.full((1, 2), expected), abs=1e-6
    )
    if target_db < -20.0 * np.log10(size) - 1e-9:
        assert ratio[0] == 0.0


def test_general_case_is_the_closed_form_for_a_symmetric_plant():
    plant = head_plants(PAIR, THIRDS)
    crosstalk = plant[0, :, 1, 0] / plant[0, :, 0, 0]
    expected = symmetric_target_ratio(crosstalk, target_db=12.0)
    general = cancel_to_target(plant, np.linalg.inv(plant[0]), target_db=12.0)
    assert filter_ratio(general) == pytest.approx(np.stack([expected, expected], axis=1), abs=1e-9)


def test_an_endless_target_approaches_the_inverse():
    plant = free_field_plant(0.9, [0.5, 1.0])
    ratio = symmetric_target_ratio(plant[:, 1, 0], target_db=240.0)
    assert ratio == pytest.approx(filter_ratio(np.linalg.inv(plant))[:, 0])
    assert symmetric_target_ratio([1.0], target_db=0.0) == pytest.approx([0.0])


def test_asking_for_less_takes_less_effort():
    plant = free_field_plant(0.9967, 2.0 * np.pi * np.array([300.0, 600.0]) * 19.1e-6)
    gains = [
        largest_gain_db(cancel_to_target(plant[None], np.linalg.inv(plant), target_db=target))
        for target in (5.0, 10.0, 20.0, 60.0)
    ]
    assert np.all(np.diff(gains, axis=0) > 0.0)


def test_wrong_arguments_are_refused():
    plants, filters = random_responses(2, 3, 2, 2), random_responses(3, 2, 2, seed=1)
    for target_db in (np.nan, np.inf):
        with pytest.raises(ParameterError, match="target_db"):
            cancel_to_target(plants, filters, target_db=target_db)
    with pytest.raises(ShapeError, match="target_db"):
        cancel_to_target(plants, filters, target_db=[1.0, 2.0])
    with pytest.raises(ShapeError, match="plants"):
        cancel_to_target(plants[0], filters, target_db=3.0)
    with pytest.raises(ShapeError, match="filters"):
        cancellation_gain_db(plants, filters[:2])
    with pytest.raises(ParameterError, match="own signal"):
        cancel_to_target(plants, 0.0 * filters, target_db=3.0)
    with pytest.raises(ParameterError, match="relative_crosstalk"):
        symmetric_target_ratio([0.5, 0.0], target_db=3.0)
    with pytest.raises(ShapeError, match="relative_crosstalk"):
        symmetric_target_ratio([np.nan], target_db=3.0)
