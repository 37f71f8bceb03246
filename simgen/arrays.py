"""Checks that arrays have the axes, type and finite values a function takes."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.errors import ParameterError, ShapeError

__all__ = [
    "as_points",
    "as_real",
    "complex_product",
    "matrix_product",
    "require_between",
    "require_whole",
]


def as_real(values: ArrayLike, name: str, *, axes: tuple[str, ...]) -> NDArray[np.float64]:
    """Return ``values`` as a finite float64 array with the named axes.

    Parameters
    ----------
    values
        Array-like of real numbers.
    name
        What the array is, for the message.
    axes
        Names of its axes, slowest first.

    Raises
    ------
    ShapeError
        If the number of axes differs, or a value is not a finite real number.
    """
    try:
        given = np.asarray(values)
        if np.iscomplexobj(given):  # numpy would only warn that it drops the imaginary part
            raise TypeError("complex")
        array = given.astype(np.float64, copy=False)
    except (OverflowError, TypeError, ValueError) as error:
        raise ShapeError(f"{name} must hold real numbers", value=values) from error
    if array.ndim != len(axes):
        raise ShapeError(f"{name} has shape {array.shape}", allowed=f"({', '.join(axes)})")
    if not np.all(np.isfinite(array)):
        place = tuple(int(k) for k in np.argwhere(~np.isfinite(array))[0])
        raise ShapeError(f"{name} holds a non-finite value at {place}", value=float(array[place]))
    return array


def as_points(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return ``values`` as finite positions in m, shape (point, 3).

    Raises
    ------
    ShapeError
        If the shape is not (point, 3) or a value is not finite.
    """
    points = as_real(values, name, axes=("point", "3"))
    if points.shape[1] != 3:
        raise ShapeError(f"{name} has shape {points.shape}", allowed="(point, 3)")
    return points


def complex_product(first: NDArray[Any], second: NDArray[Any]) -> NDArray[Any]:
    """Multiply complex arrays with the same bits on every processor.

    numpy's own product fuses multiplications with additions where the processor can.
    """
    real = first.real * second.real - first.imag * second.imag
    imaginary = first.real * second.imag + first.imag * second.real
    product = np.empty(real.shape, dtype=np.result_type(first, second))
    product.real, product.imag = real, imaginary
    return product


def matrix_product(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``left @ right``, (..., column), with the same bits on every processor.

    It is summed in the order of the shared axis, which linear-algebra libraries are free to change.
    """
    total = np.zeros((*left.shape[:-1], right.shape[1]))
    for k, row in enumerate(right):
        total += left[..., k, None] * row
    return total


def require_between(value: Any, name: str, low: float, high: float) -> None:
    """Refuse a number outside [low, high].

    Raises
    ------
    ParameterError
        If ``value`` is not a finite number in that range.
    """
    if not (isinstance(value, (int, float, np.number)) and low <= value <= high):
        raise ParameterError(f"{name} is out of range", value=value, allowed=f"{low:g} to {high:g}")


def require_whole(value: Any, name: str, low: int, high: int) -> None:
    """Refuse what is no integer from ``low`` to ``high``.

    Raises
    ------
    ParameterError
        If ``value`` is of another type, or out of that range.
    """
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not (whole and low <= value <= high):
        allowed = f"an integer from {low} to {high}"
        raise ParameterError(f"{name} is out of range", value=value, allowed=allowed)
