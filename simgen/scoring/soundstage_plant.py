"""What the ears hear at each seat: of a device, of the intended stage, and of a stereo pair."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simgen.errors import ShapeError
from simgen.playback.panning import tangent_law_gains
from simgen.scoring.crosstalk_bands import PLANT_BINS
from simgen.scoring.crosstalk_plant import CrosstalkPlant

__all__ = ["PANS", "HeadDirections", "SoundstagePlant", "pan_gains", "panned_spectra"]

HALF_ANGLE: Final = float(np.deg2rad(30.0))
"""Azimuth of the left loudspeaker of a stereo pair (ITU-R BS.775)."""

PANS: Final = np.linspace(HALF_ANGLE, -HALF_ANGLE, 7)
"""Azimuths in rad at which sources are placed on the stage, from the left to the right."""

_NUM_BINS: Final = PLANT_BINS.stop - PLANT_BINS.start


@dataclass(frozen=True)
class HeadDirections:
    """What a head hears from sources all round its front, to look up where a sound seems to be.

    Parameters
    ----------
    azimuths
        Of the sources in rad, from the head, shape (direction,).
    responses
        From the sources to the ears, complex, shape (frequency, 2, direction).

    Raises
    ------
    ShapeError
        If a shape is not right, the two do not belong together, or a value is not finite.
    """

    azimuths: NDArray[np.float64]
    responses: NDArray[np.complex128]

    def __post_init__(self) -> None:
        shape = (_NUM_BINS, 2, len(self.azimuths))
        _require_shape(self.responses, "responses", shape)
        _require_shape(self.azimuths, "azimuths", (max(1, len(self.azimuths)),))


@dataclass(frozen=True)
class SoundstagePlant:
    """Responses to two ears at each seat, of one head.

    Ear 0 is the left one; drivers and inputs are in the order of their places, leftmost first,
    and so are the places of the stage, those of :data:`PANS`. Frequencies are those of
    :func:`~simgen.scoring.crosstalk_bands.plant_frequencies`.

    Parameters
    ----------
    device
        From the drivers of the device; its poses are the seats, its nominal pose the middle one.
    stage
        From point sources at the places of the stage, which are fixed in the room, complex, shape
        (seat, frequency, 2, place).
    azimuths
        Of those sources from each seat in rad, shape (seat, place).
    anchor
        From a stereo pair at +-30 degrees from the middle seat, complex, shape
        (seat, frequency, 2, 2).
    directions
        Of the head.

    Raises
    ------
    ShapeError
        If a shape is not right, they do not belong together, or a value is not finite.
    """

    device: CrosstalkPlant
    stage: NDArray[np.complex128]
    azimuths: NDArray[np.float64]
    anchor: NDArray[np.complex128]
    directions: HeadDirections

    def __post_init__(self) -> None:
        seats = self.device.num_poses
        _require_shape(self.stage, "stage", (seats, _NUM_BINS, 2, len(PANS)))
        _require_shape(self.azimuths, "azimuths", (seats, len(PANS)))
        _require_shape(self.anchor, "anchor", (seats, _NUM_BINS, 2, 2))

    @property
    def name(self) -> str:
        """The head."""
        return self.device.name

    @property
    def num_drivers(self) -> int:
        """Number of drivers of the device."""
        return self.device.num_drivers

    @property
    def num_seats(self) -> int:
        """Number of seats."""
        return self.device.num_poses


def _require_shape(values: NDArray[Any], name: str, allowed: tuple[int, ...]) -> None:
    """Refuse values of another shape, or not finite."""
    if np.shape(values) != allowed:
        raise ShapeError(f"{name} has shape {np.shape(values)}", allowed=str(allowed))
    if not np.all(np.isfinite(values)):
        raise ShapeError(f"{name} holds a non-finite value")


def pan_gains() -> NDArray[np.float64]:
    """Return the gains that place a source at each place of the stage, shape (place, input).

    Examples
    --------
    >>> pan_gains()[[0, 3]].round(4).tolist()
    [[1.0, 0.0], [0.7071, 0.7071]]
    """
    return tangent_law_gains(PANS, half_angle=HALF_ANGLE)


def panned_spectra(
    responses: NDArray[np.complex128], filters: NDArray[np.complex128]
) -> NDArray[np.complex128]:
    """Pass a source panned to each place of the stage through filters to the ears.

    Parameters
    ----------
    responses
        From the drivers to the ears, shape (seat, frequency, 2, driver).
    filters
        Spectra of the filters, shape (frequency, driver, input).

    Returns
    -------
    At the ears, shape (seat, frequency, 2, place).
    """
    received = np.einsum("sfed,fdi->sfei", responses, filters)
    return np.asarray(np.einsum("sfei,ni->sfen", received, pan_gains()))
