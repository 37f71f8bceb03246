"""Error of responses against the exact band-limited sum of the same image sources."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.speed.work import Work

__all__ = ["THIRDS", "error_db", "exact_responses", "num_images"]

LOWEST = 50.0
"""Lower end in Hz of the band in which errors count."""

HIGHEST = 0.44
"""Upper end of that band in sample rates: above, every engine has its own filter's slope."""

THIRDS = {
    "below 2 kHz": (LOWEST, 2000.0),
    "2 to 5 kHz": (2000.0, 5000.0),
    "above 5 kHz": (5000.0, math.inf),
}
"""Parts of that band in Hz: engines are exact in different ones."""

PASSBAND = 0.45
"""Where the exact sum begins to fall, in sample rates; it reaches zero at 0.5.

Without a fall its pulses would ring for ever, and cutting them at time zero would be an error.
"""

FADE_S = 0.01
"""The end that is faded out before comparing: where a response is cut is not an error."""

_PADDING = 1024
"""Samples in which the exact pulses of the last images die away before they wrap around."""


def error_db(
    responses: NDArray[np.floating[Any]],
    exact: NDArray[np.float64],
    sample_rate: int,
    limits: tuple[float, float] = (LOWEST, math.inf),
) -> float:
    """Return the energy of the error relative to that of the exact responses in a band.

    Parameters
    ----------
    responses, exact
        Shape (source, microphone, sample).
    sample_rate
        In Hz.
    limits
        Of the band in Hz; it ends at 0.44 sample rates at the latest.

    Returns
    -------
    Error in dB over all pairs together.
    """
    num_samples = exact.shape[-1]
    fade = np.ones(num_samples)
    length = round(FADE_S * sample_rate)
    fade[-length:] = np.cos(0.5 * np.pi * np.arange(1, length + 1) / length) ** 2
    frequency = np.fft.rfftfreq(2 * num_samples, 1.0 / sample_rate)
    lowest, highest = limits
    band = (frequency >= lowest) & (frequency <= min(highest, HIGHEST * sample_rate))

    def energy(signals: NDArray[np.float64]) -> float:
        spectrum = np.fft.rfft(signals * fade, 2 * num_samples, axis=-1)[..., band]
        return float(np.sum(np.abs(spectrum) ** 2))

    return 10.0 * math.log10(energy(responses - exact) / energy(exact))


def exact_responses(work: Work) -> NDArray[np.float64]:
    """Sum the images of every pair exactly, frequency by frequency.

    Returns
    -------
    Shape (source, microphone, sample), band-limited by a smooth fall from 0.45 to 0.5
    sample rates.
    """
    responses = np.empty(work.shape)
    for source, pairs in zip(work.sources, responses, strict=True):
        for microphone, response in zip(work.microphones, pairs, strict=True):
            distance, factor = _images(work, source, microphone)
            length = 2 * ((work.num_samples + _PADDING) // 2)
            delay = distance * work.sample_rate / work.speed_of_sound
            spectrum = _transfer_function(delay, factor / (4.0 * np.pi * distance), length)
            response[:] = np.fft.irfft(spectrum, length)[: work.num_samples]
    return responses


def num_images(work: Work) -> int:
    """Count the images that arrive within the response's length, over all pairs."""
    return sum(
        len(_images(work, source, microphone)[0])
        for source in work.sources
        for microphone in work.microphones
    )


def _transfer_function(
    delay: NDArray[np.float64], amplitude: NDArray[np.float64], length: int
) -> NDArray[np.complex128]:
    """Return the band-limited sum_i a_i exp(-2 pi j k tau_i / length), k up to half the length."""
    turn = np.exp(-2j * np.pi * delay / length)
    phasors = amplitude.astype(np.complex128)
    spectrum = np.empty(length // 2 + 1, dtype=np.complex128)
    for k in range(len(spectrum)):
        spectrum[k] = np.sum(phasors)
        phasors *= turn
    rest = np.clip((0.5 - np.fft.rfftfreq(length)) / (0.5 - PASSBAND), 0.0, 1.0)
    return spectrum * np.sin(0.5 * np.pi * rest) ** 2


def _images(
    work: Work, source: NDArray[np.float64], microphone: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return distance and product of reflection factors of the images within the length."""
    offsets, crossings = zip(
        *(_images_on_axis(work.size[k], source[k], microphone[k], work.radius) for k in range(3)),
        strict=True,
    )
    squares = [np.square(offset) for offset in offsets]
    distance = np.sqrt(squares[0][:, None, None] + squares[1][:, None] + squares[2])
    walls = crossings[0][:, None, None] + crossings[1][:, None] + crossings[2]
    near = distance < work.radius
    return distance[near], math.sqrt(1.0 - work.absorption[0]) ** walls[near]


def _images_on_axis(
    side: float, source: float, microphone: float, radius: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return offset and number of walls crossed of the images in a row of mirrored rooms."""
    reach = math.ceil(radius / side) + 1
    room = np.arange(-reach, reach + 1)
    position = room * side + np.where(room % 2 == 1, side - source, source)
    return position - microphone, np.abs(room)
