import math

import numpy as np
import pytest

from simgen.errors import ParameterError, ShapeError
from simgen.playback.crosstalk import regularised_inverse
from simgen.playback.gain_capped import gain_capped_inverse
from simgen.playback.natural import relative_plant
from simgen.playback.null_steering import softened_nulls, steered_nulls
from tests.playback.example_plants import (
    PAIR,
    ROW,
    head_plants,
    largest_gain_db,
    mean_separation_db,
    random_poses,
    random_responses,
    with_driver_errors,
)

THIRDS = 1000.0 * 2.0 ** (np.arange(-7, 10) / 3.0)


def crosstalk_power(poses, filters):
    reproduced = poses @ filters
    return np.mean(np.abs(reproduced[:, :, [1, 0], [0, 1]]) ** 2, axis=0)


def test_the_other_ear_hears_nothing_and_the_own_one_everything():
    plant, poses = random_responses(6, 2, 5), random_responses(8, 6, 2, 5, seed=1)
    reproduced = plant @ steered_nulls(plant, poses, loading=0.03)
    assert reproduced == pytest.approx(np.broadcast_to(np.eye(2), (6, 2, 2)), abs=1e-12)


def test_two_loudspeakers_have_no_choice_but_the_inverse():
    plant, poses = random_responses(6, 2, 2), random_responses(8, 6, 2, 2, seed=1)
    for loading in (1e-4, 10.0):
        assert steered_nulls(plant, poses, loading=loading) == pytest.approx(np.linalg.inv(plant))


def test_full_loading_is_the_pseudo_inverse():
    plant, poses = random_responses(6, 2, 5), random_responses(8, 6, 2, 5, seed=1)
    filters = steered_nulls(plant, poses, loading=1e9)
    assert filters == pytest.approx(np.linalg.pinv(plant), rel=1e-6)


def test_a_third_loudspeaker_puts_a_null_at_a_second_pose():
    plant, other = random_responses(6, 2, 3), random_responses(1, 6, 2, 3, seed=1)
    filters = steered_nulls(plant, other, loading=1e-11)
    for ear in (0, 1):
        constraints = np.stack([plant[:, ear], plant[:, 1 - ear], other[0, :, 1 - ear]], axis=1)
        expected = np.linalg.inv(constraints)[:, :, 0]
        assert filters[:, :, ear] == pytest.approx(expected, rel=1e-6)


def test_filters_solve_the_constrained_minimum_of_lagrange():
    plant, poses = random_responses(1, 2, 4), random_responses(8, 1, 2, 4, seed=1)
    filters = steered_nulls(plant, poses, loading=0.05)[0]
    far = poses[:, 0, 1]
    level = np.sum(np.abs(poses) ** 2) / 8 / 2 / 4
    power = far.conj().T @ far / 8 + 0.05 * level * np.eye(4)
    equations = np.block([[power, plant[0].conj().T], [plant[0], np.zeros((2, 2))]])
    solution = np.linalg.solve(equations, [0.0, 0.0, 0.0, 0.0, 1.0, 0.0])
    assert filters[:, 0] == pytest.approx(solution[:4])


def test_loading_trades_crosstalk_round_the_head_for_gain():
    nominal = head_plants(ROW, THIRDS)[0]
    poses = head_plants(ROW, THIRDS, random_poses(16, seed=1))
    light, heavy = (steered_nulls(nominal, poses, loading=each) for each in (1e-3, 0.3))
    assert np.all(largest_gain_db(heavy) <= largest_gain_db(light) + 1e-9)
    assert np.all(crosstalk_power(poses, light) <= crosstalk_power(poses, heavy) + 1e-9)
    plain = regularised_inverse(nominal, beta=0.0)
    unseen = head_plants(ROW, THIRDS, random_poses(16, seed=2))
    power, plain_power = (crosstalk_power(unseen, each).mean() for each in (light, plain))
    assert power < 0.6 * plain_power


def test_softened_nulls_leave_the_own_ear_undistorted():
    plant, poses = random_responses(6, 2, 5), random_responses(8, 6, 2, 5, seed=1)
    filters = softened_nulls(plant, poses, gain_cap=math.inf)
    assert (plant @ filters)[:, [0, 1], [0, 1]] == pytest.approx(np.ones((6, 2)))
    exact = steered_nulls(plant, poses)
    assert np.all(crosstalk_power(poses, filters) < crosstalk_power(poses, exact))


