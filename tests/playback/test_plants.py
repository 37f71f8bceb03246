import numpy as np
import pytest

from simgen.errors import ParameterError, ShapeError
from simgen.playback.plants import (
    FILTER_AXES,
    POSE_AXES,
    as_frequencies,
    as_levels_db,
    as_per_frequency,
    as_responses,
    require_gain_cap,
    require_pair,
)


def test_responses_may_be_lists_real_and_of_single_precision():
    for values in ([[[1, 2]]], np.ones((1, 1, 2), np.float32), np.ones((1, 1, 2), np.complex64)):
        found = as_responses(values, "plant")
        assert (found.dtype, found.shape) == (np.complex128, (1, 1, 2))
    given = np.ones((3, 2, 2), complex)
    assert as_responses(given, "plant") is given  # nothing is copied that need not be


@pytest.mark.parametrize(
    ("values", "axes", "problem"),
    [
        (np.ones((2, 2)), FILTER_AXES, r"\(2, 2\) \(allowed: \(frequency, loudspeaker, input\)\)"),
        (np.ones((1, 2, 2)), POSE_AXES, r"allowed: \(pose, frequency, ear, loudspeaker\)"),
        (np.ones((1, 0, 2)), FILTER_AXES, r"has shape \(1, 0, 2\)"),
        ([[[1.0], [1.0, 2.0]]], FILTER_AXES, "must hold complex numbers"),
        ("plant", FILTER_AXES, "must hold complex numbers"),
        ([[[np.nan]]], FILTER_AXES, "holds a non-finite value"),
        ([[[1j * np.inf]]], FILTER_AXES, "holds a non-finite value"),
    ],
)
def test_what_are_no_responses_is_refused_by_name(values, axes, problem):
    with pytest.raises(ShapeError, match=f"^the plant .*{problem}"):
        as_responses(values, "the plant", axes=axes)


def test_one_number_holds_for_all_frequencies():
    assert as_per_frequency(3, "beta", num_frequencies=4).tolist() == [3.0] * 4
    assert as_per_frequency([1, 2, 3, 4], "beta", num_frequencies=4).tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "values", [[1.0], [1.0] * 3, [[1.0] * 4], [], "x", [1j] * 4, [[1], [1, 2]]]
)
def test_other_numbers_than_one_or_one_for_each_are_refused(values):
    """One number in a list is not taken for all: it may be a plant of one frequency's."""
    with pytest.raises(ShapeError, match="beta"):
        as_per_frequency(values, "beta", num_frequencies=4)


@pytest.mark.parametrize("values", [np.nan, [0.0, np.inf], [-np.inf, 0.0]])
def test_levels_are_finite(values):
    with pytest.raises(ParameterError, match="target_db must be finite"):
        as_levels_db(values, "target_db", num_frequencies=2)
    assert as_levels_db(-3.0, "target_db", num_frequencies=2).tolist() == [-3.0, -3.0]


def test_frequencies_rise_from_0_or_more():
    for values in ([0.0, 100.0], [50, 60], [1e-3, 2e4]):
        assert as_frequencies(values, num_frequencies=2).tolist() == list(map(float, values))


@pytest.mark.parametrize(
    "values", [[-1.0, 1.0], [2.0, 1.0], [1.0, 1.0], [1.0, np.inf], [np.nan, 1]]
)
def test_frequencies_that_do_not_rise_are_refused(values):
    with pytest.raises(ParameterError, match="must rise from 0 Hz"):
        as_frequencies(values, num_frequencies=2)


@pytest.mark.parametrize("values", [[1.0], [1.0, 2.0, 3.0], [[1.0, 2.0]], 1.0])
def test_there_is_a_frequency_for_each_response(values):
    with pytest.raises(ShapeError, match=r"allowed: \(2,\)"):
        as_frequencies(values, num_frequencies=2)


def test_a_cap_may_be_endless_and_is_above_0():
    for cap in (1e-9, 2, np.float32(1.5), np.inf):
        require_gain_cap(cap)
    for cap in (0, -1.0, np.nan, "2", None, [2.0]):
        with pytest.raises(ParameterError, match="gain_cap is out of range"):
            require_gain_cap(cap)


def test_a_pair_is_two():
    require_pair(2, "ears")
    for size in (0, 1, 3):
        with pytest.raises(ShapeError, match=f"ears must be left and right, .*got {size}"):
            require_pair(size, "ears")


@pytest.mark.parametrize(
    ("values", "problem"), [([], r"shape \(0,\)"), (["high", "low"], "must hold real numbers")]
)
def test_what_are_no_frequencies_is_refused(values, problem):
    with pytest.raises(ShapeError, match=problem):
        as_frequencies(values, num_frequencies=len(values))
