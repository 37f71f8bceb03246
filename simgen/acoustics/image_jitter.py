"""Displacement of image sources, against the sweeping echoes of a perfect box."""

import math
from typing import Any

import numpy as np
from numba import njit

__all__ = ["displace"]

_compiled = njit(cache=True, error_model="numpy")


@_compiled
def displace(reach: Any, direct: float, batch: Any, distance: Any) -> None:
    """Recompute the distances to images that are displaced along each axis.

    Displacements are drawn by the numbers of the mirrored room, so that all receivers have the
    same; the source itself stays in place, and nothing comes nearer than it.

    Parameters
    ----------
    reach
        ``Reach``, of which ``jitter`` is the greatest displacement in m.
    direct
        Distance of the source itself in m.
    batch
        ``Batch``.
    distance
        In m, of the first images of the batch, shape (image,); changed in place.
    """
    for k in range(distance.size):
        room_x, room_y, room_z = batch.room[0, k], batch.room[1, k], batch.room[2, k]
        if room_x == 0 and room_y == 0 and room_z == 0:
            continue
        bits = _scrambled(reach.seed, room_x, room_y, room_z)
        dx = batch.offset[0, k] + reach.jitter * _share(bits)
        dy = batch.offset[1, k] + reach.jitter * _share(bits >> np.uint64(21))
        dz = batch.offset[2, k] + reach.jitter * _share(bits >> np.uint64(42))
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
