"""Displacement of image sources, against the sweeping echoes of a perfect box."""

import math
from typing import Any

import numpy as np
from numba import njit

from simgen.acoustics.image_sources import direct_distance, rooms_of

__all__ = ["displace_row"]

_compiled = njit(cache=True, error_model="numpy")


@_compiled
def displace_row(reach: Any, images: Any, row: Any, distance: Any) -> None:
    """Recompute the distances of a row to images that are displaced along each axis.

    Displacements are drawn by the numbers of the mirrored room, so that all receivers have the
    same; the source itself stays in place, and nothing comes nearer than it.

    Parameters
    ----------
    reach
        ``Reach``, of which ``jitter`` is the greatest displacement in m.
    images
        ``Images`` by their offsets.
    row
        Index along x and y, and of the row's first image along z.
    distance
        In m, shape (image,); changed in place.
    """
    (i, j, first), direct = row, direct_distance(images)
    room_x, room_y, room_z = rooms_of(images, row)
    for k in range(distance.size):
        if room_x == 0 and room_y == 0 and room_z + k == 0:
            continue
        bits = _scrambled(reach.seed, room_x, room_y, room_z + k)
        dx = images.x[i] + reach.jitter * _share(bits)
        dy = images.y[j] + reach.jitter * _share(bits >> np.uint64(21))
        dz = images.z[first + k] + reach.jitter * _share(bits >> np.uint64(42))
        distance[k] = max(math.sqrt(dx * dx + dy * dy + dz * dz), direct)


@_compiled
def _scrambled(seed: Any, x: int, y: int, z: int) -> Any:
    """Return 64 bits that look random, from a seed and three numbers.

    Each goes through Stafford's mix 13, the last step of SplitMix64 (G. L. Steele, D. Lea and
    C. H. Flood, "Fast splittable pseudorandom number generators", Proc. OOPSLA 2014).
    """
    bits = np.uint64(seed)
    for number in (x, y, z):
        bits = (bits ^ np.uint64(number)) + np.uint64(0x9E3779B97F4A7C15)
        bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        bits ^= bits >> np.uint64(31)
    return bits


@_compiled
def _share(bits: Any) -> float:
    """Return the lowest 21 bits as a number from -1 to 1."""
    return np.float64(bits & np.uint64(0x1FFFFF)) / 0x100000 - 1.0
