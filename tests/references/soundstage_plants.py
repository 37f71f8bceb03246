"""Seats in front of a device, a stage and a stereo pair, round spheres and a measured head."""

from functools import cache

import numpy as np

from simgen.scoring.crosstalk_bands import plant_frequencies
from simgen.scoring.crosstalk_plant import CrosstalkPlant
from simgen.scoring.soundstage_plant import HeadDirections, SoundstagePlant
from tests.references.crosstalk_plants import (
    DEVICES,
    HEADS,
    SPEED,
    Surface,
    with_driver_errors,
)

ARC = 2.0
SEATS = np.array([[x, y, 0.0] for x in (-0.3, 0.0, 0.3) for y in (-0.2, -0.1, 0.0, 0.1, 0.2)])
PLACES = np.deg2rad([30.0, 20.0, 10.0, 0.0, -10.0, -20.0, -30.0])
ROUND = np.deg2rad(np.arange(-90.0, 91.0))


def arc(azimuths):
    """Places on the arc round the middle seat, (place, 3)."""
    return ARC * np.stack([np.cos(azimuths), np.sin(azimuths), 0.0 * azimuths], axis=1)


class Sphere:
    """A rigid sphere that looks ahead."""

    def __init__(self, name, frequency):
        self.surface = Surface(HEADS[name].radius, frequency)
        sides = (HEADS[name].ear_angle, -HEADS[name].ear_angle)
        self.ears = [np.array([np.cos(a), np.sin(a), 0.0]) for a in sides]

    def hear(self, offsets):
        """Responses (frequency, ear, source) from sources at those offsets."""
        heard = [[self.surface.response(at, ear) for at in offsets] for ear in self.ears]
        return np.moveaxis(np.array(heard), -1, 0)


class Measured:
    """A head measured on the horizon at equal steps, between them by circular harmonics."""

    def __init__(self, head, frequency):
        directions = np.asarray(head.directions)
        level = np.flatnonzero(np.abs(directions[:, 2]) < 1e-3)
        azimuths = np.arctan2(directions[level, 1], directions[level, 0]) % (2 * np.pi)
        level = level[np.argsort(azimuths.round(6) % (2 * np.pi))]
        taps = np.asarray(head.responses)[level]
        cycles = np.arange(taps.shape[2]) / head.sample_rate
        turns = np.exp(-2j * np.pi * np.outer(cycles, frequency))
        self.harmonics = np.fft.fft(taps @ turns, axis=0) / len(level)
        self.orders = np.fft.fftfreq(len(level), 1 / len(level))
        self.wavenumber = 2 * np.pi * frequency / SPEED

    def hear(self, offsets):
        """Responses (frequency, ear, source) from sources at those offsets."""
        offsets = np.asarray(offsets)
        azimuths = np.arctan2(offsets[:, 1], offsets[:, 0])
        waves = np.exp(1j * np.outer(azimuths, self.orders))
        distance = np.linalg.norm(offsets, axis=1)
        way = np.exp(-1j * np.outer(self.wavenumber, distance)) / distance
        return np.einsum("nm,mef->fen", waves, self.harmonics) * way[:, None]


def at_seats(head, places, seats=SEATS):
    """Responses (seat, frequency, ear, source) from places that are fixed in the room."""
    return np.array([head.hear(np.asarray(places) - seat) for seat in seats])


def stage_plant(name, head, drivers, seed=None):
    """All that one head hears of one device, whose drivers are a little off at each seat."""
    device = at_seats(head, drivers)
    if seed is not None:
        device = with_driver_errors(device, plant_frequencies(), seed)
    offsets = arc(PLACES) - SEATS[:, None]
    return SoundstagePlant(
        device=CrosstalkPlant(name, device, head.hear(np.asarray(drivers)), anechoic=True),
        stage=at_seats(head, arc(PLACES)),
        azimuths=np.arctan2(offsets[..., 1], offsets[..., 0]),
        anchor=at_seats(head, DEVICES["A"]),
        directions=HeadDirections(ROUND, head.hear(arc(ROUND))),
    )


def track_of(heads):
    """What heads by name hear of the narrow devices."""
    return {
        device: [
            stage_plant(name, head, DEVICES[device], [5, draw])
            for draw, (name, head) in enumerate(heads.items())
        ]
        for device in ("B", "C")
    }


@cache
def stage_track():
    """Two spheres without a room."""
    names = ("sphere 8.75", "sphere 9.5")
    return track_of({name: Sphere(name, plant_frequencies()) for name in names})
