"""How near a centre is to the one that was mixed, and what else is in it.

Sums are formed without BLAS, so that they do not depend on the number of threads.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from simgen.scoring.octave_bands import SAMPLE_RATE, decibels
from simgen.scoring.upmix_mix import CENTRE, StereoMix

__all__ = [
    "HEARING_BANDS",
    "band_correlation",
    "correlation",
    "energy_db",
    "leakage_db",
    "segment_sdr_db",
    "si_sdr_db",
]

LEAST_DB: Final = -30.0
"""SI-SDR below which a centre is nothing of the kind; it keeps one mix from deciding all."""

MOST_DB: Final = 40.0
"""SI-SDR above which nothing is heard to be missing."""

SEGMENT: Final = SAMPLE_RATE
"""Samples over which a ratio or a correlation is taken, 1 s."""

QUIETEST: Final = 1e-4
"""Energy of a segment's reference re the loudest segment, below which there is no centre."""

HEARING_BANDS: Final = np.arange(2, 40)
"""Bands of one equivalent rectangular bandwidth each, from 55 Hz to 16.7 kHz, by their number."""

MOST_LEAKAGE_DB: Final = 100.0
"""Far beyond what is heard, and short of what rounding decides."""

_SILENT: Final = 1e-9
"""Share of a segment's energy that is leakage of the window, not sound of the band."""

_SMALLEST: Final = float(np.finfo(np.float64).tiny)


def si_sdr_db(reference: NDArray[np.float64], estimate: NDArray[np.float64]) -> float:
    """Compare what an estimate has of its reference with what it has besides.

    With a = <e, s> / <s, s>, it is 10 log10(|a s|^2 / |e - a s|^2), from -30 to 40 dB: no gain
    changes it. An estimate of opposite polarity has nothing of its reference: a is not below 0.

    Parameters
    ----------
    reference, estimate
        Shape (sample,).

    References
    ----------
    J. Le Roux, S. Wisdom, H. Erdogan, J. R. Hershey, "SDR - half-baked or well done?", ICASSP
    2019, eq. (5).

    Examples
    --------
    >>> round(si_sdr_db(np.array([1.0, 0.0]), np.array([3.0, 1.0])), 6)
    9.542425
    """
    share = np.sum(estimate * reference) / np.sum(reference * reference)
    target = max(0.0, float(share)) * reference
    level = energy_db(target) - energy_db(estimate - target)
    return float(np.clip(level, LEAST_DB, MOST_DB))


def energy_db(signal: NDArray[np.float64]) -> float:
    """Return the energy of a signal in dB; about -3080 dB, hence finite, for silence."""
    return float(decibels(np.asarray(np.sum(signal * signal))))


def segment_sdr_db(reference: NDArray[np.float64], estimate: NDArray[np.float64]) -> float:
    """Average the plain ratio of signal to distortion over segments of 1 s.

    It is 10 log10(|s|^2 / |s - e|^2), from -30 to 40 dB, over segments in which there is a
    reference. It pays for being quiet: silence has 0 dB.

    Parameters
    ----------
    reference, estimate
        Shape (sample,).
    """
    energy = np.sum(_segments(reference) ** 2, axis=1)
    error = np.sum(_segments(reference - estimate) ** 2, axis=1)
    sounding = energy > QUIETEST * energy.max()
    ratio = decibels(energy[sounding]) - decibels(error[sounding])
    return float(np.mean(np.clip(ratio, LEAST_DB, MOST_DB)))


def _segments(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cut into whole segments, or fill up the only one, shape (segment, sample)."""
    whole = max(1, len(signal) // SEGMENT) * SEGMENT
    return np.pad(signal[:whole], (0, max(0, whole - len(signal)))).reshape(-1, SEGMENT)


def correlation(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return the magnitude of the correlation of two signals, 0 where one is silent."""
    energy = np.sum(first * first) * np.sum(second * second)
    return float(np.abs(np.sum(first * second)) / np.sqrt(max(energy, _SMALLEST)))


def band_correlation(
    first: NDArray[np.float64], second: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Correlate two signals in each band of hearing, as a mean over segments of 1 s.

    Parameters
    ----------
    first, second
        Shape (sample,).

    Returns
    -------
    Mean magnitude, 0 where one of the two has no sound, shape (band,).

    References
    ----------
    B. R. Glasberg, B. C. J. Moore, "Derivation of auditory filter shapes from notched-noise
    data", Hearing Research 47, 1990, for the bands: below f there are 21.4 log10(1 + 0.00437 f).
    """
    spectra = [_segment_spectra(signal) for signal in (first, second)]
    cross = _band_sums(np.real(spectra[0] * spectra[1].conj()))
    powers = [np.abs(each) ** 2 for each in spectra]
    sounding = np.ones_like(cross, dtype=bool)
    energy = np.ones_like(cross)
    for power in powers:
        in_band = _band_sums(power)
        sounding &= in_band > _SILENT * power.sum(axis=1, keepdims=True)
        energy *= in_band
    ratio = np.abs(cross) / np.sqrt(np.maximum(energy, _SMALLEST))
    return np.asarray(np.where(sounding, ratio, 0.0).mean(axis=0))


def _segment_spectra(signal: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Transform segments under a Hann window, shape (segment, frequency)."""
    return np.asarray(np.fft.rfft(_segments(signal) * np.hanning(SEGMENT)))


def _band_sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum over the frequencies of each band of hearing, shape (segment, band)."""
    edges = (10.0 ** (np.append(HEARING_BANDS, HEARING_BANDS[-1] + 1) / 21.4) - 1.0) / 0.00437
    limits = np.ceil(edges * SEGMENT / SAMPLE_RATE).astype(np.intp)
    return np.add.reduceat(values[:, : limits[-1]], limits[:-1], axis=1)


def leakage_db(mix: StereoMix, estimate: NDArray[np.float64]) -> dict[str, float]:
    """Measure how much of each other stem is in a centre, re the centre stem in it.

    The estimate is fitted by the stems' mids, with one gain each. What a method that changes with
    time and frequency makes of a stem besides is not seen.

    Returns
    -------
    Level in dB by stem, from -100 to 100 dB.
    """
    names = [name for name in mix.stems if name != CENTRE]
    mids = np.stack([mix.centre, *(0.5 * (mix.stems[k][0] + mix.stems[k][1]) for k in names)])
    scale = np.sqrt(np.maximum(np.sum(mids * mids, axis=1), _SMALLEST))
    shapes = mids / scale[:, None]
    gram = np.array([[np.sum(one * other) for other in shapes] for one in shapes])
    fitted = np.linalg.lstsq(gram, np.sum(shapes * estimate, axis=1))[0]
    levels = decibels(fitted**2)
    return {
        name: float(np.clip(level - levels[0], -MOST_LEAKAGE_DB, MOST_LEAKAGE_DB))
        for name, level in zip(names, levels[1:], strict=True)
    }
