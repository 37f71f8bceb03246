"""Submitted filters: the faults that show before anything is played through them."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simgen.scoring.crosstalk_bands import SAMPLE_RATE, TRANSFORM_LENGTH

__all__ = ["FEWEST_TAPS", "LARGEST_TAP", "MOST_TAPS", "filter_faults", "filter_spectra"]

FEWEST_TAPS: Final = 64
"""About what a head's delays need; judgement, as are the other limits here."""

MOST_TAPS: Final = TRANSFORM_LENGTH // 4
"""So that responses of a filter followed by a plant do not wrap round."""

LARGEST_TAP: Final = 1e6
"""Far above any sensible gain, and far below what overflows."""


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
    if sample_rate != SAMPLE_RATE:
        yield f"the sample rate is {sample_rate} Hz (allowed: {SAMPLE_RATE} Hz)"
    fault = _form_fault(taps, num_drivers)
    if fault is not None:
        yield fault
    else:
        yield from _value_faults(np.asarray(taps, dtype=np.float64))


def _form_fault(taps: Any, num_drivers: int) -> str | None:
    """Return what is wrong with type or shape, if anything is."""
    try:
        array = np.asarray(taps)
    except ValueError:
        return "the filters are nested unevenly (allowed: an array (driver, input, tap))"
    if array.dtype not in (np.dtype(np.float32), np.dtype(np.float64)):
        return f"the filters are of type {array.dtype} (allowed: float32, float64)"
    if array.ndim != 3 or array.shape[:2] != (num_drivers, 2):
        return f"the filters have shape {array.shape} (allowed: ({num_drivers}, 2, tap))"
    if not FEWEST_TAPS <= array.shape[2] <= MOST_TAPS:
        return f"the filters have {array.shape[2]} taps (allowed: {FEWEST_TAPS} to {MOST_TAPS})"
    return None


def _value_faults(taps: NDArray[np.float64]) -> Iterator[str]:
    """Yield the taps that are not numbers or too large, and the inputs that are silent."""
    finite = np.isfinite(taps)
    for place in np.argwhere(~finite)[:1]:
        yield f"{_where(place)} is {taps[tuple(place)]} (allowed: finite numbers)"
    for place in np.argwhere(finite & (np.abs(taps) > LARGEST_TAP))[:1]:
        yield f"{_where(place)} is {taps[tuple(place)]:g} (allowed: at most {LARGEST_TAP:g})"
    sounding = np.any(taps != 0.0, axis=(0, 2))
    if not sounding.any():
        yield "every tap is zero (allowed: filters that pass both inputs)"
    else:
        for silent in np.flatnonzero(~sounding):
            yield f"input {silent} is silent: its taps are all zero (allowed: both inputs pass)"


def _where(place: NDArray[np.intp]) -> str:
    """Name a tap."""
    driver, channel, tap = (int(index) for index in place)
    return f"tap [{driver}, {channel}, {tap}]"


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
