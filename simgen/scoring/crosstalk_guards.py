"""Filters that cannot be scored for what they do to the ears, which separation does not show."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simgen.scoring.crosstalk_bands import (
    GRADED_BANDS,
    PLANT_BINS,
    decibels,
    transform_frequencies,
)
from simgen.scoring.crosstalk_plant import CrosstalkPlant
from simgen.scoring.crosstalk_time import time_spread

__all__ = ["out_of_band_gain_db", "response_faults"]

QUIETEST_DB: Final = -60.0
"""Level of an input in a band re the loudest input: below it separation is 0/0, not a score."""

MOST_OUT_OF_BAND_DB: Final = 40.0
"""Gain where nothing is graded; a judgement, see the decision page."""

OUT_OF_BAND: Final = ((20.0, 178.0), (9000.0, 20000.0))
"""Audible frequencies in Hz, from and to, that are not graded."""

MOST_SPREAD_DB: Final = -10.0
"""Energy far from the main peak; a judgement, see the decision page."""


def response_faults(
    plant: CrosstalkPlant, spectra: NDArray[np.complex128], level: NDArray[np.float64]
) -> Iterator[str]:
    """Yield what keeps filters from being scored under a condition.

    Parameters
    ----------
    plant
        The condition.
    spectra
        Spectra of the filters at all frequencies of the transform, shape
        (frequency, driver, input).
    level
        Level of each input over doing nothing in dB, shape (band, input).

    Yields
    ------
    str
        A fault, with the condition and the input or band concerned.
    """
    yield from (f"{fault}, under {plant.name!r}" for fault in _level_faults(level, spectra))
    if plant.anechoic:
        spread = time_spread(plant.nominal, spectra[PLANT_BINS])
        for part, value in (("before", spread.early_db), ("after", spread.late_db)):
            if value > MOST_SPREAD_DB:
                yield (
                    f"energy long {part} the main peak is {value:.1f} dB"
                    f" (allowed: at most {MOST_SPREAD_DB:g} dB), under {plant.name!r}"
                )


def _level_faults(level: NDArray[np.float64], spectra: NDArray[np.complex128]) -> Iterator[str]:
    """Yield the inputs that are silent in a band, and too much gain outside all bands."""
    by_input = decibels(np.mean(10.0 ** (level / 10.0), axis=0))
    relative = level - by_input.max()
    for band, channel in np.argwhere(relative < QUIETEST_DB)[:1]:
        yield (
            f"input {channel} is at {relative[band, channel]:.1f} dB in the band round"
            f" {GRADED_BANDS.centres[band]:.0f} Hz, re the louder input"
            f" (allowed: at least {QUIETEST_DB:g} dB)"
        )
    gain = out_of_band_gain_db(level, spectra)
    if gain > MOST_OUT_OF_BAND_DB:
        yield (
            f"the gain out of band is {gain:.1f} dB re the loudness in band"
            f" (allowed: at most {MOST_OUT_OF_BAND_DB:g} dB)"
        )


def out_of_band_gain_db(level: NDArray[np.float64], spectra: NDArray[np.complex128]) -> float:
    """Measure the largest gain from 20 to 178 Hz and from 9 to 20 kHz, re the loudness in band.

    Parameters
    ----------
    level
        Level of each input over doing nothing in dB, shape (band, input); its mean power is the
        loudness in band.
    spectra
        Spectra of the filters at all frequencies of the transform.
    """
    frequency = transform_frequencies()
    outside = np.any([(low <= frequency) & (frequency < high) for low, high in OUT_OF_BAND], axis=0)
    largest = np.linalg.norm(spectra[outside], ord=2, axis=(1, 2)).max()
    loudness = decibels(np.mean(10.0 ** (level / 10.0), keepdims=True))
    return float((decibels(np.asarray(largest**2)) - loudness).item())
