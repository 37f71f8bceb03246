"""Sound on the surface of a rigid sphere: the simplest head, with an exact solution.

All pressures are relative to the free field at the sphere's centre, without the sphere, for a
time dependence e^{+j w t}: a sound that arrives tau after it would reach the centre has the
phase e^{-j w tau}, as in numpy's transforms. Points are given by the cosine of the angle,
seen from the centre, between the point and the source.

References
----------
R. O. Duda and W. L. Martens, "Range dependence of the response of a spherical head model",
J. Acoust. Soc. Am. 104(5), 1998, 3048-3058, for the series; their time dependence is the opposite.
"""

import math
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.fft import next_fast_len

from simgen.acoustics.band_limit import band_limit
from simgen.arrays import as_real, require_between
from simgen.errors import GeometryError, ParameterError

__all__ = ["sphere_impulse_responses", "sphere_response", "woodworth_delay"]

LARGEST_RADIUS: Final = 1.0
"""In m; far beyond any head or device, and with it the series stays below a thousand terms."""

LARGEST_KA: Final = 1000.0
"""Circumference of the largest sphere in wavelengths."""

NEAREST_DISTANCE: Final = 1.01
"""Least distance of a source from the centre, in radii: the series grows as 1 / (distance - 1)."""

_NEGLIGIBLE: Final = 1e-20
"""Weight of a term, relative to the first, that is below rounding even a few thousand times."""

_AT_REST: Final = 1e-100
"""A k a that stands for zero, where a plane wave's terms would be 0 / 0."""

_MARGIN: Final = 512
"""Samples left for what rings before time zero and after the end, so that it wraps on to itself."""


def sphere_response(
    frequency: ArrayLike,
    cosine: ArrayLike,
    *,
    radius: float,
    distance: float,
    speed_of_sound: float,
) -> NDArray[np.complex128]:
    """Return the pressure of a point source on a rigid sphere, relative to that at its centre.

    With k a = mu, r / a = rho and Hankel functions of the second kind,

        H = -(rho / mu) e^{j mu rho} sum_m (2 m + 1) P_m(cos) h_m(mu rho) / h_m'(mu),

    which for a plane wave is sum_m (2 m + 1) j^(m - 1) P_m(cos) / (mu^2 h_m'(mu)) and at 0 Hz
    sum_m (2 m + 1) / (m + 1) rho^-m P_m(cos).

    Parameters
    ----------
    frequency
        In Hz, 0 or more, shape (frequency,).
    cosine
        Of the angle between each point and the source, shape (point,).
    radius
        a in m, more than 0 and at most 1.
    distance
        r in m of the source from the centre, at least 1.01 radii; ``math.inf`` is a plane wave.
    speed_of_sound
        In m/s, 100 to 1000.

    Returns
    -------
    Relative pressure, shape (frequency, point).

    Raises
    ------
    ShapeError
        If frequencies or cosines are not finite or not along one axis.
    ParameterError
        If a number is out of range, or k a exceeds 1000.
    GeometryError
        If the source is inside the sphere or too near to it.

    Examples
    --------
    A source 2 m away is louder in front than behind, even at 0 Hz:

    >>> sphere = {"radius": 0.0875, "distance": 2.0, "speed_of_sound": 343.0}
    >>> sphere_response([0.0], [1.0, -1.0], **sphere).real.round(4).tolist()
    [[1.069, 0.9374]]
    """
    cosines = _checked(cosine, radius, distance, speed_of_sound)
    frequencies = as_real(frequency, "frequency", axes=("frequency",))
    with np.errstate(over="ignore"):  # what overflows is out of range
        ka = 2.0 * math.pi * frequencies * radius / speed_of_sound
    for value in ka[(ka < 0.0) | (ka > LARGEST_KA)][:1]:
        raise ParameterError(
            "k a, the sphere's circumference in wavelengths, is out of range",
            value=float(value),
            allowed=f"0 to {LARGEST_KA:g}",
            fix="Take a smaller sphere or lower frequencies.",
        )
    series = _sum_series(np.maximum(ka, _AT_REST), cosines, radius / distance)
    return np.asarray(np.exp(1j * ka)[:, None] * series)


def _sum_series(
    ka: NDArray[np.float64], cosines: NDArray[np.float64], nearness: float
) -> NDArray[np.complex128]:
    """Return the sum over m of (2 m + 1) P_m w_m / (m + 1 - s_m), (frequency, point).

    Hankel functions overflow at low frequencies; these ratios of neighbours do not:

        d_m(z) = z h_m(z) / h_(m-1)(z) = 2 m - 1 - z^2 / d_(m-1)(z),  d_1(z) = 1 + j z,
        s_m = mu^2 / d_m(mu),  so that mu h_m'(mu) = -(m + 1 - s_m) h_m(mu),
        w_m = rho h_m(mu rho) / h_m(mu) e^{j mu (rho - 1)} = w_(m-1) d_m(mu rho) / (rho d_m(mu)).

    ``far`` is d_m(mu rho) / rho, which has a limit for the plane wave, ``nearness`` 1 / rho = 0.
    """
    square = ka * ka
    weight = np.ones(len(ka), dtype=np.complex128)
    near: NDArray[Any] = 1.0 + 1j * ka
    far: NDArray[Any] = nearness + 1j * ka
    slope: NDArray[Any] = -1j * ka
    legendre, previous = np.ones_like(cosines), np.zeros_like(cosines)
    total = np.zeros((len(ka), len(cosines)), dtype=np.complex128)
    m = 0
    while np.any(weight):
        term = (2 * m + 1) * weight / (m + 1 - slope)
        total.real += np.multiply.outer(term.real, legendre)
        total.imag += np.multiply.outer(term.imag, legendre)
        weight = weight * far / near
        weight[np.abs(weight) < _NEGLIGIBLE] = 0.0
        slope = square / near
        m += 1
        near, far = 2 * m + 1 - slope, (2 * m + 1) * nearness - square / far
        following = ((2 * m - 1) * cosines * legendre - (m - 1) * previous) / m
        legendre, previous = following, legendre
    return total


