import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from simgen.errors import ShapeError
from simgen.scoring.association import associate
from tests.references import association as slow

error_matrices = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=4),
    elements=st.one_of(st.integers(0, 6).map(float), st.floats(0.0, 6.0)),
)
gates = st.one_of(st.just(np.inf), st.integers(0, 6).map(float), st.floats(0.0, 6.0))


@given(error_matrices, gates)
def test_it_is_the_best_of_all_assignments(errors, gate):
    references, estimates = associate(errors, gate)
    num_pairs, total = slow.best_association(errors, errors.shape, gate)
    assert references.size == num_pairs
    assert errors[references, estimates].sum() == pytest.approx(total, abs=1e-12)


@given(error_matrices, gates)
def test_pairs_are_within_the_gate_and_use_nothing_twice(errors, gate):
    references, estimates = associate(errors, gate)
    assert np.all(errors[references, estimates] <= gate)
    assert np.all(np.diff(references) > 0)
    assert np.unique(estimates).size == estimates.size


def test_two_pairs_are_preferred_to_one_perfect_pair():
    references, estimates = associate([[0.0, 5.0], [5.0, 9.0]], gate=5.0)
    assert references.tolist() == [0, 1]
    assert estimates.tolist() == [1, 0]


def test_without_a_gate_the_least_total_wins_over_the_nearest():
    _, estimates = associate([[1.0, 2.0], [0.0, 3.0]])
    assert estimates.tolist() == [1, 0]


def test_the_gate_itself_is_allowed():
    assert associate([[5.0]], gate=5.0)[0].size == 1
    assert associate([[np.nextafter(5.0, 6.0)]], gate=5.0)[0].size == 0


def test_an_infinite_error_never_pairs():
    references, estimates = associate([[np.inf, 2.0], [np.inf, 1.0]])
    assert (references.tolist(), estimates.tolist()) == ([1], [1])


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_an_empty_side_gives_no_pairs(shape):
    assert [side.size for side in associate(np.zeros(shape))] == [0, 0]


@pytest.mark.parametrize(
    ("errors", "message"),
    [
        ([1.0], r"errors has shape \(1,\) \(allowed: \(reference, estimate\)\)"),
        ([[np.nan]], "errors holds an impossible error, got nan"),
        ([[0.0, -1.0]], r"errors holds an impossible error, got -1.0 \(allowed: 0 or more\)"),
    ],
)
def test_malformed_errors_are_refused(errors, message):
    with pytest.raises(ShapeError, match=message):
        associate(errors)
