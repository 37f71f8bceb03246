"""What a vibrating surface radiates: far-field patterns of a cap, a piston and a talker's mouth.

A response is the pressure at one frequency by the cosine of the angle from the axis, relative
to the axis. A pattern is a real gain per octave band: the root mean square of a response's
magnitude over the octave, with equal weight per unit of log frequency, so that energies are
right where lobes and nulls pass through a band, and no phase is claimed.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import eval_legendre, j1, spherical_jn, spherical_yn

from simgen.arrays import as_real, require_between
from simgen.constants import REFERENCE_SPEED_OF_SOUND

__all__ = [
    "Pattern",
    "cap_response",
    "octave_pattern",
    "piston_response",
    "speech_pattern",
]

Pattern = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Gains, shape (band, angle), at cosines of the angle from +x, shape (angle,), ascending."""

MOUTH_SPHERE_RADIUS: Final = 0.09
"""Radius in m of the sphere that stands for a talker's head (J. L. Flanagan, "Analog measurements
of sound radiation from the mouth", J. Acoust. Soc. Am. 32(12), 1960: "a sphere of 9-cm radius")."""

MOUTH_HALF_ANGLE: Final = math.radians(8.0)
"""Half angle in rad of the cap that stands for the mouth: 5 cm^2, the opening of an [a] (G. Fant,
Acoustic Theory of Speech Production, 1960, area functions of vowels)."""

LARGEST_RADIUS: Final = 10.0
"""In m, of a sphere or a piston; far beyond any loudspeaker."""

_FREQUENCIES_PER_OCTAVE: Final = 16  # 256 change the talker by no more than 0.03 dB


def octave_pattern(
    response: Callable[[float, NDArray[np.float64]], NDArray[Any]], centres: ArrayLike
) -> Pattern:
    """Return the root mean square over octaves of a response to frequency and cosines.

    Parameters
    ----------
    response
        Pressure, shape (angle,), at a frequency in Hz and cosines, shape (angle,).
    centres
        Octave centre frequencies in Hz, 20 to 20 000, shape (band,).

    Raises
    ------
    ShapeError
        If centres are not finite or not along one axis.
    ParameterError
        If a centre is out of range.
    """
    bands = as_real(centres, "centres", axes=("band",))
    for centre in bands:
        require_between(centre, "an octave's centre", 20.0, 20_000.0)
    octaves = (np.arange(_FREQUENCIES_PER_OCTAVE) + 0.5) / _FREQUENCIES_PER_OCTAVE - 0.5
    frequencies = bands[:, None] * np.exp2(octaves)

    def pattern(cosines: NDArray[np.float64]) -> NDArray[np.float64]:
        power = np.zeros((len(bands), len(cosines)))
        for band, within in enumerate(frequencies):
            for frequency in within:
                power[band] += np.abs(response(float(frequency), cosines)) ** 2
        return np.sqrt(power / _FREQUENCIES_PER_OCTAVE)

    return pattern


def cap_response(
    frequency: float,
    cosines: NDArray[np.float64],
    *,
    sphere_radius: float,
    half_angle: float,
    speed_of_sound: float,
) -> NDArray[np.complex128]:
    """Return the far-field pressure of a cap that vibrates radially on a rigid sphere.

    Far away, relative to the front and for a time dependence e^{+j w t},

        D = sum_n j^n W_n P_n(cos) / h_n'(k a),  W_n = P_(n-1)(cos alpha) - P_(n+1)(cos alpha),

    with W_0 = 1 - P_1(cos alpha) and the Hankel functions of the second kind.

    Parameters
    ----------
    frequency
        In Hz.
    cosines
        Of the angle from the cap's axis, shape (angle,).
    sphere_radius
        a in m, up to 10.
    half_angle
        alpha in rad, 0.01 to pi; pi is the pulsating sphere.
    speed_of_sound
        In m/s, 100 to 1000.

    Returns
    -------
    Complex pressure, 1 in front, shape (angle,).

    Raises
    ------
    ParameterError
        If a number is out of range, or k a is not 0.0001 to 100.

    References
    ----------
    P. M. Morse and K. U. Ingard, Theoretical Acoustics, 1968, section 7.2; L. L. Beranek and
    T. J. Mellow, Acoustics: Sound Fields, Transducers and Vibration, 2nd ed. 2019, section 12.5.
    """
    require_between(half_angle, "half_angle", 0.01, math.pi)
    require_between(sphere_radius, "the sphere's radius", 0.0, LARGEST_RADIUS)
    require_between(speed_of_sound, "speed_of_sound", 100.0, 1000.0)
    ka = 2.0 * math.pi * frequency * sphere_radius / speed_of_sound
    require_between(ka, "k a", 1e-4, 100.0)
    n = np.arange(_series_length(ka) + 1)
    edge = eval_legendre(np.arange(-1, len(n) + 1), math.cos(half_angle))
    velocity = edge[:-2] - edge[2:]  # P_(-1) = P_0 = 1, as W_0 wants it
    hankel = spherical_jn(n, ka, derivative=True) - 1j * spherical_yn(n, ka, derivative=True)
    weights = np.array([1, 1j, -1, -1j])[n % 4] * velocity / hankel
    return np.asarray(np.polynomial.legendre.legval(cosines, weights) / weights.sum())


