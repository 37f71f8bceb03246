"""The devices of ``beam/1``: what their drivers radiate, from stored numbers.

``D-omni`` has three small drivers in free field, ``D-ball`` three small drivers on a rigid ball,
whose radiation is by reciprocity what a plane wave makes of their places. Both have the same
drivers, and are graded as they were meant and with sixteen sets of errors. All responses are
relative to those of a driver in the middle of the device in free field, far away.
"""

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.acoustics.rigid_sphere import sphere_response
from simgen.arrays import as_real
from simgen.errors import ShapeError
from simgen.scoring.beam_bands import GRADED_BANDS
from simgen.scoring.beam_plant import AZIMUTHS, BeamPlant

__all__ = [
    "BALL_AZIMUTHS",
    "BALL_RADIUS",
    "DRIVER_ERRORS",
    "OMNI_PLACES",
    "ball_responses",
    "beam_devices",
    "beam_plant",
    "fibonacci_directions",
    "omni_responses",
]

SPEED_OF_SOUND: Final = 343.0
"""In m/s, at 20 degrees Celsius."""

OMNI_PLACES: Final = (0.06, 0.0, -0.06)
"""Places of the drivers of D-omni to the left of its middle, in m."""

BALL_RADIUS: Final = 0.075
"""Radius of D-ball in m."""

BALL_AZIMUTHS: Final = (math.radians(50.0), 0.0, math.radians(-50.0))
"""Azimuths of the drivers of D-ball in rad."""

NUM_SPHERE_DIRECTIONS: Final = 400
"""Directions for the directivity index: within 0.001 dB of its closed form in free field."""

DRIVER_ERRORS: Final = (
    (-0.18, 0.6, 0.7, -5.2, -2.2, 1.8),
    (0.16, 0.21, -0.24, 3, 0.5, 3.2),
    (-0.46, -0.45, -0.5, 1.6, -3.2, 3.9),
    (0.46, -0.03, 0.06, -1.5, -4.9, 1.3),
    (-0.32, -0.54, -0.6, 5.4, 2.9, 3),
    (-0.42, 0.3, 0.01, 0.6, -7.4, 2),
    (-0.23, -0.12, -0.71, 0.5, -7.9, -2),
    (0.62, -0.61, 0.02, -2.6, 3.2, 0.4),
    (1.07, -1.28, -0.7, 0.9, 0.7, -4),
    (-0.36, 0.06, -0.86, -5.9, 0.2, -0.9),
    (-0.12, -0.01, 0.09, 0, -0.5, -1.5),
    (-1.19, 0.32, 0.8, 1.7, 0.6, -1.9),
    (0.22, -0.36, -0.31, -5.7, -7.8, -4.3),
    (-1.32, 0.24, 0.75, -0.5, 2.7, -1.3),
    (0.33, -1.49, -0.21, 2, 3.5, 7.1),
    (-0.05, -0.24, 0.52, 0.9, 4.5, 0.7),
)
"""Gain in dB of the left, middle and right driver, and its delay in microseconds, by draw.

Once drawn from normal distributions of 0.5 dB and 3 microseconds, and rounded: ordinary tolerances
of a production line.
"""

_GOLDEN_ANGLE: Final = math.pi * (3.0 - math.sqrt(5.0))

_Radiation = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.complex128]]


def beam_devices() -> dict[str, BeamPlant]:
    """Return the plants of the protocol's devices, each with 17 draws.

    Examples
    --------
    >>> {name: plant.draws.shape for name, plant in beam_devices().items()}
    {'D-omni': (17, 766, 72, 3), 'D-ball': (17, 766, 72, 3)}
    """
    return {
        "D-omni": beam_plant(omni_responses, DRIVER_ERRORS),
        "D-ball": beam_plant(ball_responses, DRIVER_ERRORS),
    }


def beam_plant(radiation: _Radiation, errors: ArrayLike) -> BeamPlant:
    """Return a device's plant: as it was meant first, then with each set of errors.

    Parameters
    ----------
    radiation
        Responses of the drivers for frequencies and directions, such as :func:`omni_responses`.
    errors
        Gains in dB of all drivers, then their delays in microseconds, shape
        (draw, 2 * driver).

    Raises
    ------
    ShapeError
        If there are not a gain and a delay for each driver.
    """
    frequency = GRADED_BANDS.frequencies
    horizon = np.stack([np.cos(AZIMUTHS), np.sin(AZIMUTHS), np.zeros(len(AZIMUTHS))], axis=1)
    meant = radiation(frequency, horizon)
    numbers = as_real(errors, "errors", axes=("draw", "2 * driver"))
    if numbers.shape[1] != 2 * meant.shape[2]:
        raise ShapeError(
            f"errors has shape {numbers.shape}", allowed=f"(draw, {2 * meant.shape[2]})"
        )
    gain_db, delay_us = np.split(np.pad(numbers, ((1, 0), (0, 0))), 2, axis=1)
    turn = np.exp(-2e-6j * np.pi * delay_us[:, None, :] * frequency[:, None])
    off = 10.0 ** (gain_db[:, None, :] / 20.0) * turn
    sphere = radiation(frequency, fibonacci_directions(NUM_SPHERE_DIRECTIONS))
    return BeamPlant(draws=off[:, :, None, :] * meant, sphere=sphere)


def omni_responses(
    frequency: NDArray[np.float64], directions: NDArray[np.float64]
) -> NDArray[np.complex128]:
    """Return what the drivers of D-omni radiate far away.

    Parameters
    ----------
    frequency
        In Hz, shape (frequency,).
    directions
        Unit vectors, shape (direction, 3).

    Returns
    -------
    Responses, shape (frequency, direction, driver).
    """
    advance = directions[:, 1, None] * np.asarray(OMNI_PLACES) / SPEED_OF_SOUND
    return np.asarray(np.exp(2j * np.pi * frequency[:, None, None] * advance))


def ball_responses(
    frequency: NDArray[np.float64], directions: NDArray[np.float64]
) -> NDArray[np.complex128]:
    """Return what the drivers of D-ball radiate far away, like :func:`omni_responses`."""
    towards = np.stack([np.cos(BALL_AZIMUTHS), np.sin(BALL_AZIMUTHS), np.zeros(3)])
    cosines = np.clip(directions @ towards, -1.0, 1.0)
    responses = sphere_response(
        frequency,
        cosines.ravel(),
        radius=BALL_RADIUS,
        distance=math.inf,
        speed_of_sound=SPEED_OF_SOUND,
    )
    return responses.reshape(len(frequency), *cosines.shape)


def fibonacci_directions(number: int) -> NDArray[np.float64]:
    """Return directions that share the sphere evenly, along a spiral.

    Returns
    -------
    Unit vectors, shape (direction, 3).

    References
    ----------
    R. Swinbank, R. J. Purser, "Fibonacci grids: a novel approach to global modelling", Q. J. R.
    Meteorol. Soc. 132, 2006.
    """
    steps = np.arange(number)
    height = 1.0 - (2.0 * steps + 1.0) / number
    ring = np.sqrt(1.0 - height**2)
    azimuth = _GOLDEN_ANGLE * steps
    return np.stack([ring * np.cos(azimuth), ring * np.sin(azimuth), height], axis=1)
