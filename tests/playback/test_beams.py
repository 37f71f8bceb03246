import numpy as np
import pytest

from simgen.acoustics.spherical_harmonics import evaluate_harmonics
from simgen.errors import ParameterError, ShapeError
from simgen.playback.beam_measures import (
    axis_to_side_db,
    beam_pattern,
    critical_distance,
    directivity_index_db,
    white_noise_gain_db,
)
from simgen.playback.beams import (
    constrained_beam,
    magnitude_beam,
    pattern_beam,
    three_driver_beam,
)

KD = np.array([0.5, 1.0, 2.0, 3.0])
FRONT, LEFT, RIGHT, DIAGONAL = range(4)
QUADRATURE, WEIGHTS = np.polynomial.legendre.leggauss(64)
LATERAL = np.concatenate([[0.0, 1.0, -1.0, np.sqrt(0.5)], QUADRATURE])
"""Lateral coordinates y: four named directions, then nodes that integrate over the sphere."""
SPHERE = np.concatenate([np.zeros(4), WEIGHTS])


def drivers_in_line(kd=KD, lateral=LATERAL, places=(-1.0, 0.0, 1.0)):
    """Free-field responses of drivers on the lateral axis, places in units of the spacing."""
    return np.exp(1j * np.multiply.outer(kd, np.multiply.outer(lateral, places)))


def closed_form(kd, lateral):
    kd = kd[:, None]
    return (np.cos(kd * lateral) - np.cos(kd)) / (1.0 - np.cos(kd))


def closed_form_gain_db(kd):
    return 10.0 * np.log10(2.0 * (1.0 - np.cos(kd)) ** 2 / (1.0 + 2.0 * np.cos(kd) ** 2))


@pytest.mark.parametrize(
    ("kd", "index_db", "index_2d_db", "gain_db", "diagonal_db", "factor"),
    [
        (1e-3, 2.73, 4.26, -127.8, -6.02, 1.369),
        (0.5, 2.76, 4.29, -19.3, -6.1, 1.373),
        (1.0, 2.84, 4.38, -5.7, -6.4, 1.386),
        (2.0, 3.21, 4.82, 4.7, -7.9, 1.448),
        (3.0, 4.07, 5.80, 4.3, -12.6, 1.598),
    ],
)
def test_three_drivers_have_the_tabulated_figures(
    kd, index_db, index_2d_db, gain_db, diagonal_db, factor
):
    kd = np.array([kd])
    filters = three_driver_beam(kd / 0.06, spacing=0.06)
    responses = drivers_in_line(kd)
    pattern = beam_pattern(responses, filters)
    circle = np.sin(2.0 * np.pi * np.arange(720) / 720)
    on_circle = beam_pattern(drivers_in_line(kd, circle), filters)
    found_db = directivity_index_db(pattern, FRONT, direction_weights=SPHERE)
    assert found_db == pytest.approx(index_db, abs=0.005)
    assert directivity_index_db(on_circle, 0) == pytest.approx(index_2d_db, abs=0.005)
    found_gain_db = white_noise_gain_db(responses[:, FRONT], filters)
    assert found_gain_db == pytest.approx(gain_db, abs=0.05)
    level_db = 20.0 * np.log10(np.abs(pattern[0, DIAGONAL]))
    assert level_db == pytest.approx(diagonal_db, abs=0.05)
    farther = critical_distance(54.0, 0.4, directivity_index_db=found_db)
    assert farther / critical_distance(54.0, 0.4) == pytest.approx(factor, abs=5e-4)


def test_three_drivers_have_the_closed_form_pattern_and_gain():
    filters = three_driver_beam(KD, spacing=1.0)
    pattern = beam_pattern(drivers_in_line(), filters)
    assert pattern == pytest.approx(closed_form(KD, LATERAL))
    assert axis_to_side_db(pattern, FRONT, sides=[LEFT, RIGHT]).min() > 250.0
    gain_db = white_noise_gain_db(drivers_in_line()[:, FRONT], filters)
    assert gain_db == pytest.approx(closed_form_gain_db(KD))


