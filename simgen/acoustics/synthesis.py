"""Impulse responses of a box room: from image sources on a grid of time to samples.

Each pair of source and receiver takes three steps: spread the images onto a grid at twice the
sample rate, one column per octave band; let the air's absorption decay each column; transform,
undo the pulse, weigh the columns and return to samples.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import scipy.fft
from numba import njit
from numpy.typing import NDArray

from simgen.acoustics.bands import octave_bands
from simgen.acoustics.bodies import RigidSphere, SphereFilters, sphere_filters
from simgen.acoustics.columns import (
    Columns,
    Grid,
    bases_of,
    columns_of,
    columns_of_ear,
    columns_of_sphere,
    mounted,
    prepare_grid,
)
from simgen.acoustics.direction_filters import NO_FILTERS, spread_filters
from simgen.acoustics.directional_gains import Directivity
from simgen.acoustics.heads import MeasuredEar
from simgen.acoustics.image_sources import AxisImages, Images, Reach, axis_images, heard_at
from simgen.acoustics.image_sums import (
    COLUMNS,
    spread_broadband,
    spread_columns,
    spread_directed,
)
from simgen.acoustics.patterns import Pattern, in_columns, pattern_of
from simgen.acoustics.room import BoxRoom
from simgen.acoustics.spreading import OVERSAMPLING, pulse_table
from simgen.acoustics.transducers import Transducer, positions

__all__ = ["image_source_responses", "warm_up"]

_UNLIMITED = 2**31 - 1

_AT_ONCE = 8
"""Receivers whose grids are transformed together, as many as vectors hold."""

Kind = TypeVar("Kind")


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
    grid, hearing = _prepare(room, sources, receivers, sample_rate, num_samples)
    reach = Reach(
        radius=room.speed_of_sound * num_samples / sample_rate,
        max_order=0 if room.is_anechoic else _UNLIMITED if max_order is None else max_order,
        scale=OVERSAMPLING * sample_rate / room.speed_of_sound,
        jitter=float(room.image_jitter),
        seed=room.jitter_seed,
    )
    walls = np.sqrt(1.0 - room.wall_absorption).reshape(3, 2, -1)
    walls = np.broadcast_to(walls, (3, 2, grid.num_bands))
    axes = [
        axis_images(places, side, factors, reach.radius + room.image_jitter)
        for places, side, factors in zip(positions(sources).T, room.size, walls, strict=True)
    ]
    responses = np.empty((len(sources), len(receivers), num_samples), dtype=np.float32)
    for k, (source, pairs) in enumerate(zip(sources, responses, strict=True)):
        spreading = _Spreading(axes, k, pattern_of(source, grid.num_bands), reach)
        for first in range(0, len(receivers), _AT_ONCE):
            few = slice(first, first + _AT_ONCE)
            spectra = spreading.spectra(receivers[few], hearing[few])
            pairs[few] = scipy.fft.irfft(spectra, grid.length)[:, :num_samples]
    return responses


def warm_up() -> None:
    """Compile the engine if this machine has not done so before."""
    size, rate, place = (1.0, 1.0, 1.0), 1000, (0.2, 0.2, 0.2)
    alike, banded = (0.9,) * 6, np.full((6, len(octave_bands(rate))), 0.9)
    cardioid = Transducer(place, ((0.5, 0.0, 0.0, 0.5),))
    for walls, source in (
        (alike, Transducer(place)),
        (banded, Transducer(place)),
        (alike, cardioid),
    ):
        image_source_responses(
            BoxRoom(size, walls, 343.0),
            [source],
            [Transducer((0.8, 0.8, 0.8))],
            sample_rate=rate,
            num_samples=8,
        )


def _prepare(
    room: BoxRoom,
    sources: Sequence[Transducer],
    receivers: Sequence[Transducer],
    sample_rate: int,
    num_samples: int,
) -> tuple[Grid, list[tuple[Columns, ...]]]:
    """Return the grid, and the columns of each receiver; what a body does is computed once."""
    everything = (*sources, *receivers)
    spheres = _sphere_filters(room, sources, receivers, sample_rate)
    ears = {one: one.kernels(sample_rate) for one in _bodies(receivers, MeasuredEar)}
    grid = prepare_grid(
        room,
        max([room.num_bands, *(one.num_bands for one in everything)]),
        sample_rate=sample_rate,
        num_samples=num_samples,
        filter_length=max(
            [0]
            + [filters.responses.shape[-1] for filters in spheres.values()]
            + [kernels.num_taps for kernels in ears.values()]
        ),
    )
    plain = grid.num_bands == 1 and room.image_jitter == 0.0
    if plain and all(one.is_omnidirectional for one in everything):
        return grid, [columns_of(one, grid, 1) for one in receivers[:1]] * len(receivers)
    passes = {
        one: columns_of_sphere(one, bases_of(one, grid.num_bands, sample_rate), grid)
        for one in set(spheres.values())
    }
    hearing = []
    for one in receivers:
        if isinstance(one.body, RigidSphere):
            hearing.append(mounted(passes[spheres[one.body]], one, one.body))
        elif isinstance(one.body, MeasuredEar):
            hearing.append(columns_of_ear(one, one.body, ears[one.body], grid))
        else:
            hearing.append(columns_of(one, grid, COLUMNS))
    return grid, hearing


def _bodies(receivers: Sequence[Transducer], kind: type[Kind]) -> list[Kind]:
    """Return the bodies of one kind that receivers are mounted on."""
    return [one.body for one in receivers if isinstance(one.body, kind)]


def _sphere_filters(
    room: BoxRoom, sources: Sequence[Transducer], receivers: Sequence[Transducer], sample_rate: int
) -> dict[RigidSphere, SphereFilters]:
    """Return the filters of each rigid sphere.

    All are made for the least distance of any source from any of them, so that spheres that are
    alike share them.
    """
    spheres = _bodies(receivers, RigidSphere)
    if not spheres:
        return {}
    centers = np.array([sphere.center for sphere in spheres]).reshape(-1, 1, 3)
    distances = np.sqrt(np.sum(np.square(positions(sources) - centers), axis=2))
    nearest = float(np.min(distances, initial=np.inf))
    return {
        sphere: sphere_filters(sphere.radius, sample_rate, room.speed_of_sound, nearest)
        for sphere in spheres
    }


@dataclass(frozen=True)
class _Spreading:
    """Spreads the images of one source.

    Attributes
    ----------
    axes
        The images of all sources along each axis.
    source
        Which source.
    emission
        Its pattern, with a column for each band.
    reach
        Which images count.
    """

    axes: Sequence[AxisImages]
    source: int
    emission: Pattern
    reach: Reach

    def spectra(
        self, receivers: Sequence[Transducer], hearing: Sequence[tuple[Columns, ...]]
    ) -> NDArray[np.complex64]:
        """Return the spectra of the responses to some receivers, (receiver, frequency)."""
        ((alike, *_), *_) = hearing
        if len(alike.band) == 1 and alike.filters is NO_FILTERS:  # then all have the same column
            return self._broadband(positions(receivers), alike)
        return np.stack(
            [
                sum(_spectrum(self._columns(one.position, columns), columns) for columns in passes)
                for one, passes in zip(receivers, hearing, strict=True)
            ]
        )

    def _images(self, band: NDArray[np.intp]) -> Images:
        """Return the images with their reflection factors in some bands, (image, band)."""
        x, y, z = (axis.coordinate[self.source] for axis in self.axes)
        factor_x, factor_y, factor_z = (axis.factor.take(band, axis=1) for axis in self.axes)
        direct = np.array([axis.direct for axis in self.axes])
        return Images(x, factor_x, y, factor_y, z, factor_z, direct)

    def _broadband(self, receivers: NDArray[np.float64], column: Columns) -> NDArray[np.complex64]:
        """Return the spectra at places at which all frequencies and directions are alike."""
        images = self._images(column.band)
        cells = np.zeros((len(receivers), len(column.decay)), np.float32)
        spread_broadband(images, receivers, self.reach, pulse_table(), cells)
        cells *= column.decay[:, 0]
        spectra = scipy.fft.rfft(cells, overwrite_x=True)
        return np.asarray(_weighted(spectra, column.weights[:, 0]))

    def _columns(self, place: tuple[float, float, float], columns: Columns) -> NDArray[np.float32]:
        """Add the pulses of all images to a grid, (cell, column) float32."""
        images = heard_at(np.array(place), self._images(columns.band))
        emission = in_columns(self.emission, columns.band)
        directivity = Directivity(emission, columns.reception, columns.body)
        cells = np.zeros((columns.num_cells, len(columns.band)), np.float32)
        flat = cells.reshape(-1)
        if columns.filters is not NO_FILTERS:
            spread_filters(images, self.reach, directivity, columns.filters, flat)
            return np.roll(cells, -columns.filters.lead, axis=0)
        if directivity.is_alike and self.reach.jitter == 0.0:
            spread_columns(images, self.reach, pulse_table(), flat)
        else:
            spread_directed(images, self.reach, directivity, pulse_table(), flat)
        return cells


def _spectrum(cells: NDArray[np.float32], columns: Columns) -> Any:
    """Let the air take its part of a grid, transform it and weigh its columns."""
    if columns.filters is NO_FILTERS:
        cells *= columns.decay
    return _weighted_sum(scipy.fft.rfft(cells, axis=0, overwrite_x=True), columns.weights)


@njit(cache=True)
def _weighted(spectra: Any, weights: Any) -> Any:
    """Weigh the spectra of some receivers, up to the weights' last frequency."""
    weighted = np.empty((spectra.shape[0], weights.size), np.complex64)
    for receiver in range(spectra.shape[0]):
        for k in range(weights.size):
            one, weight = spectra[receiver, k], weights[k]
            real = one.real * weight.real - one.imag * weight.imag
            weighted[receiver, k] = complex(real, one.real * weight.imag + one.imag * weight.real)
    return weighted


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
