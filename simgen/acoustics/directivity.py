"""Directivity of sources and microphones, as spherical-harmonic coefficients per octave band.

Everything faces +x in its own frame (x front, y left, z up), where its gain is 1. For a source
the direction is that of emission, for a microphone that from which the sound arrives. Gains are
real, and coefficients are of shape (band, harmonic), in ACN order, SN3D.
"""

from functools import partial
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import eval_legendre

from simgen.acoustics.radiators import (
    Pattern,
    cap_response,
    octave_pattern,
    piston_response,
    speech_pattern,
)
from simgen.acoustics.spherical_harmonics import (
    as_order,
    evaluate_harmonics,
    harmonic_degrees,
    order_of_harmonics,
    real_spherical_harmonics,
)
from simgen.arrays import require_whole
from simgen.errors import ParameterError

__all__ = [
    "FIRST_ORDER_PATTERNS",
    "ambisonic_receiver",
    "axisymmetric",
    "cardioid_family",
    "directivity_index_db",
    "fit_axisymmetric",
    "fit_error",
    "omnidirectional",
    "piston_in_baffle",
    "speech_directivity",
    "spherical_cap",
]

FIRST_ORDER_PATTERNS: Final = {
    "omni": 1.0,
    "subcardioid": 0.7,
    "cardioid": 0.5,
    "supercardioid": 0.366,
    "hypercardioid": 0.25,
    "figure_eight": 0.0,
}
"""The share p of p + (1 - p) cos; super- and hypercardioid have the greatest ratio of front to
back energy, (sqrt(3) - 1) / 2, and the greatest directivity index (G. W. Elko, in Acoustic Signal
Processing for Telecommunication, 2000, chapter 10); 0.7 is the usual subcardioid."""

SPEECH_ORDER: Final = 4
"""Order of the talker's harmonics: 25 follow the pattern within 0.04 of the gain in front."""

_FRONT: Final = ((1.0, 0.0, 0.0),)
_QUADRATURE_NODES: Final = 128  # four times the highest order, for patterns with an edge
_STEP: Final = 2.0**-30  # -180 dB: hides the last bits of special functions, as in ``bands``


def omnidirectional(num_bands: int) -> NDArray[np.float64]:
    """Return the coefficients of what is alike in all directions, shape (band, 1).

    Examples
    --------
    >>> omnidirectional(2).tolist()
    [[1.0], [1.0]]
    """
    return np.ones((num_bands, 1))


def cardioid_family(pattern: str, num_bands: int) -> NDArray[np.float64]:
    """Return the coefficients of a first-order pattern p + (1 - p) cos, facing +x.

    Parameters
    ----------
    pattern
        A name in ``FIRST_ORDER_PATTERNS``.
    num_bands
        Number of bands, all alike.

    Returns
    -------
    Coefficients, shape (band, 4).

    Raises
    ------
    ParameterError
        If there is no such pattern.

    Examples
    --------
    >>> cardioid_family("cardioid", 1).tolist()
    [[0.5, 0.0, 0.0, 0.5]]
    """
    if pattern not in FIRST_ORDER_PATTERNS:
        allowed = ", ".join(FIRST_ORDER_PATTERNS)
        raise ParameterError("there is no such pattern", value=pattern, allowed=allowed)
    share = FIRST_ORDER_PATTERNS[pattern]
    return np.tile(axisymmetric([share, 1.0 - share]), (num_bands, 1))


def ambisonic_receiver(order: int) -> NDArray[np.float64]:
    """Return the coefficients of a receiver whose channels are the harmonics themselves.

    Parameters
    ----------
    order
        1 to 7.

    Returns
    -------
    The identity, shape (channel, harmonic), for every band: ACN order, SN3D (AmbiX).

    Raises
    ------
    ParameterError
        If the order is out of range.
    """
    require_whole(order, "the order of an ambisonic receiver", 1, 7)
    return np.eye((int(order) + 1) ** 2)


def speech_directivity(centres: ArrayLike) -> NDArray[np.float64]:
    """Return the directivity of a human talker whose mouth faces +x.

    Parameters
    ----------
    centres
        Octave centre frequencies in Hz, 20 to 20 000, shape (band,).

    Returns
    -------
    Coefficients, shape (band, 25). See ``speech_pattern`` for the model.

    Raises
    ------
    ShapeError
        If centres are not finite or not along one axis.
    ParameterError
        If a centre is out of range.
    """
    return fit_axisymmetric(speech_pattern(centres), SPEECH_ORDER)


def spherical_cap(
    centres: ArrayLike,
    *,
    sphere_radius: float,
    half_angle: float,
    speed_of_sound: float,
    order: int = 12,
) -> NDArray[np.float64]:
    """Return the directivity of a cap vibrating on a rigid sphere: a loudspeaker in its box.

    Parameters
    ----------
    centres
        Octave centre frequencies in Hz, 20 to 20 000, shape (band,).
    sphere_radius, half_angle, speed_of_sound
        See ``cap_response``.
    order
        Of the harmonics, 0 to 30. Behind the sphere, where all paths around it arrive in
        phase, is a bright spot that narrows as k a grows; 12 follow that of a 12 cm sphere
        within 0.03 of the gain in front up to the 8 kHz band. ``fit_error`` tells the error.

    Returns
    -------
    Coefficients, shape (band, harmonic).

    Raises
    ------
    ShapeError
        If centres are not finite or not along one axis.
    ParameterError
        If a number is out of range, or k a is not 0.0001 to 100.
    """
    cap = partial(
        cap_response,
        sphere_radius=sphere_radius,
        half_angle=half_angle,
        speed_of_sound=speed_of_sound,
    )
    return fit_axisymmetric(octave_pattern(cap, centres), order)


