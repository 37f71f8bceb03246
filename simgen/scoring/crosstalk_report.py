"""What explains a crosstalk score and never ranks."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real
from simgen.errors import ShapeError
from simgen.scoring.crosstalk_bands import PLANT_BINS
from simgen.scoring.crosstalk_condition import ConditionScore, score_condition, separation_db
from simgen.scoring.crosstalk_guards import out_of_band_gain_db
from simgen.scoring.crosstalk_plant import CrosstalkPlant, ear_powers
from simgen.scoring.crosstalk_time import reproduction_error_db, time_spread

__all__ = ["ConditionReport", "mean_separation_db", "report_condition", "sweet_spot_width"]

WORST_QUANTILE: Final = 0.1
"""The tenth percentile, over poses."""

LEAST_SEPARATION_DB: Final = 10.0
"""Mean separation inside the sweet spot; a judgement, see the decision page."""


@dataclass(frozen=True)
class ConditionReport:
    """Side results of filters under one condition.

    Attributes
    ----------
    nominal_separation_db
        Separation at the nominal pose, not clipped, shape (band,).
    separation_mean_db, separation_p10_db
        Mean and tenth percentile over the graded poses, not clipped, shape (band,).
    overfitting_db
        Graded separation gained at the nominal pose, beyond what is gained at the graded poses.
    reproduction_error_db
        Distance of the ears' signals from the inputs, after one gain and delay, nominal pose.
    early_energy_db, late_energy_db
        Energy more than 2 ms before and 10 ms after the main peak, nominal pose.
    out_of_band_gain_db
        Largest gain below and above the graded bands, re the loudness within.
    """

    nominal_separation_db: NDArray[np.float64]
    separation_mean_db: NDArray[np.float64]
    separation_p10_db: NDArray[np.float64]
    overfitting_db: float
    reproduction_error_db: float
    early_energy_db: float
    late_energy_db: float
    out_of_band_gain_db: float


def report_condition(
    plant: CrosstalkPlant, spectra: NDArray[np.complex128], score: ConditionScore
) -> ConditionReport:
    """Measure what explains a condition's score.

    Parameters
    ----------
    plant
        The condition.
    spectra
        Spectra of the filters at all frequencies of the transform, shape
        (frequency, driver, input).
    score
        The filters' score under that condition.
    """
    filters = spectra[PLANT_BINS]
    spread = time_spread(plant.nominal, filters)
    poses = plant.nominal[np.newaxis]
    alone = score_condition(CrosstalkPlant(plant.name, poses, plant.nominal, False), filters)
    return ConditionReport(
        nominal_separation_db=alone.separation_db[0],
        separation_mean_db=score.separation_db.mean(axis=0),
        separation_p10_db=np.quantile(score.separation_db, WORST_QUANTILE, axis=0),
        overfitting_db=_mean_gain(alone) - _mean_gain(score),
        reproduction_error_db=reproduction_error_db(plant.nominal, filters),
        early_energy_db=spread.early_db,
        late_energy_db=spread.late_db,
        out_of_band_gain_db=out_of_band_gain_db(score.level_db, spectra),
    )


def _mean_gain(score: ConditionScore) -> float:
    """Return the graded separation gained over doing nothing, mean over poses."""
    return float(np.mean(score.pose_separation_db - score.nothing_separation_db))


def mean_separation_db(
    responses: NDArray[np.complex128], filters: NDArray[np.complex128]
) -> NDArray[np.float64]:
    """Measure the separation at each of several poses, mean over bands, not clipped.

    Parameters
    ----------
    responses
        Shape (pose, frequency, ear, driver), such as along a line to the side.
    filters
        Spectra of the filters at the plant's frequencies, shape (frequency, driver, input).

    Returns
    -------
    Separation in dB, shape (pose,).
    """
    alone = [separation_db(ear_powers(pose[np.newaxis], filters))[0] for pose in responses]
    return np.asarray(np.mean(alone, axis=-1))


def sweet_spot_width(
    offsets: ArrayLike, separation: ArrayLike, *, least_db: float = LEAST_SEPARATION_DB
) -> float:
    """Measure how far the head can move to the sides round the middle and keep its separation.

    Parameters
    ----------
    offsets
        Places along a line in m, ascending, negative to positive, shape (place,).
    separation
        Separation there in dB, shape (place,); linear in between.
    least_db
        Separation that is enough.

    Returns
    -------
    float
        Length in m of the span round 0 where separation is enough; 0 if it is not so at 0. It
        ends at the last place at the latest.

    Raises
    ------
    ShapeError
        If the two are not finite, of one shape, ascending from below 0 to above.

    Examples
    --------
    >>> round(sweet_spot_width([-0.2, -0.1, 0.0, 0.1], [15.0, 5.0, 15.0, 12.0]), 3)
    0.15
    """
    places = as_real(offsets, "offsets", axes=("place",))
    enough = as_real(separation, "separation", axes=("place",)) - least_db
    if places.shape != enough.shape or np.any(np.diff(places) <= 0.0):
        raise ShapeError("offsets must ascend, one for each separation", value=offsets)
    if places.size == 0 or not places[0] < 0.0 < places[-1]:
        raise ShapeError("offsets must lie on both sides of 0", value=offsets)
    if np.interp(0.0, places, enough) < 0.0:
        return 0.0
    return _reach(places, enough) + _reach(-places[::-1], enough[::-1])


def _reach(places: NDArray[np.float64], excess: NDArray[np.float64]) -> float:
    """Return how far from 0 towards larger places the excess stays positive."""
    beyond = places > 0.0
    line = np.append(0.0, places[beyond])
    excess = np.append(np.interp(0.0, places, excess), excess[beyond])
    for k in np.flatnonzero(excess < 0.0)[:1]:
        share = excess[k - 1] / (excess[k - 1] - excess[k])
        return float(line[k - 1] + share * (line[k] - line[k - 1]))
    return float(line[-1])
