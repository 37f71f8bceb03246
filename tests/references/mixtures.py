"""Mixtures of posed recordings, one sample after the other."""

import numpy as np


def place_of(channel, *, turns, is_mirrored):
    """Where the microphone at 45 degrees times ``channel`` comes to lie, as a channel."""
    angle = 45 * channel
    angle = -angle if is_mirrored else angle
    return ((angle + 45 * turns) % 360) // 45


def mixture(parts, *, length):
    """Add windows of recordings: (signals, start, gain, turns, is_mirrored) each."""
    mixed = np.zeros((8, length))
    for signals, start, gain, turns, is_mirrored in parts:
        for channel in range(8):
            place = place_of(channel, turns=turns, is_mirrored=is_mirrored)
            for i in range(length):
                mixed[place, i] += gain * float(signals[channel, start + i])
    return mixed


def azimuth_deg(own_deg, *, turns, is_mirrored):
    """Where a source comes to lie, in degrees in (-180, 180]."""
    turned = (-own_deg if is_mirrored else own_deg) + 45 * turns
    turned %= 360
    return turned - 360 if turned > 180 else turned
