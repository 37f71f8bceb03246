"""Filters that widen the stage of a narrow device, and filters that help nobody.

Virtual pairs let the ears hear what a pair at +-30 degrees would send them. The robust ones do so
over heads' places, with the pair where it stays in the room.
"""

import numpy as np

from simgen.playback.approximate_heads import approximate_plant, shadowed_response
from simgen.playback.crosstalk import regularised_inverse
from simgen.playback.fir_filters import crossfade_to_natural, fir_taps
from simgen.playback.gain_capped import gain_capped_inverse
from simgen.playback.natural import match_natural, natural_target
from simgen.playback.pose_averaged import pose_averaged_inverse
from simgen.playback.virtualisation import equalise_bands, virtual_loudspeakers
from tests.references.crosstalk_plants import DEVICES, SPEED, poses
from tests.references.soundstage_plants import Sphere, at_seats

NUM_TAPS = 1024
GRID = 4096


def routed(device, matrix, num_taps=64):
    """Both inputs to the outermost drivers through a matrix (driver, input)."""
    taps = np.zeros((len(DEVICES[device]), 2, num_taps))
    taps[[0, -1], :, 0] = matrix
    return taps


def shuffler(device, boost_db):
    """The sum of left and right as it is, their difference louder."""
    side = 10 ** (boost_db / 20)
    return routed(device, 0.5 * np.array([[1 + side, 1 - side], [1 - side, 1 + side]]))


def blumlein(device, low_db=12.0, high_db=6.0, corner=700.0):
    """The difference of left and right louder, and more so below a corner in Hz.

    What sets interaural times apart at low frequencies is the difference alone (A. D. Blumlein,
    British patent 394325, 1931).
    """
    frequency = np.fft.rfftfreq(512, 1 / 48000)
    low = 1 / (1 + (frequency / corner) ** 4)
    gain = 10 ** ((low * low_db + (1 - low) * high_db) / 20)
    side = np.roll(np.fft.irfft(gain), 256) * np.hanning(513)[:512]
    middle = 1.0 * (np.arange(512) == 256)
    taps = routed(device, np.zeros((2, 2)), 512)
    taps[0, 0] = taps[-1, 1] = 0.5 * (middle + side)
    taps[0, 1] = taps[-1, 0] = 0.5 * (middle - side)
    return taps


def late_right(device, delay):
    """The right channel later by so many s, to whole samples."""
    taps = routed(device, [[1, 0], [0, 0]])
    taps[-1, 1, round(delay * 48000)] = 1.0
    return taps


class BrownDuda:
    """A head of one pole and one zero at each ear."""

    def __init__(self, frequency):
        self.frequency = frequency

    def hear(self, offsets):
        offsets = np.asarray(offsets)
        left = np.arccos(offsets[:, 1] / np.linalg.norm(offsets, axis=1))
        head = {"radius": 0.0875, "speed_of_sound": SPEED}
        ears = [shadowed_response(self.frequency, g, **head) for g in (left, np.pi - left)]
        return np.stack(ears, axis=1) * travel(self.frequency, offsets)


def travel(frequency, offsets):
    """Way to the head's middle, (frequency, 1, source)."""
    distance = np.linalg.norm(offsets, axis=1)
    return np.exp(-2j * np.pi * np.outer(frequency, distance) / SPEED)[:, None] / distance


class VirtualPair:
    """Designs for one device, on one head; heads do not turn."""

    def __init__(self, device, head=None, num_poses=16):
        self.frequency = np.fft.rfftfreq(GRID, 1 / 48000)
        # At 0 Hz all drivers are one: it takes what the next frequency has.
        head = head or Sphere("sphere 8.75", self.frequency[1:])
        moved = poses(num_poses, seed=11) * np.array([1.5, 2.0, 0.0])
        places = np.concatenate([np.zeros((1, 3)), moved])
        self.plants = at_seats(head, DEVICES[device], places)
        self.pair = at_seats(head, DEVICES["A"], places)
        self.unit = np.linalg.norm(self.plants[0], axis=(1, 2)).mean() / np.sqrt(2)

    def robust(self, cap_db):
        """A canceller over places, no gain above the cap, that lets the ears hear the pair."""
        own = natural_target(self.plants[:1])[0]
        wanted = self.pair[0] / np.trace(own, axis1=1, axis2=2)[:, None, None] * 2.0
        return virtual_loudspeakers(self.cancelling(cap_db, matched=False), wanted)

    def one_place(self, cap_db):
        """The inverse at the middle, no mode above the cap."""
        cap = 10 ** (cap_db / 20) / self.unit
        inverse = gain_capped_inverse(self.plants[0], gain_cap=cap)
        return virtual_loudspeakers(inverse, self.pair[0])

    def perfect(self):
        """The inverse at the middle, whatever it takes."""
        return virtual_loudspeakers(np.linalg.pinv(self.plants[0]), self.pair[0])

    def constant(self, beta=0.1):
        """The inverse with one regularisation."""
        inverse = regularised_inverse(self.plants[0], beta=beta * self.unit**2)
        return virtual_loudspeakers(inverse, self.pair[0])

    def towards_low_pass(self, cap_db):
        """A near ear that hears all, a far one that hears less and later, as the target."""
        far = approximate_plant(
            self.frequency[1:], np.deg2rad([30.0, -30.0]), radius=0.0875, speed_of_sound=SPEED
        )
        cap = 10 ** (cap_db / 20) / self.unit
        target = far * travel(self.frequency[1:], np.array([[2.0, 0.0, 0.0]])) * self.unit
        return virtual_loudspeakers(gain_capped_inverse(self.plants[0], gain_cap=cap), target)

    def cancelling(self, cap_db, matched=True):
        """Each ear hears its own input alone, over places."""
        own = natural_target(self.plants)
        options = {"gain_cap": 10 ** (cap_db / 20), "least_loading": 0.01}
        filters = pose_averaged_inverse(self.plants, own, **options)
        return match_natural(filters, self.plants) if matched else filters

    def perfectly_cancelling(self):
        """Each ear hears its own input alone, at the middle, whatever it takes."""
        return np.linalg.pinv(self.plants[0]) @ natural_target(self.plants[:1])[0]

    def level(self, filters):
        """As loud at the ears as the pair, in sixth octaves."""
        return equalise_bands(
            filters, self.plants, reference=self.pair[0], frequency=self.frequency[1:]
        )

    def taps(self, filters):
        """Return (driver, input, tap), natural routing outside the band."""
        faded = crossfade_to_natural(filters, self.frequency[1:])
        whole = np.concatenate([faded[:1].real, faded])
        return fir_taps(whole, num_taps=NUM_TAPS)
