"""What tells a listener where a sound is: differences between the ears, in auditory bands.

Spectra at the ears have the shape (seat, frequency, 2, source), left ear first, at the frequencies
of :func:`~simgen.scoring.crosstalk_bands.plant_frequencies`. A sound from the left is louder and
earlier at the left ear: positive level and time.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.scoring.crosstalk_bands import (
    PLANT_BINS,
    SAMPLE_RATE,
    TRANSFORM_LENGTH,
    decibels,
    plant_frequencies,
)

__all__ = [
    "AUDITORY_EDGES",
    "LEVEL_BANDS",
    "TIME_BANDS",
    "InterauralCues",
    "auditory_centres",
    "erb_number",
    "frequency_of_erb_number",
    "interaural_coherence",
    "interaural_cues",
    "interaural_time",
]

TIME_LIMIT: Final = 1500.0
"""In Hz: phases are compared between the ears below it alone (J. Blauert, "Spatial Hearing", MIT
Press, 1997, section 2.4.1)."""

_LARGEST_LAG: Final = 1e-3
"""In s: longer than any head's interaural time (ISO 3382-1:2009, annex B)."""

_LAG_STEP: Final = 10e-6
"""In s: half of it is 5 degrees at the top of the highest octave, where a cosine loses 0.4 %."""

_COHERENCE_OCTAVES: Final = (500.0, 1000.0, 2000.0)
"""Centres in Hz of the octaves in which coherence tells width (T. Hidaka, L. L. Beranek and T.
Okano, "Interaural cross-correlation, lateral fraction, and low- and high-frequency sound levels as
measures of acoustical quality in concert halls", J. Acoust. Soc. Am. 98(2), 1995)."""

_SMALLEST: Final = float(np.finfo(np.float64).tiny)


def erb_number(frequency: ArrayLike) -> NDArray[np.float64]:
    """Return the place of frequencies in Hz on the scale of auditory filters' bandwidths.

    References
    ----------
    B. R. Glasberg and B. C. J. Moore, "Derivation of auditory filter shapes from notched-noise
    data", Hearing Research 47, 1990, eq. (4).

    Examples
    --------
    >>> float(erb_number(1000.0).round(2))
    15.62
    """
    return np.asarray(21.4 * np.log10(1.0 + 0.00437 * np.asarray(frequency, dtype=np.float64)))


def frequency_of_erb_number(number: ArrayLike) -> NDArray[np.float64]:
    """Return the frequencies in Hz at places on the scale of :func:`erb_number`."""
    return np.asarray((10.0 ** (np.asarray(number, dtype=np.float64) / 21.4) - 1.0) / 0.00437)


_NUMBERS: Final = np.linspace(float(erb_number(200.0)), float(erb_number(8500.0)), 26)

AUDITORY_EDGES: Final = frequency_of_erb_number(_NUMBERS)
"""Frequencies in Hz between which 25 adjoining bands lie, each 1.12 filters wide."""


def auditory_centres() -> NDArray[np.float64]:
    """Return the middle of each band on the auditory scale, in Hz, shape (band,)."""
    return frequency_of_erb_number(0.5 * (_NUMBERS[1:] + _NUMBERS[:-1]))


_NUM_TIME_BANDS: Final = int(np.searchsorted(auditory_centres(), TIME_LIMIT))

TIME_BANDS: Final = slice(0, _NUM_TIME_BANDS)
"""Auditory bands whose phase is compared between the ears."""

LEVEL_BANDS: Final = slice(_NUM_TIME_BANDS, None)
"""Auditory bands whose level is."""


@dataclass(frozen=True)
class InterauralCues:
    """Differences between the ears.

    Attributes
    ----------
    phase
        Phase in rad by which the left ear leads, in the bands of times, -pi to pi, shape
        (seat, band, source).
    level_db
        Level at the left ear over that at the right in dB, in the bands of levels, shape
        (seat, band, source).
    """

    phase: NDArray[np.float64]
    level_db: NDArray[np.float64]

    def time_errors(self, target: "InterauralCues") -> NDArray[np.float64]:
        """Return how far each band's phase is from the target's as a time in s, without sign."""
        turn = np.remainder(self.phase - target.phase + np.pi, 2.0 * np.pi) - np.pi
        frequency = auditory_centres()[TIME_BANDS, np.newaxis]
        return np.asarray(np.abs(turn) / (2.0 * np.pi * frequency))

    def level_errors_db(self, target: "InterauralCues") -> NDArray[np.float64]:
        """Return how far each band's level difference is from the target's, without sign."""
        return np.abs(self.level_db - target.level_db)


