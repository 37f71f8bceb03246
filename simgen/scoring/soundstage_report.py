"""What explains a soundstage score and never ranks: where each source seems to be."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simgen.scoring.crosstalk_bands import PLANT_BINS
from simgen.scoring.crosstalk_guards import out_of_band_gain_db
from simgen.scoring.crosstalk_time import time_spread
from simgen.scoring.interaural import interaural_coherence, interaural_cues, interaural_time
from simgen.scoring.soundstage_condition import HeadScore
from simgen.scoring.soundstage_plant import HeadDirections, SoundstagePlant, panned_spectra

__all__ = ["HeadReport", "StageMap", "perceived_azimuths", "report_head", "stage_map"]

_TIME_SCALE: Final = 30e-6
_LEVEL_SCALE_DB: Final = 3.0
"""Errors of time in s and level in dB that weigh the same in the look-up; judgement, they make
both cues about as sharp: 3 to 4 degrees in front."""

_NEAR: Final = float(np.deg2rad(5.0))
_ROUGHLY: Final = float(np.deg2rad(10.0))
"""Errors of azimuth within which a source counts as being where it should be."""

_ROUNDING: Final = 1e-9
"""In rad: a look-up in whole degrees may be off by just as much as is allowed."""


@dataclass(frozen=True)
class StageMap:
    """Where the sources of a stage seem to be.

    Attributes
    ----------
    azimuths_deg
        Perceived azimuth in degrees, shape (seat, place).
    within_5deg, within_10deg
        Share of seats and places where it is as intended but for that error.
    width_deg
        Angle in degrees between the leftmost and the rightmost place, mean over seats.
    coherence
        Of the ears, mean over seats, shape (place,).
    """

    azimuths_deg: NDArray[np.float64]
    within_5deg: float
    within_10deg: float
    width_deg: float
    coherence: NDArray[np.float64]


@dataclass(frozen=True)
class HeadReport:
    """Side results of filters for one head.

    Attributes
    ----------
    stage
        Where the sources seem to be.
    early_energy_db, late_energy_db
        Energy more than 2 ms before and 10 ms after the main peak, middle seat.
    out_of_band_gain_db
        Largest gain below and above the graded bands, re the loudness within.
    """

    stage: StageMap
    early_energy_db: float
    late_energy_db: float
    out_of_band_gain_db: float


def report_head(
    plant: SoundstagePlant, spectra: NDArray[np.complex128], score: HeadScore
) -> HeadReport:
    """Measure what explains the score of a head.

    Parameters
    ----------
    plant
        Device, stage and head.
    spectra
        Spectra of the filters at all frequencies of the transform, shape
        (frequency, driver, input).
    score
        The filters' score for that head.
    """
    filters = spectra[PLANT_BINS]
    spread = time_spread(plant.device.nominal, filters)
    return HeadReport(
        stage=stage_map(plant, panned_spectra(plant.device.poses, filters)),
        early_energy_db=spread.early_db,
        late_energy_db=spread.late_db,
        out_of_band_gain_db=out_of_band_gain_db(score.level_db, spectra),
    )


def stage_map(plant: SoundstagePlant, heard: NDArray[np.complex128]) -> StageMap:
    """Look up where each source of a stage seems to be.

    Parameters
    ----------
    plant
        Stage and head.
    heard
        Spectra at the ears, complex, shape (seat, frequency, 2, place), such as those of filters,
        of the stage itself or of a stereo pair.
    """
    azimuths = perceived_azimuths(heard, plant.directions)
    errors = np.abs(azimuths - plant.azimuths) - _ROUNDING
    return StageMap(
        azimuths_deg=np.rad2deg(azimuths),
        within_5deg=float(np.mean(errors <= _NEAR)),
        within_10deg=float(np.mean(errors <= _ROUGHLY)),
        width_deg=float(np.rad2deg(np.mean(azimuths[:, 0] - azimuths[:, -1]))),
        coherence=interaural_coherence(heard).mean(axis=0),
    )


def perceived_azimuths(
    heard: NDArray[np.complex128], directions: HeadDirections
) -> NDArray[np.float64]:
    """Return the direction whose interaural time and levels are most like what is heard.

    The distance is |time| / 30 us plus the mean over bands of |level| / 3 dB.

    Parameters
    ----------
    heard
        Spectra at the ears, complex, shape (seat, frequency, 2, source).
    directions
        Of the same head.

    Returns
    -------
    Azimuth in rad, one of those of the directions, shape (seat, source).
    """
    known = directions.responses[np.newaxis]
    time = interaural_time(heard)[..., np.newaxis] - interaural_time(known)[0]
    levels, known_levels = (interaural_cues(each).level_db for each in (heard, known))
    level_db = np.abs(levels[..., np.newaxis] - known_levels[0][:, np.newaxis]).mean(axis=1)
    distance = np.abs(time) / _TIME_SCALE + level_db / _LEVEL_SCALE_DB
    return np.asarray(directions.azimuths[distance.argmin(axis=-1)])
