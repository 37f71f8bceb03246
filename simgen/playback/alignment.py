"""Find how late each path of a chain arrives, and delay the early ones until all agree."""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.signal import oaconvolve

from simgen.arrays import as_real
from simgen.errors import ParameterError, ShapeError

__all__ = [
    "aligning_delays",
    "correlation_delays",
    "delay_blocks",
    "delay_signals",
    "group_delays",
]

_FINER: Final = 8
"""Points per sample on which the correlation's peak is sought before it is refined."""

_REFINEMENTS: Final = 20
"""Steps of Newton's method at most; four settle a peak."""

_STOPBAND_BETA: Final = 8.0
"""Kaiser window's beta: side lobes of 80 dB, J. F. Kaiser's formula 0.1102 (A - 8.7) = 7.86."""


def correlation_delays(responses: ArrayLike, *, reference: int = 0) -> NDArray[np.float64]:
    r"""Find by how much each path is later than one of them, where their sum is loudest.

    The delay is that of the highest peak of the cross-correlation, between samples found as the
    maximum of :math:`\sum_k \Re X_k Y_k^* e^{j \omega_k \tau}`: undoing it makes the power of the
    two paths' sum as large as any delay can. For a pure delay within the band it is exact. A path
    of opposite polarity is not turned round.

    Parameters
    ----------
    responses
        Impulse responses of the paths at the listening point, shape (path, tap).
    reference
        Index of the path to which the others are compared.

    Returns
    -------
    ndarray
        Delays in samples, negative for earlier paths, shape (path,); 0 for the reference.

    Raises
    ------
    ShapeError
        If the responses are empty, not of two axes or not finite.
    ParameterError
        If a path is silent, or there is no such reference.
    """
    paths = _as_paths(responses)
    if not isinstance(reference, (int, np.integer)) or not 0 <= reference < len(paths):
        raise ParameterError(
            "reference is not a path", value=reference, allowed=f"0 to {len(paths) - 1}"
        )
    length = 2 * paths.shape[1]  # so that no lag of the correlation wraps onto another
    spectra = np.fft.rfft(paths, length)
    crosses = spectra * spectra[reference].conj()
    # Bins but the first and last stand for two; the last has no phase between samples.
    crosses[:, 0] *= 0.5
    crosses[:, -1] = 0.0
    lags = np.array([_peak_of_correlation(cross, length) for cross in crosses])
    return np.asarray(lags - lags[reference])


def group_delays(responses: ArrayLike) -> NDArray[np.float64]:
    r"""Return each path's group delay, averaged over frequency with its power.

    .. math:: \frac{\sum_n n h_n^2}{\sum_n h_n^2}

    is that average by Parseval's theorem: the centre of the response's energy. Delaying a path
    between samples moves it by as much where the path has no power at half the sample rate.

    Parameters
    ----------
    responses
        Impulse responses of the paths at the listening point, shape (path, tap).

    Returns
    -------
    ndarray
        Delays in samples, shape (path,).

    Raises
    ------
    ShapeError
        If the responses are empty, not of two axes or not finite.
    ParameterError
        If a path is silent.

    Examples
    --------
    >>> group_delays([[0.0, 0.0, 2.0], [1.0, -1.0, 0.0]]).tolist()
    [2.0, 0.5]
    """
    energy = _as_paths(responses) ** 2
    return np.asarray(energy @ np.arange(energy.shape[1]) / np.sum(energy, axis=1))


def aligning_delays(delays: ArrayLike) -> NDArray[np.float64]:
    """Return by how much to delay each path so that all arrive with the latest.

    Parameters
    ----------
    delays
        How late each path is, in samples, shape (path,).

    Returns
    -------
    ndarray
        Delays to be added, in samples, none negative, shape (path,).

    Raises
    ------
    ShapeError
        If there is no delay, or one is not finite.

    Examples
    --------
    >>> aligning_delays([0.0, 2.5, -1.0]).tolist()
    [2.5, 0.0, 3.5]
    """
    late = as_real(delays, "delays", axes=("path",))
    if not late.size:
        raise ShapeError("delays is empty", allowed="(path,)")
    return np.max(late) - late


