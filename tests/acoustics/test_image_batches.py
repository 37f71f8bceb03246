import numpy as np
import pytest

from simgen.acoustics import image_batches
from simgen.acoustics.image_batches import distances, gather, new_batch
from simgen.acoustics.image_sources import Images, Reach, axis_images
from tests.references.image_sources import _images_on_axis

SIZE, SOURCE, RECEIVER = (3.0, 2.5, 2.2), (1.1, 0.7, 1.3), (2.2, 1.9, 0.4)
ABSORPTION = ((0.3, 0.5), (0.2, 0.6), (0.4, 0.1))


def heard(radius, columns=1):
    """The images of the source by their offsets; further columns have other walls."""
    walls = 1.0 - np.array(ABSORPTION)[..., None] ** np.arange(1, columns + 1)
    axes = [
        axis_images(np.array([SOURCE[k]]), SIZE[k], np.sqrt(walls[k]), radius) for k in range(3)
    ]
    offsets = [axis.coordinate[0] - place for axis, place in zip(axes, RECEIVER, strict=True)]
    along = [part for axis, away in zip(axes, offsets, strict=True) for part in (away, axis.factor)]
    return Images(*along, np.array([axis.direct for axis in axes]))


def batches(images, reach):
    """Offsets, rooms and gains of each batch until the rows are at an end."""
    row, batch = 0, new_batch(images)
    while row < images.x.size * images.y.size:
        count, row = gather(images, reach, row, batch)
        away = np.full(len(batch.gain), np.nan)
        distances(batch.offset, count, away)
        parts = (batch.offset[:, :count].T, batch.room[:, :count].T, batch.gain[:count])
        yield [part.copy() for part in (*parts, away)]


def walked(radius, max_order):
    """Offset and reflections' product of every image, by rooms, from the slow reference."""
    axes = [
        _images_on_axis(SIZE[k], ABSORPTION[k], SOURCE[k], RECEIVER[k], radius) for k in range(3)
    ]
    found = {}
    for i, (x, fx) in enumerate(axes[0], -(len(axes[0]) // 2)):
        for j, (y, fy) in enumerate(axes[1], -(len(axes[1]) // 2)):
            for k, (z, fz) in enumerate(axes[2], -(len(axes[2]) // 2)):
                if x * x + y * y + z * z < radius**2 and abs(i) + abs(j) + abs(k) <= max_order:
                    found[i, j, k] = (x, y, z, fx * fy * fz)
    return found


@pytest.mark.parametrize("max_order", [0, 4, 1000])
def test_every_image_of_the_ball_and_the_order_comes_once(max_order):
    exact = walked(13.0, max_order)
    found = {}
    for offsets, rooms, gains, _ in batches(heard(13.0), Reach(13.0, max_order, 30.0, 0.0, 0)):
        for offset, room, gain in zip(offsets, rooms.tolist(), gains[:, 0], strict=True):
            assert tuple(room) not in found
            found[tuple(room)] = (*offset, gain)
    assert found.keys() == exact.keys()
    for room, image in found.items():
        assert image == pytest.approx(exact[room], rel=1e-6, abs=1e-12)


def test_batches_are_cut_after_a_row_and_never_overflow():
    images, reach = heard(25.0), Reach(25.0, 1000, 30.0, 0.0, 0)
    sizes = [len(gains) for _, _, gains, _ in batches(images, reach)]
    assert len(sizes) > 3
    most = image_batches._FULL + images.z.size
    assert all(image_batches._FULL <= size < most for size in sizes[:-1])
    assert new_batch(images).gain.shape == (most, 1)


def test_each_column_has_the_product_of_its_own_factors():
    images, reach = heard(9.0, columns=3), Reach(9.0, 1000, 30.0, 0.0, 0)
    for _, rooms, gains, _ in batches(images, reach):
        x, y, z = (rooms + images.direct).T
        product = images.factor_x[x] * images.factor_y[y] * images.factor_z[z]
        np.testing.assert_array_equal(gains, product)
    assert len({tuple(gain) for gain in gains.T.tolist()}) == 3


def test_distances_are_of_the_images_there_are_alone():
    for offsets, _, _, away in batches(heard(9.0), Reach(9.0, 1000, 30.0, 0.0, 0)):
        count = len(offsets)
        np.testing.assert_allclose(away[:count], np.linalg.norm(offsets, axis=1), rtol=1e-15)
        assert np.all(np.isnan(away[count:]))
