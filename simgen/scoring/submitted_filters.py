"""Submitted filters: the faults that show before anything is played through them."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simgen.scoring.octave_bands import SAMPLE_RATE, TRANSFORM_LENGTH

__all__ = [
    "FEWEST_TAPS",
    "LARGEST_TAP",
    "MOST_TAPS",
    "SMALLEST_FILTERS",
    "form_fault",
    "sample_rate_fault",
    "unusable_taps",
]

FEWEST_TAPS: Final = 64
"""About what a head's delays need; judgement, as are the other limits here."""

MOST_TAPS: Final = TRANSFORM_LENGTH // 4
"""So that responses of a filter followed by a plant do not wrap round."""

LARGEST_TAP: Final = 1e6
"""Far above any sensible gain, and far below what overflows."""

SMALLEST_FILTERS: Final = 1e-6
"""Of the largest tap: far below any sensible gain, and far above where powers of 1e-308 and less
end, which would leave effort and colour without a measure."""


def sample_rate_fault(sample_rate: float) -> str | None:
    """Return what is wrong with the rate that filters or signals are submitted at."""
    if sample_rate == SAMPLE_RATE:
        return None
    return f"the sample rate is {sample_rate} Hz (allowed: {SAMPLE_RATE} Hz)"


def form_fault(taps: Any, *, shape: tuple[int, ...], axes: str) -> str | None:
    """Return what is wrong with the type or the shape of filters, if anything is.

    Parameters
    ----------
    taps
        The filters as submitted, which should be of float32 or float64.
    shape
        The shape they should have but for the last axis, that of taps.
    axes
        Names of all axes, for the message.
    """
    try:
        array = np.asarray(taps)
    except ValueError:
        return f"the filters are nested unevenly (allowed: an array ({axes}))"
    if array.dtype not in (np.dtype(np.float32), np.dtype(np.float64)):
        return f"the filters are of type {array.dtype} (allowed: float32, float64)"
    if array.ndim != len(shape) + 1 or array.shape[:-1] != shape:
        allowed = ", ".join(map(str, (*shape, "tap")))
        return f"the filters have shape {array.shape} (allowed: ({allowed}))"
    if not FEWEST_TAPS <= array.shape[-1] <= MOST_TAPS:
        return f"the filters have {array.shape[-1]} taps (allowed: {FEWEST_TAPS} to {MOST_TAPS})"
    return None


def unusable_taps(taps: NDArray[np.float64]) -> Iterator[str]:
    """Yield the first tap that is not finite, the first that is too large, or that all are tiny."""
    finite = np.isfinite(taps)
    for place in np.argwhere(~finite)[:1]:
        yield f"{_where(place)} is {taps[tuple(place)]} (allowed: finite numbers)"
    for place in np.argwhere(finite & (np.abs(taps) > LARGEST_TAP))[:1]:
        yield f"{_where(place)} is {taps[tuple(place)]:g} (allowed: at most {LARGEST_TAP:g})"
    largest = np.max(np.abs(taps), where=finite, initial=0.0)
    if 0.0 < largest < SMALLEST_FILTERS:
        yield f"the largest tap is {largest:g} (allowed: at least {SMALLEST_FILTERS:g})"


def _where(place: NDArray[np.intp]) -> str:
    """Name a tap."""
    return f"tap [{', '.join(str(int(index)) for index in place)}]"
