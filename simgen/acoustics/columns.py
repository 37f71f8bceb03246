"""Columns of the engine's grid: what each stands for, and what it adds to the response.

A column holds the images as one octave band has them, weighed by one function of direction. A
receiver with the same filter for all directions needs a column for each band; so does a measured
ear, whose filters are added image by image. For a receiver on a rigid sphere the filters of all
directions are sums of a few, and each of these is a column.
"""

import math
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from simgen.acoustics.band_limit import band_limit
from simgen.acoustics.bands import band_weights, octave_bands
from simgen.acoustics.bodies import ADVANCE, RigidSphere, SphereFilters
from simgen.acoustics.direction_filters import NO_FILTERS, DirectionFilters
from simgen.acoustics.directional_gains import NO_BODY, BodyGains
from simgen.acoustics.filter_basis import FilterBasis, filter_basis
from simgen.acoustics.heads import EarKernels, MeasuredEar
from simgen.acoustics.image_sums import COLUMNS
from simgen.acoustics.interpolation import refine
from simgen.acoustics.patterns import Pattern, alike, in_columns, pattern_of
from simgen.acoustics.room import BoxRoom
from simgen.acoustics.spreading import OVERSAMPLING, WIDTH, pulse_spectrum
from simgen.acoustics.transducers import Transducer
from simgen.arrays import complex_product

__all__ = [
    "Columns",
    "Grid",
    "bases_of",
    "columns_of",
    "columns_of_ear",
    "columns_of_sphere",
    "mounted",
    "prepare_grid",
]

_MARGIN: Final = 128
"""Samples left for what rings before time zero and after the end, so that it wraps on to itself."""

_BAND_MARGIN: Final = 512
"""The same for octave bands, whose filters ring longer."""

_REST: Final = 3e-4
"""Greatest rest of a body's filter, relative to the filters' root mean square: -70 dB."""

_REFINEMENT: Final = 8
"""Steps of a table for each one computed: linear interpolation then errs by less than _REST."""


@dataclass(frozen=True)
class Grid:
    """The grid of time that all pairs of one call share.

    Attributes
    ----------
    length
        Length of the transform in samples.
    decay
        What the air leaves of a sound at each grid cell, (cell, band) float32.
    decay_per_cell
        What the air takes in a cell, as an exponent, (band,).
    shares
        Each band's share of every frequency, within the band limit, (frequency, band).
    """

    length: int
    decay: NDArray[np.float32]
    decay_per_cell: NDArray[np.float64]
    shares: NDArray[np.float64]

    @property
    def num_bands(self) -> int:
        """1 if all frequencies are alike, else the octave bands of the sample rate."""
        return len(self.decay_per_cell)

    @cached_property
    def weights(self) -> NDArray[np.complex128]:
        """The shares over the pulse's spectrum, (frequency, band)."""
        frequency = np.arange(len(self.shares)) / (OVERSAMPLING * self.length)
        return self.shares / _delayed_pulses(frequency, self.decay_per_cell).T

    def bands_of(self, num_columns: int) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """Return the band of each of some columns, and which are not left over, (column,)."""
        band = np.zeros(num_columns, np.intp)
        band[: self.num_bands] = np.arange(self.num_bands)
        return band, np.arange(num_columns) < self.num_bands


@dataclass(frozen=True)
class Columns:
    """Columns that are filled in one pass.

    Attributes
    ----------
    band
        Band of each column, shape (column,).
    reception
        The receiver's pattern.
    body
        Gains of what the receiver is mounted on.
    filters
        Those of a measured ear, in which the air's decay is then; else there are none.
    decay
        Shape (cell, column), float32.
    weights
        What each column adds to the response's spectrum, (frequency, column) complex64.
    """

    band: NDArray[np.intp]
    reception: Pattern
    body: BodyGains
    filters: DirectionFilters
    decay: NDArray[np.float32]
    weights: NDArray[np.complex64]

    @property
    def num_cells(self) -> int:
        """Number of cells of the grid; filters are added to one at the sample rate itself."""
        return len(self.decay) // (1 if self.filters is NO_FILTERS else OVERSAMPLING)


