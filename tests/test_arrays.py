import math

import numpy as np
import pytest

from simgen.arrays import (
    as_points,
    as_real,
    complex_product,
    matrix_product,
    require_between,
    require_whole,
)
from simgen.errors import ParameterError, ShapeError


@pytest.mark.parametrize(
    "values", [[1, 2, 3], (1.0, 2.0, 3.0), np.array([1, 2, 3], dtype=np.int16), range(1, 4)]
)
def test_numbers_of_any_kind_become_float64(values):
    array = as_real(values, "gains", axes=("gain",))
    assert array.dtype == np.float64
    assert array.tolist() == [1.0, 2.0, 3.0]


def test_axes_are_counted():
    with pytest.raises(ShapeError) as caught:
        as_real([1.0], "signals", axes=("channel", "sample"))
    assert str(caught.value) == "signals has shape (1,) (allowed: (channel, sample))"


def test_no_axes_is_a_number():
    assert as_real(3, "gain", axes=()) == 3.0


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_the_place_of_a_value_that_is_not_finite(bad):
    with pytest.raises(ShapeError, match=r"signals holds a non-finite value at \(1, 0\)") as caught:
        as_real([[0.0, 0.0], [bad, bad]], "signals", axes=("channel", "sample"))
    assert caught.value.value == pytest.approx(bad, nan_ok=True)


@pytest.mark.parametrize(
    "values",
    [
        ["a"],
        [1j],
        [None, {}],
        [[1.0], [1.0, 2.0]],
        [10**400],
        np.array([1.0 + 0j]),
        np.array([1j], np.complex64),
        np.array([1j], object),
    ],
)
def test_what_is_no_number_is_refused(values):
    with pytest.raises(ShapeError, match="gains must hold real numbers"):
        as_real(values, "gains", axes=("gain",))


def test_float64_is_not_copied():
    values = np.ones(3)
    assert as_real(values, "gains", axes=("gain",)) is values


@pytest.mark.parametrize("shape", [(3,), (2, 2), (2, 4), (0,), (1, 1, 3)])
def test_points_have_three_coordinates(shape):
    with pytest.raises(ShapeError, match=r"sources has shape \(.*\(point, 3\)"):
        as_points(np.zeros(shape), "sources")


def test_there_may_be_no_points():
    assert as_points(np.zeros((0, 3)), "sources").shape == (0, 3)


@pytest.mark.parametrize("value", [1, 1.0, 2.5, np.float32(2.0), np.int64(3)])
def test_numbers_in_range_pass(value):
    require_between(value, "count", 1, 3)


@pytest.mark.parametrize("value", [0.999, 3.001, math.nan, math.inf, -math.inf, "2", None, [2]])
def test_others_do_not(value):
    with pytest.raises(ParameterError, match=r"count is out of range.*allowed: 1 to 3"):
        require_between(value, "count", 1, 3)


@pytest.mark.parametrize("value", [1, 3, np.int8(2)])
def test_whole_numbers_in_range_pass(value):
    require_whole(value, "count", 1, 3)


@pytest.mark.parametrize("value", [0, 4, 2.0, True, "2", None, math.nan])
def test_what_is_no_whole_number_in_range_is_refused(value):
    with pytest.raises(ParameterError, match=r"count is out of range.*an integer from 1 to 3"):
        require_whole(value, "count", 1, 3)


@pytest.mark.parametrize("shape", [(4,), (2, 4), (3, 2, 4), (0, 4)])
def test_products_of_matrices_are_numpys(shape):
    generator = np.random.default_rng(0)
    left, right = generator.standard_normal(shape), generator.standard_normal((4, 5))
    assert matrix_product(left, right) == pytest.approx(left @ right, abs=1e-14)


def test_products_of_matrices_are_summed_in_order():
    # From the left, 1 is lost in 1e16 each time; in pairs, it would not be.
    assert matrix_product(np.array([[1e16, 1.0, 1.0, -1e16]]), np.ones((4, 1))).tolist() == [[0.0]]


@pytest.mark.parametrize("kind", [np.complex64, np.complex128])
def test_complex_products_are_numpys_but_for_the_last_bit(kind):
    generator = np.random.default_rng(0)
    parts = generator.standard_normal((2, 50, 2)).astype(np.finfo(kind).dtype)
    first, second = parts[..., 0] + 1j * parts[..., 1]
    product = complex_product(first, second)
    assert product.dtype == kind
    assert product == pytest.approx(first * second, rel=4 * float(np.finfo(kind).eps))
