"""Reverberation time of a room from its absorption, and back."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.acoustics.air import significant
from simgen.arrays import as_real, require_between
from simgen.errors import ParameterError, ShapeError

__all__ = [
    "eyring_absorption",
    "eyring_t60_bands",
    "sabine_absorption",
    "sabine_t60",
    "sabine_t60_bands",
    "shortest_sabine_t60",
    "wall_areas",
]

_DECAY_OF_60_DB = 24.0 * math.log(10.0)
"""4 ln(10^6): c S a t / V at a decay of 60 dB, from E(t) = exp(-c S a t / 4V)."""


def wall_areas(size: tuple[float, float, float]) -> NDArray[np.float64]:
    """Return the areas of a box's walls.

    Parameters
    ----------
    size
        Length, width and height in m.

    Returns
    -------
    Areas in m2 of the walls x=0, x=length, y=0, y=width, floor and ceiling, shape (6,).

    Examples
    --------
    >>> wall_areas((5.0, 4.0, 3.0)).tolist()
    [12.0, 12.0, 15.0, 15.0, 20.0, 20.0]
    """
    length, width, height = size
    return np.repeat([width * height, length * height, length * width], 2)


def sabine_t60_bands(
    size: tuple[float, float, float],
    absorption: ArrayLike,
    speed_of_sound: float,
    *,
    air: ArrayLike = 0.0,
) -> NDArray[np.float64]:
    """Return the reverberation time of a box in each band by Sabine's formula.

    T60 = 24 ln(10) V / (c (A + 4 m V)), A the sum of wall areas times absorptions.

    Parameters
    ----------
    size
        Length, width and height in m.
    absorption
        Energy absorption of the walls in the order of ``wall_areas``, 0 to 1,
        shape (wall, band).
    speed_of_sound
        In m/s.
    air
        Attenuation coefficient m of intensity in 1/m, one number or shape (band,).

    Returns
    -------
    Reverberation times in s, shape (band,); infinite where nothing absorbs.

    Raises
    ------
    ShapeError
        If the absorptions are not of shape (6, band), or the air's of another length.
    ParameterError
        If an absorption or the air's coefficient is out of range.

    References
    ----------
    W. C. Sabine, Collected Papers on Acoustics, 1922; with the air's part, H. Kuttruff,
    Room Acoustics, 6th ed. 2017, chapter 5.
    """
    walls = _as_wall_absorption(absorption)
    absorbing_area = np.sum(wall_areas(size)[:, None] * walls, axis=0)
    return _t60_of_area(size, absorbing_area, speed_of_sound, air)


def eyring_t60_bands(
    size: tuple[float, float, float],
    absorption: ArrayLike,
    speed_of_sound: float,
    *,
    air: ArrayLike = 0.0,
) -> NDArray[np.float64]:
    """Return the reverberation time of a box in each band by Eyring's formula.

    T60 = 24 ln(10) V / (c (4 m V - S ln(1 - a))), a the mean absorption by area. Unlike
    Sabine's it falls to zero where the walls absorb everything.

    Parameters
    ----------
    size
        Length, width and height in m.
    absorption
        Energy absorption of the walls in the order of ``wall_areas``, 0 to 1,
        shape (wall, band).
    speed_of_sound
        In m/s.
    air
        Attenuation coefficient m of intensity in 1/m, one number or shape (band,).

    Returns
    -------
    Reverberation times in s, shape (band,); infinite where nothing absorbs.

    Raises
    ------
    ShapeError
        If the absorptions are not of shape (6, band), or the air's of another length.
    ParameterError
        If an absorption or the air's coefficient is out of range.

    References
    ----------
    C. F. Eyring, "Reverberation time in 'dead' rooms", J. Acoust. Soc. Am. 1, 1930;
    H. Kuttruff, Room Acoustics, 6th ed. 2017, chapter 5.
    """
    walls = _as_wall_absorption(absorption)
    areas = wall_areas(size)
    surface = np.sum(areas)
    mean = np.minimum(np.sum(areas[:, None] * walls, axis=0) / surface, 1.0)
    with np.errstate(divide="ignore"):  # full absorption: an infinite area, no time
        absorbing_area = -surface * np.log1p(-mean)
    return _t60_of_area(size, absorbing_area, speed_of_sound, air)


def sabine_t60(size: tuple[float, float, float], absorption: float, speed_of_sound: float) -> float:
    """Return the reverberation time of a box whose walls all absorb alike.

    Parameters
    ----------
    size
        Length, width and height in m.
    absorption
        Energy absorption of every wall, in (0, 1].
    speed_of_sound
        In m/s.

    Returns
    -------
    Reverberation time in s.

    References
    ----------
    W. C. Sabine, Collected Papers on Acoustics, 1922; in SI units
    T60 = 24 ln(10) V / (c S a), H. Kuttruff, Room Acoustics, 6th ed. 2017, section 5.1.
    """
    return shortest_sabine_t60(size, speed_of_sound) / absorption


def shortest_sabine_t60(size: tuple[float, float, float], speed_of_sound: float) -> float:
    """Return the reverberation time in s that Sabine's formula gives for full absorption."""
    length, width, height = size
    volume = length * width * height
    surface = 2.0 * (length * width + length * height + width * height)
    return _DECAY_OF_60_DB * volume / (speed_of_sound * surface)


