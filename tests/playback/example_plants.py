"""Paths from loudspeakers to ears: in free field, round a moving rigid head, or random."""

import numpy as np

from simgen.acoustics.rigid_sphere import sphere_response
from simgen.playback.crosstalk import channel_separation_db

SPEED = 343.0
RADIUS = 0.0875

GEOMETRIES = {  # crosstalk g and delay in s, ears 17.5 cm apart in free field, 2 m away
    "pair at 30 degrees": (0.9572, 254.9e-6),
    "dipole at 5 degrees": (0.9924, 44.4e-6),
    "device of 15 cm": (0.9967, 19.1e-6),
}

PAIR = [(2.0 * np.cos(np.pi / 6), 1.0), (2.0 * np.cos(np.pi / 6), -1.0)]
NARROW = [(2.0, 0.075), (2.0, -0.075)]
ROW = [(2.0, y) for y in (0.15, 0.075, 0.0, -0.075, -0.15)]


def free_field_plant(path_gain, phase):
    """Two loudspeakers and ears in free field: [[1, x], [x, 1]] with x = g exp(-j w tau)."""
    cross = path_gain * np.exp(-1j * np.atleast_1d(np.asarray(phase, dtype=float)))
    ones = np.ones_like(cross)
    return np.moveaxis(np.array([[ones, cross], [cross, ones]]), 2, 0)


def random_responses(*shape, seed=0):
    real, imaginary = np.random.default_rng(seed).standard_normal((2, *shape))
    return real + 1j * imaginary


def head_plants(drivers, frequency, poses=((0.0, 0.0, 0.0),)):
    """Responses (pose, frequency, 2, loudspeaker) relative to 1 m and the travel to the centre.

    A pose is how far the head is forward and to the left in m, and its turn in rad.
    """
    frequency = np.asarray(frequency, dtype=float)
    plants = np.empty((len(poses), len(frequency), 2, len(drivers)), dtype=complex)
    for p, (forward, left, yaw) in enumerate(poses):
        for k, driver in enumerate(drivers):
            offset = np.subtract(driver, (forward, left))
            distance = np.hypot(*offset)
            to_left_ear = np.sin(np.arctan2(offset[1], offset[0]) - yaw)
            sphere = {"radius": RADIUS, "distance": distance, "speed_of_sound": SPEED}
            at_ears = sphere_response(frequency, [to_left_ear, -to_left_ear], **sphere)
            travel = np.exp(-2j * np.pi * frequency / SPEED * (distance - 2.0)) / distance
            plants[p, :, :, k] = at_ears * travel[:, None]
    return plants


def random_poses(number, seed):
    widest = (0.2, 0.1, np.deg2rad(15.0))
    return np.random.default_rng(seed).uniform(-1.0, 1.0, (number, 3)) * widest


def largest_gain_db(filters):
    return 20.0 * np.log10(np.linalg.svd(filters, compute_uv=False)[:, 0])


def with_driver_errors(plants, frequency, seed):
    """Give each loudspeaker at each pose an error of 0.5 dB and 3 us."""
    generator = np.random.default_rng(seed)
    shape = (len(plants), 1, 1, plants.shape[-1])
    gain = 10.0 ** (generator.normal(0.0, 0.5, shape) / 20.0)
    delay = generator.normal(0.0, 3e-6, shape)
    return plants * gain * np.exp(-2j * np.pi * frequency[:, None, None] * delay)


def mean_separation_db(plants, filters):
    """Of the worse signal, at most 15 dB counted, over frequencies and poses."""
    worse = [channel_separation_db(each, filters).min(axis=1) for each in plants]
    return float(np.mean(np.clip(worse, -15.0, 15.0)))