def test_the_low_frequency_limit_is_one_minus_the_lateral_coordinate_squared():
    kd = np.array([1e-2])
    pattern = beam_pattern(drivers_in_line(kd), three_driver_beam(kd, spacing=1.0))
    assert pattern[0] == pytest.approx(1.0 - LATERAL**2, abs=1e-5)
    index_db = directivity_index_db(pattern, FRONT, direction_weights=SPHERE)
    assert index_db == pytest.approx(10.0 * np.log10(15.0 / 8.0), abs=1e-4)


def test_constraints_at_front_and_sides_give_the_three_drivers_closed_form():
    found = constrained_beam(drivers_in_line()[:, :3], [1.0, 0.0, 0.0])
    assert found == pytest.approx(three_driver_beam(KD, spacing=1.0))


def test_a_constraint_on_the_axis_alone_gives_the_matched_filter():
    rng = np.random.default_rng(0)
    axis = rng.standard_normal((3, 1, 4)) + 1j * rng.standard_normal((3, 1, 4))
    power = np.sum(np.abs(axis) ** 2, axis=2)
    found = constrained_beam(axis, [2j])
    assert found == pytest.approx(2j * axis[:, 0].conj() / power)
    assert white_noise_gain_db(axis[:, 0], found) == pytest.approx(10.0 * np.log10(power[:, 0]))


def random_problem(num_frequencies=3, num_constraints=2, num_loudspeakers=5, seed=1):
    rng = np.random.default_rng(seed)

    def complex_normal(*shape):
        return rng.standard_normal(shape) + 1j * rng.standard_normal(shape)

    constraints = complex_normal(num_frequencies, num_constraints, num_loudspeakers)
    factor = complex_normal(num_frequencies, num_loudspeakers, num_loudspeakers)
    return constraints, factor @ factor.conj().swapaxes(1, 2)


def test_least_power_under_constraints_has_frosts_closed_form():
    constraints, covariance = random_problem()
    values = np.array([1.0, 0.5j])
    adjoint = constraints.conj().swapaxes(1, 2)
    spread = np.linalg.solve(covariance, adjoint)
    expected = (spread @ np.linalg.solve(constraints @ spread, values[:, None]))[..., 0]
    assert constrained_beam(constraints, values, covariance=covariance) == pytest.approx(expected)


def test_white_noise_floor_is_held_exactly_where_it_binds_and_changes_nothing_elsewhere():
    responses = drivers_in_line()
    floor_db = 0.0
    found = constrained_beam(responses[:, :3], [1.0, 0.0, 0.0], white_noise_gain_floor_db=floor_db)
    gain_db = white_noise_gain_db(responses[:, FRONT], found)
    assert gain_db == pytest.approx(np.maximum(closed_form_gain_db(KD), floor_db), abs=1e-6)
    unbound = closed_form_gain_db(KD) > floor_db
    assert unbound.tolist() == [False, False, True, True]
    assert found[unbound] == pytest.approx(three_driver_beam(KD, spacing=1.0)[unbound])
    pattern = beam_pattern(responses, found)
    assert pattern[:, FRONT] == pytest.approx(np.ones(4))
    side_db = axis_to_side_db(pattern, FRONT, sides=[LEFT, RIGHT])
    assert np.all(side_db[:2] > 1.0)
    assert np.all(side_db[:2] < 30.0)


def test_a_bound_null_is_the_distortionless_response_to_a_loaded_side():
    responses = drivers_in_line()[:1]
    found = constrained_beam(responses[:, :3], [1.0, 0.0, 0.0], white_noise_gain_floor_db=-3.0)
    front, sides = responses[0, FRONT], responses[0, [LEFT, RIGHT]]

    def distortionless(loading):
        filters = np.linalg.solve(sides.conj().T @ sides + loading * np.eye(3), front.conj())
        return filters / (front @ filters)

    loadings = np.geomspace(1e-4, 10.0, 20001)
    gains = [1.0 / np.sum(np.abs(distortionless(loading)) ** 2) for loading in loadings]
    best = loadings[np.argmin(np.abs(np.array(gains) - 10.0**-0.3))]
    assert found[0] == pytest.approx(distortionless(best), rel=1e-3)


