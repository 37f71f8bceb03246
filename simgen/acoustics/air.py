"""Air: the medium that sound travels in, and what it takes from the sound."""

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real, require_between
from simgen.constants import (
    KELVIN_AT_ZERO_CELSIUS,
    REFERENCE_SPEED_OF_SOUND,
    REFERENCE_TEMPERATURE,
)
from simgen.errors import ParameterError

__all__ = ["REFERENCE_PRESSURE", "air_absorption", "significant", "speed_of_sound"]

REFERENCE_PRESSURE: Final = 101_325.0
"""Reference ambient pressure in Pa (ISO 9613-1:1993, clause 4.2)."""

_TRIPLE_POINT: Final = 273.16
"""Triple-point temperature of water in K (ISO 9613-1:1993, annex B)."""

_LOWEST_PRESSURE: Final = 2_000.0
"""Pressure in Pa at which 20 kHz is 10 Hz/Pa, the limit of ISO 9613-1:1993, clause 7."""

_DIGITS: Final = 12


def speed_of_sound(temperature_celsius: float) -> float:
    """Return the speed of sound in air.

    Parameters
    ----------
    temperature_celsius
        Air temperature in degrees Celsius, -20 to 50 (the range of ISO 9613-1's tables).

    Returns
    -------
    Speed in m/s.

    Raises
    ------
    ParameterError
        If the temperature is outside that range.

    References
    ----------
    ISO 9613-1:1993, annex A: c = 343.2 sqrt(T / 293.15 K).

    Examples
    --------
    >>> speed_of_sound(20.0)
    343.2
    """
    require_between(temperature_celsius, "temperature_celsius", -20.0, 50.0)
    kelvin = temperature_celsius + KELVIN_AT_ZERO_CELSIUS
    return REFERENCE_SPEED_OF_SOUND * math.sqrt(kelvin / REFERENCE_TEMPERATURE)


def air_absorption(
    frequency: ArrayLike,
    *,
    temperature_celsius: float = 20.0,
    humidity_percent: float = 50.0,
    pressure_pa: float = REFERENCE_PRESSURE,
) -> NDArray[np.float64]:
    """Return the coefficient m with which air attenuates the intensity of a tone.

    Over a path of d metres intensity falls by exp(-m d), sound pressure by exp(-m d / 2)
    and the level by 10 lg(e) m d = 4.343 m d decibels.

    Parameters
    ----------
    frequency
        In Hz, shape (frequency,), not negative.
    temperature_celsius
        Air temperature in degrees Celsius, -20 to 50.
    humidity_percent
        Relative humidity in percent, 10 to 100 (the range of the standard's tables).
    pressure_pa
        Ambient pressure in Pa, 2 kPa to 200 kPa.

    Returns
    -------
    Attenuation coefficients of intensity in 1/m, shape (frequency,), to 12 digits.

    Raises
    ------
    ShapeError
        If the frequencies are not finite or not along one axis.
    ParameterError
        If something is out of range.

    References
    ----------
    ISO 9613-1:1993, eqs. (3) to (5) and annex B. Equation (5) gives decibels per metre;
    without its factor 8.686 = 20 lg(e) it gives half of m. By clause 7 it is accurate to
    10 % from 0.0004 to 10 Hz/Pa where water vapour is 0.05 to 5 % of the molecules, and to
    20 % where it is rarer or denser.

    Examples
    --------
    >>> m = air_absorption([1000.0, 4000.0])
    >>> (4343.0 * m).round(1).tolist()  # dB/km
    [4.7, 29.7]
    """
    tones = as_real(frequency, "frequency", axes=("frequency",))
    if np.any(tones < 0.0):
        raise ParameterError("a frequency is negative", value=float(tones.min()), allowed=">= 0 Hz")
    require_between(temperature_celsius, "temperature_celsius", -20.0, 50.0)
    require_between(humidity_percent, "humidity_percent", 10.0, 100.0)
    require_between(pressure_pa, "pressure_pa", _LOWEST_PRESSURE, 200_000.0)

    kelvin = temperature_celsius + KELVIN_AT_ZERO_CELSIUS
    warmth = kelvin / REFERENCE_TEMPERATURE
    pressure = pressure_pa / REFERENCE_PRESSURE
    vapour = _water_vapour_percent(kelvin, humidity_percent, pressure)
    oxygen, nitrogen = _relaxation_frequencies(warmth, pressure, vapour)
    square = tones * tones
    viscous = 1.84e-11 / pressure * math.sqrt(warmth)
    relaxing = 0.01275 * math.exp(-2239.1 / kelvin) / (oxygen + square / oxygen)
    relaxing += 0.1068 * math.exp(-3352.0 / kelvin) / (nitrogen + square / nitrogen)
    # exp and power may differ in the last bit from one CPU to the next; rounding hides that.
    return significant(2.0 * square * (viscous + warmth**-2.5 * relaxing), _DIGITS)


def significant(values: ArrayLike, digits: int) -> NDArray[np.float64]:
    """Round to a number of significant decimal digits, the same on every machine.

    Parameters
    ----------
    values
        Finite real numbers, any shape.
    digits
        Digits to keep, 1 to 17.

    Returns
    -------
    The rounded values, of the same shape.

    Examples
    --------
    >>> significant([1 / 3, 2e6 / 3], 4).tolist()
    [0.3333, 666700.0]
    """
    array = np.asarray(values, dtype=np.float64)
    # Through decimal text, because a scaling by powers of ten would itself round.
    rounded = [float(f"{value:.{digits - 1}e}") for value in array.flat]
    return np.array(rounded, dtype=np.float64).reshape(array.shape)


def _water_vapour_percent(kelvin: float, humidity_percent: float, pressure: float) -> float:
    """Return the molar concentration of water vapour in %: eqs. (B.1) to (B.3)."""
    saturation = 10.0 ** (4.6151 - 6.8346 * (_TRIPLE_POINT / kelvin) ** 1.261)
    return humidity_percent * float(saturation) / pressure


def _relaxation_frequencies(
    warmth: float, pressure: float, vapour_percent: float
) -> tuple[float, float]:
    """Return the relaxation frequencies of oxygen and nitrogen in Hz: eqs. (3) and (4)."""
    h = vapour_percent
    oxygen = pressure * (24.0 + 4.04e4 * h * (0.02 + h) / (0.391 + h))
    thinning = math.exp(-4.170 * (warmth ** (-1.0 / 3.0) - 1.0))
    nitrogen = pressure / math.sqrt(warmth) * (9.0 + 280.0 * h * thinning)
    return oxygen, nitrogen