def piston_in_baffle(
    centres: ArrayLike, radius: float, *, speed_of_sound: float, order: int = 12
) -> NDArray[np.float64]:
    """Return the directivity of a flat circular piston in an infinite wall.

    Parameters
    ----------
    centres
        Octave centre frequencies in Hz, 20 to 20 000, shape (band,).
    radius
        Of the piston in m, up to 10.
    speed_of_sound
        In m/s, 100 to 1000.
    order
        Of the harmonics, 0 to 30. At 90 degrees the gain falls to nothing at once: by 1 for a
        small piston, by less the larger k a is. No order follows a step, and near it the error
        is half its height; a cabinet has none, see ``spherical_cap``. ``fit_error`` tells the
        error.

    Returns
    -------
    Coefficients, shape (band, harmonic).

    Raises
    ------
    ShapeError
        If centres are not finite or not along one axis.
    ParameterError
        If a number is out of range.
    """
    piston = partial(piston_response, radius=radius, speed_of_sound=speed_of_sound)
    return fit_axisymmetric(octave_pattern(piston, centres), order)


def fit_axisymmetric(pattern: Pattern, order: int) -> NDArray[np.float64]:
    """Fit coefficients to a pattern about +x: least squares over the sphere, exact in front.

    Truncating the Legendre series a_n would be the least-squares fit. The one that also is 1
    in front adds to each a_n its part, proportional to 2 n + 1, of what is missing there.

    Parameters
    ----------
    pattern
        Gains, 1 in front.
    order
        Of the harmonics, 0 to 30.

    Returns
    -------
    Coefficients, shape (band, harmonic), rounded so that they are alike on every processor.

    Raises
    ------
    ParameterError
        If the order is out of range.
    """
    highest = as_order(order)
    cosines, areas = np.polynomial.legendre.leggauss(_QUADRATURE_NODES)
    n = np.arange(highest + 1)
    legendre = eval_legendre(n[:, None], cosines)
    series = (n + 0.5) * ((pattern(cosines) * areas) @ legendre.T)
    missing = 1.0 - series.sum(axis=1, keepdims=True)
    series += missing * (2 * n + 1) / (highest + 1) ** 2
    return axisymmetric(np.rint(series / _STEP) * _STEP)


def fit_error(pattern: Pattern, coefficients: ArrayLike) -> NDArray[np.float64]:
    """Return the greatest error of a fit at any angle, relative to the gain in front.

    Parameters
    ----------
    pattern
        What was fitted.
    coefficients
        The fit, facing +x, shape (band, harmonic).

    Returns
    -------
    Greatest difference of gains, shape (band,), over angles 0.25 degrees apart.
    """
    angle = np.linspace(np.pi, 0.0, 721)
    horizon = np.stack([np.cos(angle), np.sin(angle), np.zeros_like(angle)], axis=1)
    fitted = evaluate_harmonics(coefficients, horizon)
    return np.asarray(np.max(np.abs(fitted - pattern(horizon[:, 0])), axis=-1))


def axisymmetric(legendre: ArrayLike) -> NDArray[np.float64]:
    """Return the coefficients of sum_n a_n P_n(cos), where the angle is that from +x.

    By the addition theorem, P_n(u . v) is the sum over m of Y_nm(u) Y_nm(v) under SN3D.

    Parameters
    ----------
    legendre
        a_n, shape (..., degree).

    Returns
    -------
    Coefficients, shape (..., harmonic).

    Examples
    --------
    >>> axisymmetric([0.25, 0.75]).tolist()
    [0.25, 0.0, 0.0, 0.75]
    """
    series = np.asarray(legendre, dtype=np.float64)
    order = series.shape[-1] - 1
    return np.asarray(
        series[..., harmonic_degrees(order)] * real_spherical_harmonics(_FRONT, order)[0]
    )


def directivity_index_db(coefficients: ArrayLike) -> NDArray[np.float64]:
    """Return how much more is radiated to the front than on average over the sphere.

    10 lg of the squared gain at +x over the mean squared gain, which is
    sum_nm c_nm^2 / (2 n + 1) under SN3D.

    Parameters
    ----------
    coefficients
        In the thing's own frame, facing +x, shape (..., harmonic); not all 0.

    Returns
    -------
    Directivity index in dB, shape (...).

    Raises
    ------
    ShapeError
        If coefficients are not finite, or their number is not a square.
    ParameterError
        If they are all 0, or the gain in front is.

    Examples
    --------
    >>> directivity_index_db(cardioid_family("cardioid", 1)).round(2).tolist()
    [4.77]
    """
    front = evaluate_harmonics(coefficients, _FRONT)[..., 0]
    if np.any(front == 0.0):
        raise ParameterError("the gain in front is 0", allowed="a pattern that faces +x")
    series = np.asarray(coefficients, dtype=np.float64)
    degrees = harmonic_degrees(order_of_harmonics(series.shape[-1]))
    mean = np.sum(series * series / (2 * degrees + 1), axis=-1)
    return np.asarray(10.0 * np.log10(front * front / mean))
