"""The reach of a sector by looking in many directions and walking to the wall in each."""

import math


def greatest_distance(room_size, position, azimuths, steps):
    """Return the greatest distance from a position to a point of a box between two azimuths.

    In each of ``steps`` vertical half-planes the farthest point is a corner of the half-plane's
    cut with the room: where the ray meets the wall, on the floor or on the ceiling.
    """
    low, high = azimuths
    greatest = 0.0
    for step in range(steps + 1):
        azimuth = low + (high - low) * step / steps
        ground = _walk_to_the_wall(room_size, position, azimuth)
        for z in (0.0, room_size[2]):
            greatest = max(greatest, math.hypot(ground, z - position[2]))
    return greatest


def _walk_to_the_wall(room_size, position, azimuth):
    """Return how far one can walk along an azimuth, by bisection on being inside."""
    inside, outside = 0.0, math.hypot(room_size[0], room_size[1])
    for _ in range(60):
        middle = 0.5 * (inside + outside)
        x = position[0] + middle * math.cos(azimuth)
        y = position[1] + middle * math.sin(azimuth)
        if 0.0 <= x <= room_size[0] and 0.0 <= y <= room_size[1]:
            inside = middle
        else:
            outside = middle
    return inside
