import math

import numpy as np
import pytest
from scipy.special import eval_legendre, sph_harm_y

from simgen.acoustics.spherical_harmonics import (
    HIGHEST_ORDER,
    acn_index,
    evaluate_harmonics,
    fit_harmonics,
    harmonic_degrees,
    order_of_harmonics,
    real_spherical_harmonics,
)
from simgen.errors import ParameterError, ShapeError

HALF, ROOT = 0.5, math.sqrt(0.75)


def directions(count=200, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(count, 3))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def whole_sphere(order):
    """Directions and areas that integrate products of two harmonics up to ``order`` exactly."""
    z, heights = np.polynomial.legendre.leggauss(order + 1)
    azimuth = 2.0 * np.pi * np.arange(2 * order + 1) / (2 * order + 1)
    ring = np.sqrt(1.0 - z * z)[:, None]
    x, y = ring * np.cos(azimuth), ring * np.sin(azimuth)
    points = np.stack([x, y, np.broadcast_to(z[:, None], x.shape)], axis=-1).reshape(-1, 3)
    areas = np.repeat(heights, len(azimuth)) * 2.0 * np.pi / len(azimuth)
    return points / np.linalg.norm(points, axis=1, keepdims=True), areas


def test_channel_order_of_ambix():
    assert [acn_index(1, m) for m in (-1, 0, 1)] == [1, 2, 3]
    assert [acn_index(n, m) for n in range(6) for m in range(-n, n + 1)] == list(range(36))
    assert harmonic_degrees(5).tolist() == [n for n in range(6) for _ in range(2 * n + 1)]
    assert [order_of_harmonics((n + 1) ** 2) for n in range(31)] == list(range(31))


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        ((1, 0, 0), [1, 0, 0, 1]),  # front: W and X
        ((0, 1, 0), [1, 1, 0, 0]),  # left: W and Y
        ((0, 0, 1), [1, 0, 1, 0]),  # up: W and Z
        ((-HALF, -ROOT, 0), [1, -ROOT, 0, -HALF]),
    ],
)
def test_first_order_is_w_y_z_x(direction, expected):
    assert real_spherical_harmonics([direction], 1)[0] == pytest.approx(expected, abs=1e-15)


def test_second_and_third_order_closed_forms():
    # Table of the SN3D harmonics in Cartesian form, V, T, R, S, U and M to P of ambisonics.
    x, y, z = directions().T
    values = real_spherical_harmonics(directions(), 3).T
    root = np.sqrt
    expected = [
        root(3) * x * y,
        root(3) * y * z,
        (3 * z**2 - 1) / 2,
        root(3) * x * z,
        root(3) / 2 * (x**2 - y**2),
        root(5 / 8) * y * (3 * x**2 - y**2),
        root(15) * x * y * z,
        root(3 / 8) * y * (5 * z**2 - 1),
        z * (5 * z**2 - 3) / 2,
        root(3 / 8) * x * (5 * z**2 - 1),
        root(15) / 2 * z * (x**2 - y**2),
        root(5 / 8) * x * (x**2 - 3 * y**2),
    ]
    assert values[4:] == pytest.approx(np.array(expected), abs=1e-14)


@pytest.mark.parametrize("order", [10, HIGHEST_ORDER])
def test_complex_harmonics_of_scipy(order):
    x, y, z = directions().T
    values = real_spherical_harmonics(directions(), order)
    colatitude, azimuth = np.arccos(z), np.arctan2(y, x)
    for n in range(order + 1):
        for m in range(n + 1):
            # scipy: orthonormal, with the phase (-1)^m.
            norm = (-1) ** m * math.sqrt(4.0 * math.pi / (2 * n + 1) * (2 if m else 1))
            theirs = norm * sph_harm_y(n, m, colatitude, azimuth)
            assert np.max(np.abs(values[:, acn_index(n, m)] - theirs.real)) < 1e-12
            if m > 0:
                assert np.max(np.abs(values[:, acn_index(n, -m)] - theirs.imag)) < 1e-12


@pytest.mark.parametrize("order", [0, 1, 4, HIGHEST_ORDER])
def test_orthogonal_with_squares_of_4_pi_over_2n_plus_1(order):
    points, areas = whole_sphere(order)
    values = real_spherical_harmonics(points, order)
    expected = np.diag(4.0 * np.pi / (2 * harmonic_degrees(order) + 1))
    assert np.max(np.abs(values.T @ (areas[:, None] * values) - expected)) < 1e-12


def test_addition_theorem():
    u, v = directions(50, seed=1), directions(50, seed=2)
    cosine = np.sum(u * v, axis=1)
    products = real_spherical_harmonics(u, 30) * real_spherical_harmonics(v, 30)
    for n in range(31):
        summed = products[:, n * n : (n + 1) ** 2].sum(axis=1)
        assert summed == pytest.approx(eval_legendre(n, cosine), abs=1e-12)


def test_poles_are_no_exception():
    values = real_spherical_harmonics([[0, 0, 1], [0, 0, -1]], 4)
    zonal = [acn_index(n, 0) for n in range(5)]
    assert values[0, zonal].tolist() == [1, 1, 1, 1, 1]
    assert values[1, zonal].tolist() == [1, -1, 1, -1, 1]
    assert np.count_nonzero(np.delete(values, zonal, axis=1)) == 0


def test_lower_orders_are_the_first_channels():
    highest = real_spherical_harmonics(directions(), HIGHEST_ORDER)
    for order in (0, 1, 7):
        lower = real_spherical_harmonics(directions(), order)
        assert lower.tobytes() == highest[:, : (order + 1) ** 2].tobytes()


