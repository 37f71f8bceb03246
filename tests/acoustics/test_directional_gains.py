"""What source and receiver make of the images, by direction."""

import numpy as np
import pytest

from simgen.acoustics.directional_gains import harmonic_gains
from simgen.acoustics.image_sums import COLUMNS
from simgen.acoustics.responses import box_responses
from simgen.acoustics.room import BoxRoom
from simgen.acoustics.rotation import quaternion_from_yaw
from simgen.acoustics.spherical_harmonics import evaluate_harmonics
from simgen.acoustics.transducers import Transducer

RATE, SPEED = 16_000, 343.0
SIZE, SOURCE, RECEIVER = (4.0, 3.2, 2.6), (1.1, 2.3, 1.4), (2.9, 0.8, 1.1)
TURNED = quaternion_from_yaw(0.8)
FREQUENCY = np.linspace(60.0, 0.44 * RATE, 60)


@pytest.mark.parametrize("order", [0, 1, 2, 7, 30])
def test_gains_of_a_row_are_those_of_the_harmonics(order):
    generator = np.random.default_rng(order)
    coefficients = generator.standard_normal(((order + 1) ** 2, COLUMNS)).astype(np.float32)
    directions = generator.standard_normal((20, 3))
    directions = np.vstack([directions, np.eye(3), -np.eye(3)])
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    gains = np.full((len(directions), COLUMNS), 2.0, np.float32)
    harmonic_gains(coefficients, np.ascontiguousarray(directions.T, np.float32), gains)
    expected = 2.0 * evaluate_harmonics(coefficients.T, directions).T
    assert gains == pytest.approx(expected, abs=2e-5 * (order + 1))


def test_gains_multiply_what_is_there():
    """A source's and a receiver's, one after the other."""
    first, second = np.full((1, 1), 0.5, np.float32), np.full((1, 1), -3.0, np.float32)
    gains, front = np.ones((2, 1), np.float32), np.float32([[1, 0], [0, 1], [0, 0]])
    for coefficients in (first, second):
        harmonic_gains(coefficients, front, gains)
    assert gains.tolist() == [[-1.5], [-1.5]]


def test_a_row_of_no_images_has_no_gains():
    gains = np.ones((0, 2), np.float32)
    harmonic_gains(np.ones((4, 2), np.float32), np.zeros((3, 0), np.float32), gains)
    assert gains.shape == (0, 2)


def some_pattern(seed):
    """Harmonics of order 3 that have no symmetry, turned."""
    return np.random.default_rng(seed).standard_normal((1, 16)), TURNED


def sent_and_heard(source, receiver, mirrored, mirror):
    """A path's pressure: from a source or its image, as each end weighs its own direction."""
    offset = np.subtract(mirrored, receiver.position)
    distance = np.linalg.norm(offset)
    arrival = offset / distance
    gain = evaluate_harmonics(source.harmonics()[0], [-arrival * mirror])[0]
    gain *= evaluate_harmonics(receiver.harmonics()[0], [arrival])[0]
    turn = np.exp(-2j * np.pi * FREQUENCY * distance / SPEED)
    return gain * turn / (4.0 * np.pi * distance)


@pytest.mark.parametrize("wall", range(6))
@pytest.mark.parametrize("turned", ["source", "receiver", "both"])
def test_an_echo_leaves_towards_its_wall_and_comes_from_it(wall, turned):
    axis, far = divmod(wall, 2)
    absorption = tuple(0.36 if k == wall else 1.0 for k in range(6))
    mirrored, mirror = np.array(SOURCE), np.ones(3)
    mirrored[axis], mirror[axis] = 2.0 * far * SIZE[axis] - SOURCE[axis], -1.0
    source = Transducer(SOURCE, *(some_pattern(1) if turned != "receiver" else ()))
    receiver = Transducer(RECEIVER, *(some_pattern(2) if turned != "source" else ()))
    room = BoxRoom(SIZE, absorption, SPEED)
    (response,) = box_responses(room, [source], [receiver], sample_rate=RATE, num_samples=800)[0]
    turn = np.exp(-2j * np.pi * np.outer(FREQUENCY, np.arange(800)) / RATE)
    exact = sent_and_heard(source, receiver, SOURCE, np.ones(3))
    exact += 0.8 * sent_and_heard(source, receiver, mirrored, mirror)
    error = np.sum(np.abs(turn @ response - exact) ** 2) / np.sum(np.abs(exact) ** 2)
    assert 10.0 * np.log10(error) < -78.0
