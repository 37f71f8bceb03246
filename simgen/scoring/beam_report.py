"""What explains a beam's score and never ranks."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simgen.scoring.beam_bands import GRADED_BANDS, PLANT_BINS
from simgen.scoring.beam_guards import beam_time_spread, out_of_band_gain_db
from simgen.scoring.beam_pattern import PatternScore
from simgen.scoring.beam_plant import (
    AZIMUTHS,
    BeamPlant,
    BeamSeats,
    beam_spectra,
    radiated_power,
    single_driver,
)
from simgen.scoring.octave_bands import decibels

__all__ = ["BeamReport", "drr_gain_db", "report_beam"]

_SILENT: Final = 1e-30
"""Power on the axis re another that counts as none: no level is below -300 dB."""


@dataclass(frozen=True)
class BeamReport:
    """Side results of filters on one device, as it was meant, levels of shape (band,).

    Attributes
    ----------
    axis_to_side_db
        Level on the axis over the mean of that at +-90 degrees.
    white_noise_gain_db
        Level on the axis over the drive.
    directivity_index_db
        Level on the axis over the mean of all directions; None without these.
    drr_gain_db
        Direct-to-reverberant ratio at each seat less that of the single driver, shape
        (room, seat); None without seats.
    early_energy_db, late_energy_db
        Energy more than 2 ms before and 10 ms after the main peak.
    out_of_band_gain_db
        Largest gain below and above the graded bands, re the loudness within.
    """

    axis_to_side_db: NDArray[np.float64]
    white_noise_gain_db: NDArray[np.float64]
    directivity_index_db: NDArray[np.float64] | None
    drr_gain_db: NDArray[np.float64] | None
    early_energy_db: float
    late_energy_db: float
    out_of_band_gain_db: float


def report_beam(
    plant: BeamPlant, spectra: NDArray[np.complex128], score: PatternScore
) -> BeamReport:
    """Measure what explains a device's score.

    Parameters
    ----------
    plant
        The device.
    spectra
        Spectra of the filters at all frequencies of the transform, shape (frequency, driver).
    score
        The filters' score on the device.
    """
    filters = spectra[PLANT_BINS]
    power = radiated_power(plant.draws[0], filters)
    axis = power[:, 0]
    sides = power[:, np.isclose(np.abs(AZIMUTHS), 0.5 * np.pi)].mean(axis=1)
    drive = np.sum(filters.real**2 + filters.imag**2, axis=1)
    spread = beam_time_spread(plant, filters)
    everywhere = None
    if plant.sphere is not None:
        everywhere = _ratio_db(axis, radiated_power(plant.sphere, filters).mean(axis=1))
    return BeamReport(
        axis_to_side_db=_ratio_db(axis, sides),
        white_noise_gain_db=_ratio_db(axis, drive),
        directivity_index_db=everywhere,
        drr_gain_db=None if plant.seats is None else drr_gain_db(plant.seats, filters),
        early_energy_db=spread.early_db,
        late_energy_db=spread.late_db,
        out_of_band_gain_db=out_of_band_gain_db(score.window_level_db, spectra),
    )


def drr_gain_db(seats: BeamSeats, filters: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Compare the direct-to-reverberant ratio at each seat with that of the single driver.

    Parameters
    ----------
    seats
        Responses in rooms.
    filters
        Spectra of the filters at the plant's frequencies, shape (frequency, driver).

    Returns
    -------
    Mean over bands of the difference in dB, shape (room, seat).
    """
    nothing = beam_spectra(single_driver(filters.shape[1]))[PLANT_BINS]
    ratio, least = (
        decibels(_band_power(seats.direct, each)) - decibels(_band_power(seats.reverberant, each))
        for each in (filters, nothing)
    )
    return np.asarray(np.mean(ratio - least, axis=-1))


def _band_power(
    responses: NDArray[np.complex128], filters: NDArray[np.complex128]
) -> NDArray[np.float64]:
    """Return the power at each seat in each band, shape (room, seat, band)."""
    received = np.einsum("rsfd,fd->rsf", responses, filters)
    return GRADED_BANDS.total(received.real**2 + received.imag**2, axis=2)


def _ratio_db(axis: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the level on the axis over another, each bin at one level on the axis, (band,)."""
    heard = np.maximum(axis, _SILENT * other)
    relative = other / np.maximum(heard, np.finfo(np.float64).tiny)
    return -decibels(GRADED_BANDS.mean(relative, axis=0))