def test_a_floor_loads_the_covariance_before_it_gives_up_a_constraint():
    constraints, covariance = random_problem()
    values = np.array([1.0, 0.0])
    free_db = white_noise_gain_db(
        constraints[:, 0], constrained_beam(constraints, values, covariance=covariance)
    )
    best_db = white_noise_gain_db(constraints[:, 0], constrained_beam(constraints, values))
    floor_db = 0.5 * (np.max(free_db) + np.min(best_db))
    assert np.max(free_db) < floor_db < np.min(best_db)
    found = constrained_beam(
        constraints, values, covariance=covariance, white_noise_gain_floor_db=floor_db
    )
    reached = np.einsum("fcl,fl->fc", constraints, found)
    assert reached == pytest.approx(np.broadcast_to(values, (3, 2)), abs=1e-9)
    assert white_noise_gain_db(constraints[:, 0], found) == pytest.approx(np.full(3, floor_db))


def test_the_highest_floor_is_reached_by_the_matched_filter():
    responses = drivers_in_line()
    highest_db = 10.0 * np.log10(3.0)
    found = constrained_beam(
        responses[:, :3], [1.0, 0.0, 0.0], white_noise_gain_floor_db=highest_db
    )
    assert found == pytest.approx(np.full((4, 3), 1.0 / 3.0), abs=1e-4)
    with pytest.raises(ParameterError, match=r"white_noise_gain_floor_db.*4\.77"):
        constrained_beam(responses[:, :3], [1, 0, 0], white_noise_gain_floor_db=highest_db + 0.1)


def test_contradictory_constraints_need_a_floor():
    twice = drivers_in_line()[:, [FRONT, FRONT]]
    with pytest.raises(ParameterError, match=r"contradict.*frequency, got 0"):
        constrained_beam(twice, [1.0, 0.0])
    found = constrained_beam(twice, [1.0, 0.0], white_noise_gain_floor_db=0.0)
    assert beam_pattern(twice, found)[:, 0] == pytest.approx(np.ones(4))


def test_a_pattern_within_reach_is_fitted_exactly():
    target = closed_form(KD, LATERAL)
    found = pattern_beam(drivers_in_line(), target, axis=FRONT, direction_weights=SPHERE)
    assert found == pytest.approx(three_driver_beam(KD, spacing=1.0), rel=1e-6)


def regularised_fit(responses, target, weights, loading):
    """Least squares with the axis exact, from the normal equations with a multiplier."""
    count = responses.shape[1]
    system = np.zeros((count + 1, count + 1), dtype=complex)
    system[:count, :count] = responses.conj().T @ (weights[:, None] * responses)
    system[:count, :count] += loading * np.eye(count)
    system[:count, count] = responses[FRONT].conj()
    system[count, :count] = responses[FRONT]
    right = np.append(responses.conj().T @ (weights * target), target[FRONT])
    return np.linalg.solve(system, right)[:count]


@pytest.mark.parametrize("loading", [1e-3, 0.1, 10.0])
def test_regularised_fit_solves_its_normal_equations(loading):
    responses, target = drivers_in_line(), (1.0 - LATERAL**2) ** 2
    weights = SPHERE / np.sum(SPHERE)
    found = pattern_beam(responses, target, axis=FRONT, direction_weights=SPHERE, loading=loading)
    for filters, radiated in zip(found, responses, strict=True):
        expected = regularised_fit(radiated, target, weights, loading)
        assert filters == pytest.approx(expected, rel=1e-6)