def _series_length(ka: float) -> int:
    """Return a degree beyond which 1 / h_n'(ka) has died out, and before which none overflows."""
    return math.ceil(1.1 * ka + 4.05 * math.cbrt(ka) + 10.0)


def piston_response(
    frequency: float, cosines: NDArray[np.float64], *, radius: float, speed_of_sound: float
) -> NDArray[np.float64]:
    """Return the far-field pressure of a flat circular piston in an infinite wall.

    2 J_1(k a sin) / (k a sin) in front, relative to the axis; behind the wall there is none.

    Parameters
    ----------
    frequency
        In Hz, up to 1 000 000.
    cosines
        Of the angle from the piston's axis, shape (angle,).
    radius
        a in m, up to 10.
    speed_of_sound
        In m/s, 100 to 1000.

    Returns
    -------
    Pressure, 1 in front, shape (angle,).

    Raises
    ------
    ParameterError
        If a number is out of range.

    References
    ----------
    L. E. Kinsler, A. R. Frey, A. B. Coppens and J. V. Sanders, Fundamentals of Acoustics,
    4th ed. 2000, section 7.4.
    """
    require_between(frequency, "frequency", 0.0, 1e6)
    require_between(radius, "the piston's radius", 0.0, LARGEST_RADIUS)
    require_between(speed_of_sound, "speed_of_sound", 100.0, 1000.0)
    ka = 2.0 * math.pi * frequency * radius / speed_of_sound
    argument = ka * np.sqrt(1.0 - np.minimum(cosines * cosines, 1.0))
    small = argument < 1e-8
    pressure = np.where(small, 1.0, 2.0 * j1(argument) / np.where(small, 1.0, argument))
    return np.where(cosines >= 0.0, pressure, 0.0)


def speech_pattern(centres: ArrayLike) -> Pattern:
    """Return a talker's gain by angle: a mouth that vibrates on a rigid sphere.

    A perfect sphere has a bright spot opposite to the mouth, where all paths around it arrive
    in phase. A head with hair, neck and shoulders has none worth the name, so a gain here is
    the least between the front and its angle. The model has no torso: below 1 kHz real talkers
    are a little more directional.

    Parameters
    ----------
    centres
        Octave centre frequencies in Hz, 20 to 20 000, shape (band,).

    Raises
    ------
    ShapeError
        If centres are not finite or not along one axis.
    ParameterError
        If a centre is out of range.

    References
    ----------
    J. L. Flanagan, "Analog measurements of sound radiation from the mouth", J. Acoust. Soc.
    Am. 32(12), 1960, 1613-1620: compares a mannequin with a piston in a sphere.
    """
    mouth = partial(
        cap_response,
        sphere_radius=MOUTH_SPHERE_RADIUS,
        half_angle=MOUTH_HALF_ANGLE,
        speed_of_sound=REFERENCE_SPEED_OF_SOUND,
    )
    on_sphere = octave_pattern(mouth, centres)
    return lambda cosines: np.minimum.accumulate(on_sphere(cosines)[:, ::-1], axis=1)[:, ::-1]
