import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from simgen.acoustics.harmonic_rotation import rotate_harmonics, rotation_matrix_of_harmonics
from simgen.acoustics.spherical_harmonics import (
    HIGHEST_ORDER,
    evaluate_harmonics,
    real_spherical_harmonics,
)
from simgen.errors import ParameterError, ShapeError

HALF, ROOT = 0.5, math.sqrt(0.75)


def directions(count=200, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(count, 3))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize("order", [0, 1, 2, 3, 7, HIGHEST_ORDER])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_turned_directions(order, sign):
    turn = sign * Rotation.from_euler("ZYX", [0.7, -1.1, 2.3]).as_matrix()
    turned = directions() @ turn.T
    matrix = rotation_matrix_of_harmonics(turn, order)
    expected = real_spherical_harmonics(turned / np.linalg.norm(turned, axis=1)[:, None], order)
    values = real_spherical_harmonics(directions(), order) @ matrix.T
    assert np.max(np.abs(values - expected)) < 1e-12
    assert np.max(np.abs(matrix @ matrix.T - np.eye(len(matrix)))) < 1e-12


@given(st.lists(st.floats(-4.0, 4.0), min_size=6, max_size=6))
def test_turns_one_after_the_other(angles):
    first, second = (Rotation.from_euler("ZYX", part) for part in (angles[:3], angles[3:]))
    both = rotation_matrix_of_harmonics((second * first).as_matrix(), 4)
    one_by_one = rotation_matrix_of_harmonics(second.as_matrix(), 4) @ (
        rotation_matrix_of_harmonics(first.as_matrix(), 4)
    )
    assert both == pytest.approx(one_by_one, abs=1e-12)


def test_yaw_by_hand():
    # By 30 degrees to the left: the lobe along x goes to (cos 30, sin 30), and
    # x^2 - y^2 turns twice as fast.
    yaw = [[ROOT, -HALF, 0], [HALF, ROOT, 0], [0, 0, 1]]
    assert rotate_harmonics([0, 0, 0, 1], yaw) == pytest.approx([0, HALF, 0, ROOT], abs=1e-15)
    turned = rotate_harmonics([0, 0, 0, 0, 0, 0, 0, 0, 1], yaw)
    assert turned[[4, 8]] == pytest.approx([ROOT, HALF], abs=1e-15)


def test_a_turned_pattern_has_in_r_u_what_it_had_in_u():
    coefficients = np.random.default_rng(3).normal(size=(2, 5, 36))
    turn = Rotation.from_rotvec([0.4, -0.9, 1.3]).as_matrix()
    turned = directions() @ turn.T
    assert evaluate_harmonics(rotate_harmonics(coefficients, turn), turned) == pytest.approx(
        evaluate_harmonics(coefficients, directions()), abs=1e-12
    )


def test_what_is_no_rotation_is_refused():
    with pytest.raises(ParameterError, match="rotation is not orthogonal"):
        rotation_matrix_of_harmonics(2.0 * np.eye(3), 2)
    with pytest.raises(ShapeError, match="rotation has shape"):
        rotation_matrix_of_harmonics(np.eye(3)[:2], 2)
