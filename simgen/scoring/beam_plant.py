"""What a device's drivers radiate round about, and what filters make of it."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simgen.errors import ShapeError
from simgen.scoring.beam_bands import PLANT_BINS
from simgen.scoring.octave_bands import TRANSFORM_LENGTH

__all__ = [
    "AZIMUTHS",
    "SIDES",
    "WINDOW",
    "BeamPlant",
    "BeamSeats",
    "beam_spectra",
    "radiated_power",
    "single_driver",
]

_DEGREES: Final = (5 * np.arange(72) + 180) % 360 - 180

AZIMUTHS: Final = np.deg2rad(_DEGREES)
"""Azimuths in rad that a beam is graded at, counter-clockwise from the axis."""

WINDOW: Final = np.abs(_DEGREES) <= 45
"""Which of them are to be heard."""

SIDES: Final = (np.abs(_DEGREES) >= 75) & (np.abs(_DEGREES) <= 105)
"""Which of them are to be quiet."""

_NUM_BINS: Final = PLANT_BINS.stop - PLANT_BINS.start


@dataclass(frozen=True)
class BeamSeats:
    """Responses to seats in rooms, reported only.

    Frequencies are those of the plant.

    Parameters
    ----------
    direct, reverberant
        From the drivers to each seat, without reflections and of these alone, complex, shape
        (room, seat, frequency, driver).

    Raises
    ------
    ShapeError
        If a shape is not right, the two differ, or a value is not finite.
    """

    direct: NDArray[np.complex128]
    reverberant: NDArray[np.complex128]

    def __post_init__(self) -> None:
        _require("direct", self.direct, ("room", "seat", _NUM_BINS, "driver"))
        _require("reverberant", self.reverberant, np.shape(self.direct))


@dataclass(frozen=True)
class BeamPlant:
    """Responses from the drivers of a device to the directions round it.

    Drivers are in the order of their places, leftmost first. Frequencies are the bins
    :data:`~simgen.scoring.beam_bands.PLANT_BINS` of the transform.

    Parameters
    ----------
    draws
        To every one of :data:`AZIMUTHS`, complex, shape (draw, frequency, azimuth, driver). The
        first draw is the device as it was meant, the others are off as devices are.
    sphere
        To directions that share the sphere evenly, as it was meant, reported only, complex,
        shape (frequency, direction, driver).
    seats
        To seats in rooms, as it was meant, reported only.

    Raises
    ------
    ShapeError
        If a shape is not right, the number of drivers is even, or a value is not finite.
    """

    draws: NDArray[np.complex128]
    sphere: NDArray[np.complex128] | None = None
    seats: BeamSeats | None = None

    def __post_init__(self) -> None:
        _require("draws", self.draws, ("draw", _NUM_BINS, len(AZIMUTHS), "driver"))
        if self.num_drivers % 2 == 0:
            raise ShapeError("a beam needs a driver in the middle", value=self.num_drivers)
        if self.sphere is not None:
            _require("sphere", self.sphere, (_NUM_BINS, "direction", self.num_drivers))
        if self.seats is not None:
            shape = ("room", "seat", _NUM_BINS, self.num_drivers)
            _require("seats", self.seats.direct, shape)

    @property
    def num_drivers(self) -> int:
        """Number of drivers."""
        return int(self.draws.shape[-1])

    @property
    def num_draws(self) -> int:
        """Number of devices that are graded, with that which was meant."""
        return len(self.draws)


def _require(name: str, responses: NDArray[Any], shape: tuple[int | str, ...]) -> None:
    """Refuse responses of another shape, where words stand for any length but 0."""
    found = np.shape(responses)
    right = len(found) == len(shape) and all(
        length > 0 if isinstance(wanted, str) else length == wanted
        for length, wanted in zip(found, shape, strict=True)
    )
    if not right:
        allowed = f"({', '.join(map(str, shape))})"
        raise ShapeError(f"{name} of a beam's plant has shape {found}", allowed=allowed)
    if not np.all(np.isfinite(responses)):
        raise ShapeError(f"{name} of a beam's plant holds a non-finite value")


def radiated_power(
    responses: NDArray[np.complex128], filters: NDArray[np.complex128]
) -> NDArray[np.float64]:
    """Return the power that reaches each direction.

    Parameters
    ----------
    responses
        Shape (..., frequency, direction, driver).
    filters
        Spectra of the filters, shape (frequency, driver).

    Returns
    -------
    Power, shape (..., frequency, direction).
    """
    pattern = np.einsum("...fad,fd->...fa", responses, filters)
    return np.asarray(pattern.real**2 + pattern.imag**2)


def beam_spectra(taps: NDArray[np.floating[Any]]) -> NDArray[np.complex128]:
    """Transform filters, exactly at every frequency since they are shorter than the transform.

    Parameters
    ----------
    taps
        Filters, shape (driver, tap).

    Returns
    -------
    Spectra at all frequencies of the transform, shape (frequency, driver).
    """
    spectra = np.fft.rfft(np.asarray(taps, dtype=np.float64), TRANSFORM_LENGTH)
    return np.ascontiguousarray(spectra.T)


def single_driver(num_drivers: int = 3, num_taps: int = 64) -> NDArray[np.float64]:
    """Return the filters that do nothing: all goes to the driver in the middle.

    Returns
    -------
    Taps, shape (driver, tap).

    Examples
    --------
    >>> single_driver()[:, 0].tolist()
    [0.0, 1.0, 0.0]
    """
    taps = np.zeros((num_drivers, num_taps))
    taps[num_drivers // 2, 0] = 1.0
    return taps
