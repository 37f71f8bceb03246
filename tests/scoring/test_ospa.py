import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from simgen.errors import ParameterError, ShapeError
from simgen.scoring.doa import azimuth_error_matrix
from simgen.scoring.ospa import gospa, ospa
from tests.references import association as slow

error_matrices = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=4),
    elements=st.one_of(st.integers(0, 6).map(float), st.floats(0.0, 6.0)),
)
cutoffs = st.floats(0.1, 5.0)
orders = st.sampled_from([1.0, 1.5, 2.0, 5.0])
azimuth_sets = st.lists(st.floats(-np.pi, np.pi), max_size=4)


def azimuth_ospa(references, estimates, cutoff, order):
    return ospa(azimuth_error_matrix(references, estimates), cutoff=cutoff, order=order)


@given(error_matrices, cutoffs, orders)
def test_ospa_is_the_best_of_all_assignments(errors, cutoff, order):
    expected = slow.ospa(errors, errors.shape, cutoff, order)
    assert ospa(errors, cutoff=cutoff, order=order) == pytest.approx(expected, abs=1e-9)


@given(error_matrices, cutoffs, orders)
def test_gospa_is_the_best_of_all_partial_assignments(errors, cutoff, order):
    expected = slow.gospa(errors, errors.shape, cutoff, order)
    assert gospa(errors, cutoff=cutoff, order=order).total == pytest.approx(expected, abs=1e-9)


@given(error_matrices, cutoffs, orders)
def test_gospa_is_the_sum_of_its_parts(errors, cutoff, order):
    parts = gospa(errors, cutoff=cutoff, order=order)
    total = parts.localisation + parts.missed + parts.false
    assert parts.total**order == pytest.approx(total)
    surplus = (parts.false - parts.missed) / (cutoff**order / 2)
    assert surplus == pytest.approx(errors.shape[1] - errors.shape[0], abs=1e-9)


@given(azimuth_sets, azimuth_sets, cutoffs, orders)
def test_ospa_is_symmetric_and_bounded_by_the_cutoff(a, b, cutoff, order):
    distance = azimuth_ospa(a, b, cutoff, order)
    assert 0.0 <= distance <= cutoff
    assert distance == pytest.approx(azimuth_ospa(b, a, cutoff, order), abs=1e-12)


@given(azimuth_sets, cutoffs, orders)
def test_a_set_is_at_no_distance_from_itself(a, cutoff, order):
    assert azimuth_ospa(a, a[::-1], cutoff, order) == 0.0
    assert gospa(azimuth_error_matrix(a, a), cutoff=cutoff, order=order).total == 0.0


@given(azimuth_sets, azimuth_sets, azimuth_sets, cutoffs, orders)
def test_ospa_keeps_the_triangle_inequality(a, b, c, cutoff, order):
    direct = azimuth_ospa(a, c, cutoff, order)
    detour = azimuth_ospa(a, b, cutoff, order) + azimuth_ospa(b, c, cutoff, order)
    assert direct <= detour + 1e-9


@pytest.mark.parametrize("cutoff", [30.0, np.deg2rad(30.0), 0.1])
@pytest.mark.parametrize("num_estimates", [1, 3, 7])
def test_one_empty_side_costs_exactly_the_cutoff(cutoff, num_estimates):
    assert ospa(np.zeros((0, num_estimates)), cutoff=cutoff) == cutoff
    assert ospa(np.zeros((num_estimates, 0)), cutoff=cutoff) == cutoff
    assert ospa(np.zeros((0, 0)), cutoff=cutoff) == 0.0


def test_ospa_by_hand():
    errors = [[4.0, 90.0], [90.0, 50.0], [90.0, 90.0]]
    assert ospa(errors, cutoff=30.0) == pytest.approx((4 + 30 + 30) / 3)
    expected = np.sqrt((4**2 + 30**2 + 30**2) / 3)
    assert ospa(errors, cutoff=30.0, order=2.0) == pytest.approx(expected)


def test_gospa_by_hand():
    parts = gospa([[4.0, 90.0], [90.0, 50.0], [90.0, 90.0]], cutoff=30.0)
    assert (parts.localisation, parts.missed, parts.false) == (4.0, 30.0, 15.0)
    assert parts.total == 49.0


@pytest.mark.parametrize("distance", [ospa, gospa])
def test_impossible_parameters_are_refused(distance):
    with pytest.raises(ParameterError, match="cutoff is out of range, got -1"):
        distance([[0.0]], cutoff=-1.0)
    with pytest.raises(ParameterError, match=r"order is out of range, got 0\.5"):
        distance([[0.0]], cutoff=1.0, order=0.5)
    with pytest.raises(ShapeError, match="impossible error, got nan"):
        distance([[np.nan]], cutoff=1.0)
