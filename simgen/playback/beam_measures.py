"""Measure what a beam of loudspeakers does: its pattern, its directivity, its need of drive."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real
from simgen.errors import ParameterError, ShapeError
from simgen.playback.plants import as_responses

__all__ = [
    "as_direction_weights",
    "as_index",
    "axis_to_side_db",
    "beam_pattern",
    "critical_distance",
    "directivity_index_db",
    "white_noise_gain_db",
]


def beam_pattern(responses: ArrayLike, filters: ArrayLike) -> NDArray[np.complex128]:
    r"""Sum what the loudspeakers radiate into each direction, :math:`B = G w`.

    Parameters
    ----------
    responses
        Responses G from loudspeakers to directions or points, complex, shape
        (frequency, direction, loudspeaker).
    filters
        The loudspeakers' filters w, complex, shape (frequency, loudspeaker).

    Returns
    -------
    ndarray
        Pattern B in the responses' unit, complex, shape (frequency, direction).

    Raises
    ------
    ShapeError
        If the axes are not right, do not belong together, or a value is not finite.
    """
    radiated = as_responses(responses, "responses", axes=("frequency", "direction", "loudspeaker"))
    weights = as_responses(filters, "filters", axes=("frequency", "loudspeaker"))
    if weights.shape != (radiated.shape[0], radiated.shape[2]):
        raise ShapeError(
            f"filters have shape {weights.shape}",
            allowed=f"{radiated.shape[:1] + radiated.shape[2:]}",
        )
    return np.asarray(np.einsum("fdl,fl->fd", radiated, weights))


def directivity_index_db(
    pattern: ArrayLike, axis: int, *, direction_weights: ArrayLike | None = None
) -> NDArray[np.float64]:
    r"""Compare the power on the axis with the mean over all directions.

    .. math:: 10 \log_{10} \frac{|B_0|^2}{\overline{|B|^2}}

    Parameters
    ----------
    pattern
        Pattern B, complex, shape (frequency, direction).
    axis
        Index of the direction of the axis.
    direction_weights
        Share of the sphere (or of a circle, for the index in two dimensions) that each direction
        stands for, in any unit, shape (direction,); equal shares if not given.

    Returns
    -------
    ndarray
        Directivity index in dB, shape (frequency,).

    Raises
    ------
    ShapeError
        If the axes are not right, do not belong together, or a value is not finite.
    ParameterError
        If a weight is negative, all are zero, or there is no direction ``axis``.

    Examples
    --------
    >>> directivity_index_db([[2.0, 1.0, 1.0, 0.0]], 0).round(2).tolist()
    [4.26]
    """
    power = _as_power(pattern)
    shares = as_direction_weights(direction_weights, power.shape[1])
    return _ratio_db(power[:, as_index(axis, "axis", power.shape[1])], power @ shares)


def axis_to_side_db(pattern: ArrayLike, axis: int, *, sides: ArrayLike) -> NDArray[np.float64]:
    """Compare the power on the axis with the mean of that in the directions to be kept quiet.

    Parameters
    ----------
    pattern
        Pattern, complex, shape (frequency, direction).
    axis
        Index of the direction of the axis.
    sides
        Indices of the quiet directions, such as those at +-90 degrees, shape (side,).

    Returns
    -------
    ndarray
        Ratio in dB, shape (frequency,); inf where the sides are silent.

    Raises
    ------
    ShapeError
        If the axes are not right or a value is not finite.
    ParameterError
        If no side is given, or there is no such direction.
    """
    power = _as_power(pattern)
    quiet = [as_index(side, "sides", power.shape[1]) for side in np.atleast_1d(sides)]
    if not quiet:
        raise ParameterError("sides must name at least one direction", value=sides)
    return _ratio_db(
        power[:, as_index(axis, "axis", power.shape[1])], np.mean(power[:, quiet], axis=1)
    )


def white_noise_gain_db(axis_responses: ArrayLike, filters: ArrayLike) -> NDArray[np.float64]:
    r"""Compare the power on the axis with the power that drives the loudspeakers.

    :math:`|g^T w|^2 / (w^H w)`: how much louder the beam is than the sum of errors that are
    independent between loudspeakers, each in proportion to its drive. It is at most
    :math:`g^H g`, the number of loudspeakers when each has unit response.

    Parameters
    ----------
    axis_responses
        Responses g from loudspeakers to the axis, complex, shape (frequency, loudspeaker).
    filters
        The loudspeakers' filters w, complex, shape (frequency, loudspeaker).

    Returns
    -------
    ndarray
        White-noise gain in dB, shape (frequency,); -inf where the axis is silent.

    Raises
    ------
    ShapeError
        If the axes are not right, do not belong together, or a value is not finite.

    References
    ----------
    H. Cox, R. M. Zeskind, M. M. Owen, "Robust adaptive beamforming", IEEE Trans. Acoust. Speech
    Signal Process. 35(10), 1987.
    """
    axis = as_responses(axis_responses, "axis_responses", axes=("frequency", "loudspeaker"))
    pattern = beam_pattern(axis[:, None, :], filters)
    drive = np.sum(np.abs(np.asarray(filters)) ** 2, axis=1)
    return _ratio_db(np.abs(pattern[:, 0]) ** 2, drive)


def critical_distance(
    volume: ArrayLike, t60: ArrayLike, *, directivity_index_db: ArrayLike = 0.0
) -> NDArray[np.float64]:
    r"""Return the distance at which direct and reverberant sound are equally loud.

    .. math:: 0.057 \sqrt{Q V / T_{60}}

    Parameters
    ----------
    volume
        Volume V of the room in m^3.
    t60
        Reverberation time in s.
    directivity_index_db
        Directivity index in dB, :math:`10 \log_{10} Q`.

    Returns
    -------
    ndarray
        Critical distance in m, in the shape to which the arguments broadcast.

    Raises
    ------
    ParameterError
        If the volume or the reverberation time is not above 0, or a value is not finite.

    Examples
    --------
    >>> round(float(critical_distance(54.0, 0.4)), 2)
    0.66
    """
    size, time, index_db = (
        np.asarray(values, dtype=np.float64) for values in (volume, t60, directivity_index_db)
    )
    for name, values in (("volume", size), ("t60", time)):
        if not np.all(np.isfinite(values) & (values > 0.0)):
            raise ParameterError(f"{name} must be finite and above 0", value=values)
    if not np.all(np.isfinite(index_db)):
        raise ParameterError("directivity_index_db must be finite", value=directivity_index_db)
    return np.asarray(0.057 * np.sqrt(10.0 ** (index_db / 10.0) * size / time))


def as_direction_weights(weights: ArrayLike | None, num_directions: int) -> NDArray[np.float64]:
    """Return the directions' shares, of sum 1, shape (direction,); equal ones for None.

    Raises
    ------
    ShapeError
        If there is not one finite weight for each direction.
    ParameterError
        If a weight is negative or all are zero.
    """
    if weights is None:
        return np.full(num_directions, 1.0 / num_directions)
    shares = as_real(weights, "direction_weights", axes=("direction",))
    if len(shares) != num_directions:
        raise ShapeError(
            f"direction_weights has shape {shares.shape}", allowed=f"({num_directions},)"
        )
    if np.any(shares < 0.0) or not np.any(shares):
        raise ParameterError("direction_weights must not be negative nor all zero", value=weights)
    return shares / np.sum(shares)


def as_index(index: object, name: str, length: int) -> int:
    """Return a place in an axis of that length, counted from 0.

    Raises
    ------
    ParameterError
        If it is not a whole number in 0 to length - 1.
    """
    if (
        not isinstance(index, (int, np.integer))
        or isinstance(index, bool)
        or not 0 <= index < length
    ):
        raise ParameterError(f"{name} is not an index", value=index, allowed=f"0 to {length - 1}")
    return int(index)


def _as_power(pattern: ArrayLike) -> NDArray[np.float64]:
    """Return |B|^2, shape (frequency, direction)."""
    return np.abs(as_responses(pattern, "pattern", axes=("frequency", "direction"))) ** 2


def _ratio_db(power: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a ratio of powers in dB; 0 where both are zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio_db = 10.0 * np.log10(power / other)
    return np.where((power == 0.0) & (other == 0.0), 0.0, ratio_db)
