"""The frequencies and the bands of a fraction of an octave that filters are scored in.

Filters and plants are sampled by one transform, four times as long as the longest filter: what a
design hides between the bins of its own transform shows here. A plant holds the bins that its
protocol's bands need, and no others.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "SAMPLE_RATE",
    "TRANSFORM_LENGTH",
    "Bands",
    "band_limits",
    "decibels",
    "transform_frequencies",
]

SAMPLE_RATE: Final = 48000
"""In Hz, of every filter; a judgement, see docs/decisions/crosstalk-protocol.md."""

TRANSFORM_LENGTH: Final = 8192
"""Samples; leaves 8 bins in the lowest band, see docs/decisions/crosstalk-protocol.md."""

_MIDDLE: Final = 1000.0
"""Centre frequency in Hz that the others are counted from (IEC 61260-1:2014, 5.4)."""

_SMALLEST: Final = float(np.finfo(np.float64).tiny)


def band_limits(parts: int, lowest: int, highest: int) -> NDArray[np.intp]:
    """Return the first bin of the transform in each band, and the one after the last.

    Parameters
    ----------
    parts
        Bands in an octave.
    lowest, highest
        First and last band, counted from the one round 1 kHz.

    Returns
    -------
    Bins, shape (band + 1,).
    """
    edges = _edges(parts, lowest, highest)
    return np.ceil(edges * TRANSFORM_LENGTH / SAMPLE_RATE).astype(np.intp)


def _edges(parts: int, lowest: int, highest: int) -> NDArray[np.float64]:
    """Return the frequencies in Hz between which bands lie, shape (band + 1,)."""
    numbers = np.arange(lowest, highest + 2) - 0.5
    return np.asarray(_MIDDLE * 2.0 ** (numbers / parts))


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
    bins
        Bins of the transform that the plant holds, those of the bands at least.
    """

    parts: int
    lowest: int
    highest: int
    bins: slice

    @property
    def centres(self) -> NDArray[np.float64]:
        """Centre frequencies in Hz, shape (band,)."""
        numbers = np.arange(self.lowest, self.highest + 1)
        return np.asarray(_MIDDLE * 2.0 ** (numbers / self.parts))

    @property
    def edges(self) -> NDArray[np.float64]:
        """Frequencies in Hz between which the bands lie, ascending, shape (band + 1,)."""
        return _edges(self.parts, self.lowest, self.highest)

    @property
    def limits(self) -> NDArray[np.intp]:
        """First bin of the transform in each band, and the one after the last, (band + 1,)."""
        return band_limits(self.parts, self.lowest, self.highest)

    @property
    def sizes(self) -> NDArray[np.intp]:
        """Number of bins in each band, shape (band,)."""
        return np.diff(self.limits)

    @property
    def frequencies(self) -> NDArray[np.float64]:
        """Frequencies in Hz that the plant is sampled at, shape (frequency,)."""
        return transform_frequencies()[self.bins]

    def total(self, values: NDArray[Any], axis: int) -> NDArray[Any]:
        """Sum values at a plant's frequencies within each band; ``axis`` becomes that of bands."""
        limits = self.limits - self.bins.start
        within = np.moveaxis(values, axis, 0)[limits[0] : limits[-1]]
        return np.moveaxis(np.add.reduceat(within, limits[:-1] - limits[0], axis=0), 0, axis)

    def mean(self, values: NDArray[Any], axis: int) -> NDArray[Any]:
        """Average values at a plant's frequencies within each band, like :meth:`total`."""
        sums = np.moveaxis(self.total(values, axis), axis, -1)
        return np.moveaxis(sums / self.sizes, -1, axis)

    def spread(self, values: NDArray[Any], axis: int) -> NDArray[Any]:
        """Repeat a value of each band at every plant's frequency in it, and zero elsewhere."""
        limits = self.limits
        by_bin = np.repeat(np.moveaxis(values, axis, 0), self.sizes, axis=0)
        outside = (limits[0] - self.bins.start, self.bins.stop - limits[-1])
        return np.moveaxis(np.pad(by_bin, [outside, *[(0, 0)] * (by_bin.ndim - 1)]), 0, axis)


def transform_frequencies() -> NDArray[np.float64]:
    """Return the frequencies of the transform in Hz, from 0 to half the sample rate."""
    return np.asarray(np.fft.rfftfreq(TRANSFORM_LENGTH, 1.0 / SAMPLE_RATE))


def decibels(power: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the level of a power ratio in dB; about -3080 dB, hence finite, for zero."""
    return np.asarray(10.0 * np.log10(np.maximum(power, _SMALLEST)))
