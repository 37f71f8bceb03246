"""The frequencies and bands that crosstalk is scored in.

Filters and plants are sampled by one transform, four times as long as the longest filter: what a
design hides between the bins of its own transform shows here. A plant holds the bins that the
bands need, :data:`PLANT_BINS`, and no others.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

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

SAMPLE_RATE: Final = 48000
"""In Hz, of every filter; a judgement, see docs/decisions/crosstalk-protocol.md."""

TRANSFORM_LENGTH: Final = 8192
"""Samples; leaves 8 bins in the lowest band, see docs/decisions/crosstalk-protocol.md."""

_MIDDLE: Final = 1000.0
"""Centre frequency in Hz that the others are counted from (IEC 61260-1:2014, 5.4)."""

_SMALLEST: Final = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True)
class Bands:
    """Adjoining bands of a fixed part of an octave, as ranges of a plant's bins.

    A band holds the bins from its lower edge on and below its upper edge.

    Parameters
    ----------
    parts
        Bands in an octave.
    lowest, highest
        First and last band, counted from the one round 1 kHz.
    """

    parts: int
    lowest: int
    highest: int

    @property
    def centres(self) -> NDArray[np.float64]:
        """Centre frequencies in Hz, shape (band,)."""
        numbers = np.arange(self.lowest, self.highest + 1)
        return np.asarray(_MIDDLE * 2.0 ** (numbers / self.parts))

    @property
    def edges(self) -> NDArray[np.float64]:
        """Frequencies in Hz between which the bands lie, ascending, shape (band + 1,)."""
        numbers = np.arange(self.lowest, self.highest + 2) - 0.5
        return np.asarray(_MIDDLE * 2.0 ** (numbers / self.parts))

    @property
    def limits(self) -> NDArray[np.intp]:
        """First bin of the transform in each band, and the one after the last, (band + 1,)."""
        return np.ceil(self.edges * TRANSFORM_LENGTH / SAMPLE_RATE).astype(np.intp)

    @property
    def sizes(self) -> NDArray[np.intp]:
        """Number of bins in each band, shape (band,)."""
        return np.diff(self.limits)

    def total(self, values: NDArray[Any], axis: int) -> NDArray[Any]:
        """Sum values at a plant's frequencies within each band; ``axis`` becomes that of bands."""
        limits = self.limits - PLANT_BINS.start
        within = np.moveaxis(values, axis, 0)[limits[0] : limits[-1]]
        return np.moveaxis(np.add.reduceat(within, limits[:-1] - limits[0], axis=0), 0, axis)

    def mean(self, values: NDArray[Any], axis: int) -> NDArray[Any]:
        """Average values at a plant's frequencies within each band, like :meth:`total`."""
        sums = np.moveaxis(self.total(values, axis), axis, -1)
        return np.moveaxis(sums / self.sizes, -1, axis)

    def spread(self, values: NDArray[Any], axis: int) -> NDArray[Any]:
        """Repeat a value of each band at every plant's frequency in it, and zero elsewhere."""
        limits = self.limits - PLANT_BINS.start
        by_bin = np.repeat(np.moveaxis(values, axis, 0), self.sizes, axis=0)
        padding = [(limits[0], _NUM_BINS - limits[-1]), *[(0, 0)] * (by_bin.ndim - 1)]
        return np.moveaxis(np.pad(by_bin, padding), 0, axis)


GRADED_BANDS: Final = Bands(3, -7, 9)
"""Third octaves from 200 Hz to 8 kHz: separation and effort."""

COLOUR_BANDS: Final = Bands(6, -15, 19)
"""Sixth octaves over the same range and half a band beyond: colour."""

PLANT_BINS: Final = slice(int(COLOUR_BANDS.limits[0]), int(COLOUR_BANDS.limits[-1]))
"""Bins of the transform that a plant holds."""

_NUM_BINS: Final = PLANT_BINS.stop - PLANT_BINS.start


def transform_frequencies() -> NDArray[np.float64]:
    """Return the frequencies of the transform in Hz, from 0 to half the sample rate."""
    return np.asarray(np.fft.rfftfreq(TRANSFORM_LENGTH, 1.0 / SAMPLE_RATE))


def plant_frequencies() -> NDArray[np.float64]:
    """Return the frequencies in Hz that a plant is sampled at, shape (frequency,).

    Examples
    --------
    >>> frequency = plant_frequencies()
    >>> frequency.size, float(frequency[0].round(1)), float(frequency[-1].round(1))
    (1595, 169.9, 9509.8)
    """
    return transform_frequencies()[PLANT_BINS]


def decibels(power: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the level of a power ratio in dB; about -3080 dB, hence finite, for zero."""
    return np.asarray(10.0 * np.log10(np.maximum(power, _SMALLEST)))
