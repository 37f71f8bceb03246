import math

import numpy as np
import pytest

from simgen.acoustics.direction_filters import NO_FILTERS
from simgen.acoustics.directional_gains import NO_BODY, Directivity
from simgen.acoustics.image_sources import (
    COLUMNS,
    Images,
    Reach,
    axis_images,
    spread_broadband,
    spread_columns,
)
from simgen.acoustics.spreading import PHASES, WIDTH, pulse_table
from tests.references.image_sources import _images_on_axis

RADIUS, SCALE = 14.0, 30.0
SIZE, SOURCE, RECEIVER = (3.0, 2.5, 2.2), (1.1, 0.7, 1.3), (2.2, 1.9, 0.4)
ABSORPTION = ((0.3, 0.5), (0.2, 0.6), (0.4, 0.1))
NO_HARMONICS = np.zeros((0, COLUMNS), np.float32)
ALIKE = Directivity(NO_HARMONICS, NO_HARMONICS, NO_BODY)


def images(num_bands=1):
    return [
        axis_images(
            SOURCE[k],
            SIZE[k],
            np.sqrt(1.0 - np.outer(ABSORPTION[k], np.linspace(1.0, 0.5, num_bands))),
            RADIUS,
        )
        for k in range(3)
    ]


def offsets(axes):
    return [axis.coordinate - place for axis, place in zip(axes, RECEIVER, strict=True)]


def tables(axes, banded):
    parts = []
    for axis, offset in zip(axes, offsets(axes), strict=True):
        parts += [offset, axis.factor if banded else axis.factor[:, 0].copy()]
    return Images(*parts, direct=np.array([axis.direct for axis in axes]))


def slow_spread(axes, max_order, band):
    """The sum as one would write it down."""
    grid = np.zeros(round(RADIUS * SCALE) + WIDTH + 2)
    x, y, z = axes
    along_x, along_y, along_z = offsets(axes)
    for i, dx in enumerate(along_x):
        for j, dy in enumerate(along_y):
            for k, dz in enumerate(along_z):
                distance = math.sqrt(dx * dx + dy * dy + dz * dz)
                order = abs(i - x.direct) + abs(j - y.direct) + abs(k - z.direct)
                if distance < RADIUS and order <= max_order:
                    cell = int(distance * SCALE)
                    pulse = pulse_table()[int((distance * SCALE - cell) * PHASES)]
                    factor = x.factor[i, band] * y.factor[j, band] * z.factor[k, band]
                    grid[cell : cell + WIDTH] += factor / distance * pulse
    return grid


def test_images_along_an_axis_are_those_of_mirrored_rooms():
    for k, axis in enumerate(images()):
        walked = _images_on_axis(SIZE[k], ABSORPTION[k], SOURCE[k], RECEIVER[k], RADIUS)
        exact = {round(offset, 9): factor for offset, factor in walked}
        away = axis.coordinate - RECEIVER[k]
        inside = np.abs(away) <= RADIUS
        assert np.count_nonzero(inside) == sum(abs(offset) <= RADIUS for offset in exact)
        for offset, factor in zip(away[inside], axis.factor[inside, 0], strict=True):
            assert factor == pytest.approx(exact[round(offset, 9)], rel=1e-6)
        assert np.all(np.diff(axis.coordinate) > 0.0)
        assert axis.coordinate[axis.direct] == SOURCE[k]


@pytest.mark.parametrize("max_order", [0, 2, 1000])
def test_broadband_spreading_is_the_plain_sum(max_order):
    axes = images()
    grid = np.zeros(round(RADIUS * SCALE) + WIDTH + 2, np.float32)
    reach = Reach(RADIUS, max_order, SCALE, 0.0, 0)
    spread_broadband(tables(axes, banded=False), reach, pulse_table(), grid)
    assert grid == pytest.approx(slow_spread(axes, max_order, 0), abs=1e-5)


@pytest.mark.parametrize("max_order", [0, 2, 1000])
def test_banded_spreading_is_the_plain_sum_in_every_band(max_order):
    axes = images(COLUMNS)
    cells = np.zeros((round(RADIUS * SCALE) + WIDTH + 2) * COLUMNS, np.float32)
    reach = Reach(RADIUS, max_order, SCALE, 0.0, 0)
    spread_columns(tables(axes, banded=True), reach, ALIKE, NO_FILTERS, pulse_table(), cells)
    grid = cells.reshape(-1, COLUMNS)
    for band in (0, 3, COLUMNS - 1):
        assert grid[:, band] == pytest.approx(slow_spread(axes, max_order, band), abs=1e-5)
