"""Reverberation time of a room from its absorption, and back."""

import math

from simgen.errors import ParameterError

__all__ = ["sabine_absorption", "sabine_t60", "shortest_sabine_t60"]

_DECAY_OF_60_DB = 24.0 * math.log(10.0)
"""4 ln(10^6): c S a t / V at a decay of 60 dB, from E(t) = exp(-c S a t / 4V)."""


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


def sabine_absorption(size: tuple[float, float, float], t60: float, speed_of_sound: float) -> float:
    """Return the energy absorption that gives a box the asked reverberation time.

    Parameters
    ----------
    size
        Length, width and height in m.
    t60
        Reverberation time in s; 0 asks for the free field, absorption 1.
    speed_of_sound
        In m/s.

    Returns
    -------
    Energy absorption of every wall, in (0, 1].

    Raises
    ------
    ParameterError
        If no absorption up to 1 gives so short a time.
    """
    if t60 == 0.0:
        return 1.0
    shortest = shortest_sabine_t60(size, speed_of_sound)
    if not (math.isfinite(t60) and t60 >= shortest):
        box = " x ".join(f"{side:.3g}" for side in size)
        raise ParameterError(
            f"no wall absorption gives a box of {box} m this reverberation time (Sabine)",
            value=t60,
            allowed=f"0 (anechoic) or at least {math.ceil(shortest * 1e3) / 1e3:.3f} s",
        )
    return shortest / t60
