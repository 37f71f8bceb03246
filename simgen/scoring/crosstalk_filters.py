"""Filters submitted to cancel crosstalk: their faults before anything is played, their spectra."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simgen.scoring.octave_bands import TRANSFORM_LENGTH
from simgen.scoring.submitted_filters import (
    FEWEST_TAPS,
    LARGEST_TAP,
    MOST_TAPS,
    form_fault,
    sample_rate_fault,
    unusable_taps,
)

__all__ = ["FEWEST_TAPS", "LARGEST_TAP", "MOST_TAPS", "filter_faults", "filter_spectra"]


def filter_faults(taps: Any, *, num_drivers: int, sample_rate: float) -> Iterator[str]:
    """Yield what keeps one device's filters from being scored.

    Parameters
    ----------
    taps
        The filters as submitted, which should be of float32 or float64 and of shape
        (driver, input, tap).
    num_drivers
        Of the device.
    sample_rate
        Sample rate of the filters in Hz, as submitted.

    Yields
    ------
    str
        A fault with the index concerned; one kind of fault is named once, where it is first met.
    """
    rate_fault = sample_rate_fault(sample_rate)
    if rate_fault is not None:
        yield rate_fault
    fault = form_fault(taps, shape=(num_drivers, 2), axes="driver, input, tap")
    if fault is not None:
        yield fault
    else:
        numbers = np.asarray(taps, dtype=np.float64)
        yield from unusable_taps(numbers)
        yield from _silent_inputs(numbers)


def _silent_inputs(taps: NDArray[np.float64]) -> Iterator[str]:
    """Yield the inputs that no filter passes."""
    sounding = np.any(taps != 0.0, axis=(0, 2))
    if not sounding.any():
        yield "every tap is zero (allowed: filters that pass both inputs)"
    else:
        for silent in np.flatnonzero(~sounding):
            yield f"input {silent} is silent: its taps are all zero (allowed: both inputs pass)"


def filter_spectra(taps: NDArray[np.floating[Any]]) -> NDArray[np.complex128]:
    """Transform filters, exactly at every frequency since they are shorter than the transform.

    Parameters
    ----------
    taps
        Filters, shape (driver, input, tap).

    Returns
    -------
    Spectra at all frequencies of the transform, shape (frequency, driver, input).
    """
    spectra = np.fft.rfft(np.asarray(taps, dtype=np.float64), TRANSFORM_LENGTH)
    return np.ascontiguousarray(np.moveaxis(spectra, -1, 0))
