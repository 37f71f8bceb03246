import math

import numpy as np
import pytest

from simgen.acoustics.directional_gains import NO_BODY, Directivity
from simgen.acoustics.image_sources import Images, Reach, axis_images
from simgen.acoustics.image_sums import COLUMNS, spread_broadband, spread_columns, spread_directed
from simgen.acoustics.patterns import alike
from simgen.acoustics.spreading import PHASES, WIDTH, pulse_table

RADIUS, SCALE = 14.0, 30.0
SIZE, SOURCE, RECEIVER = (3.0, 2.5, 2.2), (1.1, 0.7, 1.3), (2.2, 1.9, 0.4)
ABSORPTION = ((0.3, 0.5), (0.2, 0.6), (0.4, 0.1))
ALIKE = Directivity(alike(COLUMNS), alike(COLUMNS), NO_BODY)


def images(num_bands=1):
    return [
        axis_images(
            np.array([SOURCE[k]]),
            SIZE[k],
            np.sqrt(1.0 - np.outer(ABSORPTION[k], np.linspace(1.0, 0.5, num_bands))),
            RADIUS,
        )
        for k in range(3)
    ]


def offsets(axes):
    return [axis.coordinate[0] - place for axis, place in zip(axes, RECEIVER, strict=True)]


def tables(axes, places):
    parts = []
    for axis, place in zip(axes, places, strict=True):
        parts += [axis.coordinate[0] - place, axis.factor]
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


@pytest.mark.parametrize("max_order", [0, 2, 1000])
def test_broadband_spreading_is_the_plain_sum(max_order):
    axes = images()
    grids = np.zeros((2, round(RADIUS * SCALE) + WIDTH + 2), np.float32)
    reach = Reach(RADIUS, max_order, SCALE, 0.0, 0)
    receivers = np.array([(0.3, 0.2, 0.1), RECEIVER])
    spread_broadband(tables(axes, np.zeros(3)), receivers, reach, pulse_table(), grids)
    assert grids[1] == pytest.approx(slow_spread(axes, max_order, 0), abs=1e-5)
    assert np.any(grids[0] != grids[1])


@pytest.mark.parametrize("max_order", [0, 2, 1000])
@pytest.mark.parametrize("directed", [False, True])
def test_banded_spreading_is_the_plain_sum_in_every_band(max_order, directed):
    axes = images(COLUMNS)
    cells = np.zeros((round(RADIUS * SCALE) + WIDTH + 2) * COLUMNS, np.float32)
    reach = Reach(RADIUS, max_order, SCALE, 0.0, 0)
    if directed:
        spread_directed(tables(axes, RECEIVER), reach, ALIKE, pulse_table(), cells)
    else:
        spread_columns(tables(axes, RECEIVER), reach, pulse_table(), cells)
    grid = cells.reshape(-1, COLUMNS)
    for band in (0, 3, COLUMNS - 1):
        assert grid[:, band] == pytest.approx(slow_spread(axes, max_order, band), abs=1e-5)
