"""The frequencies and bands that crosstalk is scored in."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from simgen.scoring.octave_bands import (
    SAMPLE_RATE,
    TRANSFORM_LENGTH,
    Bands,
    band_limits,
    decibels,
    transform_frequencies,
)

__all__ = [
    "COLOUR_BANDS",
    "GRADED_BANDS",
    "PLANT_BINS",
    "SAMPLE_RATE",
    "TRANSFORM_LENGTH",
    "Bands",
    "decibels",
    "plant_frequencies",
    "transform_frequencies",
]

_COLOUR: Final = (6, -15, 19)

PLANT_BINS: Final = slice(int(band_limits(*_COLOUR)[0]), int(band_limits(*_COLOUR)[-1]))
"""Bins of the transform that a plant holds: those of the bands of colour."""

GRADED_BANDS: Final = Bands(3, -7, 9, bins=PLANT_BINS)
"""Third octaves from 200 Hz to 8 kHz: separation and effort."""

COLOUR_BANDS: Final = Bands(*_COLOUR, bins=PLANT_BINS)
"""Sixth octaves over the same range and half a band beyond: colour."""


def plant_frequencies() -> NDArray[np.float64]:
    """Return the frequencies in Hz that a plant is sampled at, shape (frequency,).

    Examples
    --------
    >>> frequency = plant_frequencies()
    >>> frequency.size, float(frequency[0].round(1)), float(frequency[-1].round(1))
    (1595, 169.9, 9509.8)
    """
    return transform_frequencies()[PLANT_BINS]
