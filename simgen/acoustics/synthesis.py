"""Impulse responses of a box room: from image sources on a grid of time to samples.

Each pair of source and receiver takes three steps: spread the images onto a grid at twice the
sample rate, one column per octave band; let the air's absorption decay each column; transform,
undo the pulse, weigh the bands and return to samples.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.fft
from numba import njit
from numpy.typing import NDArray

from simgen.acoustics.bands import band_weights, octave_bands
from simgen.acoustics.image_sources import (
    COLUMNS,
    AxisImages,
    axis_images,
    spread_broadband,
    spread_columns,
)
from simgen.acoustics.room import BoxRoom
from simgen.acoustics.spreading import OVERSAMPLING, WIDTH, pulse_spectrum, pulse_table
from simgen.acoustics.transducers import Transducer

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
    num_bands
        1 if all frequencies are alike, else the octave bands of the sample rate.
    decay
        What the air leaves of a sound at each grid cell, (cell, column) float32.
    weights
        Each column's weight over the pulse's spectrum, (frequency, column) complex64.
    """

    num_samples: int
    length: int
    num_bands: int
    decay: NDArray[np.float32]
    weights: NDArray[np.complex64]


@dataclass(frozen=True)
class _Ball:
    """Which images count, and how they come to the grid.

    Attributes
    ----------
    radius
        Greatest distance in m.
    max_order
        Most walls met.
    scale
        Grid cells per m.
    """

    radius: float
    max_order: int
    scale: float


def image_source_responses(
    room: BoxRoom,
    sources: Sequence[Transducer],
    receivers: Sequence[Transducer],
    *,
    sample_rate: int,
    num_samples: int,
    max_order: int | None = None,
) -> NDArray[np.float32]:
    """Sum the image sources of a box room; see ``box_responses`` for the meaning.

    Returns
    -------
    Responses, shape (source, receiver, sample), float32.
    """
    directed = [one for one in (*sources, *receivers) if not one.is_omnidirectional]
    num_bands = max([room.num_bands, *(len(one.coefficients) for one in directed)])
    grid = _prepare(room, num_bands, sample_rate, num_samples, bool(directed))
    ball = _Ball(
        radius=room.speed_of_sound * num_samples / sample_rate,
        max_order=0 if room.is_anechoic else _UNLIMITED if max_order is None else max_order,
        scale=OVERSAMPLING * sample_rate / room.speed_of_sound,
    )
    walls = np.sqrt(1.0 - room.wall_absorption).reshape(3, 2, -1)
    walls = np.broadcast_to(walls, (3, 2, num_bands))
    hearing = [_columns_of(receiver, grid) for receiver in receivers]
    responses = np.empty((len(sources), len(receivers), num_samples), dtype=np.float32)
    for source, pairs in zip(sources, responses, strict=True):
        images = [
            axis_images(place, side, factors, ball.radius)
            for place, side, factors in zip(source.position, room.size, walls, strict=True)
        ]
        emission = _columns_of(source, grid)
        for receiver, reception, response in zip(receivers, hearing, pairs, strict=True):
            cells = _spread(images, receiver.position, ball, emission, reception, grid)
            response[:] = _samples(cells, grid)
    return responses


def warm_up() -> None:
    """Compile the engine if this machine has not done so before."""
    room = BoxRoom((1.0, 1.0, 1.0), (0.9,) * 6, 343.0)
    cardioid = Transducer((0.2, 0.2, 0.2), ((0.5, 0.0, 0.0, 0.5),))
    for source in (Transducer((0.2, 0.2, 0.2)), cardioid):
        image_source_responses(
            room, [source], [Transducer((0.8, 0.8, 0.8))], sample_rate=1000, num_samples=8
        )


