"""Check the responses and numbers from which filters for loudspeakers are designed."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.errors import ParameterError, ShapeError

__all__ = [
    "FILTER_AXES",
    "PLANT_AXES",
    "POSE_AXES",
    "as_frequencies",
    "as_levels_db",
    "as_per_frequency",
    "as_responses",
    "require_gain_cap",
    "require_pair",
]

PLANT_AXES = ("frequency", "ear", "loudspeaker")
"""Axes of the responses from loudspeakers to ears."""

POSE_AXES = ("pose", *PLANT_AXES)
"""Axes of such responses for a head in several poses."""

FILTER_AXES = ("frequency", "loudspeaker", "input")
"""Axes of the filters from signals to loudspeakers."""


def as_responses(
    values: ArrayLike, name: str, *, axes: tuple[str, ...] = PLANT_AXES
) -> NDArray[np.complex128]:
    """Return finite complex responses with the named axes, none of them empty.

    Raises
    ------
    ShapeError
        If the number of axes differs, one is empty, or a value is not a finite number.
    """
    try:
        responses = np.asarray(values, dtype=np.complex128)
    except (TypeError, ValueError) as error:
        raise ShapeError(f"{name} must hold complex numbers", value=values) from error
    if responses.ndim != len(axes) or 0 in responses.shape:
        raise ShapeError(f"{name} has shape {responses.shape}", allowed=f"({', '.join(axes)})")
    if not np.all(np.isfinite(responses)):
        raise ShapeError(f"{name} holds a non-finite value")
    return responses


def as_per_frequency(values: ArrayLike, name: str, *, num_frequencies: int) -> NDArray[np.float64]:
    """Return one real number, or one for each frequency, as shape (frequency,).

    Raises
    ------
    ShapeError
        If the values are not real numbers, or are neither one nor one for each frequency.
    """
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ShapeError(f"{name} must hold real numbers", value=values) from error
    if numbers.shape not in ((), (num_frequencies,)):
        raise ShapeError(f"{name} has shape {numbers.shape}", allowed=f"() or ({num_frequencies},)")
    return np.broadcast_to(numbers, (num_frequencies,))


def as_levels_db(values: ArrayLike, name: str, *, num_frequencies: int) -> NDArray[np.float64]:
    """Return one finite level in dB, or one for each frequency, as shape (frequency,).

    Raises
    ------
    ShapeError
        If the values are not real numbers, or are neither one nor one for each frequency.
    ParameterError
        If a level is not finite.
    """
    levels_db = as_per_frequency(values, name, num_frequencies=num_frequencies)
    if not np.all(np.isfinite(levels_db)):
        raise ParameterError(f"{name} must be finite", value=values)
    return levels_db


def as_frequencies(values: ArrayLike, *, num_frequencies: int) -> NDArray[np.float64]:
    """Return the frequencies in Hz of an array's first axis, shape (frequency,).

    Raises
    ------
    ShapeError
        If there is not one for each entry of that axis.
    ParameterError
        If a frequency is negative or not finite, or they do not rise.
    """
    try:
        frequencies = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ShapeError("frequency must hold real numbers", value=values) from None
    if frequencies.shape != (num_frequencies,) or num_frequencies == 0:
        raise ShapeError(
            f"frequency has shape {frequencies.shape}", allowed=f"({num_frequencies},)"
        )
    rising = np.all(np.diff(frequencies) > 0.0)
    if not (rising and np.all(np.isfinite(frequencies)) and frequencies[0] >= 0.0):
        raise ParameterError("frequency must rise from 0 Hz or more", value=values)
    return frequencies


def require_gain_cap(gain_cap: float) -> None:
    """Refuse a largest gain that is not more than 0; infinity means no cap.

    Raises
    ------
    ParameterError
        If ``gain_cap`` is not a number above 0.
    """
    if not (isinstance(gain_cap, (int, float, np.number)) and gain_cap > 0.0):
        raise ParameterError("gain_cap is out of range", value=gain_cap, allowed="more than 0")


def require_pair(size: int, name: str) -> None:
    """Refuse an axis that does not hold exactly left and right.

    Raises
    ------
    ShapeError
        If ``size`` is not 2.
    """
    if size != 2:
        raise ShapeError(f"{name} must be left and right, their number is", value=size, allowed="2")