def woodworth_delay(
    cosine: ArrayLike, *, radius: float, distance: float, speed_of_sound: float
) -> NDArray[np.float64]:
    """Return when sound arrives at points on a sphere, relative to its centre, by geometry.

    The path is straight to a point that the source sees, else a tangent and an arc.

    Parameters
    ----------
    cosine
        Of the angle between each point and the source, shape (point,).
    radius
        In m, more than 0 and at most 1.
    distance
        Of the source from the centre in m, at least 1.01 radii; ``math.inf`` is a plane wave.
    speed_of_sound
        In m/s, 100 to 1000.

    Returns
    -------
    Delays in s, negative where the sound arrives before it would reach the centre, (point,).

    Raises
    ------
    ShapeError
        If cosines are not finite or not along one axis.
    ParameterError
        If a number is out of range.
    GeometryError
        If the source is inside the sphere or too near to it.

    References
    ----------
    R. S. Woodworth, Experimental Psychology, 1938, for a distant source.

    Examples
    --------
    >>> sphere = {"radius": 0.0875, "distance": math.inf, "speed_of_sound": 350.0}
    >>> woodworth_delay([1.0, 0.0], **sphere).round(9).tolist()
    [-0.00025, 0.0]
    """
    cosines = _checked(cosine, radius, distance, speed_of_sound)
    nearness = radius / distance
    # Differences of distances are written as quotients, which hold for infinite distances too.
    ray = np.sqrt(1.0 + nearness * (nearness - 2.0 * cosines))
    straight = (nearness - 2.0 * cosines) / (ray + 1.0)
    tangent = -nearness / (math.sqrt(1.0 - nearness * nearness) + 1.0)
    around = tangent + np.arccos(cosines) - math.acos(nearness)
    return np.asarray(np.where(cosines >= nearness, straight, around) * radius / speed_of_sound)


def sphere_impulse_responses(
    cosine: ArrayLike,
    *,
    radius: float,
    distance: float,
    speed_of_sound: float,
    sample_rate: float,
    num_samples: int,
    advance: float,
) -> NDArray[np.float64]:
    """Return band-limited impulse responses from a source to points on a rigid sphere.

    Sample ``advance`` is when the sound would reach the centre. The spectrum is that of
    ``sphere_response``, flat up to 0.44 sample rates, and falls from there to 0 at 0.5.

    Parameters
    ----------
    cosine
        Of the angle between each point and the source, shape (point,).
    radius
        In m, more than 0 and at most 1.
    distance
        Of the source from the centre in m, at least 1.01 radii; ``math.inf`` is a plane wave.
    speed_of_sound
        In m/s, 100 to 1000.
    sample_rate
        In Hz.
    num_samples
        Length of the responses.
    advance
        Delay in samples, such that every sound arrives within the response. The band limit
        rings before and after each arrival, 32 samples away by about -70 dB of the peak.

    Returns
    -------
    Responses, shape (point, tap).

    Raises
    ------
    ShapeError
        If cosines are not finite or not along one axis.
    ParameterError
        If a number is out of range, or a sound arrives before or after the response.
    GeometryError
        If the source is inside the sphere or too near to it.
    """
    require_between(sample_rate, "sample_rate", 1.0, 1e6)
    require_between(num_samples, "num_samples", 1, 2**20)
    sphere = {"radius": radius, "distance": distance, "speed_of_sound": speed_of_sound}
    arrival = advance + sample_rate * woodworth_delay(cosine, **sphere)
    for sample in arrival[~((arrival >= 0.0) & (arrival <= num_samples - 1))][:1]:
        raise ParameterError(
            "a sound arrives outside the response, at sample",
            value=float(sample),
            allowed=f"0 to {num_samples - 1}",
            fix="Change advance or num_samples.",
        )
    length = next_fast_len(num_samples + _MARGIN, real=True)
    frequency = np.fft.rfftfreq(length).astype(np.float64)
    spectrum = sphere_response(sample_rate * frequency, cosine, **sphere)
    spectrum *= (band_limit(frequency) * np.exp(-2j * np.pi * advance * frequency))[:, None]
    responses = np.fft.irfft(spectrum, length, axis=0)[:num_samples]
    return np.ascontiguousarray(responses.T)


def _checked(
    cosine: ArrayLike, radius: float, distance: float, speed_of_sound: float
) -> NDArray[np.float64]:
    """Return the cosines as an array, and refuse a sphere or a source that cannot be."""
    if not (isinstance(radius, (int, float, np.number)) and 0.0 < radius <= LARGEST_RADIUS):
        allowed = f"more than 0, at most {LARGEST_RADIUS:g} m"
        raise ParameterError("the sphere's radius is out of range", value=radius, allowed=allowed)
    require_between(speed_of_sound, "speed_of_sound", 100.0, 1000.0)
    if not distance >= NEAREST_DISTANCE * radius:
        raise GeometryError(
            "the source is inside the sphere or too near to it: its distance from the centre",
            value=distance,
            allowed=f"at least {NEAREST_DISTANCE:g} times the radius of {radius:g} m",
        )
    cosines = as_real(cosine, "cosine", axes=("point",))
    for value in cosines[np.abs(cosines) > 1.0][:1]:
        raise ParameterError("cosine is out of range", value=float(value), allowed="-1 to 1")
    return cosines
