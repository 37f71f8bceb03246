"""What filters do to time: energy before and after the main peak, distance from a pure delay."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simgen.scoring.crosstalk_bands import (
    GRADED_BANDS,
    PLANT_BINS,
    SAMPLE_RATE,
    TRANSFORM_LENGTH,
    decibels,
    plant_frequencies,
)

__all__ = ["TimeSpread", "reproduction_error_db", "time_spread"]

BEFORE: Final = 0.002
"""Time in s before the peak that is still part of it; judgement, see the decision page."""

AFTER: Final = 0.010
"""The same after the peak: reflections of filters that early are heard as colour."""

_FADE_OCTAVES: Final = 0.5
"""Width of the band limit at each end, so that it does not ring for milliseconds itself."""

_OVERSAMPLING: Final = 8
"""Delays tried in a sample; a parabola through them is right to -50 dB, see the tests."""


class TimeSpread(NamedTuple):
    """Energy far from the main peak in dB of all energy, of the input that has more of it.

    Attributes
    ----------
    early_db, late_db
        More than 2 ms before the peak, and more than 10 ms after it.
    """

    early_db: float
    late_db: float


def time_spread(plant: NDArray[np.complex128], filters: NDArray[np.complex128]) -> TimeSpread:
    """Measure how much of each input reaches its ear long before or after the main peak.

    Parameters
    ----------
    plant
        Responses at one pose, shape (frequency, ear, driver).
    filters
        Spectra of the filters at the plant's frequencies, shape (frequency, driver, input).
    """
    spectra = np.zeros((2, TRANSFORM_LENGTH // 2 + 1), dtype=np.complex128)
    spectra[:, PLANT_BINS] = _band_limit() * np.einsum("fid,fdi->if", plant, filters)
    energy = np.fft.irfft(spectra, TRANSFORM_LENGTH) ** 2
    # The transform is circular: half of it counts as before the peak, half as after.
    middle = TRANSFORM_LENGTH // 2
    centred = np.stack([np.roll(each, middle - int(each.argmax())) for each in energy])
    centred = centred / np.maximum(centred.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    early = centred[:, : middle - round(BEFORE * SAMPLE_RATE)].sum(axis=1)
    late = centred[:, middle + round(AFTER * SAMPLE_RATE) + 1 :].sum(axis=1)
    return TimeSpread(float(decibels(early).max()), float(decibels(late).max()))


def _band_limit() -> NDArray[np.float64]:
    """Return a gain that rises and falls within the graded bands, shape (frequency,)."""
    low, high = GRADED_BANDS.edges[[0, -1]]
    frequency = plant_frequencies()
    octaves_inside = np.minimum(np.log2(frequency / low), np.log2(high / frequency))
    return np.asarray(np.sin(0.5 * np.pi * np.clip(octaves_inside / _FADE_OCTAVES, 0.0, 1.0)) ** 2)


def reproduction_error_db(plant: NDArray[np.complex128], filters: NDArray[np.complex128]) -> float:
    """Measure how far the inputs at the ears are from the inputs, but for one gain and one delay.

    With R from inputs to ears, it is 10 log10 of the mean of ||g R - e^{-jwD} I||^2 / 2 over the
    graded frequencies, for the gain g and delay D that make it least: 0 for anything unrelated.

    Parameters
    ----------
    plant
        Responses at one pose, shape (frequency, ear, driver).
    filters
        Spectra of the filters at the plant's frequencies, shape (frequency, driver, input).
    """
    limits = GRADED_BANDS.limits - PLANT_BINS.start
    graded = slice(int(limits[0]), int(limits[-1]))
    received = np.einsum("fed,fdi->fei", plant[graded], filters[graded])
    length = _OVERSAMPLING * TRANSFORM_LENGTH
    # Sum of tr(R) e^{+jwD}: its real part for every D at once is an inverse transform.
    spectrum = np.zeros(length, dtype=np.complex128)
    first = GRADED_BANDS.limits[0]
    spectrum[first : first + len(received)] = np.trace(received, axis1=1, axis2=2)
    agreement = max(0.0, _refined_maximum(np.fft.ifft(spectrum).real * length))
    energy = float(np.sum(np.abs(received) ** 2))
    explained = agreement**2 / max(2.0 * len(received) * energy, np.finfo(np.float64).tiny)
    return float(decibels(np.asarray(1.0 - explained)))


def _refined_maximum(values: NDArray[np.float64]) -> float:
    """Return the top of the parabola through the largest value and its neighbours, circularly."""
    top = int(values.argmax())
    before, largest, after = values[[top - 1, top, (top + 1) % len(values)]]
    bend = 2.0 * largest - before - after
    return float(largest + ((after - before) ** 2 / (8.0 * bend) if bend > 0.0 else 0.0))