def test_direction_weights_count_relative_to_each_other_and_decide_the_fit():
    responses, target = drivers_in_line(), np.abs(LATERAL) < 0.5
    given = {"axis": FRONT, "loading": 0.01}
    even = pattern_beam(responses, target, **given)
    assert pattern_beam(
        responses, target, direction_weights=np.full(68, 7.0), **given
    ) == pytest.approx(even)
    heavy = np.where(np.abs(LATERAL) == 1.0, 1000.0, 1.0)
    quiet = pattern_beam(responses, target, direction_weights=heavy, **given)
    sides = {"sides": [LEFT, RIGHT]}
    assert np.all(
        axis_to_side_db(beam_pattern(responses, quiet), FRONT, **sides)
        > axis_to_side_db(beam_pattern(responses, even), FRONT, **sides)
    )


@pytest.mark.parametrize("design", [pattern_beam, magnitude_beam])
def test_fits_hold_a_floor_and_the_larger_of_two_loadings(design):
    responses, target = drivers_in_line(), (1.0 - LATERAL**2) ** 2
    axis = responses[:, FRONT]
    free = design(responses, target, axis=FRONT)
    floored = design(responses, target, axis=FRONT, white_noise_gain_floor_db=3.0)
    free_db, floored_db = (white_noise_gain_db(axis, found) for found in (free, floored))
    assert np.any(free_db < 0.0)
    assert np.all(floored_db >= 3.0 - 1e-6)
    assert floored_db[free_db < 3.0] == pytest.approx(3.0, abs=1e-6)
    heavy = design(responses, target, axis=FRONT, loading=100.0)
    both = design(responses, target, axis=FRONT, loading=100.0, white_noise_gain_floor_db=3.0)
    assert both == pytest.approx(heavy)
    assert beam_pattern(responses, floored)[:, FRONT] == pytest.approx(np.ones(4))


def magnitude_error(responses, filters, magnitudes):
    return np.mean((np.abs(beam_pattern(responses, filters)) - magnitudes) ** 2, axis=1)


def test_magnitude_fit_finds_a_dipole_whose_phase_turns_over():
    dipole = np.abs(LATERAL)
    radiators = np.broadcast_to(np.stack([np.ones_like(LATERAL), LATERAL], axis=1), (2, 68, 2))
    found = magnitude_beam(radiators, dipole, axis=LEFT)
    assert magnitude_error(radiators, found, dipole) == pytest.approx(0.0, abs=1e-6)
    assert np.abs(found[:, 1]) == pytest.approx([1.0, 1.0], abs=1e-3)
    plain = pattern_beam(radiators, dipole, axis=LEFT)
    assert np.all(magnitude_error(radiators, plain, dipole) > 0.01)


def test_magnitude_fit_reaches_a_target_in_spherical_harmonics():
    rng = np.random.default_rng(2)
    directions = rng.standard_normal((100, 3))
    directions[0] = [1.0, 0.0, 0.0]
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    hypercardioid = np.abs(evaluate_harmonics([0.25, 0.0, 0.0, 0.75], directions))
    radiators = np.stack([np.ones(100), *directions.T], axis=1)[None].repeat(2, axis=0)
    found = magnitude_beam(radiators, hypercardioid, axis=0)
    assert np.abs(beam_pattern(radiators, found)) == pytest.approx(
        np.broadcast_to(hypercardioid, (2, 100)), abs=1e-3
    )


def test_magnitude_fit_is_never_worse_than_the_plain_fit_it_starts_from():
    responses, target = drivers_in_line(), (1.0 - LATERAL**2) ** 2
    first = magnitude_beam(responses[:1], target, axis=FRONT)
    plain = pattern_beam(responses[:1], target, axis=FRONT)
    assert magnitude_error(responses[:1], first, target) <= magnitude_error(
        responses[:1], plain, target
    )


