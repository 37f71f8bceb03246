import numpy as np
import pytest

from simgen.acoustics.image_sources import Images, Reach, axis_images, row_within
from tests.references.image_sources import _images_on_axis

RADIUS = 14.0
SIZE, SOURCE, RECEIVER = (3.0, 2.5, 2.2), (1.1, 0.7, 1.3), (2.2, 1.9, 0.4)
ABSORPTION = ((0.3, 0.5), (0.2, 0.6), (0.4, 0.1))


def images():
    """The images of another source and of this one, along each axis."""
    return [
        axis_images(
            np.array([0.2, SOURCE[k]]),
            SIZE[k],
            np.sqrt(1.0 - np.array(ABSORPTION[k])[:, None]),
            RADIUS,
        )
        for k in range(3)
    ]


def test_images_along_an_axis_are_those_of_mirrored_rooms():
    for k, axis in enumerate(images()):
        walked = _images_on_axis(SIZE[k], ABSORPTION[k], SOURCE[k], RECEIVER[k], RADIUS)
        exact = {round(offset, 9): factor for offset, factor in walked}
        away = axis.coordinate[1] - RECEIVER[k]
        inside = np.abs(away) <= RADIUS
        assert np.count_nonzero(inside) == sum(abs(offset) <= RADIUS for offset in exact)
        for offset, factor in zip(away[inside], axis.factor[inside, 0], strict=True):
            assert factor == pytest.approx(exact[round(offset, 9)], rel=1e-6)
        assert np.all(np.diff(axis.coordinate[1]) > 0.0)
        assert axis.coordinate[1, axis.direct] == SOURCE[k]


@pytest.mark.parametrize("max_order", [0, 3, 1000])
def test_rows_hold_every_image_of_the_ball_and_the_order_and_no_other(max_order):
    axes = images()
    offsets = [axis.coordinate[1] - place for axis, place in zip(axes, RECEIVER, strict=True)]
    direct = np.array([axis.direct for axis in axes])
    x, y, z = offsets
    factors = [axis.factor for axis in axes]
    heard = Images(x, factors[0], y, factors[1], z, factors[2], direct)
    order = [np.abs(np.arange(len(axis)) - k) for axis, k in zip(offsets, direct, strict=True)]
    for i in range(len(x)):
        near = x[i] ** 2 + y[:, None] ** 2 + z**2 < RADIUS**2
        few = order[0][i] + order[1][:, None] + order[2] <= max_order
        for j in range(len(y)):
            wanted = np.flatnonzero(near[j] & few[j])
            first, last = row_within(heard, Reach(RADIUS, max_order, 30.0, 0.0, 0), i, j)
            assert np.arange(first, last).tolist() == wanted.tolist()
