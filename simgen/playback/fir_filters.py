"""Realise designed responses as causal filters of finite length, and see what that costs.

A response designed at n frequencies is that of any impulse response folded to n samples. The
design is right at its own frequencies whatever was folded; the truth lies between them. So design
on a grid several times finer than the filter is long, and look at ``lost_energy_db``.
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real, require_between
from simgen.errors import ParameterError, ShapeError
from simgen.playback.natural import natural_routing
from simgen.playback.plants import FILTER_AXES, as_frequencies, as_responses

__all__ = ["crossfade_to_natural", "fir_taps", "frequency_response", "lost_energy_db"]

_LOW: Final = (90.0, 160.0)
_HIGH: Final = (11e3, 14e3)
"""In Hz: outside the graded third octaves from 200 Hz to 8 kHz, with room for their edges."""

_BLOCK: Final = 2**20
"""Phases computed at a time, so that long filters on fine grids do not fill the memory."""


def crossfade_to_natural(
    filters: ArrayLike,
    frequency: ArrayLike,
    *,
    low: tuple[float, float] = _LOW,
    high: tuple[float, float] = _HIGH,
) -> NDArray[np.complex128]:
    """Fade filters into doing nothing below and above the band in which they are of use.

    Parameters
    ----------
    filters
        Filters, complex, shape (frequency, loudspeaker, 2), that leave each ear about the level
        and phase of its own loudspeaker; see ``match_natural``.
    frequency
        In Hz, rising, shape (frequency,).
    low, high
        Where the fades begin and end in Hz: natural routing up to the first and from the last.

    Returns
    -------
    ndarray
        Filters, complex, shape (frequency, loudspeaker, 2).

    Raises
    ------
    ShapeError
        If the axes are not right, do not belong together, or a value is not finite.
    ParameterError
        If the four frequencies do not rise from above 0.
    """
    given = as_responses(filters, "filters", axes=FILTER_AXES)
    if given.shape[2] != 2:
        raise ShapeError(f"filters have shape {given.shape}", allowed="(frequency, loudspeaker, 2)")
    frequencies = as_frequencies(frequency, num_frequencies=len(given))
    corners = np.array((0.0, *low, *high))
    if not (np.all(np.diff(corners) > 0.0) and np.all(np.isfinite(corners))):
        raise ParameterError("low and high must rise from above 0 Hz", value=(low, high))
    weight = (_rise(frequencies, *low) * (1.0 - _rise(frequencies, *high)))[:, None, None]
    return np.asarray(weight * given + (1.0 - weight) * natural_routing(*given.shape[:2]))


def fir_taps(filters: ArrayLike, *, num_taps: int, taper: float = 0.25) -> NDArray[np.float64]:
    """Return the impulse responses of filters, delayed by half their length and faded at the ends.

    Parameters
    ----------
    filters
        Filters, complex, shape (frequency, loudspeaker, input), at the frequencies
        ``numpy.fft.rfftfreq(n, 1 / sample_rate)`` for an even n; several times ``num_taps``, or
        what does not fit is folded in. At 0 Hz and at half the sample rate the real part counts.
    num_taps
        Length, 2 to n. Time zero of the filters becomes tap ``num_taps // 2``.
    taper
        Part of the taps that is faded, half of it at each end by a raised cosine, 0 to 1.

    Returns
    -------
    ndarray
        Taps, shape (loudspeaker, input, tap).

    Raises
    ------
    ShapeError
        If the axes are not right or a value is not finite.
    ParameterError
        If a number is out of range.

    Examples
    --------
    >>> fir_taps(np.ones((9, 1, 1)), num_taps=8)
    array([[[0., 0., 0., 0., 1., 0., 0., 0.]]])
    """
    impulses = _impulses(filters, num_taps)
    return np.ascontiguousarray(impulses[..., :num_taps] * _fade(num_taps, taper))


def lost_energy_db(
    filters: ArrayLike, *, num_taps: int, taper: float = 0.25
) -> NDArray[np.float64]:
    """Return the energy that ``fir_taps`` cuts off, relative to the whole.

    By Parseval it is the mean squared error of the realised response at the design's own
    frequencies. It also finds filters that the design's grid has folded: their ends are loud.

    Parameters
    ----------
    filters, num_taps, taper
        As for ``fir_taps``; without a taper, a design on its own grid seems to lose nothing.

    Returns
    -------
    ndarray
        Level in dB for each signal, over all loudspeakers, shape (input,); -inf for none.

    Raises
    ------
    ShapeError
        If the axes are not right or a value is not finite.
    ParameterError
        If a number is out of range, or the filters of an input are silent.
    """
    impulses = _impulses(filters, num_taps)
    whole = np.sum(impulses**2, axis=(0, 2))
    if np.any(whole == 0.0):
        raise ParameterError("the filters are silent for input", value=int(np.argmin(whole)))
    impulses[..., :num_taps] *= 1.0 - _fade(num_taps, taper)
    with np.errstate(divide="ignore"):
        return np.asarray(10.0 * np.log10(np.sum(impulses**2, axis=(0, 2)) / whole))


def frequency_response(
    taps: ArrayLike, frequency: ArrayLike, *, sample_rate: float
) -> NDArray[np.complex128]:
    """Return the responses of filters at any frequencies.

    Parameters
    ----------
    taps
        Real, shape (loudspeaker, input, tap).
    frequency
        In Hz, rising, shape (frequency,).
    sample_rate
        In Hz.

    Returns
    -------
    ndarray
        Responses, complex, shape (frequency, loudspeaker, input); time zero is the first tap.

    Raises
    ------
    ShapeError
        If the axes are not right or a value is not finite.
    ParameterError
        If the sample rate is out of range, or the frequencies do not rise from 0 Hz or more.
    """
    filters = as_real(taps, "taps", axes=("loudspeaker", "input", "tap"))
    require_between(sample_rate, "sample_rate", 1.0, 1e6)
    frequencies = as_frequencies(frequency, num_frequencies=np.size(frequency))
    cycles = np.arange(filters.shape[2]) / sample_rate
    block = max(1, _BLOCK // max(1, filters.shape[2]))
    response = np.empty((len(frequencies), *filters.shape[:2]), dtype=np.complex128)
    for start in range(0, len(frequencies), block):
        phase = -2j * np.pi * np.outer(frequencies[start : start + block], cycles)
        response[start : start + block] = np.einsum("ft,lit->fli", np.exp(phase), filters)
    return response


def _impulses(filters: ArrayLike, num_taps: int) -> NDArray[np.float64]:
    """Return the folded responses (loudspeaker, input, sample), time zero at num_taps // 2."""
    responses = as_responses(filters, "filters", axes=FILTER_AXES)
    length = 2 * (len(responses) - 1)
    if not (isinstance(num_taps, (int, np.integer)) and 2 <= num_taps <= length):
        allowed = f"2 to {length}, the length of the design's grid"
        raise ParameterError("num_taps is out of range", value=num_taps, allowed=allowed)
    folded = np.fft.irfft(responses, length, axis=0)
    return np.moveaxis(np.roll(folded, num_taps // 2, axis=0), 0, 2)


def _fade(num_taps: int, taper: float) -> NDArray[np.float64]:
    """Return 1 round tap num_taps // 2, falling to 0 half a length from it."""
    require_between(taper, "taper", 0.0, 1.0)
    if taper == 0.0:
        return np.ones(num_taps)
    distance = np.abs(np.arange(num_taps) - num_taps // 2) / (num_taps / 2)
    way = np.clip((distance - (1.0 - taper)) / taper, 0.0, 1.0)
    return np.asarray(0.5 + 0.5 * np.cos(np.pi * way))


def _rise(frequency: NDArray[np.float64], first: float, last: float) -> NDArray[np.float64]:
    """Return a raised cosine over the logarithm of frequency, from 0 to 1."""
    way = np.log(np.maximum(frequency, first) / first) / np.log(last / first)
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * np.minimum(way, 1.0)))
