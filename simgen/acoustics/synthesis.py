"""Impulse responses of a box room: from image sources on a grid of time to samples.

Each pair of source and receiver takes three steps: spread the images onto a grid at twice the
sample rate, one column per octave band; let the air's absorption decay each column; transform,
undo the pulse, weigh the columns and return to samples.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
import scipy.fft
from numba import njit
from numpy.typing import NDArray

from simgen.acoustics.bodies import RigidSphere, SphereFilters, sphere_filters
from simgen.acoustics.columns import (
    Columns,
    Grid,
    bases_of,
    columns_of,
    columns_of_ear,
    columns_of_sphere,
    harmonics_of,
    mounted,
    prepare_grid,
)
from simgen.acoustics.direction_filters import NO_FILTERS
from simgen.acoustics.directional_gains import Directivity
from simgen.acoustics.heads import MeasuredEar
from simgen.acoustics.image_sources import (
    COLUMNS,
    AxisImages,
    Images,
    Reach,
    axis_images,
    spread_broadband,
    spread_columns,
)
from simgen.acoustics.room import BoxRoom
from simgen.acoustics.spreading import OVERSAMPLING, pulse_table
from simgen.acoustics.transducers import Transducer, positions
from simgen.arrays import complex_product

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
    responses = np.empty((len(sources), len(receivers), num_samples), dtype=np.float32)
    for source, pairs in zip(sources, responses, strict=True):
        images = [
            axis_images(place, side, factors, reach.radius + room.image_jitter)
            for place, side, factors in zip(source.position, room.size, walls, strict=True)
        ]
        emission = harmonics_of(source, grid)
        for first in range(0, len(receivers), _AT_ONCE):
            few = slice(first, first + _AT_ONCE)
            spectra = _spectra(images, receivers[few], hearing[few], reach, emission)
            pairs[few] = scipy.fft.irfft(spectra, grid.length)[:, :num_samples]
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
            + [kernels.coefficients.shape[-1] for kernels in ears.values()]
        ),
    )
    alike = grid.num_bands == 1 and all(one.is_omnidirectional for one in everything)
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
            hearing.append(columns_of(one, grid, 1 if alike else COLUMNS))
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
    centers = np.array([sphere.center for sphere in spheres]).reshape(-1, 1, 3)
    distances = np.sqrt(np.sum(np.square(positions(sources) - centers), axis=2))
    nearest = float(np.min(distances, initial=np.inf))
    return {
        sphere: sphere_filters(sphere.radius, sample_rate, room.speed_of_sound, nearest)
        for sphere in spheres
    }


def _spread(
    images: list[AxisImages],
    receiver: tuple[float, float, float],
    reach: Reach,
    emission: NDArray[np.float32],
    columns: Columns,
) -> NDArray[np.float32]:
    """Add the pulses of all images to a grid, (cell, column) float32."""
    cells = np.zeros(columns.decay.shape, np.float32)
    broadband = len(columns.band) == 1 and columns.filters is NO_FILTERS
    x, y, z = (axis.coordinate - place for axis, place in zip(images, receiver, strict=True))
    factors = [axis.factor.take(columns.band, axis=1) for axis in images]
    factor_x, factor_y, factor_z = (table.ravel() for table in factors) if broadband else factors
    direct = np.array([axis.direct for axis in images])
    heard = Images(x, factor_x, y, factor_y, z, factor_z, direct)
    if broadband:
        spread_broadband(heard, reach, pulse_table(), cells.reshape(-1))
    else:
        directivity = Directivity(
            emission.take(columns.band, axis=1), columns.reception, columns.body
        )
        spread_columns(heard, reach, directivity, columns.filters, pulse_table(), cells.reshape(-1))
    return cells


def _spectra(
    images: list[AxisImages],
    receivers: Sequence[Transducer],
    hearing: list[tuple[Columns, ...]],
    reach: Reach,
    emission: NDArray[np.float32],
) -> NDArray[np.complex64]:
    """Return the spectra of the responses to some receivers, (receiver, frequency)."""
    ((alike, *_), *_) = hearing
    if len(alike.band) == 1 and alike.filters is NO_FILTERS:  # then all have the same column
        cells = [_spread(images, one.position, reach, emission, alike)[:, 0] for one in receivers]
        whole = scipy.fft.rfft(np.stack(cells) * alike.decay[:, 0])[:, : len(alike.weights)]
        return np.asarray(complex_product(whole, alike.weights[:, 0]))
    return np.stack(
        [
            sum(
                _spectrum(_spread(images, one.position, reach, emission, columns), columns)
                for columns in passes
            )
            for one, passes in zip(receivers, hearing, strict=True)
        ]
    )


def _spectrum(cells: NDArray[np.float32], columns: Columns) -> Any:
    """Let the air take its part of a grid, transform it and weigh its columns."""
    if columns.filters is NO_FILTERS:
        cells *= columns.decay
    return _weighted_sum(scipy.fft.rfft(cells, axis=0, overwrite_x=True), columns.weights)


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
