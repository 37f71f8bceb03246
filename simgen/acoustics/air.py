"""Air: the medium that sound travels in."""

import math

from simgen.arrays import require_between
from simgen.constants import (
    KELVIN_AT_ZERO_CELSIUS,
    REFERENCE_SPEED_OF_SOUND,
    REFERENCE_TEMPERATURE,
)

__all__ = ["speed_of_sound"]


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
