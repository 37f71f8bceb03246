import math

import numpy as np
import pytest

from simgen.errors import ParameterError, ShapeError
from simgen.playback.crosstalk import regularised_inverse
from simgen.playback.gain_capped import gain_capped_inverse
from simgen.playback.natural import natural_routing, natural_target, relative_plant
from simgen.playback.pose_averaged import pose_averaged_inverse
from tests.playback.example_plants import (
    NARROW,
    PAIR,
    ROW,
    free_field_plant,
    head_plants,
    largest_gain_db,
    mean_separation_db,
    random_poses,
    random_responses,
    with_driver_errors,
)

CAP_6_DB = 10.0 ** (6.0 / 20.0)
THIRDS = 1000.0 * 2.0 ** (np.arange(-7, 10) / 3.0)


def identity(plants):
    return np.broadcast_to(np.eye(2), (*plants.shape[:2], 2, 2))


def test_one_pose_without_a_cap_is_the_regularised_inverse():
    plants = random_responses(1, 6, 2, 3)
    level = np.sum(np.abs(plants[0]) ** 2, axis=(1, 2)) / 3
    filters = pose_averaged_inverse(plants, identity(plants), gain_cap=math.inf, least_loading=0.01)
    assert filters == pytest.approx(regularised_inverse(plants[0], beta=0.01 * level))


def test_with_little_loading_it_is_the_perfect_inverse():
    plants = random_responses(1, 6, 2, 2)
    filters = pose_averaged_inverse(plants, identity(plants), gain_cap=1e6, least_loading=1e-13)
    assert plants[0] @ filters == pytest.approx(identity(plants)[0], abs=1e-8)


def test_free_field_modes_over_poses_have_their_closed_form():
    phases = np.array([0.4, 0.5, 0.9])
    plants = np.stack([free_field_plant(0.97, phase) for phase in phases])
    filters = pose_averaged_inverse(plants, identity(plants), gain_cap=math.inf, least_loading=0.02)
    cross = 0.97 * np.exp(-1j * phases)
    beta = 0.02 * (1.0 + 0.97**2)
    both, opposed = (
        np.mean(mode.conj()) / (np.mean(np.abs(mode) ** 2) + beta)
        for mode in (1.0 + cross, 1.0 - cross)
    )
    expected = 0.5 * np.array([[both + opposed, both - opposed], [both - opposed, both + opposed]])
    assert filters[0] == pytest.approx(expected)


@pytest.mark.parametrize("num_loudspeakers", [2, 5])
def test_gain_reaches_the_cap_where_it_would_exceed_it(num_loudspeakers):
    plants = random_responses(2, 50, 2, num_loudspeakers)
    settings = {"least_loading": 1e-3}
    free = pose_averaged_inverse(plants, identity(plants), gain_cap=math.inf, **settings)
    cap_db = float(np.median(largest_gain_db(free)))
    gain_cap = 10.0 ** (cap_db / 20.0)
    capped = pose_averaged_inverse(plants, identity(plants), gain_cap=gain_cap, **settings)
    over = largest_gain_db(free) > cap_db
    assert 0 < over.sum() < 50
    assert largest_gain_db(capped)[over] == pytest.approx(cap_db, abs=1e-6)
    assert np.all(largest_gain_db(capped) <= cap_db + 1e-9)
    assert np.array_equal(capped[~over], free[~over])


def test_filters_minimise_error_plus_loading_over_the_poses():
    plants, target = random_responses(4, 1, 2, 3), random_responses(4, 1, 2, 2, seed=1)
    filters = pose_averaged_inverse(plants, target, gain_cap=math.inf, least_loading=0.1)
    beta = 0.1 * np.sum(np.abs(plants) ** 2) / 4 / 3

    def cost(candidate):
        error = np.linalg.norm(plants @ candidate - target) ** 2 / 4
        return error + beta * np.linalg.norm(candidate) ** 2

    for seed in range(20):
        assert cost(filters + 1e-3 * random_responses(1, 3, 2, seed=seed)) > cost(filters)


