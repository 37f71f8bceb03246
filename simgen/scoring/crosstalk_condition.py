"""One device under one condition: separation, what it costs, what it does to the sound.

References
----------
docs/decisions/crosstalk-protocol.md gives the reason of each definition and number.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simgen.scoring.crosstalk_bands import (
    COLOUR_BANDS,
    GRADED_BANDS,
    PLANT_BINS,
    decibels,
)
from simgen.scoring.crosstalk_filters import filter_spectra
from simgen.scoring.crosstalk_plant import (
    CrosstalkPlant,
    EarPowers,
    doing_nothing,
    ear_powers,
)
from simgen.scoring.gain_over_nothing import faded_gain, mean_and_worst

__all__ = [
    "CTC_1",
    "ConditionScore",
    "CrosstalkRules",
    "colour_db",
    "effort_db",
    "level_db",
    "pose_aggregate",
    "score_condition",
    "separation_db",
]

_WEIGHT_FLOOR: Final = 1e-6
"""Of a band's mean power: bins below do not gain weight; only notches of 60 dB are affected."""

_SMALLEST: Final = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True)
class CrosstalkRules:
    """The numbers of the protocol; judgement, see the decision page.

    Attributes
    ----------
    clip_db
        Separation beyond which nothing is earned, or lost below its negative.
    effort_cap_db, effort_fade_db
        Effort up to which a band counts in full, and the range over which it fades to nothing.
    worst_share, worst_weight
        Share of the poses that are the worst, and their weight beside the mean of all.
    colour_allowance_db
        Colour that is free of charge.
    floor_db
        Least score of a condition.
    """

    clip_db: float = 15.0
    effort_cap_db: float = 10.0
    effort_fade_db: float = 6.0
    worst_share: float = 0.1
    worst_weight: float = 0.5
    colour_allowance_db: float = 3.0
    floor_db: float = -15.0


CTC_1: Final = CrosstalkRules()
"""The rules of ``ctc/1``."""


@dataclass(frozen=True)
class ConditionScore:
    """What filters gain over doing nothing, and why.

    Attributes
    ----------
    gain_db
        The score: aggregate less that of doing nothing, less the charge, at least the floor.
    charge_db
        What colour beyond the allowance costs.
    pose_separation_db, nothing_separation_db
        Graded separation of each pose, mean over bands, shape (pose,); of doing nothing likewise.
    separation_db
        Separation of the worse input, neither clipped nor faded, shape (pose, band).
    level_db
        Level of each input at its own ear over doing nothing, mean over poses, shape
        (band, input).
    effort_db
        Extra drive per decibel heard, shape (band,).
    side_colour_db, centre_colour_db
        Level over doing nothing less its mean, at each ear, shape (colour band, ear).
    """

    gain_db: float
    charge_db: float
    pose_separation_db: NDArray[np.float64]
    nothing_separation_db: NDArray[np.float64]
    separation_db: NDArray[np.float64]
    level_db: NDArray[np.float64]
    effort_db: NDArray[np.float64]
    side_colour_db: NDArray[np.float64]
    centre_colour_db: NDArray[np.float64]


def score_condition(
    plant: CrosstalkPlant, filters: NDArray[np.complex128], *, rules: CrosstalkRules = CTC_1
) -> ConditionScore:
    """Score filters under one condition against doing nothing.

    Parameters
    ----------
    plant
        The condition.
    filters
        Spectra of the filters at the plant's frequencies, shape (frequency, driver, input).
    rules
        Numbers other than those of ``ctc/1``, to see how much depends on them.
    """
    nothing = filter_spectra(doing_nothing(plant.num_drivers))[PLANT_BINS]
    powers, reference = ear_powers(plant.poses, filters), ear_powers(plant.poses, nothing)
    effort = effort_db(filters, powers, reference)
    separation, nothing_separation = separation_db(powers), separation_db(reference)
    least = np.clip(nothing_separation, -rules.clip_db, rules.clip_db)
    graded = faded_gain(
        np.clip(separation, -rules.clip_db, rules.clip_db),
        least,
        effort=effort,
        cap_db=rules.effort_cap_db,
        fade_db=rules.effort_fade_db,
    )
    side = colour_db(powers.intended, reference.intended)
    centre = colour_db(powers.centre, reference.centre)
    charge = max(0.0, _worst_ear(side, centre) - rules.colour_allowance_db)
    by_pose, nothing_by_pose = graded.mean(axis=-1), least.mean(axis=-1)
    gain = pose_aggregate(by_pose, rules) - pose_aggregate(nothing_by_pose, rules) - charge
    return ConditionScore(
        gain_db=max(rules.floor_db, float(gain)),
        charge_db=charge,
        pose_separation_db=by_pose,
        nothing_separation_db=nothing_by_pose,
        separation_db=separation,
        level_db=level_db(powers, reference),
        effort_db=effort,
        side_colour_db=side,
        centre_colour_db=centre,
    )


