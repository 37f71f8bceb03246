"""What the columns of the grid stand for: bands, filters of bodies, and what is left silent."""

import math

import numpy as np
import pytest

from simgen.acoustics.band_limit import band_limit
from simgen.acoustics.bands import octave_bands
from simgen.acoustics.bodies import ADVANCE, RigidSphere, sphere_filters
from simgen.acoustics.columns import (
    bases_of,
    columns_of,
    columns_of_sphere,
    mounted,
    prepare_grid,
)
from simgen.acoustics.directivity import cardioid_family
from simgen.acoustics.image_sums import COLUMNS
from simgen.acoustics.room import BoxRoom
from simgen.acoustics.spreading import OVERSAMPLING, WIDTH
from simgen.acoustics.transducers import Transducer

RATE, SPEED, LENGTH = 16_000, 343.0, 800
CENTRES = octave_bands(RATE)
BANDS = len(CENTRES)
SIZE, PLACE = (6.0, 5.0, 3.0), (2.0, 1.0, 1.5)
AIR = tuple(np.geomspace(1e-3, 0.2, BANDS).tolist())
RADIUS, NEAREST = 0.0875, 1.2


def grid_of(num_bands=BANDS, air=(0.0,), **options):
    room = BoxRoom(SIZE, (0.5,) * 6, SPEED, air)
    return prepare_grid(room, num_bands, sample_rate=RATE, num_samples=LENGTH, **options)


@pytest.fixture(scope="module")
def sphere():
    return sphere_filters(RADIUS, RATE, SPEED, NEAREST)


@pytest.mark.parametrize("num_bands", [1, BANDS])
def test_bands_share_every_frequency_and_are_spherical_waves(num_bands):
    grid = grid_of(num_bands)
    assert grid.num_bands == num_bands
    frequency = np.arange(grid.length // 2 + 1) / grid.length
    whole = band_limit(frequency) / (4.0 * np.pi)
    assert grid.shares.sum(axis=1) == pytest.approx(whole, abs=1e-12)
    assert np.all(grid.shares >= 0.0)


def test_air_leaves_of_a_sound_what_its_way_lets_it():
    grid = grid_of(air=AIR)
    way = (np.arange(len(grid.decay)) + 1) * SPEED / (OVERSAMPLING * RATE)
    exact = np.exp(-0.5 * np.outer(way, AIR))
    assert grid.decay == pytest.approx(exact, rel=1e-6)
    assert len(grid.decay) == OVERSAMPLING * grid.length


def test_a_body_s_filters_have_room_after_the_response():
    assert grid_of(filter_length=3000).length >= LENGTH + 3000
    assert grid_of().length < LENGTH + 3000


@pytest.mark.parametrize("walls", [(0.1,) * 6, np.full((6, 8), 0.1)], ids=["broadband", "bands"])
def test_images_displaced_beyond_the_end_are_cut_not_written_elsewhere(walls):
    """At a high rate half a metre is hundreds of cells: the grid has room for them."""
    room = BoxRoom((6.0, 5.0, 3.0), walls, 343.2, image_jitter=0.5, jitter_seed=1)
    grid = prepare_grid(room, room.num_bands, sample_rate=192_000, num_samples=3700)
    latest = 3700 + math.sqrt(3.0) * 0.5 / 343.2 * 192_000
    assert grid.length > latest + WIDTH


def test_columns_left_over_are_silent():
    (columns,) = columns_of(
        Transducer(PLACE, cardioid_family("cardioid", 1)), grid_of(air=AIR), COLUMNS
    )
    assert columns.band[:BANDS].tolist() == list(range(BANDS))
    assert np.all(columns.weights[:, BANDS:] == 0.0)
    assert np.all(np.any(columns.weights[:, :BANDS], axis=0))


@pytest.mark.parametrize("num_bands", [1, BANDS])
def test_every_filter_of_a_sphere_is_a_sum_but_for_70_db(num_bands, sphere):
    responses = sphere.responses.reshape(-1, sphere.responses.shape[-1])
    frequency = np.fft.rfftfreq(responses.shape[1], 1.0 / RATE)
    spectra = np.fft.rfft(responses, axis=1)
    scale = np.sqrt(np.mean(np.sum(np.abs(spectra) ** 2, axis=1)))
    bases = bases_of(sphere, num_bands, RATE)
    assert len(bases) == num_bands
    for k, basis in enumerate(bases):
        rest = spectra - np.fft.rfft(basis.weights @ basis.filters, axis=1)
        heard = frequency < 0.5 * RATE
        if num_bands > 1:  # well inside the band, whose share is 1 at its centre alone
            heard = np.abs(np.log2(np.maximum(frequency, 1.0) / CENTRES[k])) < 0.05
        assert np.sqrt(np.sum(np.abs(rest[:, heard]) ** 2, axis=1)).max() < 3.3e-4 * scale


@pytest.mark.parametrize("num_bands", [1, BANDS])
def test_columns_of_a_sphere_add_up_to_its_filters(num_bands, sphere):
    """At the places for which filters were computed, every eighth of the table."""
    bases = bases_of(sphere, num_bands, RATE)
    grid = grid_of(num_bands, filter_length=sphere.responses.shape[-1])
    passes = columns_of_sphere(sphere, bases, grid)
    assert COLUMNS * len(passes) >= sum(len(basis.filters) for basis in bases)
    for near, angle in ((0, 0), (2, 50), (-1, -1), (1, 128)):
        found = np.zeros(grid.length // 2 + 1, complex)
        for columns in passes:
            found += columns.weights @ columns.body.table[::8, ::8][near, angle]
        filters = np.fft.rfft(sphere.responses[near, angle], grid.length)
        early = np.exp(2j * np.pi * np.arange(len(found)) / grid.length * ADVANCE)
        exact = filters * early * grid.weights.sum(axis=1)
        error = np.sum(np.abs(found - exact) ** 2) / np.sum(np.abs(exact) ** 2)
        assert 10.0 * np.log10(error) < -60.0


def test_receivers_on_a_sphere_share_all_but_their_place(sphere):
    passes = columns_of_sphere(sphere, bases_of(sphere, 1, RATE), grid_of(1))
    body = RigidSphere(PLACE, RADIUS)
    one, other = (
        mounted(passes, Transducer((PLACE[0], PLACE[1] + side * RADIUS, PLACE[2]), body=body), body)
        for side in (1.0, -1.0)
    )
    for left, right in zip(one, other, strict=True):
        assert left.body.offset == pytest.approx([0.0, RADIUS, 0.0])
        assert right.body.offset == pytest.approx([0.0, -RADIUS, 0.0])
        assert left.body.table is right.body.table
        assert left.weights is right.weights
