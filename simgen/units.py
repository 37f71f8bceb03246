"""Conversions between SI and the units of displays and scene files."""

from typing import overload

import numpy as np
from numpy.typing import NDArray

__all__ = ["amplitude_from_db", "db_from_power", "power_from_db", "wrap_azimuth"]


def amplitude_from_db(level_db: float) -> float:
    """Return the amplitude ratio of a level in dB.

    Examples
    --------
    >>> amplitude_from_db(-20.0)
    0.1
    """
    return float(10.0 ** (level_db / 20.0))


def power_from_db(level_db: float) -> float:
    """Return the power ratio of a level in dB.

    Examples
    --------
    >>> power_from_db(30.0)
    1000.0
    """
    return float(10.0 ** (level_db / 10.0))


def db_from_power(power: float) -> float:
    """Return the level in dB of a power ratio; -inf for zero.

    Examples
    --------
    >>> db_from_power(0.01)
    -20.0
    """
    return float(10.0 * np.log10(power)) if power > 0.0 else -np.inf


@overload
def wrap_azimuth(azimuth: float) -> float: ...
@overload
def wrap_azimuth(azimuth: NDArray[np.float64]) -> NDArray[np.float64]: ...
def wrap_azimuth(azimuth: float | NDArray[np.float64]) -> float | NDArray[np.float64]:
    """Wrap an angle in radians into (-pi, pi].

    Examples
    --------
    >>> wrap_azimuth(-np.pi) == np.pi
    True
    >>> round(wrap_azimuth(np.deg2rad(350.0)) * 180 / np.pi, 9)
    -10.0
    """
    wrapped = np.pi - np.mod(np.pi - np.asarray(azimuth, dtype=np.float64), 2.0 * np.pi)
    wrapped = np.where(wrapped <= -np.pi, np.pi, wrapped)
    return wrapped if isinstance(azimuth, np.ndarray) else float(wrapped)
