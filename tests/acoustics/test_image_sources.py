import math

import numpy as np
import pytest

from simgen.acoustics.image_sources import (
    BANDS_AT_ONCE,
    axis_images,
    spread_banded,
    spread_broadband,
)
from simgen.acoustics.spreading import PHASES, WIDTH, pulse_table
from tests.references.image_sources import _images_on_axis

RADIUS, SCALE = 14.0, 30.0
SIZE, SOURCE, RECEIVER = (3.0, 2.5, 2.2), (1.1, 0.7, 1.3), (2.2, 1.9, 0.4)
ABSORPTION = ((0.3, 0.5), (0.2, 0.6), (0.4, 0.1))


def images(num_bands=1):
    return [
        axis_images(
            SOURCE[k],
            RECEIVER[k],
            SIZE[k],
            np.sqrt(1.0 - np.outer(ABSORPTION[k], np.linspace(1.0, 0.5, num_bands))),
            RADIUS,
        )
        for k in range(3)
    ]


def tables(axes, banded):
    parts = []
    for axis in axes:
        parts += [axis.offset, axis.factor if banded else axis.factor[:, 0].copy(), axis.order]
    return parts


def slow_spread(axes, max_order, band):
    """The sum as one would write it down."""
    grid = np.zeros(round(RADIUS * SCALE) + WIDTH + 2)
    x, y, z = axes
    for i, dx in enumerate(x.offset):
        for j, dy in enumerate(y.offset):
            for k, dz in enumerate(z.offset):
                distance = math.sqrt(dx * dx + dy * dy + dz * dz)
                if distance < RADIUS and x.order[i] + y.order[j] + z.order[k] <= max_order:
                    cell = int(distance * SCALE)
                    pulse = pulse_table()[int((distance * SCALE - cell) * PHASES)]
                    factor = x.factor[i, band] * y.factor[j, band] * z.factor[k, band]
                    grid[cell : cell + WIDTH] += factor / distance * pulse
    return grid


def test_images_along_an_axis_are_those_of_mirrored_rooms():
    for k, axis in enumerate(images()):
        walked = _images_on_axis(SIZE[k], ABSORPTION[k], SOURCE[k], RECEIVER[k], RADIUS)
        exact = {round(offset, 9): factor for offset, factor in walked}
        inside = np.abs(axis.offset) <= RADIUS
        assert np.count_nonzero(inside) == sum(abs(offset) <= RADIUS for offset in exact)
        for offset, factor in zip(axis.offset[inside], axis.factor[inside, 0], strict=True):
            assert factor == pytest.approx(exact[round(offset, 9)], rel=1e-6)
        assert np.all(np.diff(axis.offset) > 0.0)


@pytest.mark.parametrize("max_order", [0, 2, 1000])
def test_broadband_spreading_is_the_plain_sum(max_order):
    axes = images()
    grid = np.zeros(round(RADIUS * SCALE) + WIDTH + 2, np.float32)
    spread_broadband(*tables(axes, banded=False), RADIUS, max_order, SCALE, pulse_table(), grid)
    assert grid == pytest.approx(slow_spread(axes, max_order, 0), abs=1e-5)


@pytest.mark.parametrize("max_order", [0, 2, 1000])
def test_banded_spreading_is_the_plain_sum_in_every_band(max_order):
    axes = images(BANDS_AT_ONCE)
    grid = np.zeros((round(RADIUS * SCALE) + WIDTH + 2, BANDS_AT_ONCE), np.float32)
    spread_banded(*tables(axes, banded=True), RADIUS, max_order, SCALE, pulse_table(), grid)
    for band in (0, 3, BANDS_AT_ONCE - 1):
        assert grid[:, band] == pytest.approx(slow_spread(axes, max_order, band), abs=1e-5)
