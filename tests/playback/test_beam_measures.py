import numpy as np
import pytest

from simgen.errors import ParameterError, ShapeError
from simgen.playback.beam_measures import (
    axis_to_side_db,
    beam_pattern,
    critical_distance,
    directivity_index_db,
    white_noise_gain_db,
)


def test_pattern_is_the_sum_over_loudspeakers_without_conjugation():
    responses = np.array([[[1.0, 1j], [2.0, 3.0]]])
    pattern = beam_pattern(responses, [[1j, 2.0]])
    assert pattern == pytest.approx(np.array([[3j, 6.0 + 2j]]))


def test_directivity_index_of_a_cardioid_is_4_77_db():
    cosines, weights = np.polynomial.legendre.leggauss(8)
    cardioid = 0.5 * (1.0 + np.append(1.0, cosines))
    index_db = directivity_index_db(
        [cardioid, 3j * cardioid], 0, direction_weights=np.append(0.0, weights)
    )
    assert index_db == pytest.approx([10.0 * np.log10(3.0)] * 2)


def test_directivity_index_is_the_axis_over_the_plain_mean_without_weights():
    assert directivity_index_db(np.ones((2, 5)), 3) == pytest.approx([0.0, 0.0])
    assert directivity_index_db([[2.0, 0.0]], 0) == pytest.approx([10.0 * np.log10(2.0)])
    assert directivity_index_db([[2.0, 0.0]], 1) == pytest.approx([-np.inf])


def test_axis_to_side_compares_with_the_mean_power_of_the_sides():
    pattern = [[2.0, 1.0, 0.0, 9.0], [1.0, 0.0, 0.0, 9.0]]
    ratio_db = axis_to_side_db(pattern, 0, sides=[1, 2])
    assert ratio_db == pytest.approx([10.0 * np.log10(8.0), np.inf])


def test_white_noise_gain_is_highest_for_the_matched_filter():
    axis = np.array([[1.0, 2j, -2.0]])
    assert white_noise_gain_db(axis, axis.conj()) == pytest.approx([10.0 * np.log10(9.0)])
    assert white_noise_gain_db(axis, 7.0 * axis.conj()) == pytest.approx([10.0 * np.log10(9.0)])
    one = white_noise_gain_db(axis, [[0.0, 5.0, 0.0]])
    assert one == pytest.approx([10.0 * np.log10(4.0)])
    assert white_noise_gain_db(axis, [[0.0, 1.0, 1j]]) == pytest.approx([-np.inf])


def test_critical_distance_of_a_room():
    assert critical_distance(5 * 4 * 2.7, 0.4) == pytest.approx(0.66, abs=0.005)
    louder = critical_distance(54.0, [0.4, 0.1], directivity_index_db=10.0 * np.log10(1.875))
    assert louder == pytest.approx(0.057 * np.sqrt(1.875 * 54.0 / np.array([0.4, 0.1])))


@pytest.mark.parametrize("filters", [np.ones((2, 2)), np.ones((1, 3)), [[1.0, np.nan]], [["a", 1]]])
def test_filters_must_belong_to_the_responses(filters):
    with pytest.raises(ShapeError, match="filters"):
        beam_pattern(np.ones((1, 4, 2)), filters)


def test_unusable_arguments_are_refused():
    pattern = np.ones((1, 3))
    with pytest.raises(ShapeError, match="pattern"):
        directivity_index_db(np.ones((1, 0)), 0)
    with pytest.raises(ShapeError, match="pattern holds a non-finite value"):
        directivity_index_db([[1.0, np.inf]], 0)
    with pytest.raises(ShapeError, match="direction_weights"):
        directivity_index_db(pattern, 0, direction_weights=[1.0, 1.0])
    for weights in ([1.0, -1.0, 1.0], [0.0, 0.0, 0.0]):
        with pytest.raises(ParameterError, match="direction_weights"):
            directivity_index_db(pattern, 0, direction_weights=weights)
    for axis in (3, -1, 0.5, True):
        with pytest.raises(ParameterError, match="axis"):
            directivity_index_db(pattern, axis)
    for sides in ([], [3]):
        with pytest.raises(ParameterError, match="sides"):
            axis_to_side_db(pattern, 0, sides=sides)
    with pytest.raises(ParameterError, match="volume"):
        critical_distance(0.0, 0.4)
    with pytest.raises(ParameterError, match="t60"):
        critical_distance(54.0, [0.4, np.nan])
    with pytest.raises(ParameterError, match="directivity_index_db"):
        critical_distance(54.0, 0.4, directivity_index_db=np.inf)