def test_magnitude_fit_continues_the_phases_along_frequency():
    kd = np.linspace(0.5, 3.0, 26)
    # Drivers that are late in proportion to frequency, and a target that each side may meet in
    # either phase: the filters must not jump between solutions.
    responses = drivers_in_line(kd, places=(-1.0, -0.5, 0.5, 1.0))
    found = magnitude_beam(responses, np.abs(LATERAL), axis=LEFT, loading=1e-3)
    steps = np.linalg.norm(np.diff(found, axis=0), axis=1)
    assert np.max(steps) < 0.5 * np.max(np.linalg.norm(found, axis=1))
    phase = np.angle(beam_pattern(responses, found)[:, RIGHT])
    assert np.max(np.abs(np.angle(np.exp(1j * np.diff(phase))))) < 0.5


def test_closed_form_refuses_what_it_cannot_tell_apart():
    with pytest.raises(ParameterError, match="multiple of 2 pi, got 0"):
        three_driver_beam([1.0, 0.0], spacing=0.06)
    with pytest.raises(ParameterError, match="spacing"):
        three_driver_beam([1.0], spacing=0.0)
    with pytest.raises(ShapeError, match="wavenumbers"):
        three_driver_beam([], spacing=0.06)
    with pytest.raises(ShapeError, match="wavenumbers"):
        three_driver_beam([np.nan], spacing=0.06)


@pytest.mark.parametrize(
    ("constraints", "values", "kwargs", "error", "message"),
    [
        (np.ones((2, 3)), [1], {}, ShapeError, "constraints"),
        (np.ones((1, 0, 3)), [], {}, ShapeError, "constraints"),
        (np.full((1, 1, 3), np.nan), [1], {}, ShapeError, "constraints"),
        (np.ones((1, 1, 3)), [1, 0], {}, ShapeError, "values"),
        (np.ones((1, 1, 3)), [0], {}, ParameterError, "axis"),
        (np.zeros((1, 1, 3)), [1], {}, ParameterError, "axis"),
        (np.ones((1, 1, 2)), [1], {"covariance": np.ones((1, 3, 3))}, ShapeError, "covariance"),
        (np.ones((1, 1, 2)), [1], {"covariance": [[[1, 1], [0, 1]]]}, ParameterError, "covariance"),
        (np.ones((1, 1, 2)), [1], {"covariance": -np.eye(2)[None]}, ParameterError, "covariance"),
        (np.ones((1, 1, 2)), [1], {"white_noise_gain_floor_db": np.nan}, ParameterError, "floor"),
    ],
)
def test_unusable_constraints_are_refused(constraints, values, kwargs, error, message):
    with pytest.raises(error, match=message):
        constrained_beam(constraints, values, **kwargs)


@pytest.mark.parametrize("design", [pattern_beam, magnitude_beam])
@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"responses": np.ones((4, 3))}, ShapeError, "responses"),
        ({"target": np.ones(67)}, ShapeError, "target|magnitudes"),
        ({"target": np.ones((3, 68))}, ShapeError, "target|magnitudes"),
        ({"target": np.ones((1, 1, 68))}, ShapeError, "target|magnitudes"),
        ({"target": np.full(68, np.nan)}, ShapeError, "target|magnitudes"),
        ({"target": np.zeros(68)}, ParameterError, "axis"),
        ({"axis": 68}, ParameterError, "axis"),
        ({"loading": -1.0}, ParameterError, "loading"),
        ({"loading": np.inf}, ParameterError, "loading"),
        ({"direction_weights": [1.0]}, ShapeError, "direction_weights"),
        ({"white_noise_gain_floor_db": 5.0}, ParameterError, "white_noise_gain_floor_db"),
    ],
)
def test_unusable_fits_are_refused(design, changes, error, message):
    given = {"responses": drivers_in_line(), "target": np.ones(68), "axis": FRONT} | changes
    with pytest.raises(error, match=message):
        design(given.pop("responses"), given.pop("target"), **given)


def test_negative_magnitudes_are_refused():
    with pytest.raises(ParameterError, match="magnitudes"):
        magnitude_beam(drivers_in_line(), LATERAL, axis=LEFT)
