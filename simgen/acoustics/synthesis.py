"""Impulse responses of a box room: from image sources on a grid of time to samples.

Each pair of source and microphone takes three steps: spread the images onto a grid at twice the
sample rate, one column per octave band; let the air's absorption decay each column; transform,
undo the pulse, weigh the bands and return to samples.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import next_fast_len

from simgen.acoustics.bands import band_weights, octave_bands
from simgen.acoustics.image_sources import (
    BANDS_AT_ONCE,
    AxisImages,
    axis_images,
    spread_banded,
    spread_broadband,
)
from simgen.acoustics.room import BoxRoom
from simgen.acoustics.spreading import OVERSAMPLING, WIDTH, pulse_spectrum, pulse_table
from simgen.arrays import complex_product

__all__ = ["image_source_responses", "warm_up"]

_PASSBAND = 0.44
"""Where the response's band limit begins to fall, in sample rates; it reaches zero at 0.5."""

_MARGIN = 512
"""Samples left for what rings before time zero and after the end, so that it wraps on to itself."""

_UNLIMITED = 2**31 - 1


@dataclass(frozen=True)
class _Grid:
    """What all pairs of one call share.

    Attributes
    ----------
    num_samples
        Length of the responses.
    length
        Length of the transform in samples.
    decay
        What the air leaves of a sound at each grid cell, (cell, band) float32.
    weights
        Each band's weight over the pulse's spectrum, (band, frequency) complex64.
    """

    num_samples: int
    length: int
    decay: NDArray[np.float32]
    weights: NDArray[np.complex64]


def image_source_responses(
    room: BoxRoom,
    sources: NDArray[np.float64],
    microphones: NDArray[np.float64],
    *,
    sample_rate: int,
    num_samples: int,
    max_order: int | None = None,
) -> NDArray[np.float32]:
    """Sum the image sources of a box room; see ``box_responses`` for the meaning.

    Returns
    -------
    Responses, shape (source, microphone, sample), float32.
    """
    grid = _prepare(room, sample_rate, num_samples)
    radius = room.speed_of_sound * num_samples / sample_rate
    scale = OVERSAMPLING * sample_rate / room.speed_of_sound
    order = 0 if room.is_anechoic else _UNLIMITED if max_order is None else max_order
    reflection = np.sqrt(1.0 - room.wall_absorption)
    responses = np.empty((len(sources), len(microphones), num_samples), dtype=np.float32)
    for source, pairs in zip(sources, responses, strict=True):
        for microphone, response in zip(microphones, pairs, strict=True):
            images = [
                axis_images(source[axis], microphone[axis], room.size[axis], walls, radius)
                for axis, walls in enumerate(reflection.reshape(3, 2, -1))
            ]
            response[:] = _samples(_spread(images, radius, order, scale, grid), grid)
    return responses


def warm_up() -> None:
    """Compile the engine if this machine has not done so before."""
    for num_bands in (1, 2):
        images = [axis_images(1.0, 0.5, 2.0, np.full((2, num_bands), 0.5), 3.0)] * 3
        ones = np.ones((1, num_bands), np.float32)
        grid = _Grid(8, 8, ones, np.ones((num_bands, 1), np.complex64))
        _spread(images, 0.0, 1, 1.0, grid)


def _prepare(room: BoxRoom, sample_rate: int, num_samples: int) -> _Grid:
    """Compute the air's decay and the weights of the bands' spectra."""
    length = next_fast_len(num_samples + _MARGIN, real=True)
    travel = room.speed_of_sound / (OVERSAMPLING * sample_rate)
    per_cell = np.array(room.air_absorption) * travel / 2.0
    left = np.round(np.exp(-per_cell), 15)
    cells = (OVERSAMPLING * length, len(left))
    decay = np.multiply.accumulate(np.broadcast_to(left, cells), axis=0)
    frequency = np.fft.rfftfreq(length).astype(np.float64)
    pulses = np.stack([_delayed_pulse(frequency / OVERSAMPLING, x) for x in per_cell])
    weights = _shares(frequency * sample_rate, sample_rate, room.num_bands) / pulses
    weights *= _band_limit(frequency) / (4.0 * np.pi)
    return _Grid(num_samples, length, decay.astype(np.float32), weights.astype(np.complex64))


def _delayed_pulse(frequency: NDArray[np.float64], decay: float) -> NDArray[np.complex128]:
    """Return the spectrum of a pulse as it stands on a decaying grid.

    A pulse of delay 0 is centred on cell WIDTH / 2 - 1, and cell g has decayed g + 1 times.
    """
    center = WIDTH // 2 - 1
    turn = np.exp(-2j * np.pi * frequency * center - decay * (center + 1))
    return np.asarray(turn * pulse_spectrum(frequency, decay))


def _band_limit(frequency: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the raised cosine from the passband's end to half the sample rate."""
    way = np.clip((frequency - _PASSBAND) / (0.5 - _PASSBAND), 0.0, 1.0)
    return 0.5 + 0.5 * np.cos(np.pi * way)


def _spread(
    images: list[AxisImages], radius: float, max_order: int, scale: float, grid: _Grid
) -> NDArray[np.float32]:
    """Add the pulses of all images to a grid, (cell, band) float32."""
    banded = len(grid.weights) > 1
    cells = np.zeros((OVERSAMPLING * grid.length, BANDS_AT_ONCE if banded else 1), np.float32)
    tables: list[NDArray[np.generic]] = []
    for axis in images:
        factor = _padded(axis.factor, cells.shape[1]) if banded else axis.factor[:, 0].copy()
        tables += [axis.offset, factor, axis.order]
    target = cells if banded else cells[:, 0]
    spread = spread_banded if banded else spread_broadband
    spread(*tables, radius, max_order, scale, pulse_table(), target)
    return cells


def _padded(factor: NDArray[np.float32], num_bands: int) -> NDArray[np.float32]:
    """Repeat a single band, or fill up with silent ones."""
    padded = np.zeros((len(factor), num_bands), np.float32)
    padded[:, : factor.shape[1]] = factor
    if factor.shape[1] == 1:
        padded[:] = factor
    return padded


def _samples(cells: NDArray[np.float32], grid: _Grid) -> NDArray[np.float32]:
    """Turn a grid into a response, (sample,) float32."""
    num_bands, num_frequencies = grid.weights.shape
    columns = np.ascontiguousarray((cells[:, :num_bands] * grid.decay).T)
    spectrum = complex_product(np.fft.rfft(columns, axis=1)[:, :num_frequencies], grid.weights)
    whole = np.fft.irfft(np.sum(spectrum, axis=0), grid.length)
    return np.asarray(whole[: grid.num_samples], dtype=np.float32)


def _shares(
    frequency: NDArray[np.float64], sample_rate: int, num_bands: int
) -> NDArray[np.float64]:
    """Return each band's share of every frequency, (band, frequency); they sum to 1."""
    if num_bands == 1:
        return np.ones((1, len(frequency)))
    return band_weights(octave_bands(sample_rate), frequency)
