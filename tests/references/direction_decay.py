"""The decay of a box whose walls mirror: every direction dies away at a rate of its own."""

import math


def mirrored_decay(size, absorption, air, speed_of_sound, times, *, steps=60):
    """Return the energy still to come at each time in s, from the mean over all directions.

    Sound along the unit vector n meets c (|n_x| / L_x + |n_y| / L_y + |n_z| / L_z) walls a
    second, each of which leaves 1 - absorption. Eyring puts the mean number, c S / 4V, in
    the exponent; here the exponentials are averaged, and the slowest directions come to
    rule the tail (Kuttruff, Room Acoustics, 6th ed. 2017, chapter 4).
    """
    rates = []
    for i in range(steps):
        height = (i + 0.5) / steps  # equal steps of height are equal areas of the sphere
        flat = math.sqrt(1.0 - height * height)
        for j in range(steps):
            azimuth = 0.5 * math.pi * (j + 0.5) / steps
            across = flat * math.cos(azimuth), flat * math.sin(azimuth), height
            walls = sum(cosine / side for cosine, side in zip(across, size, strict=True))
            rates.append(speed_of_sound * (air - walls * math.log(1.0 - absorption)))
    return [sum(math.exp(-rate * time) / rate for rate in rates) for time in times]