def delay_blocks(delays: ArrayLike, *, half_length: int = 32) -> NDArray[np.float64]:
    """Return a filter for each path that delays it, by whole samples or between them.

    A sinc under a Kaiser window. All paths are delayed by another ``half_length`` samples, since
    a delay between samples needs taps before it; what they differ by is as asked for. Whole
    delays are one tap of 1, and need no ``half_length``.

    Parameters
    ----------
    delays
        In samples, not negative, shape (path,).
    half_length
        Taps on either side of the delay. With 32, delays between samples are off by less than
        0.001 in amplitude up to 0.9 of half the sample rate.

    Returns
    -------
    ndarray
        Taps, shape (path, tap).

    Raises
    ------
    ShapeError
        If there is no delay, or one is not finite.
    ParameterError
        If a delay is negative, or lies between samples with a half length of 0.

    Examples
    --------
    >>> delay_blocks([0.0, 2.0], half_length=0).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    late = as_real(delays, "delays", axes=("path",))
    if not late.size:
        raise ShapeError("delays is empty", allowed="(path,)")
    if not isinstance(half_length, (int, np.integer)) or half_length < 0:
        raise ParameterError(
            "half_length must be whole and not negative", value=half_length, allowed="0, 1, 2, ..."
        )
    if np.any(late < 0.0):
        raise ParameterError("delays must not be negative", value=float(np.min(late)))
    whole = np.round(late)
    if half_length == 0 and np.any(late != whole):
        raise ParameterError(
            "half_length of 0 allows whole delays alone", value=float(late[late != whole][0])
        )
    num_taps = int(np.ceil(np.max(late))) + 2 * half_length + 1
    distance = np.arange(num_taps) - half_length - late[:, None]
    edge = 1.0 - (distance / (half_length + 1.0)) ** 2
    window = np.i0(_STOPBAND_BETA * np.sqrt(np.maximum(edge, 0.0))) / np.i0(_STOPBAND_BETA)
    between = np.where(edge > 0.0, np.sinc(distance) * window, 0.0)
    # The sinc of a whole number is 1e-17, not 0.
    return np.where(late[:, None] == whole[:, None], distance == 0.0, between)


def delay_signals(
    signals: ArrayLike, delays: ArrayLike, *, half_length: int = 32
) -> NDArray[np.float64]:
    """Delay each signal by its own time and all by ``half_length`` samples more.

    Parameters
    ----------
    signals
        Signals, shape (path, sample).
    delays
        In samples, not negative, shape (path,).
    half_length
        Taps on either side of the delay.

    Returns
    -------
    ndarray
        Signals, longer by twice ``half_length`` and the longest delay, shape (path, sample).

    Raises
    ------
    ShapeError
        If the axes are not right, do not belong together, or a value is not finite.
    ParameterError
        If a delay is negative, or lies between samples with a half length of 0.
    """
    undelayed = as_real(signals, "signals", axes=("path", "sample"))
    blocks = delay_blocks(delays, half_length=half_length)
    if len(blocks) != len(undelayed) or not undelayed.size:
        raise ShapeError(f"signals has shape {undelayed.shape}", allowed=f"({len(blocks)}, sample)")
    return np.asarray(oaconvolve(undelayed, blocks, axes=-1))


def _peak_of_correlation(cross: NDArray[np.complex128], length: int) -> float:
    """Return the lag in samples of the highest peak of a correlation given by its spectrum."""
    fine = np.fft.irfft(cross, _FINER * length)
    peak = int(np.argmax(fine))
    lag = (peak if 2 * peak < len(fine) else peak - len(fine)) / _FINER
    rotation = 2.0 * np.pi / length * np.arange(len(cross))
    for _ in range(_REFINEMENTS):
        turned = cross * np.exp(1j * rotation * lag)
        slope = -np.sum(rotation * turned.imag)
        curvature = -np.sum(rotation**2 * turned.real)
        if curvature >= 0.0:
            break
        step = float(np.clip(-slope / curvature, -0.5 / _FINER, 0.5 / _FINER))
        lag += step
        if abs(step) < 1e-12:
            break
    return lag


def _as_paths(responses: ArrayLike) -> NDArray[np.float64]:
    """Return finite impulse responses of which none is silent."""
    paths = as_real(responses, "responses", axes=("path", "tap"))
    if not paths.size:
        raise ShapeError(f"responses has shape {paths.shape}", allowed="(path, tap)")
    silent = ~np.any(paths, axis=1)
    if np.any(silent):
        raise ParameterError(
            "a path is silent and has no delay, path", value=int(np.argmax(silent))
        )
    return paths