def sabine_absorption(
    size: tuple[float, float, float], t60: float, speed_of_sound: float, *, air: float = 0.0
) -> float:
    """Return the energy absorption that gives a box the asked reverberation time.

    Parameters
    ----------
    size
        Length, width and height in m.
    t60
        Reverberation time in s; 0 asks for the free field, absorption 1.
    speed_of_sound
        In m/s.
    air
        Attenuation coefficient m of intensity in 1/m.

    Returns
    -------
    Energy absorption of every wall, in (0, 1].

    Raises
    ------
    ParameterError
        If no absorption up to 1 gives so short a time, or the air alone allows none so
        long; or if the air's coefficient is out of range.
    """
    if t60 == 0.0:
        return 1.0
    absorption = _loss_per_reflection(size, t60, speed_of_sound, air)
    if not 0.0 < absorption <= 1.0:
        path = _mean_free_path(size)
        shortest = shortest_sabine_t60(size, speed_of_sound) / (1.0 + air * path)
        raise _unreachable(size, t60, "Sabine", shortest, _longest_t60(speed_of_sound, air))
    return absorption


def eyring_absorption(
    size: tuple[float, float, float], t60: float, speed_of_sound: float, *, air: float = 0.0
) -> float:
    """Return the energy absorption that gives a box the asked time by Eyring's formula.

    Parameters
    ----------
    size
        Length, width and height in m.
    t60
        Reverberation time in s; 0 asks for the free field, absorption 1.
    speed_of_sound
        In m/s.
    air
        Attenuation coefficient m of intensity in 1/m.

    Returns
    -------
    Energy absorption of every wall, in (0, 1], to 12 digits.

    Raises
    ------
    ParameterError
        If the air alone allows no time so long; or if its coefficient is out of range.
    """
    if t60 == 0.0:
        return 1.0
    loss = _loss_per_reflection(size, t60, speed_of_sound, air)
    if not loss > 0.0:
        raise _unreachable(size, t60, "Eyring", 0.0, _longest_t60(speed_of_sound, air))
    # expm1 may differ in the last bit from one CPU to the next; rounding hides that.
    return float(significant(-math.expm1(-loss), 12))


def _loss_per_reflection(
    size: tuple[float, float, float], t60: float, speed_of_sound: float, air: float
) -> float:
    """Return what the walls take over a mean free path, as exponent of the energy."""
    require_between(air, "air", 0.0, math.inf)
    return shortest_sabine_t60(size, speed_of_sound) / t60 - air * _mean_free_path(size)


def _mean_free_path(size: tuple[float, float, float]) -> float:
    """Return the mean distance in m between reflections, 4V/S (Kuttruff, chapter 5)."""
    return 4.0 * math.prod(size) / float(np.sum(wall_areas(size)))


def _longest_t60(speed_of_sound: float, air: float) -> float:
    """Return the reverberation time in s of rigid walls, which the air alone gives."""
    return _DECAY_OF_60_DB / (4.0 * speed_of_sound * air) if air > 0.0 else math.inf


def _unreachable(
    size: tuple[float, float, float], t60: float, formula: str, shortest: float, longest: float
) -> ParameterError:
    """Make the error that names the reverberation times within reach."""
    box = " x ".join(f"{side:.3g}" for side in size)
    least = f"at least {math.ceil(shortest * 1e3) / 1e3:.3f} s" if shortest > 0.0 else "longer"
    return ParameterError(
        f"no wall absorption gives a box of {box} m this reverberation time ({formula})",
        value=t60,
        allowed=f"0 (anechoic) or {least}"
        + (f", below the {longest:.4g} s of the air alone" if math.isfinite(longest) else ""),
    )


def _t60_of_area(
    size: tuple[float, float, float],
    absorbing_area: NDArray[np.float64],
    speed_of_sound: float,
    air: ArrayLike,
) -> NDArray[np.float64]:
    """Return the time in which walls of that equivalent area and the air take 60 dB."""
    losses = as_real(np.atleast_1d(air), "air", axes=("band",))
    if len(losses) not in (1, len(absorbing_area)):
        raise ShapeError(f"air has shape {losses.shape}", allowed=f"({len(absorbing_area)},)")
    if np.any(losses < 0.0):
        raise ParameterError("air is negative", value=float(losses.min()), allowed=">= 0 / m")
    volume = math.prod(size)
    with np.errstate(divide="ignore"):  # nothing absorbs: the sound never ends
        return (
            _DECAY_OF_60_DB * volume / (speed_of_sound * (absorbing_area + 4.0 * losses * volume))
        )


def _as_wall_absorption(absorption: ArrayLike) -> NDArray[np.float64]:
    """Return absorptions as an array (6, band); refuse what is not between 0 and 1."""
    walls = as_real(absorption, "absorption", axes=("wall", "band"))
    if len(walls) != 6:
        raise ShapeError(f"absorption has shape {walls.shape}", allowed="(6, band)")
    outside = walls[(walls < 0.0) | (walls > 1.0)]
    if outside.size:
        raise ParameterError(
            "an absorption is out of range", value=float(outside[0]), allowed="0 to 1"
        )
    return walls
