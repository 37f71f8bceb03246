"""Pan sources between two loudspeakers by amplitude, and turn a pair into middle and side."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real, require_between
from simgen.errors import ParameterError, ShapeError

__all__ = [
    "as_stereo",
    "azimuths_of_gains",
    "left_right",
    "mid_side",
    "pan_sources",
    "tangent_law_gains",
]


def tangent_law_gains(azimuths: ArrayLike, *, half_angle: float) -> NDArray[np.float64]:
    r"""Return the gains of constant power that place sources between two loudspeakers.

    .. math:: \frac{\tan \phi}{\tan \phi_0} = \frac{g_L - g_R}{g_L + g_R}, \quad g_L^2 + g_R^2 = 1

    Parameters
    ----------
    azimuths
        Azimuths :math:`\phi` of the sources in rad, positive to the left, shape (source,).
    half_angle
        Azimuth :math:`\phi_0` of the left loudspeaker in rad; the right one mirrors it.

    Returns
    -------
    ndarray
        Gains of left and right, shape (source, 2).

    Raises
    ------
    ShapeError
        If ``azimuths`` is not finite or not of one axis.
    ParameterError
        If a source is not between the loudspeakers, or these are not in front.

    References
    ----------
    V. Pulkki, "Virtual sound source positioning using vector base amplitude panning", J. Audio
    Eng. Soc. 45(6), 1997.

    Examples
    --------
    >>> tangent_law_gains([np.pi / 6, 0.0], half_angle=np.pi / 6).round(4).tolist()
    [[1.0, 0.0], [0.7071, 0.7071]]
    """
    _require_half_angle(half_angle)
    places = as_real(azimuths, "azimuths", axes=("source",))
    if np.any(np.abs(places) > half_angle):
        raise ParameterError(
            "azimuths must be between the loudspeakers",
            value=float(places[np.argmax(np.abs(places))]),
            allowed=f"{-half_angle:g} to {half_angle:g}",
        )
    # Left and right of this ratio cannot round below 0 at the loudspeakers themselves.
    ratio = np.clip(np.tan(places) / np.tan(half_angle), -1.0, 1.0)
    gains = np.stack([1.0 + ratio, 1.0 - ratio], axis=1)
    return np.asarray(gains / np.linalg.norm(gains, axis=1, keepdims=True))


def azimuths_of_gains(gains: ArrayLike, *, half_angle: float) -> NDArray[np.float64]:
    """Return where the tangent law places sources with given gains.

    Parameters
    ----------
    gains
        Gains of left and right, not negative, shape (source, 2).
    half_angle
        Azimuth of the left loudspeaker in rad; the right one mirrors it.

    Returns
    -------
    ndarray
        Azimuths in rad, positive to the left, shape (source,).

    Raises
    ------
    ShapeError
        If ``gains`` is not finite or not of shape (source, 2).
    ParameterError
        If a gain is negative, both of a source are 0, or the loudspeakers are not in front.

    Examples
    --------
    >>> azimuths_of_gains([[1.0, 1.0], [0.0, 2.0]], half_angle=0.5).tolist()
    [0.0, -0.5]
    """
    _require_half_angle(half_angle)
    pairs = as_real(gains, "gains", axes=("source", "2"))
    if pairs.shape[1] != 2:
        raise ShapeError(f"gains has shape {pairs.shape}", allowed="(source, 2)")
    total = np.sum(pairs, axis=1)
    if np.any(pairs < 0.0) or np.any(total == 0.0):
        raise ParameterError("gains must not be negative, nor both 0", value=gains)
    ratio = (pairs[:, 0] - pairs[:, 1]) / total
    return np.asarray(np.arctan(np.tan(half_angle) * ratio))


def pan_sources(
    sources: ArrayLike, azimuths: ArrayLike, *, half_angle: float
) -> NDArray[np.float64]:
    """Mix sources to stereo, each placed by the tangent law with constant power.

    Parameters
    ----------
    sources
        Signals, shape (source, sample).
    azimuths
        Azimuths in rad, positive to the left, shape (source,).
    half_angle
        Azimuth of the left loudspeaker in rad; the right one mirrors it.

    Returns
    -------
    ndarray
        Left and right, shape (2, sample).

    Raises
    ------
    ShapeError
        If the axes are not right, do not belong together, or a value is not finite.
    ParameterError
        If a source is not between the loudspeakers, or these are not in front.
    """
    signals = as_real(sources, "sources", axes=("source", "sample"))
    gains = tangent_law_gains(azimuths, half_angle=half_angle)
    if len(gains) != len(signals):
        raise ShapeError(f"azimuths has shape ({len(gains)},)", allowed=f"({len(signals)},)")
    return gains.T @ signals


def mid_side(stereo: ArrayLike) -> NDArray[np.float64]:
    """Turn left and right into middle (L + R) / 2 and side (L - R) / 2, shape (2, sample).

    Raises
    ------
    ShapeError
        If the signals are not finite, or not of shape (2, sample).

    Examples
    --------
    >>> mid_side([[1.0], [0.0]]).tolist()
    [[0.5], [0.5]]
    """
    left, right = as_stereo(stereo, "stereo")
    return np.stack([0.5 * (left + right), 0.5 * (left - right)])


def left_right(middle_and_side: ArrayLike) -> NDArray[np.float64]:
    """Turn middle M and side S back into left M + S and right M - S, shape (2, sample).

    Raises
    ------
    ShapeError
        If the signals are not finite, or not of shape (2, sample).

    Examples
    --------
    >>> left_right(mid_side([[3.0], [1.0]])).tolist()
    [[3.0], [1.0]]
    """
    middle, side = as_stereo(middle_and_side, "middle_and_side")
    return np.stack([middle + side, middle - side])


def as_stereo(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return two finite signals that are not empty, shape (2, sample).

    Raises
    ------
    ShapeError
        If the shape is not (2, sample), there is no sample, or a value is not finite.
    """
    signals = as_real(values, name, axes=("2", "sample"))
    if signals.shape[0] != 2 or not signals.size:
        raise ShapeError(f"{name} has shape {signals.shape}", allowed="(2, sample)")
    return signals


def _require_half_angle(half_angle: float) -> None:
    """Refuse loudspeakers that are not in front on either side: there the law has no tangent."""
    require_between(half_angle, "half_angle", 1e-6, 0.5 * np.pi - 1e-6)