def prepare_grid(
    room: BoxRoom, num_bands: int, *, sample_rate: int, num_samples: int, filter_length: int = 0
) -> Grid:
    """Compute the air's decay and the bands' shares of the spectrum.

    Parameters
    ----------
    room
        The room.
    num_bands
        1 if all frequencies are alike, else the octave bands of the sample rate.
    sample_rate
        In Hz.
    num_samples
        Length of the responses.
    filter_length
        Taps of the longest filter of a body.
    """
    margin = _BAND_MARGIN if num_bands > 1 else _MARGIN
    # Displaced along three axes, an image within the ball may arrive after its end.
    margin += math.ceil(2.0 * room.image_jitter / room.speed_of_sound * sample_rate)
    length = scipy.fft.next_fast_len(num_samples + margin + filter_length, real=True)
    travel = room.speed_of_sound / (OVERSAMPLING * sample_rate)
    per_cell = np.broadcast_to(np.array(room.air_absorption) * travel / 2.0, num_bands)
    left = np.round(np.exp(-per_cell), 15)
    cells = (OVERSAMPLING * length, num_bands)
    decay = np.multiply.accumulate(np.broadcast_to(left, cells), axis=0)
    frequency = np.arange(length // 2 + 1) / length
    shares = _shares(frequency * sample_rate, sample_rate, num_bands)
    shares = np.ascontiguousarray((shares * band_limit(frequency) / (4.0 * np.pi)).T)
    return Grid(length, decay.astype(np.float32), per_cell, shares)


def _shares(
    frequency: NDArray[np.float64], sample_rate: int, num_bands: int
) -> NDArray[np.float64]:
    """Return each band's share of every frequency in Hz, (band, frequency); they sum to 1."""
    if num_bands == 1:
        return np.ones((1, len(frequency)))
    return band_weights(octave_bands(sample_rate), frequency)


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


def columns_of(receiver: Transducer, grid: Grid, num_columns: int) -> tuple[Columns, ...]:
    """Return the columns of a receiver in the free field: one for each band.

    Parameters
    ----------
    receiver
        The receiver.
    grid
        The grid.
    num_columns
        As many as the pass fills, the bands or more; those left over are silent.
    """
    band, heard = grid.bands_of(num_columns)
    reception = in_columns(pattern_of(receiver, grid.num_bands), band)
    weights = grid.weights.take(band, axis=1).astype(np.complex64) * heard
    decay = grid.decay.take(band, axis=1)
    return (Columns(band, reception, NO_BODY, NO_FILTERS, decay, weights),)


@lru_cache(maxsize=8)
def bases_of(filters: SphereFilters, num_bands: int, sample_rate: int) -> tuple[FilterBasis, ...]:
    """Find out, for each band, of which filters those of a body are made."""
    responses = filters.responses.reshape(-1, filters.responses.shape[-1])
    taps = responses.shape[1]
    frequency = np.arange(taps // 2 + 1, dtype=np.float64) * (sample_rate / taps)
    shares = _shares(frequency, sample_rate, num_bands)
    return tuple(filter_basis(responses, share, _REST) for share in shares)


def columns_of_sphere(
    filters: SphereFilters, bases: tuple[FilterBasis, ...], grid: Grid
) -> tuple[Columns, ...]:
    """Return the columns of a sphere: one for each filter of each band's basis.

    They serve every receiver on spheres with these filters; see ``mounted``.

    Parameters
    ----------
    filters, bases
        The sphere's filters, and what they are made of; see ``bases_of``.
    grid
        The grid.
    """
    band = np.concatenate([np.full(len(basis.filters), k) for k, basis in enumerate(bases)])
    taps = np.concatenate([basis.filters for basis in bases], dtype=np.float32)
    spectra = scipy.fft.rfft(np.ascontiguousarray(taps.T), grid.length, axis=0)
    weights = complex_product(_sooner(grid).take(band, axis=1), spectra)
    table = _table(filters, np.concatenate([basis.weights for basis in bases], axis=1))
    passes = []
    for first in range(0, len(band), COLUMNS):
        index = np.arange(first, first + COLUMNS)
        chosen, heard = np.minimum(index, len(band) - 1), (index < len(band)).astype(np.float32)
        gains = table.take(chosen, axis=2)
        passes.append(
            Columns(
                band[chosen],
                alike(COLUMNS),
                NO_BODY._replace(most_near=filters.most_near, table=gains),
                NO_FILTERS,
                grid.decay.take(band[chosen], axis=1),
                np.asarray(weights.take(chosen, axis=1) * heard, np.complex64),
            )
        )
    return tuple(passes)


def mounted(
    passes: tuple[Columns, ...], receiver: Transducer, sphere: RigidSphere
) -> tuple[Columns, ...]:
    """Return the columns of a sphere for a receiver at its place on it."""
    offset = np.subtract(receiver.position, sphere.center)
    return tuple(replace(columns, body=columns.body._replace(offset=offset)) for columns in passes)


def columns_of_ear(
    receiver: Transducer, ear: MeasuredEar, kernels: EarKernels, grid: Grid
) -> tuple[Columns, ...]:
    """Return the columns of a measured ear: one for each band."""
    band, heard = grid.bands_of(1 if grid.num_bands == 1 else COLUMNS)
    offset = np.subtract(receiver.position, ear.center)
    decay = grid.decay.take(band, axis=1)
    filters = DirectionFilters(
        offset, ear.into_frame, kernels.nearest, kernels.coefficients, kernels.lead, decay
    )
    weights = np.asarray(grid.shares.take(band, axis=1) * heard, np.complex64)
    return (Columns(band, alike(len(band)), NO_BODY, filters, decay, weights),)


def _sooner(grid: Grid) -> NDArray[np.complex64]:
    """Return the bands' weights for filters whose time zero is at tap ``ADVANCE``."""
    frequency = np.arange(grid.length // 2 + 1) / grid.length
    turn = np.exp(2j * np.pi * frequency * ADVANCE)
    return np.asarray(complex_product(grid.weights, turn[:, None]), dtype=np.complex64)


def _table(filters: SphereFilters, weights: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the weight of every column at every place, (nearness, angle, column)."""
    table = weights.reshape(*filters.responses.shape[:2], -1)
    table = refine(table, _REFINEMENT)
    return refine(table.swapaxes(0, 1), _REFINEMENT).swapaxes(0, 1).astype(np.float32)
