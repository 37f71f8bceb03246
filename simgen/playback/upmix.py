r"""Take the centre out of a stereo pair, for a loudspeaker or a beam of its own.

A centre C is given as it appears in the left and in the right signal; what is left to the sides,
L' = L - C and R' = R - C, follows. A stereo pair is then the exact downmix of the three whatever
the centre is, so methods differ in nothing but the centre. All but the fixed ones work on bands of
one equivalent rectangular bandwidth of hearing, in overlapping frames with the square root of a
Hann window before and after: frames that are not changed add up to the signal.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real, require_between
from simgen.errors import ShapeError
from simgen.playback.panning import as_stereo, mid_side

if TYPE_CHECKING:
    from scipy.signal import ShortTimeFFT

__all__ = [
    "banded_centre",
    "fold_down",
    "mid_centre",
    "one_coefficient_centre",
    "running_centre",
    "similarity_centre",
    "split_centre",
]

_Average = Callable[[NDArray[np.float64]], NDArray[np.float64]]

_FRAME: Final = 0.064
"""Length of a frame in s: pitch harmonics of a voice are told apart, syllables still are."""

_OVERLAP: Final = 4
"""Frames that cover a sample."""


def split_centre(stereo: ArrayLike, centre: ArrayLike) -> NDArray[np.float64]:
    """Return what is left to the sides when the centre is taken out, and the centre.

    Parameters
    ----------
    stereo
        Left and right, shape (2, sample).
    centre
        Centre as it appears in each of them, shape (sample,).

    Returns
    -------
    ndarray
        L - C, R - C and C, shape (3, sample).

    Raises
    ------
    ShapeError
        If the signals are not finite, of other axes, or differ in length.

    Examples
    --------
    >>> split_centre([[3.0], [1.0]], [1.0]).tolist()
    [[2.0], [0.0], [1.0]]
    """
    pair = as_stereo(stereo, "stereo")
    middle = as_real(centre, "centre", axes=("sample",))
    if middle.shape != pair.shape[1:]:
        raise ShapeError(f"centre has shape {middle.shape}", allowed=f"{pair.shape[1:]}")
    return np.concatenate([pair - middle, middle[None]])


def fold_down(left_right_centre: ArrayLike) -> NDArray[np.float64]:
    """Return the stereo pair of which left, right and centre were made.

    Parameters
    ----------
    left_right_centre
        Left, right and centre, shape (3, sample).

    Returns
    -------
    ndarray
        L' + C and R' + C, shape (2, sample).

    Raises
    ------
    ShapeError
        If the signals are not finite, or not of shape (3, sample).
    """
    signals = as_real(left_right_centre, "left_right_centre", axes=("3", "sample"))
    if signals.shape[0] != 3:
        raise ShapeError(f"left_right_centre has shape {signals.shape}", allowed="(3, sample)")
    return np.asarray(signals[:2] + signals[2])


def mid_centre(stereo: ArrayLike) -> NDArray[np.float64]:
    """Take the middle (L + R) / 2 as the centre: a source hard to one side leaks at -6.02 dB.

    Raises
    ------
    ShapeError
        If the signals are not finite, or not of shape (2, sample).
    """
    return np.asarray(mid_side(stereo)[0])


def one_coefficient_centre(stereo: ArrayLike) -> NDArray[np.float64]:
    r"""Take from the middle as much of the side as makes them uncorrelated, with one gain.

    .. math:: C = M - \frac{\overline{M S}}{\overline{S^2}} S

    It is exactly uncorrelated with L - R, and yet hardly better than the middle: two sources of
    equal power on either side correlate in opposite ways.

    Parameters
    ----------
    stereo
        Left and right, shape (2, sample).

    Returns
    -------
    ndarray
        Centre, shape (sample,).

    Raises
    ------
    ShapeError
        If the signals are not finite, or not of shape (2, sample).
    """
    middle, side = mid_side(stereo)
    return np.asarray(middle - _quotient(middle @ side, side @ side) * side)


def banded_centre(stereo: ArrayLike, sample_rate: int) -> NDArray[np.float64]:
    """Make the centre and the side uncorrelated with one gain in each band of hearing.

    Parameters
    ----------
    stereo
        Left and right, shape (2, sample).
    sample_rate
        In Hz.

    Returns
    -------
    ndarray
        Centre, shape (sample,).

    Raises
    ------
    ShapeError
        If the signals are not finite, or not of shape (2, sample).
    ParameterError
        If the sample rate is out of range.
    """
    return _least_correlated_centre(stereo, sample_rate, _average)


def running_centre(
    stereo: ArrayLike, sample_rate: int, *, time_constant: float = 0.1
) -> NDArray[np.float64]:
    r"""Make the centre and the side uncorrelated with one gain in each band, that runs along.

    .. math:: C = M - \frac{\overline{\Re M S^*}}{\overline{|S|^2}} S

    with averages over a band of hearing and, with exponential forgetting, over the past.

    Parameters
    ----------
    stereo
        Left and right, shape (2, sample).
    sample_rate
        In Hz.
    time_constant
        Time in s after which the past counts 1/e.

    Returns
    -------
    ndarray
        Centre, shape (sample,).

    Raises
    ------
    ShapeError
        If the signals are not finite, or not of shape (2, sample).
    ParameterError
        If the sample rate or the time constant is out of range.
    """
    average = _forgetting(sample_rate, time_constant)
    return _least_correlated_centre(stereo, sample_rate, average)


def similarity_centre(
    stereo: ArrayLike, sample_rate: int, *, exponent: float = 1.0, time_constant: float = 0.1
) -> NDArray[np.float64]:
    r"""Keep of the middle what is alike in left and right, bin by bin.

    .. math:: C = \psi^p M, \quad
              \psi = \max\left(0, \frac{2 \overline{\Re L R^*}}
                                       {\overline{|L|^2} + \overline{|R|^2}}\right)

    with running averages. The similarity of one source with gains g is
    :math:`2 g_L g_R / (g_L^2 + g_R^2)`: 1 in the centre, 0 hard to one side. Opposite phases
    count as unlike.

    Parameters
    ----------
    stereo
        Left and right, shape (2, sample).
    sample_rate
        In Hz.
    exponent
        Power p: 2 suppresses what is not in the centre twice as much, in dB.
    time_constant
        Time in s after which the past counts 1/e.

    Returns
    -------
    ndarray
        Centre, shape (sample,).

    Raises
    ------
    ShapeError
        If the signals are not finite, or not of shape (2, sample).
    ParameterError
        If the sample rate, the exponent or the time constant is out of range.

    References
    ----------
    C. Avendano, J.-M. Jot, "Frequency domain techniques for stereo to multichannel upmix", AES
    22nd International Conference, 2002.
    """
    require_between(exponent, "exponent", 0.0, 100.0)
    average = _forgetting(sample_rate, time_constant)
    left, right = _analyse(as_stereo(stereo, "stereo"), sample_rate)
    alike = average(_real_product(left, right))
    power = average(_real_product(left, left) + _real_product(right, right))
    similarity = np.maximum(_quotient(2.0 * alike, power), 0.0)
    middle = 0.5 * similarity**exponent * (left + right)
    return _synthesise(middle, sample_rate, np.shape(stereo)[1])


def _least_correlated_centre(
    stereo: ArrayLike, sample_rate: int, average: _Average
) -> NDArray[np.float64]:
    """Take from the middle, in each band, what the side predicts of it."""
    middle, side = _analyse(mid_side(stereo), sample_rate)
    bands = _hearing_bands(sample_rate)
    predicted = _quotient(
        average(bands @ _real_product(middle, side)), average(bands @ _real_product(side, side))
    )
    return _synthesise(middle - (bands.T @ predicted) * side, sample_rate, np.shape(stereo)[1])


def _average(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average over all frames, shape (bin, 1)."""
    return np.asarray(np.mean(values, axis=-1, keepdims=True))


