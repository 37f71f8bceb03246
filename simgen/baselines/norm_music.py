"""Locate sources by MUSIC, normalised at each frequency (NormMUSIC), with pyroomacoustics."""

from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real
from simgen.baselines.peaks import (
    grid_azimuths,
    highest_peaks,
    refined_azimuths,
    require_count,
    source_peaks,
)
from simgen.baselines.steering import (
    as_recording,
    frame_length,
    require_speeds,
    short_time_spectra,
)
from simgen.constants import REFERENCE_SPEED_OF_SOUND

__all__ = ["norm_music", "normalised_pseudospectrum", "signal_dimensions"]

PEAK_FRACTION: Final = 0.3
"""Height in dB above the median, as a fraction of the highest peak's, that makes a peak a source.

Chosen on `localization/development` for the least mean OSPA: 3.6, 3.0, 3.0, 3.3 and 3.6 degrees at
0.25, 0.3, 0.35, 0.4 and 0.45, standard error 0.28. Rules on the plain spectrum, and counts of large
eigenvalues, are at least 0.7 and 5 degrees worse on 200 scenes drawn alike. Told the number of
sources, the localiser has 1.6 degrees on `localization/development`, standard error 0.17."""


def normalised_pseudospectrum(
    signals: ArrayLike,
    microphones: ArrayLike,
    *,
    sample_rate: float,
    azimuths: ArrayLike,
    speed_of_sound: float = REFERENCE_SPEED_OF_SOUND,
) -> NDArray[np.float64]:
    r"""Measure how far from the noise subspace each direction's plane wave is.

    At each frequency the eigenvectors of the covariance of the microphones with the smallest
    eigenvalues span the noise subspace :math:`E_n`; :math:`1 / |E_n^H a|^2` with :math:`a` the
    wave's steering vector is divided by its largest value over azimuths and averaged over
    frequencies. See `signal_dimensions` for the size of the signal subspace.

    Parameters
    ----------
    signals
        Recorded sound pressure, shape (microphone, sample).
    microphones
        Positions in the array's frame in m, shape (microphone, 3).
    sample_rate
        Samples per second in Hz, 8000 to 192000.
    azimuths
        Look directions in the horizontal plane in radians, shape (azimuth,).
    speed_of_sound
        Speed of sound in m/s, 100 to 1000.

    Returns
    -------
    ndarray
        Pseudospectrum between 0 and 1, shape (azimuth,); 0 everywhere for silence.

    Raises
    ------
    ShapeError, ParameterError
        As `simgen.baselines.srp_phat.steered_response_power`.

    References
    ----------
    R. O. Schmidt, "Multiple emitter location and signal parameter estimation", IEEE Trans. Antennas
    Propag. 34(3), 1986.
    D. Salvati, C. Drioli and G. L. Foresti, "Incoherent frequency fusion for broadband steered
    response power algorithms in noisy environments", IEEE Signal Process. Lett. 21(5), 2014: the
    normalisation.
    """
    channels, positions = as_recording(signals, microphones)
    look = as_real(azimuths, "azimuths", axes=("azimuth",))
    require_speeds(sample_rate, speed_of_sound)
    spectra, frequencies = short_time_spectra(channels, sample_rate)
    if not np.any(spectra):
        return np.zeros(len(look))
    from pyroomacoustics.doa import NormMUSIC  # which takes a second

    length = frame_length(sample_rate)
    music = NormMUSIC(
        positions[:, :2].T,
        sample_rate,
        length,
        c=speed_of_sound,
        num_src=signal_dimensions(len(channels)),
        azimuth=look,
    )
    bins = np.round(frequencies * length / sample_rate).astype(np.int64)
    with np.errstate(divide="ignore", invalid="ignore"):
        music.locate_sources(_whole_band(spectra, bins, length), freq_bins=bins)
    return _mean_over_frequencies(music.Pssl)


def norm_music(
    signals: ArrayLike,
    microphones: ArrayLike,
    *,
    sample_rate: float,
    num_sources: int | None = None,
    speed_of_sound: float = REFERENCE_SPEED_OF_SOUND,
) -> NDArray[np.float64]:
    """Locate sources at the peaks of the normalised MUSIC pseudospectrum.

    The spectrum is searched on a grid of one degree; a parabola through the reciprocals of each
    peak and its neighbours, squared distances from the noise subspace, refines the azimuth.
    Silence has no peaks, and so no sources.

    Parameters
    ----------
    signals, microphones, sample_rate, speed_of_sound
        As `normalised_pseudospectrum`.
    num_sources
        The true number of sources, which makes the answer an oracle's: that many of the highest
        peaks are returned, fewer when the spectrum has fewer. None estimates the number: the
        peaks that rise in dB over the spectrum's median by more than `PEAK_FRACTION` of what
        the highest does, at most `simgen.baselines.peaks.MOST_SOURCES`.

    Returns
    -------
    ndarray
        Azimuths in radians in (-pi, pi], the highest peak first, shape (source,).

    Raises
    ------
    ShapeError, ParameterError
        As `normalised_pseudospectrum`; also if ``num_sources`` is below 1.
    """
    require_count(num_sources)
    spectrum = normalised_pseudospectrum(
        signals,
        microphones,
        sample_rate=sample_rate,
        azimuths=grid_azimuths(),
        speed_of_sound=speed_of_sound,
    )
    level = np.log(np.maximum(spectrum, np.finfo(np.float64).tiny))
    peaks = source_peaks(
        level, highest_peaks(level), num_sources=num_sources, fraction=PEAK_FRACTION
    )
    return refined_azimuths(-np.exp(-level), peaks)


def signal_dimensions(num_microphones: int) -> int:
    """Return how many dimensions of the microphones' space belong to signals: 5 of 8.

    Half of them plus one, of which at least one is left to noise: strong reflections need some as
    well as talkers. With eight microphones 3, 4, 5 and 6 give an OSPA of 1.92, 1.75, 1.63 and 1.88
    degrees on `localization/development`, the number of sources known; the number of sources
    itself, as is usual, gives 1.89 (0.26 more than 5, standard error 0.11).
    """
    return min(num_microphones // 2 + 1, num_microphones - 1)


def _whole_band(
    spectra: NDArray[np.complex128], bins: NDArray[np.int64], length: int
) -> NDArray[np.complex128]:
    """Put (microphone, frame, frequency) spectra of a band into all bins, frames last."""
    num_microphones, num_frames, _ = spectra.shape
    whole = np.zeros((num_microphones, length // 2 + 1, num_frames), dtype=np.complex128)
    whole[:, bins] = spectra.swapaxes(1, 2)
    return whole


def _mean_over_frequencies(spectra: NDArray[Any]) -> NDArray[np.float64]:
    """Average normalised spectra, (azimuth, frequency)."""
    # A wave without any part in the noise subspace is infinitely high: divided by itself, it is 1.
    return np.asarray(np.mean(np.nan_to_num(spectra, nan=1.0), axis=1), dtype=np.float64)