def interaural_cues(spectra: NDArray[np.complex128]) -> InterauralCues:
    """Compare the ears in each auditory band, by the sums of its powers and cross powers.

    Parameters
    ----------
    spectra
        At the ears, shape (seat, frequency, 2, source).
    """
    power = _band_totals(spectra.real**2 + spectra.imag**2)[:, LEVEL_BANDS]
    cross = _band_totals(spectra[:, :, 0] * spectra[:, :, 1].conj())[:, TIME_BANDS]
    return InterauralCues(np.angle(cross), decibels(power[:, :, 0]) - decibels(power[:, :, 1]))


def _band_totals(values: NDArray[Any]) -> NDArray[Any]:
    """Sum values (seat, frequency, ...) within each auditory band, (seat, band, ...)."""
    limits = _bins_of(AUDITORY_EDGES)
    within = values[:, limits[0] : limits[-1]]
    return np.add.reduceat(within, limits[:-1] - limits[0], axis=1)


def _bins_of(edges: ArrayLike) -> NDArray[np.intp]:
    """Return a plant's first bin at or above each frequency in Hz."""
    bins = np.ceil(np.asarray(edges) * TRANSFORM_LENGTH / SAMPLE_RATE).astype(np.intp)
    return bins - PLANT_BINS.start


# From the correlation of the ears over time


def interaural_time(spectra: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Measure by how much the left ear is earlier, as the lag at which the ears agree best.

    All auditory bands of times together, within 1 ms, between lags by a parabola.

    Parameters
    ----------
    spectra
        At the ears, shape (seat, frequency, 2, source).

    Returns
    -------
    Time in s, shape (seat, source).
    """
    first, *_, last = AUDITORY_EDGES[: _NUM_TIME_BANDS + 1]
    agreement = np.moveaxis(_correlation(spectra, first, last), 1, -1)
    top = np.clip(agreement.argmax(axis=-1), 1, agreement.shape[-1] - 2)
    around = top[..., np.newaxis] + np.arange(-1, 2)
    before, at, after = np.moveaxis(np.take_along_axis(agreement, around, axis=-1), -1, 0)
    bend = np.maximum(2.0 * at - before - after, _SMALLEST)
    shift = np.clip(0.5 * (after - before) / bend, -0.5, 0.5)
    return np.asarray(_lags()[top] + _LAG_STEP * shift)


def interaural_coherence(spectra: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Measure how alike the ears are: the largest correlation within 1 ms, of either sign.

    The mean of the octaves round 500, 1000 and 2000 Hz: 1 is one sound at one place.

    Parameters
    ----------
    spectra
        At the ears, shape (seat, frequency, 2, source).

    Returns
    -------
    Coherence from 0 to 1, shape (seat, source).

    References
    ----------
    ISO 3382-1:2009, annex B (interaural cross-correlation coefficient).
    """
    octaves = []
    for centre in _COHERENCE_OCTAVES:
        low, high = centre / np.sqrt(2.0), centre * np.sqrt(2.0)
        first, last = _bins_of([low, high])
        energy = np.sum(np.abs(spectra[:, first:last]) ** 2, axis=1)
        largest = np.abs(_correlation(spectra, low, high)).max(axis=1)
        octaves.append(largest / np.sqrt(np.maximum(energy[:, 0] * energy[:, 1], _SMALLEST)))
    return np.asarray(np.mean(octaves, axis=0))


def _correlation(spectra: NDArray[np.complex128], low: float, high: float) -> NDArray[np.float64]:
    """Correlate the ears between two frequencies in Hz, at each lag, (seat, lag, source)."""
    first, last = _bins_of([low, high])
    cross = spectra[:, first:last, 0] * spectra[:, first:last, 1].conj()
    phase = 2.0 * np.pi * np.outer(_lags(), plant_frequencies()[first:last])
    real = np.einsum("lf,sfn->sln", np.cos(phase), cross.real)
    return np.asarray(real + np.einsum("lf,sfn->sln", np.sin(phase), cross.imag))


def _lags() -> NDArray[np.float64]:
    """Return times in s by which the left ear may be earlier, shape (lag,)."""
    most = round(_LARGEST_LAG / _LAG_STEP)
    return np.asarray(_LAG_STEP * np.arange(-most, most + 1))
