"""The image sources of a box, one by one, by walking from room to mirrored room."""

import cmath
import itertools
import math


def image_sources(size, absorption, source, microphone, radius):
    """Return (distance, reflections' product) of every image no farther than ``radius``."""
    axes = [
        _images_on_axis(side, absorption[2 * k : 2 * k + 2], source[k], microphone[k], radius)
        for k, side in enumerate(size)
    ]
    images = [
        (math.hypot(dx, dy, dz), fx * fy * fz)
        for (dx, fx), (dy, fy), (dz, fz) in itertools.product(*axes)
    ]
    return [(distance, factor) for distance, factor in images if distance <= radius]


def _images_on_axis(side, absorption, source, microphone, radius):
    """Return (offset, reflections' product) of the images in a row of mirrored rooms."""
    near, far = (math.sqrt(1.0 - value) for value in absorption)
    reach = math.ceil(radius / side) + 2
    images = []
    for room in range(-reach, reach + 1):
        mirrored = room % 2 == 1
        position = room * side + (side - source if mirrored else source)
        # On the way to room n sound crosses |n| walls in turn, first the one on that side.
        first, second = (far, near) if room > 0 else (near, far)
        factor = 1.0
        for crossing in range(abs(room)):
            factor *= first if crossing % 2 == 0 else second
        images.append((position - microphone, factor))
    return images


def transfer_function(images, frequency, speed_of_sound):
    """Return the exact pressure at one frequency in Hz: spherical waves from every image."""
    return sum(
        factor
        / (4.0 * math.pi * distance)
        * cmath.exp(-2j * math.pi * frequency * distance / speed_of_sound)
        for distance, factor in images
        if factor
    )