def test_repeated_poses_and_units_change_nothing():
    plants = random_responses(3, 4, 2, 3)
    filters = pose_averaged_inverse(plants, natural_target(plants), gain_cap=1.5)
    again = np.concatenate([plants[::-1], plants])
    assert pose_averaged_inverse(again, natural_target(again), gain_cap=1.5) == pytest.approx(
        filters, rel=1e-5
    )
    small = 1e-6j * plants
    assert pose_averaged_inverse(small, natural_target(small), gain_cap=1.5) == pytest.approx(
        filters, rel=1e-5
    )


@pytest.mark.parametrize(
    ("drivers", "gain_cap"),
    [(PAIR, math.inf), (PAIR, CAP_6_DB), (ROW, math.inf), (ROW, CAP_6_DB)],
    ids=["pair", "capped pair", "row", "capped row"],
)
def test_robust_filters_win_at_poses_they_have_not_seen(drivers, gain_cap):
    known = head_plants(drivers, THIRDS, random_poses(24, seed=1))
    unseen = head_plants(drivers, THIRDS, random_poses(24, seed=2))
    nominal = head_plants(drivers, THIRDS)
    robust = pose_averaged_inverse(known, natural_target(known), gain_cap=gain_cap)
    plain = gain_capped_inverse(relative_plant(nominal[0]), gain_cap=gain_cap)
    assert mean_separation_db(nominal, plain) > mean_separation_db(nominal, robust)
    assert mean_separation_db(unseen, robust) > mean_separation_db(unseen, plain) + 0.3
    assert mean_separation_db(unseen, robust) > 3.0 + mean_separation_db(
        unseen, natural_routing(17, len(drivers))
    )


def test_narrow_devices_need_robustness_against_their_own_errors():
    known = head_plants(NARROW, THIRDS, random_poses(24, seed=1))
    unseen = head_plants(NARROW, THIRDS, random_poses(24, seed=2))
    robust = pose_averaged_inverse(known, natural_target(known), gain_cap=math.inf)
    perfect = regularised_inverse(relative_plant(head_plants(NARROW, THIRDS)[0]), beta=0.0)
    off = with_driver_errors(unseen, THIRDS, seed=3)
    assert mean_separation_db(unseen, perfect) > mean_separation_db(unseen, robust)
    assert mean_separation_db(off, robust) > mean_separation_db(off, perfect) + 0.3
    assert largest_gain_db(robust).max() < largest_gain_db(perfect).max() - 6.0


def test_a_target_that_does_not_follow_the_poses_averages_to_silence():
    frequency = np.array([200.0, 8000.0])
    plants = head_plants(PAIR, frequency, random_poses(64, seed=1))
    following, fixed = (
        np.linalg.norm(pose_averaged_inverse(plants, target, gain_cap=math.inf), axis=(1, 2))
        for target in (natural_target(plants), identity(plants))
    )
    assert fixed[0] > following[0]
    assert fixed[1] < 0.3 * following[1]


@pytest.mark.parametrize("gain_cap", [0.0, -1.0, np.nan])
def test_caps_must_be_above_0(gain_cap):
    plants = random_responses(1, 2, 2, 2)
    with pytest.raises(ParameterError, match="gain_cap"):
        pose_averaged_inverse(plants, identity(plants), gain_cap=gain_cap)


def test_wrong_arguments_are_refused():
    plants = random_responses(2, 3, 2, 2)
    for loading in (0.0, np.nan, np.inf):
        with pytest.raises(ParameterError, match="least_loading"):
            pose_averaged_inverse(plants, identity(plants), gain_cap=2.0, least_loading=loading)
    with pytest.raises(ShapeError, match="plants"):
        pose_averaged_inverse(plants[0], identity(plants), gain_cap=2.0)
    with pytest.raises(ShapeError, match="target"):
        pose_averaged_inverse(plants, identity(plants)[:1], gain_cap=2.0)
    with pytest.raises(ShapeError, match="non-finite"):
        pose_averaged_inverse(plants * np.nan, identity(plants), gain_cap=2.0)
    with pytest.raises(ParameterError, match="silent"):
        pose_averaged_inverse(0.0 * plants, identity(plants), gain_cap=2.0)
