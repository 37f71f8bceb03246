import numpy as np
import pytest

from simgen.errors import ParameterError
from simgen.playback.loaded_fits import LoadedFits

UNLIMITED = np.full(2, np.inf)


def complex_normal(*shape, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal(shape) + 1j * rng.standard_normal(shape)


def example_fits(num_points=6):
    matrix = complex_normal(2, num_points, 4)
    constraints = complex_normal(2, 1, 4, seed=1)
    return LoadedFits(matrix, constraints, np.full((2, 1), 2.0 + 0.0j)), matrix, constraints


def drive(filters):
    return np.sum(np.abs(filters) ** 2, axis=1)


def test_constraints_hold_for_every_loading():
    fits, _, constraints = example_fits()
    target = complex_normal(2, 6, seed=2)
    for loading in (0.0, 1.0, 1e6):
        filters = fits.solve(target, loading=loading, most_drive=UNLIMITED)
        assert np.einsum("fcl,fl->fc", constraints, filters) == pytest.approx(np.full((2, 1), 2.0))


def test_drive_is_used_up_where_it_is_limited():
    fits, _, constraints = example_fits()
    target = complex_normal(2, 6, seed=2)
    free = drive(fits.solve(target, most_drive=UNLIMITED))
    least = 4.0 / drive(constraints[:, 0])
    limit = np.array([0.3 * free[0] + 0.7 * least[0], 2.0 * free[1]])
    filters = fits.solve(target, most_drive=limit)
    assert drive(filters) == pytest.approx([limit[0], free[1]], rel=1e-9)
    assert drive(fits.solve(target, most_drive=0.0 * limit)) == pytest.approx(least)


def test_a_limit_is_better_met_by_loading_than_by_any_step_aside():
    fits, matrix, constraints = example_fits()
    target = complex_normal(2, 6, seed=2)
    limit = 0.5 * drive(fits.solve(target, most_drive=UNLIMITED))
    limit = np.maximum(limit, 1.1 * 4.0 / drive(constraints[:, 0]))
    filters = fits.solve(target, most_drive=limit)
    free = np.eye(4) - np.linalg.pinv(constraints) @ constraints

    def misfit(candidate):
        return np.linalg.norm(np.einsum("fpl,fl->fp", matrix, candidate) - target, axis=1)

    for seed in range(50):
        step = np.einsum("flk,fk->fl", free, 0.05 * complex_normal(2, 4, seed=seed))
        allowed = drive(filters + step) <= limit
        assert np.all(misfit(filters + step)[allowed] > misfit(filters)[allowed] - 1e-12)


def test_modes_that_are_not_there_are_left_alone():
    matrix = np.zeros((2, 3, 4), dtype=complex)
    matrix[:, :, 0] = 1.0
    constraints = np.zeros((2, 1, 4), dtype=complex)
    constraints[:, 0, 3] = 1.0
    fits = LoadedFits(matrix, constraints, np.ones((2, 1), dtype=complex))
    filters = fits.solve(np.full((2, 3), 5.0 + 0.0j), most_drive=UNLIMITED)
    assert filters == pytest.approx(np.broadcast_to([5.0, 0.0, 0.0, 1.0], (2, 4)))


def test_without_points_the_filters_of_least_drive_are_returned():
    fits, _, constraints = example_fits(num_points=0)
    filters = fits.solve(np.zeros((2, 0), dtype=complex), most_drive=UNLIMITED)
    matched = constraints[:, 0].conj() / drive(constraints[:, 0])[:, None]
    assert filters == pytest.approx(2.0 * matched)


def test_a_slice_holds_the_fits_at_those_frequencies():
    fits, _, _ = example_fits()
    target = complex_normal(2, 6, seed=2)
    whole = fits.solve(target, loading=0.1, most_drive=UNLIMITED)
    part = fits[1:].solve(target[1:], loading=0.1, most_drive=UNLIMITED[1:])
    assert part == pytest.approx(whole[1:])


def test_modes_are_orthogonal_patterns_with_phase_0_on_the_axis():
    matrix = complex_normal(2, 6, 3)
    fits = LoadedFits(matrix, matrix[:, :1], np.ones((2, 1), dtype=complex))
    modes = fits.modes()
    assert modes.shape == (3, 2, 6)
    assert modes[:, :, 0].imag == pytest.approx(np.zeros((3, 2)), abs=1e-12)
    assert np.all(modes[:, :, 0].real > 0.0)
    gram = np.einsum("afp,bfp->fab", modes.conj(), modes)
    assert gram == pytest.approx(gram * np.eye(3), abs=1e-12)


def test_a_floor_becomes_a_limit_of_drive():
    fits, _, constraints = example_fits()
    assert np.all(np.isinf(fits.most_drive(None)))
    assert fits.most_drive(-10.0) == pytest.approx([40.0, 40.0])
    highest_db = 10.0 * np.log10(np.min(drive(constraints[:, 0])))
    for floor_db in (highest_db + 0.01, -np.inf, np.nan):
        with pytest.raises(ParameterError, match="white_noise_gain_floor_db"):
            fits.most_drive(floor_db)


def test_a_silent_axis_is_refused():
    matrix, ones = np.ones((2, 3, 4), dtype=complex), np.ones((2, 1), dtype=complex)
    with pytest.raises(ParameterError, match=r"reaches the axis at frequency, got 1"):
        LoadedFits(matrix, np.stack([matrix[0, :1], 0.0 * matrix[0, :1]]), ones)
    with pytest.raises(ParameterError, match=r"silent at frequency, got 0"):
        LoadedFits(matrix, matrix[:, :1], 0.0 * ones)