def _prepare(
    room: BoxRoom, num_bands: int, sample_rate: int, num_samples: int, directed: bool
) -> _Grid:
    """Compute the air's decay and the weights of the columns' spectra."""
    length = scipy.fft.next_fast_len(num_samples + _MARGIN, real=True)
    travel = room.speed_of_sound / (OVERSAMPLING * sample_rate)
    per_cell = np.zeros(COLUMNS if num_bands > 1 or directed else 1)
    per_cell[:num_bands] = np.array(room.air_absorption) * travel / 2.0
    left = np.round(np.exp(-per_cell), 15)
    cells = (OVERSAMPLING * length, len(left))
    decay = np.multiply.accumulate(np.broadcast_to(left, cells), axis=0)
    frequency = np.arange(length // 2 + 1) / length
    weights = np.zeros((len(per_cell), len(frequency)), dtype=np.complex128)
    weights[:num_bands] = _shares(frequency * sample_rate, sample_rate, num_bands)
    weights /= _delayed_pulses(frequency / OVERSAMPLING, per_cell)
    weights *= _band_limit(frequency) / (4.0 * np.pi)
    columns = np.ascontiguousarray(weights.T, dtype=np.complex64)
    return _Grid(num_samples, length, num_bands, decay.astype(np.float32), columns)


def _delayed_pulses(
    frequency: NDArray[np.float64], decay: NDArray[np.float64]
) -> NDArray[np.complex128]:
    """Return the spectra of pulses as they stand on decaying grids, (decay, frequency).

    A pulse of delay 0 is centred on cell WIDTH / 2 - 1, and cell g has decayed g + 1 times.
    """
    center = WIDTH // 2 - 1
    turn = np.exp(-2j * np.pi * frequency * center)
    left = np.exp(-decay * (center + 1))[:, None]
    return np.asarray(turn * left * pulse_spectrum(frequency, decay))


def _band_limit(frequency: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the raised cosine from the passband's end to half the sample rate."""
    way = np.clip((frequency - _PASSBAND) / (0.5 - _PASSBAND), 0.0, 1.0)
    return 0.5 + 0.5 * np.cos(np.pi * way)


def _shares(
    frequency: NDArray[np.float64], sample_rate: int, num_bands: int
) -> NDArray[np.float64]:
    """Return each band's share of every frequency, (band, frequency); they sum to 1."""
    if num_bands == 1:
        return np.ones((1, len(frequency)))
    return band_weights(octave_bands(sample_rate), frequency)


def _columns_of(transducer: Transducer, grid: _Grid) -> NDArray[np.float32]:
    """Return a directivity by column, (harmonic, column); empty if it is omnidirectional."""
    if transducer.is_omnidirectional:
        return np.zeros((0, COLUMNS), np.float32)
    harmonics = np.broadcast_to(
        transducer.harmonics(), (grid.num_bands, transducer.coefficients.shape[1])
    )
    return _padded(harmonics.T)


def _padded(bands: NDArray[Any]) -> NDArray[np.float32]:
    """Fill bands, (row, band), up with silent ones to all columns."""
    columns = np.zeros((len(bands), COLUMNS), np.float32)
    columns[:, : bands.shape[1]] = bands
    return columns


def _spread(
    images: list[AxisImages],
    receiver: Any,
    ball: _Ball,
    emission: NDArray[np.float32],
    reception: NDArray[np.float32],
    grid: _Grid,
) -> NDArray[np.float32]:
    """Add the pulses of all images to a grid, (cell, column) float32."""
    cells = np.zeros(grid.decay.shape, np.float32)
    broadband = grid.decay.shape[1] == 1
    tables: list[NDArray[Any]] = []
    for axis, place in zip(images, receiver, strict=True):
        factor = axis.factor[:, 0].copy() if broadband else _padded(axis.factor)
        tables += [axis.coordinate - place, factor]
    direct = np.array([axis.direct for axis in images])
    reach = (direct, ball.radius, ball.max_order, ball.scale)
    if broadband:
        spread_broadband(*tables, *reach, pulse_table(), cells.reshape(-1))
    else:
        spread_columns(*tables, *reach, emission, reception, pulse_table(), cells.reshape(-1))
    return cells


def _samples(cells: NDArray[np.float32], grid: _Grid) -> NDArray[np.float32]:
    """Turn a grid into a response, (sample,) float32."""
    cells *= grid.decay
    spectra = scipy.fft.rfft(cells, axis=0, overwrite_x=True)
    whole = scipy.fft.irfft(_weighted_sum(spectra, grid.weights), grid.length)
    return np.asarray(whole[: grid.num_samples])


@njit(cache=True)
def _weighted_sum(spectra: Any, weights: Any) -> Any:
    """Sum the columns' spectra with their weights, up to the weights' last frequency."""
    total = np.empty(weights.shape[0], np.complex64)
    for k in range(weights.shape[0]):
        real, imaginary = np.float32(0.0), np.float32(0.0)
        for column in range(weights.shape[1]):
            one, weight = spectra[k, column], weights[k, column]
            real += one.real * weight.real - one.imag * weight.imag
            imaginary += one.real * weight.imag + one.imag * weight.real
        total[k] = complex(real, imaginary)
    return total
