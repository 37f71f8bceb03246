"""What filters do to time: energy before and after the main peak, distance from a pure delay."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from simgen.scoring.crosstalk_bands import (
    GRADED_BANDS,
    PLANT_BINS,
    TRANSFORM_LENGTH,
    decibels,
)
from simgen.scoring.time_spread import TimeSpread, energy_spread

__all__ = ["TimeSpread", "reproduction_error_db", "time_spread"]

_OVERSAMPLING: Final = 8
"""Delays tried in a sample; a parabola through them is right to -50 dB, see the tests."""


def time_spread(plant: NDArray[np.complex128], filters: NDArray[np.complex128]) -> TimeSpread:
    """Measure how much of each input reaches its ear long before or after the main peak.

    Parameters
    ----------
    plant
        Responses at one pose, shape (frequency, ear, driver).
    filters
        Spectra of the filters at the plant's frequencies, shape (frequency, driver, input).
    """
    return energy_spread(np.einsum("fid,fdi->if", plant, filters), GRADED_BANDS)


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
