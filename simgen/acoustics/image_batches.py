"""Batches of image sources: the images of some rows, one after the other.

To hand records from function to function costs as much as a few images, and a row holds few: what
is done to images in many steps is therefore done to some hundred at once.
"""

import math
from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from simgen.acoustics.image_sources import row_within

__all__ = ["Batch", "distances", "gather", "new_batch"]

_FULL: Final = 512
"""Images after which a batch is full: so many and what is computed of them fit into caches."""

_compiled = njit(cache=True, error_model="numpy")


class Batch(NamedTuple):
    """Some images of a source, as a receiver has them; there is room for more than there are.

    Attributes
    ----------
    offset
        From the receiver to each image in m, shape (3, image).
    room
        Numbers of the mirrored room along each axis, shape (3, image), int32.
    gain
        What reflections, and whoever else had to do with it, have left of each image, shape
        (image, column), float32.
    """

    offset: NDArray[np.float64]
    room: NDArray[np.int32]
    gain: NDArray[np.float32]


@_compiled
def new_batch(images: Any) -> Any:
    """Return a batch with room for ``Images``, and for their last row."""
    size, columns = _FULL + images.z.size, images.factor_x.shape[1]
    return Batch(
        np.empty((3, size)), np.empty((3, size), np.int32), np.empty((size, columns), np.float32)
    )


@_compiled
def gather(images: Any, reach: Any, row: int, batch: Any) -> tuple[int, int]:
    """Fill a batch with the images of some rows.

    Parameters
    ----------
    images, reach
        ``Images`` by their offsets, and ``Reach``.
    row
        The row to begin with; rows are counted along y, then along x.
    batch
        ``Batch``; overwritten.

    Returns
    -------
    How many images there are, and the row to go on with.
    """
    count, across = 0, np.empty(images.factor_x.shape[1], np.float32)
    while count < _FULL and row < images.x.size * images.y.size:
        i, j = row // images.y.size, row % images.y.size
        first, last = row_within(images, reach, i, j)
        for column in range(across.size):
            across[column] = images.factor_x[i, column] * images.factor_y[j, column]
        for k in range(last - first):
            batch.offset[0, count + k] = images.x[i]
            batch.offset[1, count + k] = images.y[j]
            batch.offset[2, count + k] = images.z[first + k]
            batch.room[0, count + k] = i - images.direct[0]
            batch.room[1, count + k] = j - images.direct[1]
            batch.room[2, count + k] = first + k - images.direct[2]
            for column in range(across.size):
                batch.gain[count + k, column] = across[column] * images.factor_z[first + k, column]
        count, row = count + last - first, row + 1
    return count, row


@_compiled
def distances(offset: Any, count: int, distance: Any) -> None:
    """Compute how far the first ``count`` images are in m, from offsets of shape (3, image)."""
    for k in range(count):
        x, y, z = offset[0, k], offset[1, k], offset[2, k]
        distance[k] = math.sqrt(x * x + y * y + z * z)