def test_a_point_alone_has_the_same_bits():
    values = real_spherical_harmonics(directions(33), 9)
    alone = [real_spherical_harmonics([point], 9)[0] for point in directions(33)]
    assert np.array(alone).tobytes() == values.tobytes()


def test_no_directions_no_values():
    assert real_spherical_harmonics(np.zeros((0, 3)), 3).shape == (0, 16)
    assert evaluate_harmonics(np.ones((2, 4)), np.zeros((0, 3))).shape == (2, 0)


def test_values_are_sums_of_harmonics():
    coefficients = np.random.default_rng(4).normal(size=(3, 2, 25))
    expected = coefficients @ real_spherical_harmonics(directions(), 4).T
    assert evaluate_harmonics(coefficients, directions()) == pytest.approx(expected, abs=1e-13)


@pytest.mark.parametrize("smoothing", [0.0, 1e-15])
def test_fit_finds_the_coefficients(smoothing):
    coefficients = np.random.default_rng(5).normal(size=(2, 3, 36))
    values = evaluate_harmonics(coefficients, directions())
    fitted = fit_harmonics(directions(), values, 5, smoothing=smoothing)
    assert fitted == pytest.approx(coefficients, abs=1e-9)


def test_weights_make_a_grid_a_projection():
    points, areas = whole_sphere(6)
    values = np.exp(points[:, 0])  # of every order
    projected = (areas * values) @ real_spherical_harmonics(points, 3)
    projected *= (2 * harmonic_degrees(3) + 1) / (4.0 * np.pi)
    assert fit_harmonics(points, values, 3, weights=areas) == pytest.approx(projected, abs=1e-12)
    assert fit_harmonics(points, values, 3, weights=7 * areas) == pytest.approx(projected)
    assert fit_harmonics(points, values, 3) != pytest.approx(projected, abs=1e-9)


def test_smoothing_bridges_a_gap():
    # A measured grid without its floor: nothing lower than 45 degrees.
    points = directions(400)
    points = points[points[:, 2] > -math.sqrt(0.5)]
    noise = 0.05 * np.random.default_rng(6).normal(size=len(points))
    values = 0.5 + 0.5 * points[:, 0] + noise
    below = [[0.0, 0.0, -1.0]]
    wild = evaluate_harmonics(fit_harmonics(points, values, 8), below)
    tame = evaluate_harmonics(fit_harmonics(points, values, 8, smoothing=1e-3), below)
    assert abs(tame[0] - 0.5) < 0.1 < abs(wild[0] - 0.5)


def test_smoothing_damps_each_degree_by_its_laplacian():
    # Of degree n the surface Laplacian is -n (n + 1) times the harmonic.
    points, areas = whole_sphere(4)
    coefficients = np.random.default_rng(7).normal(size=25)
    values = evaluate_harmonics(coefficients, points)
    n = harmonic_degrees(4)
    expected = coefficients / (1.0 + 0.01 * (n * (n + 1)) ** 2)
    fitted = fit_harmonics(points, values, 4, weights=areas, smoothing=0.01)
    assert fitted == pytest.approx(expected, abs=1e-12)


def test_smoothing_without_end_leaves_the_mean():
    values = 1.0 + directions()[:, 0]
    fitted = fit_harmonics(directions(), values, 3, smoothing=1e12)
    assert fitted == pytest.approx([values.mean()] + [0.0] * 15, abs=1e-9)


@pytest.mark.parametrize("order", [-1, 31, 1.0, None])
def test_orders_out_of_range_are_refused(order):
    with pytest.raises(ParameterError, match="order is out of range"):
        real_spherical_harmonics([[1.0, 0.0, 0.0]], order)


def test_directions_of_other_lengths_are_refused():
    with pytest.raises(ParameterError, match=r"direction 1 is not a unit vector.*\[0\.0, 2\.0"):
        real_spherical_harmonics([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]], 1)
    with pytest.raises(ShapeError, match="directions"):
        real_spherical_harmonics([1.0, 0.0, 0.0], 1)


@pytest.mark.parametrize("count", [0, 2, 5, 32**2])
def test_numbers_of_harmonics_of_no_order_are_refused(count):
    with pytest.raises(ShapeError, match="no order has this number of harmonics"):
        evaluate_harmonics(np.ones(count), [[1.0, 0.0, 0.0]])


def test_fits_that_nothing_determines_are_refused():
    points, values = directions(10), np.ones(10)
    with pytest.raises(ParameterError, match="determine 10 of 16 coefficients") as caught:
        fit_harmonics(points, values, 3)
    assert caught.value.fix is not None
    with pytest.raises(ShapeError, match=r"values has shape \(9,\)"):
        fit_harmonics(points, values[:9], 1)
    with pytest.raises(ShapeError, match=r"weights has shape \(9,\)"):
        fit_harmonics(points, values, 1, weights=values[:9])
    with pytest.raises(ShapeError, match="non-finite"):
        fit_harmonics(points, np.full(10, np.nan), 1)
    for weights in (-values, 0 * values):
        with pytest.raises(ParameterError, match="weights are out of range"):
            fit_harmonics(points, values, 1, weights=weights)
    for smoothing in (-1e-9, math.nan, math.inf):
        with pytest.raises(ParameterError, match="smoothing is out of range"):
            fit_harmonics(points, values, 1, smoothing=smoothing)
