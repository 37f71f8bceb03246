"""Steered powers: how much of each moment and frequency comes from each azimuth.

A ring of eight microphones is steered to every azimuth at every point of the time-frequency plane,
with phase alone (PHAT), which gives a power between 0 and 1. Speech is sparse: one talker has most
such points to himself, and there the power reaches 1 at his azimuth. Its mean over time shows that
badly; the mean of its 4th power shows it well, which counts only what is from one direction.

Reflections come after what they reflect. So the 4th power has a second mean, over onsets: when a
frequency is louder than it was.
"""

from functools import cache
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.fft import rfft

from simgen.baselines.networks.network import NUM_MICROPHONES, SAMPLE_RATE
from simgen.constants import REFERENCE_SPEED_OF_SOUND

__all__ = ["FRAME_LENGTH", "NUM_AZIMUTHS", "NUM_BANDS", "NUM_MAPS", "steered_powers"]

NUM_AZIMUTHS: Final = 144
"""Azimuths from 0 on, 2.5 degrees apart: a quarter of what the 4th power of a lobe is wide at
6 kHz."""

NUM_BANDS: Final = 24
"""Overlapping bands of 250 Hz, evenly spaced, as aliasing in space is."""

NUM_MAPS: Final = 3
"""Means of the 1st and of the 4th power over all of the time, and of the 4th over onsets. With the
16th powers and the loudest half second added, a network's OSPA on scenes like those of development
was 5 % less; without onsets it was half as great again in long reverberation."""

RADIUS: Final = 0.1
"""Of the ring in m."""

FRAME_LENGTH, HOP_LENGTH = 512, 256
"""Of a Hann frame in samples, 32 ms as for SRP-PHAT, and from one to the next."""

LOWEST_BIN, HIGHEST_BIN = 8, 192
"""Frequencies used, in steps of 31.25 Hz: 250 to 6000 Hz as for SRP-PHAT."""

FLOOR: Final = 1e-4
"""Power, relative to the mean, below which a point counts less: its phase is that of noise."""

MEMORY: Final = 0.6
"""What a frame leaves of the past in the power that an onset must exceed: 30 ms, about as long as
the first reflections last."""

_NUM_PAIRS: Final = NUM_MICROPHONES // 2
_HALF: Final = NUM_AZIMUTHS // 2
_TINY: Final = np.float32(1e-30)


def steered_powers(recording: NDArray[np.float32]) -> NDArray[np.float32]:
    """Steer the ring to every azimuth and average powers of the steered power over time.

    Parameters
    ----------
    recording
        Sound pressure at 16 kHz, shape (microphone, sample), of at least `FRAME_LENGTH` samples.

    Returns
    -------
    Means between 0 and 1, 0 in silence, shape (map, band, azimuth).

    References
    ----------
    J. H. DiBiase, "A high-accuracy, low-latency technique for talker localization in reverberant
    environments using microphone arrays", PhD thesis, Brown University, 2000: the 1st power.
    """
    spectra = _spectra(recording)
    powers = np.mean(np.square(np.abs(spectra)), axis=0)
    audible = np.minimum(1.0, powers / (FLOOR * np.mean(powers) + _TINY))
    weights = np.stack([audible, audible * _onsets(powers)], axis=2).astype(np.float32)
    maps = np.zeros((NUM_BANDS, NUM_MAPS, NUM_AZIMUTHS), dtype=np.float32)
    _accumulate(spectra, weights, *_steering(), _bands(), maps)
    shares = (_bands().T @ weights.sum(axis=0))[:, [0, 0, 1]]
    return np.ascontiguousarray((maps / (shares + _TINY)[:, :, None]).transpose(1, 0, 2))


def _spectra(recording: NDArray[np.float32]) -> NDArray[np.complex64]:
    """Transform Hann frames, (microphone, frame, frequency)."""
    phase = 2.0 * np.pi * np.arange(FRAME_LENGTH) / FRAME_LENGTH
    window = (0.5 - 0.5 * np.cos(phase)).astype(np.float32)
    frames = sliding_window_view(recording, FRAME_LENGTH, axis=1)[:, ::HOP_LENGTH]
    return np.asarray(rfft(frames * window)[..., LOWEST_BIN : HIGHEST_BIN + 1])


