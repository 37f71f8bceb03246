import numpy as np
import pytest

from simgen.acoustics.interpolation import refine

GENERATOR = np.random.default_rng(0)


@pytest.mark.parametrize("factor", [1, 2, 3, 8])
@pytest.mark.parametrize("rows", [4, 5, 9])
def test_cubics_are_followed_exactly_up_to_both_ends(rows, factor):
    coefficients = GENERATOR.standard_normal((4, 3))
    steps = np.arange(rows)
    fine = np.arange((rows - 1) * factor + 1) / factor
    table, exact = (np.polynomial.polynomial.polyval(x, coefficients).T for x in (steps, fine))
    assert refine(table, factor) == pytest.approx(exact, abs=1e-10)


@pytest.mark.parametrize("shape", [(4,), (6, 2), (5, 3, 2)])
def test_rows_of_the_table_stay(shape):
    table = GENERATOR.standard_normal(shape)
    fine = refine(table, 8)
    assert fine.shape == ((shape[0] - 1) * 8 + 1, *shape[1:])
    assert fine[::8] == pytest.approx(table, abs=1e-15)


def test_entries_side_by_side_do_not_see_one_another():
    table = GENERATOR.standard_normal((7, 3))
    alone = np.stack([refine(column, 4) for column in table.T], axis=1)
    assert np.array_equal(refine(table, 4), alone)


def test_between_four_rows_it_is_lagranges_polynomial():
    table = GENERATOR.standard_normal(9)
    fine = refine(table, 4)
    for place in np.arange(33) / 4:
        first = int(np.clip(np.floor(place) - 1, 0, 5))
        nodes = np.arange(first, first + 4)
        exact = np.polynomial.Polynomial.fit(nodes, table[nodes], 3)(place)
        assert fine[round(4 * place)] == pytest.approx(exact, abs=1e-11)


def test_half_the_step_is_a_sixteenth_of_the_error():
    errors = []
    for rows in (20, 40, 80):
        fine = np.linspace(0.0, 3.0, (rows - 1) * 8 + 1)
        errors.append(np.abs(refine(np.sin(fine[::8]), 8) - np.sin(fine)).max())
    assert errors[0] / errors[1] == pytest.approx(16.0, rel=0.25)
    assert errors[1] / errors[2] == pytest.approx(16.0, rel=0.25)
