"""How far filters spread sound in time, which magnitudes do not show."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simgen.scoring.octave_bands import SAMPLE_RATE, TRANSFORM_LENGTH, Bands, decibels

__all__ = ["TimeSpread", "energy_spread"]

BEFORE: Final = 0.002
"""Time in s before the peak that is still part of it; judgement, see the decision page."""

AFTER: Final = 0.010
"""The same after the peak: reflections of filters that early are heard as colour."""

_FADE_OCTAVES: Final = 0.5
"""Width of the band limit at each end, so that it does not ring for milliseconds itself."""


class TimeSpread(NamedTuple):
    """Energy far from the main peak in dB of all energy, of the channel that has more of it.

    Attributes
    ----------
    early_db, late_db
        More than 2 ms before the peak, and more than 10 ms after it.
    """

    early_db: float
    late_db: float


def energy_spread(received: NDArray[np.complex128], bands: Bands) -> TimeSpread:
    """Measure how much of each channel arrives long before or after its main peak.

    Parameters
    ----------
    received
        Spectra at a plant's frequencies, shape (channel, frequency).
    bands
        Bands of the plant; what lies outside is not looked at.
    """
    spectra = np.zeros((len(received), TRANSFORM_LENGTH // 2 + 1), dtype=np.complex128)
    spectra[:, bands.bins] = _band_limit(bands) * received
    energy = np.fft.irfft(spectra, TRANSFORM_LENGTH) ** 2
    # The transform is circular: half of it counts as before the peak, half as after.
    middle = TRANSFORM_LENGTH // 2
    centred = np.stack([np.roll(each, middle - int(each.argmax())) for each in energy])
    centred = centred / np.maximum(centred.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    early = centred[:, : middle - round(BEFORE * SAMPLE_RATE)].sum(axis=1)
    late = centred[:, middle + round(AFTER * SAMPLE_RATE) + 1 :].sum(axis=1)
    return TimeSpread(float(decibels(early).max()), float(decibels(late).max()))


def _band_limit(bands: Bands) -> NDArray[np.float64]:
    """Return a gain that rises and falls within the bands, shape (frequency,)."""
    low, high = bands.edges[[0, -1]]
    frequency = bands.frequencies
    octaves_inside = np.minimum(np.log2(frequency / low), np.log2(high / frequency))
    return np.asarray(np.sin(0.5 * np.pi * np.clip(octaves_inside / _FADE_OCTAVES, 0.0, 1.0)) ** 2)