def _forgetting(sample_rate: int, time_constant: float) -> _Average:
    """Return the average over past frames with exponential forgetting."""
    from scipy.signal import lfilter  # a slow import, of no use to whoever lists baselines

    require_between(time_constant, "time_constant", 1e-3, 1e3)
    kept = np.exp(-_frames(sample_rate).hop / (sample_rate * time_constant))
    return lambda values: np.asarray(lfilter([1.0 - kept], [1.0, -kept], values, axis=-1))


def _frames(sample_rate: int) -> "ShortTimeFFT":
    """Return the transform between samples and overlapping frames."""
    from scipy.signal import ShortTimeFFT
    from scipy.signal.windows import hann

    require_between(sample_rate, "sample_rate", 1e3, 1e6)
    hop = round(_FRAME * sample_rate / _OVERLAP)
    window = np.sqrt(hann(_OVERLAP * hop, sym=False))
    return ShortTimeFFT(window, hop, sample_rate, phase_shift=None)


def _analyse(signals: NDArray[np.float64], sample_rate: int) -> NDArray[np.complex128]:
    """Return spectra of overlapping frames, shape (channel, bin, frame)."""
    transform = _frames(sample_rate)
    missing = max(transform.m_num - signals.shape[1], 0)  # it refuses less than half a frame
    return np.asarray(transform.stft(np.pad(signals, ((0, 0), (0, missing)))))


def _synthesise(
    spectra: NDArray[np.complex128], sample_rate: int, num_samples: int
) -> NDArray[np.float64]:
    """Return the signal of overlapping frames' spectra, shape (sample,)."""
    transform = _frames(sample_rate)
    signal = transform.istft(spectra, k1=max(num_samples, transform.m_num))
    return np.real(signal)[:num_samples]


def _hearing_bands(sample_rate: int) -> NDArray[np.float64]:
    """Return which bins belong to each equivalent rectangular bandwidth, shape (band, bin).

    The number of bandwidths below f is 21.4 log10(1 + 0.00437 f): B. R. Glasberg, B. C. J. Moore,
    "Derivation of auditory filter shapes from notched-noise data", Hearing Research 47, 1990.
    """
    band_of_bin = np.floor(21.4 * np.log10(1.0 + 0.00437 * _frames(sample_rate).f))
    return np.asarray(band_of_bin == np.unique(band_of_bin)[:, None], dtype=np.float64)


def _real_product(
    first: NDArray[np.complex128], second: NDArray[np.complex128]
) -> NDArray[np.float64]:
    """Return the real part of the first times the second's conjugate."""
    return np.asarray(first.real * second.real + first.imag * second.imag)


def _quotient(numerator: ArrayLike, denominator: ArrayLike) -> NDArray[np.float64]:
    """Divide; 0 where there is nothing to divide by."""
    divisor = np.asarray(denominator)
    safe = np.where(divisor > 0.0, divisor, 1.0)
    return np.where(divisor > 0.0, np.asarray(numerator) / safe, 0.0)
