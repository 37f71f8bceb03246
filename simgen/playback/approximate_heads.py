"""Heads of one pole and one zero, from which gentle filters can be designed without a head.

Far field, sources on the horizon, ears opposite each other, e^{+j w t}, relative to the free
field at the centre of the head.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real, require_between
from simgen.errors import ParameterError

__all__ = ["approximate_plant", "shadowed_response"]

_DEEPEST: Final = 0.1
"""High-frequency gain where the shadow is deepest (Brown and Duda 1998)."""

_DEEPEST_INCIDENCE: Final = math.radians(150.0)
"""Angle from the ear's axis at which it is (Brown and Duda 1998)."""


def shadowed_response(
    frequency: ArrayLike, incidence: ArrayLike, *, radius: float, speed_of_sound: float
) -> NDArray[np.complex128]:
    r"""Return the pressure at an ear as a delay and one pole and zero.

    .. math:: \frac{1 + j \alpha \omega / 2 \omega_0}{1 + j \omega / 2 \omega_0} e^{-j \omega T},
        \quad \omega_0 = c / a

    with :math:`\alpha = 1.05 + 0.95 \cos(\theta \cdot 180 / 150)` for a source :math:`\theta`
    from the ear's axis, and T as Woodworth's: :math:`-(a/c) \cos\theta` in the light, and
    :math:`(a/c) (\theta - \pi/2)` in the shadow.

    Parameters
    ----------
    frequency
        In Hz, shape (frequency,).
    incidence
        Angle between the source and the ear, seen from the head's centre, in rad, 0 to pi,
        shape (point,).
    radius
        a in m.
    speed_of_sound
        c in m/s.

    Returns
    -------
    ndarray
        Relative pressure, complex, shape (frequency, point).

    Raises
    ------
    ShapeError
        If frequencies or angles are not finite or not along one axis.
    ParameterError
        If a number is out of range.

    References
    ----------
    C. P. Brown and R. O. Duda, "A structural model for binaural sound synthesis", IEEE Trans.
    Speech Audio Process. 6(5), 1998.
    """
    ka, angles = _checked(frequency, incidence, "incidence", radius, speed_of_sound)
    if np.any((angles < 0.0) | (angles > math.pi)):
        raise ParameterError("incidence is out of range", value=incidence, allowed="0 to pi")
    shelf = (1.0 + 0.5j * ka * _high_frequency_gain(angles)) / (1.0 + 0.5j * ka)
    return np.asarray(shelf * np.exp(-1j * ka * _way(angles)))


def approximate_plant(
    frequency: ArrayLike, azimuth: ArrayLike, *, radius: float, speed_of_sound: float
) -> NDArray[np.complex128]:
    """Return a head with an all-pass at the near ear and a delayed low-pass at the far one.

    The near ear hears a flat spectrum; the ratio of the ears is that of ``shadowed_response``.
    A source straight ahead sounds the same at both.

    Parameters
    ----------
    frequency
        In Hz, shape (frequency,).
    azimuth
        Of the loudspeakers in rad, counter-clockwise from ahead, shape (loudspeaker,).
    radius
        Of the head in m.
    speed_of_sound
        In m/s.

    Returns
    -------
    ndarray
        Responses, complex, shape (frequency, 2, loudspeaker). At 0 Hz the ears are equal: a pair
        cannot be inverted there without regularisation.

    Raises
    ------
    ShapeError
        If frequencies or azimuths are not finite or not along one axis.
    ParameterError
        If a number is out of range.

    References
    ----------
    C. P. Brown and R. O. Duda, "A structural model for binaural sound synthesis", IEEE Trans.
    Speech Audio Process. 6(5), 1998, for the ratio of the ears.
    """
    ka, angles = _checked(frequency, azimuth, "azimuth", radius, speed_of_sound)
    left = np.arccos(np.sin(angles))
    incidence = np.stack((left, math.pi - left))
    gain = _high_frequency_gain(incidence)
    wave = ka[..., None]
    shelf = (1.0 + 0.5j * wave * gain) / (1.0 + 0.5j * wave * gain.max(axis=0))
    return np.asarray(shelf * np.exp(-1j * wave * _way(incidence)))


def _high_frequency_gain(incidence: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return alpha, from 2 on the ear's axis to its least in the deepest shadow."""
    half = 0.5 * _DEEPEST
    return (1.0 + half) + (1.0 - half) * np.cos(math.pi * incidence / _DEEPEST_INCIDENCE)


def _way(incidence: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the way to an ear beyond that to the centre, in radii."""
    return np.where(incidence < 0.5 * math.pi, -np.cos(incidence), incidence - 0.5 * math.pi)


def _checked(
    frequency: ArrayLike, angle: ArrayLike, name: str, radius: float, speed_of_sound: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return k a as (frequency, 1), and the angles."""
    require_between(radius, "radius", 1e-3, 1.0)
    require_between(speed_of_sound, "speed_of_sound", 100.0, 1000.0)
    frequencies = as_real(frequency, "frequency", axes=("frequency",))
    if np.any(frequencies < 0.0):
        raise ParameterError("frequency is negative", value=float(frequencies.min()))
    ka = 2.0 * math.pi * frequencies * radius / speed_of_sound
    return ka[:, None], as_real(angle, name, axes=("point",))
