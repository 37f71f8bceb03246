"""One device: how much more reaches the window than the sides, what it costs, what it does.

References
----------
docs/decisions/beam-protocol.md gives the reason of each definition and number.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simgen.scoring.beam_bands import COLOUR_BANDS, GRADED_BANDS, PLANT_BINS
from simgen.scoring.beam_plant import (
    SIDES,
    WINDOW,
    BeamPlant,
    beam_spectra,
    radiated_power,
    single_driver,
)
from simgen.scoring.gain_over_nothing import faded_gain, mean_and_worst
from simgen.scoring.octave_bands import decibels

__all__ = [
    "BEAM_1",
    "BeamRules",
    "PatternScore",
    "colour_db",
    "draw_aggregate",
    "effort_db",
    "graded_pattern",
    "score_pattern",
    "window_to_sides_db",
]

_WEIGHT_FLOOR: Final = 1e-6
"""Of a band's mean power: bins below do not gain weight; only notches of 60 dB are affected."""

_SILENT: Final = 1e-30
"""Power heard re drive that counts as none: no effort exceeds 300 dB."""

_SMALLEST: Final = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True)
class BeamRules:
    """The numbers of the protocol; judgement, see the decision page.

    Attributes
    ----------
    clip_db
        Level of the window over the sides beyond which nothing is earned, or lost below its
        negative.
    effort_cap_db, effort_fade_db
        Effort up to which a band counts in full, and the range over which it fades to nothing.
    worst_share, worst_weight
        Share of the draws that are the worst, and their weight beside the mean of all.
    colour_allowance_db, dip_allowance_db
        Colour, and depth of the quietest direction in the window, that are free of charge.
    floor_db
        Least score of a device.
    """

    clip_db: float = 15.0
    effort_cap_db: float = 9.0
    effort_fade_db: float = 6.0
    worst_share: float = 0.1
    worst_weight: float = 0.5
    colour_allowance_db: float = 3.0
    dip_allowance_db: float = 6.5
    floor_db: float = -15.0


BEAM_1: Final = BeamRules()
"""The rules of ``beam/1``."""


@dataclass(frozen=True)
class PatternScore:
    """What filters make of one device, by draw or by band.

    Attributes
    ----------
    gain_db
        The score: aggregate less that of the single driver, less the charges, at least the floor.
    colour_charge_db, dip_charge_db
        What colour and quiet directions in the window cost beyond their allowances.
    draw_level_db, nothing_level_db
        Graded level of the window over the sides of each draw, mean over bands, shape (draw,); of
        the single driver likewise.
    level_db
        Level of the window over the sides, neither clipped nor faded, shape (draw, band).
    window_level_db
        Level of the window over that of the single driver, mean over draws, shape (band,).
    effort_db
        Extra drive per decibel heard, shape (band,).
    dip_db
        Level of the quietest direction in the window re the loudest, mean over draws, (band,).
    colour_db
        Level of the window over that of the single driver less its mean, shape (colour band,).
    """

    gain_db: float
    colour_charge_db: float
    dip_charge_db: float
    draw_level_db: NDArray[np.float64]
    nothing_level_db: NDArray[np.float64]
    level_db: NDArray[np.float64]
    window_level_db: NDArray[np.float64]
    effort_db: NDArray[np.float64]
    dip_db: NDArray[np.float64]
    colour_db: NDArray[np.float64]


def score_pattern(
    plant: BeamPlant, filters: NDArray[np.complex128], *, rules: BeamRules = BEAM_1
) -> PatternScore:
    """Score filters on one device against its single driver.

    Parameters
    ----------
    plant
        The device.
    filters
        Spectra of the filters at the plant's frequencies, shape (frequency, driver).
    rules
        Numbers other than those of ``beam/1``, to see how much depends on them.
    """
    nothing = beam_spectra(single_driver(plant.num_drivers))[PLANT_BINS]
    power, reference = (radiated_power(plant.draws, each) for each in (filters, nothing))
    pattern = graded_pattern(power)
    level, least_level = window_to_sides_db(pattern), window_to_sides_db(graded_pattern(reference))
    least = np.clip(least_level, -rules.clip_db, rules.clip_db)
    effort = effort_db(filters, power, reference)
    graded = faded_gain(
        np.clip(level, -rules.clip_db, rules.clip_db),
        least,
        effort=effort,
        cap_db=rules.effort_cap_db,
        fade_db=rules.effort_fade_db,
    )
    colour, dip = colour_db(power, reference), _dip_db(pattern)
    colour_charge = max(0.0, float(np.sqrt(np.mean(colour**2))) - rules.colour_allowance_db)
    dip_charge = float(np.mean(np.maximum(0.0, -dip - rules.dip_allowance_db)))
    by_draw, nothing_by_draw = graded.mean(axis=-1), least.mean(axis=-1)
    gain = draw_aggregate(by_draw, rules) - draw_aggregate(nothing_by_draw, rules)
    return PatternScore(
        gain_db=max(rules.floor_db, float(gain) - colour_charge - dip_charge),
        colour_charge_db=colour_charge,
        dip_charge_db=dip_charge,
        draw_level_db=by_draw,
        nothing_level_db=nothing_by_draw,
        level_db=level,
        window_level_db=_band_level_db(power) - _band_level_db(reference),
        effort_db=effort,
        dip_db=dip,
        colour_db=colour,
    )