def test_softened_nulls_end_at_the_matched_filter():
    plant, poses = random_responses(6, 2, 5), random_responses(8, 6, 2, 5, seed=1)
    power = np.sum(np.abs(plant) ** 2, axis=2, keepdims=True)
    matched = (plant / power).conj().swapaxes(1, 2)
    filters = softened_nulls(plant, poses, gain_cap=math.inf, least_loading=1e7)
    assert filters == pytest.approx(matched, rel=1e-5)
    smallest = softened_nulls(plant, poses, gain_cap=1e-3)
    assert largest_gain_db(smallest) == pytest.approx(-60.0)
    assert smallest / np.linalg.norm(smallest, axis=(1, 2), keepdims=True) == pytest.approx(
        matched / np.linalg.norm(matched, axis=(1, 2), keepdims=True), abs=1e-5
    )


def test_two_loudspeakers_over_one_pose_null_it_softly():
    plant = random_responses(6, 2, 2)
    filters = softened_nulls(plant, plant[None], gain_cap=math.inf, least_loading=1e-9)
    assert filters == pytest.approx(np.linalg.inv(plant), abs=1e-6)


def relative_plants(drivers, poses):
    return np.stack([relative_plant(each) for each in head_plants(drivers, THIRDS, poses)])


def test_nulls_for_known_poses_win_at_unseen_ones():
    nominal, known = head_plants(ROW, THIRDS)[0], head_plants(ROW, THIRDS, random_poses(24, seed=1))
    unseen = head_plants(ROW, THIRDS, random_poses(24, seed=2))
    perfect = mean_separation_db(unseen, np.linalg.pinv(nominal))
    assert mean_separation_db(unseen, steered_nulls(nominal, known)) > perfect + 1.0
    assert mean_separation_db(nominal[None], steered_nulls(nominal, known)) == 15.0


def test_loading_forgives_errors_of_the_loudspeakers():
    nominal = head_plants(ROW, THIRDS)[0]
    known = head_plants(ROW, THIRDS, random_poses(24, seed=1))
    unseen = head_plants(ROW, THIRDS, random_poses(24, seed=2))
    off = with_driver_errors(unseen, THIRDS, seed=3)
    light, heavy = (steered_nulls(nominal, known, loading=each) for each in (1e-4, 0.03))
    assert mean_separation_db(unseen, light) > mean_separation_db(unseen, heavy) + 0.5
    assert mean_separation_db(off, heavy) > mean_separation_db(off, light) + 1.0


@pytest.mark.parametrize("drivers", [PAIR, ROW], ids=["pair", "row"])
def test_softened_nulls_win_over_the_capped_inverse_at_its_cap(drivers):
    nominal = relative_plant(head_plants(drivers, THIRDS)[0])
    filters = softened_nulls(
        nominal, relative_plants(drivers, random_poses(24, seed=1)), gain_cap=2.0
    )
    assert np.all(largest_gain_db(filters) <= 20.0 * np.log10(2.0) + 1e-9)
    unseen = relative_plants(drivers, random_poses(24, seed=2))
    capped = mean_separation_db(unseen, gain_capped_inverse(nominal, gain_cap=2.0))
    assert mean_separation_db(unseen, filters) > capped + 0.3


def test_wrong_arguments_are_refused():
    plant, poses = random_responses(3, 2, 4), random_responses(2, 3, 2, 4, seed=1)
    with pytest.raises(ParameterError, match="loading"):
        steered_nulls(plant, poses, loading=0.0)
    with pytest.raises(ParameterError, match="least_loading"):
        softened_nulls(plant, poses, gain_cap=2.0, least_loading=-1.0)
    for gain_cap in (0.0, -2.0, np.nan):
        with pytest.raises(ParameterError, match="gain_cap"):
            softened_nulls(plant, poses, gain_cap=gain_cap)
    with pytest.raises(ShapeError, match="poses"):
        steered_nulls(plant, poses[..., :3])
    with pytest.raises(ShapeError, match="ears"):
        softened_nulls(random_responses(3, 3, 4), poses, gain_cap=2.0)
    with pytest.raises(ShapeError, match="non-finite"):
        steered_nulls(plant * np.nan, poses)
    with pytest.raises(ParameterError, match="silent"):
        steered_nulls(plant, 0.0 * poses)
    with pytest.raises(ParameterError, match="both ears"):
        steered_nulls(plant[:, [0, 0]], poses)
    with pytest.raises(ParameterError, match="hears nothing"):
        softened_nulls(plant * [[1.0], [0.0]], poses, gain_cap=2.0)
