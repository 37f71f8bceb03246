import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.errors import ParameterError, ShapeError
from simgen.scoring.distance import distance_skill, relative_distance_error

distances = st.lists(st.floats(0.1, 10.0), min_size=2, max_size=8, unique=True)


def test_relative_error_by_hand():
    np.testing.assert_allclose(relative_distance_error([1.0, 3.0], [2.0, 2.0]), [0.5, 0.5])


@given(distances)
def test_truth_earns_one_and_the_median_nothing(references):
    assert distance_skill(references, references) == 1.0
    constant = np.full(len(references), np.median(references))
    assert distance_skill(constant, references) == pytest.approx(0.0, abs=1e-12)


@given(distances, st.floats(0.0, 20.0))
def test_no_constant_earns_more_than_nothing(references, constant):
    assert distance_skill(np.full(len(references), constant), references) <= 1e-9


def test_skill_is_undefined_where_a_constant_is_the_truth():
    assert np.isnan(distance_skill([2.0, 2.0], [2.0, 2.0]))
    assert np.isnan(distance_skill([], []))


@pytest.mark.parametrize("score", [relative_distance_error, distance_skill])
def test_malformed_distances_are_refused(score):
    with pytest.raises(ShapeError, match=r"estimates has shape \(1,\)"):
        score([1.0], [1.0, 2.0])
    with pytest.raises(ShapeError, match="estimates holds a non-finite value"):
        score([np.nan], [1.0])
    with pytest.raises(ParameterError, match=r"out of range, got 0.0 \(allowed: > 0 m\)"):
        score([1.0, 1.0], [1.0, 0.0])