def graded_pattern(power: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum power over the bins of each band, each bin at one mean power in the window.

    The weight of a bin, one over the power in the window as a mean over draws, makes the pattern
    blind to whatever filter the drivers share; none exceeds a million times that of its band's
    mean.

    Parameters
    ----------
    power
        Shape (draw, frequency, azimuth).

    Returns
    -------
    Power re that in the window, shape (draw, band, azimuth).
    """
    mean = _window_power(power)
    band_mean = GRADED_BANDS.spread(GRADED_BANDS.mean(mean, axis=0), axis=0)
    weight = 1.0 / np.maximum(np.maximum(mean, _WEIGHT_FLOOR * band_mean), _SMALLEST)
    return GRADED_BANDS.mean(weight[:, None] * power, axis=1)


def window_to_sides_db(pattern: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compare the mean power in the window with that to the sides.

    Parameters
    ----------
    pattern
        Power by azimuth, shape (..., azimuth).

    Returns
    -------
    Level in dB, shape (...).
    """
    window, sides = (pattern[..., part].mean(axis=-1) for part in (WINDOW, SIDES))
    return decibels(window) - decibels(sides)


def effort_db(
    filters: NDArray[np.complex128], power: NDArray[np.float64], reference: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Measure the extra drive per decibel heard, which no gain, delay or equaliser changes.

    At each frequency it is the sum of the filters' squares over the power in the window relative
    to the single driver's, mean over draws and directions.

    Parameters
    ----------
    filters
        Spectra, shape (frequency, driver).
    power, reference
        Of the filters and of the single driver, shape (draw, frequency, azimuth).

    Returns
    -------
    Effort in dB, from the mean over the bins of each band, shape (band,).
    """
    heard = _window_power(power) / np.maximum(_window_power(reference), _SMALLEST)
    drive = np.sum(filters.real**2 + filters.imag**2, axis=1)
    heard = np.maximum(np.maximum(heard, _SILENT * drive), _SMALLEST)
    return decibels(GRADED_BANDS.mean(drive / heard, axis=0))


def colour_db(power: NDArray[np.float64], reference: NDArray[np.float64]) -> NDArray[np.float64]:
    """Measure how far from flat the level in the window over the single driver's is.

    Parameters
    ----------
    power, reference
        Of the filters and of the single driver, shape (draw, frequency, azimuth).

    Returns
    -------
    Level in dB less its mean, shape (colour band,).
    """
    level, least = (
        decibels(COLOUR_BANDS.total(_window_power(each), axis=0)) for each in (power, reference)
    )
    return np.asarray(level - least - np.mean(level - least))


def draw_aggregate(level: NDArray[np.float64], rules: BeamRules = BEAM_1) -> NDArray[np.float64]:
    """Weigh the mean over draws, shape (..., draw), against the mean over the worst of them."""
    return mean_and_worst(level, worst_share=rules.worst_share, worst_weight=rules.worst_weight)


def _window_power(power: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean over draws and the window, shape (frequency,)."""
    return np.asarray(power[..., WINDOW].mean(axis=(0, 2)))


def _band_level_db(power: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the level in the window, mean over draws, shape (band,)."""
    return decibels(GRADED_BANDS.total(_window_power(power), axis=0))


def _dip_db(pattern: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the level of the window's quietest direction re its loudest, shape (band,)."""
    window = pattern.mean(axis=0)[:, WINDOW]
    return decibels(window.min(axis=-1)) - decibels(window.max(axis=-1))
