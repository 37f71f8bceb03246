"""Loudspeakers, a rigid head and a few mirror images, written out: plants to score filters on."""

import itertools
from functools import cache
from typing import NamedTuple

import numpy as np
from scipy.interpolate import CubicSpline

from simgen.acoustics.rigid_sphere import sphere_response
from simgen.scoring.crosstalk_bands import plant_frequencies
from simgen.scoring.crosstalk_plant import CrosstalkPlant

SPEED = 343.0
SPAN = np.deg2rad(30.0)
DEVICES = {  # places of the drivers from the head in m, leftmost first
    "A": [(2 * np.cos(SPAN), 2 * np.sin(SPAN), 0.0), (2 * np.cos(SPAN), -2 * np.sin(SPAN), 0.0)],
    "B": [(2.0, y, 0.0) for y in (0.075, -0.075)],
    "C": [(2.0, y, 0.0) for y in (0.15, 0.075, 0.0, -0.075, -0.15)],
}


class Head(NamedTuple):
    """A sphere's radius in m, and how far its ears are from the front."""

    radius: float
    ear_angle: float = np.deg2rad(90.0)


class Box(NamedTuple):
    """A room's size, what its walls leave of a pressure, where the head's middle is."""

    size: tuple
    factor: float
    head: tuple


HEADS = {
    "sphere 8.75": Head(0.0875),
    "sphere 8.0": Head(0.080, np.deg2rad(100.0)),
    "sphere 9.5": Head(0.095, np.deg2rad(100.0)),
}
ROOMS = {
    "R4": Box((5.0, 4.0, 2.7), 0.75, (1.3, 2.1, 1.2)),
    "R8": Box((6.5, 4.6, 2.5), 0.85, (2.2, 1.9, 1.1)),
}


class Surface:
    """Pressure on a sphere by angle from a source 2 m away, cubic between steps of 2 degrees."""

    def __init__(self, radius, frequency):
        angles = np.linspace(0.0, np.pi, 91)
        sphere = {"radius": radius, "distance": 2.0, "speed_of_sound": SPEED}
        table = sphere_response(frequency, np.cos(angles), **sphere).T
        self.at = CubicSpline(angles, table, bc_type="clamped")
        self.wavenumber = 2 * np.pi * frequency / SPEED

    def response(self, offset, ear):
        """From a source at ``offset`` to the ear in the direction ``ear``, (frequency,)."""
        distance = np.linalg.norm(offset)
        angle = np.arccos(np.clip(offset @ ear / distance, -1.0, 1.0))
        return np.exp(-1j * self.wavenumber * distance) / distance * self.at(angle)


def poses(number, seed):
    """Head shifts forwards and to the left in m, and turns, evenly spread: (pose, 3)."""
    widest = np.array([0.2, 0.1, np.deg2rad(15.0)])
    steps = 1.2207440846057596 ** -np.arange(1.0, 4.0)  # x^4 = x + 1: Roberts' sequence
    spread = (np.random.default_rng(seed).random(3) + np.arange(number)[:, None] * steps) % 1.0
    return widest * (2.0 * spread - 1.0)


def images(driver, box, max_order=2):
    """Places of a driver's mirror images, from the head, and what the walls leave of each."""
    if box is None:
        return [(np.array(driver), 1.0)]
    found = []
    for rooms in itertools.product(range(-max_order, max_order + 1), repeat=3):
        order = sum(map(abs, rooms))
        if order <= max_order:
            place = [
                n * side + (side - (h + d) if n % 2 else h + d)
                for n, side, h, d in zip(rooms, box.size, box.head, driver, strict=True)
            ]
            found.append((np.array(place) - box.head, box.factor**order))
    return found


def plant(surface, head, drivers, head_poses, box=None):
    """Return responses (pose, frequency, ear, driver) at the frequencies of ``surface``."""
    heard = [images(driver, box) for driver in drivers]
    by_pose = []
    for forward, left, turn in head_poses:
        azimuths = (turn + head.ear_angle, turn - head.ear_angle)
        ears = [np.array([np.cos(a), np.sin(a), 0.0]) for a in azimuths]
        middle = np.array([forward, left, 0.0])
        by_pose.append(
            [
                [sum(f * surface.response(at - middle, ear) for at, f in each) for each in heard]
                for ear in ears
            ]
        )
    return np.moveaxis(np.array(by_pose), -1, 1)


def with_driver_errors(responses, frequency, seed, gain_db=0.5, delay=3e-6):
    """Give each driver at each pose a gain and a delay that are a little off."""
    generator = np.random.default_rng(seed)
    number = (len(responses), 1, 1, responses.shape[-1])
    gain = 10.0 ** (generator.normal(0.0, gain_db, number) / 20.0)
    turn = generator.normal(0.0, delay, number) * frequency[:, None, None]
    return responses * gain * np.exp(-2j * np.pi * turn)


SMALL = (("sphere 8.75", None), ("sphere 8.0", None), ("sphere 9.5", None), ("sphere 8.75", "R4"))


@cache
def small_track(number=16, seed=7):
    """Conditions of all three devices: each head without a room, one in a room."""
    frequency = plant_frequencies()
    surfaces = {name: Surface(head.radius, frequency) for name, head in HEADS.items()}
    moved = poses(number, seed)
    track = {}
    for device, drivers in DEVICES.items():
        track[device] = []
        for draw, (head, room) in enumerate(SMALL):
            where = (surfaces[head], HEADS[head], drivers)
            graded = plant(*where, moved, ROOMS.get(room))
            nominal = plant(*where, np.zeros((1, 3)), ROOMS.get(room))[0]
            graded = with_driver_errors(graded, frequency, [seed, draw])
            name = f"{head}, {room or 'anechoic'}"
            track[device].append(CrosstalkPlant(name, graded, nominal, anechoic=room is None))
    return track
