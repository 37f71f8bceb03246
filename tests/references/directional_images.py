"""Image sources that look somewhere, one by one: a mirrored talker in every mirrored room."""

import itertools
import math

import numpy as np


def directional_images(room, source, receiver, radius, max_order=1000):
    """Return (distance, factor, emission, arrival) of every image no farther than ``radius``.

    ``factor`` is (band,); ``emission`` is the direction in which the real source sends what
    arrives from ``arrival``, both in the room's frame.
    """
    size, reflection = np.array(room.size), np.sqrt(1.0 - room.wall_absorption)
    reach = [math.ceil(radius / side) + 1 for side in size]
    found = []
    for rooms in itertools.product(*(range(-n, n + 1) for n in reach)):
        if sum(map(abs, rooms)) > max_order:
            continue
        image, mirror, factor = np.empty(3), np.eye(3), 1.0
        for axis, number in enumerate(rooms):
            odd = number % 2
            image[axis] = number * size[axis] + (size[axis] - source[axis] if odd else source[axis])
            mirror[axis, axis] = -1.0 if odd else 1.0
            first = 2 * axis + (number > 0)  # the wall met first, then in turn
            second = 2 * axis + (number <= 0)
            factor = factor * reflection[first] ** math.ceil(abs(number) / 2)
            factor = factor * reflection[second] ** (abs(number) // 2)
        offset = image - np.asarray(receiver)
        distance = float(np.linalg.norm(offset))
        if distance < radius:
            # An image is a mirrored source: undo the mirrors to see where the real one sends.
            found.append((distance, factor, mirror @ (-offset / distance), offset / distance))
    return found


def directional_transfer_function(images, emission_gain, arrival_gain, weights, frequency, speed):
    """Return the pressure at each frequency, shape (frequency,).

    ``emission_gain`` and ``arrival_gain`` take unit vectors (point, 3) to gains (band, point);
    ``weights`` (band, frequency) share frequencies out among the bands.
    """
    distance = np.array([image[0] for image in images])
    factor = np.array([np.broadcast_to(image[1], len(weights)) for image in images]).T
    gain = factor * emission_gain(np.array([image[2] for image in images]))
    gain = gain * arrival_gain(np.array([image[3] for image in images]))
    turn = np.exp(-2j * np.pi * np.outer(distance, frequency) / speed)
    return np.sum(weights * ((gain / (4.0 * np.pi * distance)) @ turn), axis=0)