def _onsets(powers: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return by what share powers (frame, frequency) exceed those of the moments before."""
    past = np.zeros_like(powers[0])
    shares = np.empty_like(powers)
    for share, power in zip(shares, powers, strict=True):
        share[:] = np.maximum(0.0, 1.0 - past / (power + _TINY))
        past = MEMORY * past + (1.0 - MEMORY) * power
    return shares


@cache
def _steering() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return cosines and sines of the leads of half of the ring at half of the azimuths.

    The other half of the azimuths is opposite. Each of shape (frequency, pair, azimuth), over
    the number of microphones.
    """
    azimuths = 2.0 * np.pi * np.arange(_HALF) / NUM_AZIMUTHS
    places = 2.0 * np.pi * np.arange(_NUM_PAIRS) / NUM_MICROPHONES
    leads = RADIUS * np.cos(azimuths - places[:, None]) / REFERENCE_SPEED_OF_SOUND
    bins = np.arange(LOWEST_BIN, HIGHEST_BIN + 1)
    phases = 2.0 * np.pi * SAMPLE_RATE / FRAME_LENGTH * bins[:, None, None] * leads
    cosines, sines = np.cos(phases) / NUM_MICROPHONES, np.sin(phases) / NUM_MICROPHONES
    return cosines.astype(np.float32), sines.astype(np.float32)


@cache
def _bands() -> NDArray[np.float32]:
    """Return how much each frequency belongs to each band, (frequency, band): triangles."""
    bins = np.arange(LOWEST_BIN, HIGHEST_BIN + 1)
    centres, spacing = np.linspace(LOWEST_BIN, HIGHEST_BIN, NUM_BANDS, retstep=True)
    return np.maximum(0.0, 1.0 - np.abs(bins[:, None] - centres) / spacing).astype(np.float32)


_compiled = njit(cache=True, nogil=True, fastmath={"contract"})


@_compiled
def _accumulate(
    spectra: Any, weights: Any, cosines: Any, sines: Any, bands: Any, maps: Any
) -> None:
    """Add weighted powers of the steered power to maps (band, map, azimuth)."""
    factors = np.empty((4, cosines.shape[1]), np.float32)
    beams = np.empty((4, cosines.shape[2]), np.float32)
    power = np.empty(maps.shape[2], np.float32)
    sums = np.empty(maps.shape[1:], np.float32)
    for k in range(spectra.shape[2]):
        sums[:] = 0.0
        for frame in range(spectra.shape[1]):
            if weights[frame, k, 0] > 0.0:
                _pair(spectra[:, frame, k], factors)
                _steer(factors, cosines[k], sines[k], beams)
                _measure(beams, power)
                _add_powers(power, weights[frame, k], sums)
        for band in range(maps.shape[0]):
            if bands[k, band] > 0.0:
                maps[band] += bands[k, band] * sums


@_compiled
def _pair(spectrum: Any, factors: Any) -> None:
    """Add and subtract the phase factors of opposite microphones.

    They lead and lag alike, so a sum has the cosine of its lead as a real factor, a difference
    the sine: real and imaginary parts of the former, then of the latter, (4, pair).
    """
    num_pairs = factors.shape[1]
    for pair in range(num_pairs):
        here, there = spectrum[pair], spectrum[pair + num_pairs]
        here /= np.sqrt(here.real * here.real + here.imag * here.imag) + _TINY
        there /= np.sqrt(there.real * there.real + there.imag * there.imag) + _TINY
        factors[0, pair], factors[1, pair] = here.real + there.real, here.imag + there.imag
        factors[2, pair], factors[3, pair] = here.imag - there.imag, there.real - here.real


@_compiled
def _steer(factors: Any, cosines: Any, sines: Any, beams: Any) -> None:
    """Sum the pairs of microphones: what is even in the azimuth's lead, then what is odd."""
    beams[:] = 0.0
    for pair in range(cosines.shape[0]):
        cosine, sine = cosines[pair], sines[pair]
        for part in range(2):
            even, odd = factors[part, pair], factors[2 + part, pair]
            for azimuth in range(cosine.size):
                beams[part, azimuth] += even * cosine[azimuth]
                beams[2 + part, azimuth] += odd * sine[azimuth]


@_compiled
def _measure(beams: Any, power: Any) -> None:
    """Return the power from each azimuth, where even and odd add, and from its opposite."""
    half = beams.shape[1]
    for azimuth in range(half):
        even_real, even_imaginary = beams[0, azimuth], beams[1, azimuth]
        odd_real, odd_imaginary = beams[2, azimuth], beams[3, azimuth]
        real, imaginary = even_real + odd_real, even_imaginary + odd_imaginary
        power[azimuth] = real * real + imaginary * imaginary
        real, imaginary = even_real - odd_real, even_imaginary - odd_imaginary
        power[half + azimuth] = real * real + imaginary * imaginary


@_compiled
def _add_powers(power: Any, weights: Any, sums: Any) -> None:
    """Add the 1st power, the 4th, and the 4th at onsets, to sums (map, azimuth)."""
    always, onset = weights[0], weights[1]
    for azimuth in range(power.size):
        first = power[azimuth]
        second = first * first
        fourth = second * second
        sums[0, azimuth] += always * first
        sums[1, azimuth] += always * fourth
        sums[2, azimuth] += onset * fourth
