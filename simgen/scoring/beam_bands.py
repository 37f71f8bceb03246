"""The frequencies and bands that beams are scored in."""

from typing import Final

from simgen.scoring.octave_bands import Bands, band_limits

__all__ = ["COLOUR_BANDS", "GRADED_BANDS", "PLANT_BINS"]

_COLOUR: Final = (6, -11, 13)

PLANT_BINS: Final = slice(int(band_limits(*_COLOUR)[0]), int(band_limits(*_COLOUR)[-1]))
"""Bins of the transform that a plant holds: those of the bands of colour, 265 to 4757 Hz."""

GRADED_BANDS: Final = Bands(3, -5, 6, bins=PLANT_BINS)
"""Third octaves from 315 Hz to 4 kHz: levels and effort."""

COLOUR_BANDS: Final = Bands(*_COLOUR, bins=PLANT_BINS)
"""Sixth octaves over the same range and half a band beyond: colour."""