def separation_db(powers: EarPowers) -> NDArray[np.float64]:
    """Measure by how much an input is louder at its own ear than at the other, the worse input.

    With I the power at the own ear and X at the other, it is 10 log10 (sum w I / sum w X) over
    the bins of a band. The weight w = 1 / mean I, over poses, makes it blind to whatever filter
    both drivers of an input share; no weight exceeds a million times that of its band's mean.

    Returns
    -------
    Separation in dB, shape (pose, band).
    """
    mean = powers.intended.mean(axis=0)
    band_mean = GRADED_BANDS.spread(GRADED_BANDS.mean(mean, axis=0), axis=0)
    weight = 1.0 / np.maximum(np.maximum(mean, _WEIGHT_FLOOR * band_mean), _SMALLEST)
    intended = GRADED_BANDS.total(weight * powers.intended, axis=1)
    crosstalk = GRADED_BANDS.total(weight * powers.crosstalk, axis=1)
    return np.asarray(np.min(decibels(intended) - decibels(crosstalk), axis=-1))


def level_db(powers: EarPowers, reference: EarPowers) -> NDArray[np.float64]:
    """Measure each input's level at its own ear over doing nothing, from the mean over poses.

    Returns
    -------
    Level in dB, shape (band, input).
    """
    level, least = (
        decibels(GRADED_BANDS.total(each.intended.mean(axis=0), axis=0))
        for each in (powers, reference)
    )
    return level - least


def effort_db(
    filters: NDArray[np.complex128], powers: EarPowers, reference: EarPowers
) -> NDArray[np.float64]:
    """Measure the extra drive per decibel heard, which no gain, delay or equaliser changes.

    At each frequency it is the square of the filters' largest singular value, over the power at
    the ears relative to doing nothing, mean over poses, at the ear that has less.

    Returns
    -------
    Effort in dB, from the mean over the bins of each band, shape (band,).
    """
    heard = powers.intended.mean(axis=0) / np.maximum(reference.intended.mean(axis=0), _SMALLEST)
    drive = _largest_gain(filters) / np.maximum(heard.min(axis=-1), _SMALLEST)
    return decibels(GRADED_BANDS.mean(drive, axis=0))


def _largest_gain(filters: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Return the square of the largest singular value at each frequency, shape (frequency,)."""
    power = np.sum(filters.real**2 + filters.imag**2, axis=1)
    product = np.sum(filters[:, :, 0].conj() * filters[:, :, 1], axis=1)
    half_difference = 0.5 * (power[:, 0] - power[:, 1])
    return np.asarray(power.mean(axis=1) + np.hypot(half_difference, np.abs(product)))


def colour_db(power: NDArray[np.float64], reference: NDArray[np.float64]) -> NDArray[np.float64]:
    """Measure how far from flat a pose-mean level over doing nothing is.

    One mean, over both ears and all bands, is taken away: an ear quieter than the other shows.

    Parameters
    ----------
    power, reference
        Powers of the filters and of doing nothing, shape (pose, frequency, ear).

    Returns
    -------
    Level in dB, shape (colour band, ear).
    """
    level = decibels(COLOUR_BANDS.total(power.mean(axis=0), axis=0))
    level = level - decibels(COLOUR_BANDS.total(reference.mean(axis=0), axis=0))
    return np.asarray(level - level.mean())


def _worst_ear(*colours: NDArray[np.float64]) -> float:
    """Return the largest root mean square over bands, of any ear and any of the colours."""
    return max(float(np.sqrt(np.mean(colour**2, axis=0)).max()) for colour in colours)


def pose_aggregate(
    separation: NDArray[np.float64], rules: CrosstalkRules = CTC_1
) -> NDArray[np.float64]:
    """Weigh the mean over poses against the mean over the worst of them.

    Parameters
    ----------
    separation
        Of each pose, in dB, shape (..., pose).
    rules
        Share and weight of the worst poses.

    Returns
    -------
    Separation in dB, shape (...).

    Examples
    --------
    >>> float(pose_aggregate(np.array([4.0, 8.0, 6.0])))
    5.0
    """
    return mean_and_worst(
        separation, worst_share=rules.worst_share, worst_weight=rules.worst_weight
    )
