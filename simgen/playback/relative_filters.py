"""Crosstalk cancellation as one ratio per signal: the far over the near loudspeaker's filter.

The ratio alone decides the separation. What is common to both loudspeakers is equalisation, which
a design may choose freely; with the near loudspeaker's filter 1 its signal stays untouched.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.errors import ParameterError, ShapeError
from simgen.playback.plants import FILTER_AXES, as_responses

__all__ = ["cancelling_ratio", "filter_ratio", "filters_from_ratio"]


def cancelling_ratio(plant: ArrayLike) -> NDArray[np.complex128]:
    """Return the ratio of the filters that leaves the far ear nothing.

    It is the negative relative transfer function of the near to the far loudspeaker at the far
    ear: needs no inverse of the plant, and stays finite where the plant is singular.

    Parameters
    ----------
    plant
        Responses, complex, shape (frequency, 2, 2).

    Returns
    -------
    ndarray
        Ratio for the left and right signal, complex, shape (frequency, 2).

    Raises
    ------
    ShapeError
        If the axes are not right or a value is not finite.
    ParameterError
        If an ear hears nothing from the loudspeaker on its side.

    References
    ----------
    S. Gannot, D. Burshtein, E. Weinstein, "Signal enhancement using beamforming and
    nonstationarity with applications to speech", IEEE Trans. Signal Process. 49(8), 2001, for
    relative transfer functions.

    Examples
    --------
    >>> cancelling_ratio([[[1.0, 0.5], [0.4, 2.0]]]).real
    array([[-0.2, -0.5]])
    """
    responses = _two_by_two(plant, "plant")
    near_at_far_ear = responses[:, [1, 0], [0, 1]]
    far_at_far_ear = responses[:, [1, 0], [1, 0]]
    return -_ratio(near_at_far_ear, far_at_far_ear, "the plant's path to the ear opposite to input")


def filter_ratio(filters: ArrayLike) -> NDArray[np.complex128]:
    """Return the far over the near loudspeaker's filter for each signal.

    Parameters
    ----------
    filters
        Filters, complex, shape (frequency, 2, 2).

    Returns
    -------
    ndarray
        Ratio for the left and right signal, complex, shape (frequency, 2).

    Raises
    ------
    ShapeError
        If the axes are not right or a value is not finite.
    ParameterError
        If a near loudspeaker's filter is 0.
    """
    given = _two_by_two(filters, "filters", axes=FILTER_AXES)
    far, near = given[:, [1, 0], [0, 1]], given[:, [0, 1], [0, 1]]
    return _ratio(far, near, "the near loudspeaker's filter for input")


def filters_from_ratio(ratio: ArrayLike) -> NDArray[np.complex128]:
    """Return filters of that ratio which leave the near loudspeaker's signal untouched.

    Parameters
    ----------
    ratio
        Far over near loudspeaker's filter, complex, shape (frequency, 2).

    Returns
    -------
    ndarray
        Filters, complex, shape (frequency, 2, 2).

    Raises
    ------
    ShapeError
        If the axes are not right or a value is not finite.

    Examples
    --------
    >>> filters_from_ratio([[-0.2, -0.5]])[0].real
    array([[ 1. , -0.5],
           [-0.2,  1. ]])
    """
    far = as_responses(ratio, "ratio", axes=("frequency", "input"))
    if far.shape[1] != 2:
        raise ShapeError(f"ratio has shape {far.shape}", allowed="(frequency, 2)")
    near = np.ones(len(far), dtype=np.complex128)
    return np.moveaxis(np.array([[near, far[:, 1]], [far[:, 0], near]]), 2, 0)


def _two_by_two(
    values: ArrayLike, name: str, axes: tuple[str, ...] = ("frequency", "ear", "loudspeaker")
) -> NDArray[np.complex128]:
    """Return finite complex responses of shape (frequency, 2, 2)."""
    responses = as_responses(values, name, axes=axes)
    if responses.shape[1:] != (2, 2):
        raise ShapeError(f"{name} has shape {responses.shape}", allowed="(frequency, 2, 2)")
    return responses


def _ratio(
    above: NDArray[np.complex128], below: NDArray[np.complex128], name: str
) -> NDArray[np.complex128]:
    """Divide, and say where the divisor (frequency, input) is 0."""
    if np.any(below == 0.0):
        frequency, signal = (int(k) for k in np.argwhere(below == 0.0)[0])
        raise ParameterError(f"{name} {signal} is 0 at frequency", value=frequency)
    return np.asarray(above / below)
