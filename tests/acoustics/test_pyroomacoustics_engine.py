import itertools

import numpy as np
import pytest

from simgen.acoustics.pyroomacoustics_engine import _reflection_order, image_source_responses
from simgen.acoustics.room import BoxRoom
from simgen.acoustics.transducers import Transducer
from simgen.errors import ParameterError

RATE, SPEED = 16_000, 320.0
SIZE = (4.0, 3.2, 2.6)
STEP = SPEED / RATE
"""Way of sound in a sample in m: images a whole number of these away are a single tap."""


def at(*places):
    return [Transducer(place) for place in places]


def respond(absorption, sources, receivers, num_samples=900, **options):
    room = BoxRoom(SIZE, absorption, SPEED)
    return image_source_responses(
        room, sources, receivers, sample_rate=RATE, num_samples=num_samples, **options
    )


def test_direct_sound_is_one_tap_at_distance_over_speed():
    response = respond((1.0,) * 6, at((1.0, 1.0, 1.0)), at((1.0 + 75 * STEP, 1.0, 1.0)))
    assert (response.shape, response.dtype) == ((1, 1, 900), np.float32)
    expected = np.zeros(900)
    expected[75] = 1.0 / (4.0 * np.pi * 75 * STEP)
    # Its table of fractional delays is interpolated: -69 dB of the tap.
    np.testing.assert_allclose(response[0, 0], expected, atol=4e-4 * expected.max())


@pytest.mark.parametrize("wall", range(6))
def test_each_wall_has_its_own_absorption(wall):
    """Of a single wall that reflects, there is one echo: from the mirrored source."""
    absorption = [1.0] * 6
    absorption[wall] = 0.36
    source, receiver = (1.3, 1.1, 0.9), (2.1, 1.7, 1.3)
    axis, far = divmod(wall, 2)
    mirrored = list(source)
    mirrored[axis] = 2 * far * SIZE[axis] - source[axis]
    response = respond(absorption, at(source), at(receiver))[0, 0]
    direct = respond((1.0,) * 6, at(source), at(receiver))[0, 0]
    echo, distance = response - direct, np.linalg.norm(np.subtract(mirrored, receiver))
    assert np.argmax(np.abs(echo)) == pytest.approx(distance / STEP, abs=0.6)
    assert echo.sum() == pytest.approx(0.8 / (4.0 * np.pi * distance), rel=2e-2)


def test_sources_and_receivers_know_nothing_of_one_another():
    sources, receivers = at((1, 2, 1), (3, 1, 2)), at((2, 2, 1), (3.5, 3, 2.2), (0.5, 0.5, 0.5))
    together = respond((0.4,) * 6, sources, receivers)
    for (i, source), (j, receiver) in itertools.product(enumerate(sources), enumerate(receivers)):
        alone = respond((0.4,) * 6, [source], [receiver])[0, 0]
        # Images that arrive after the end ring into the last half of a fractional delay.
        np.testing.assert_allclose(together[i, j, :860], alone[:860], atol=1e-7)


def test_the_order_holds_every_image_that_is_heard():
    """Counted one by one: nothing within the response has met more walls."""
    room, duration = BoxRoom(SIZE, (0.3,) * 6, SPEED), 0.05
    farthest = SPEED * duration
    rooms = range(-12, 13)
    source, receiver = np.array([0.2, 3.0, 1.3]), np.array([3.9, 0.1, 2.4])
    most = 0
    for number in itertools.product(rooms, repeat=3):
        odd = np.array(number) % 2 == 1
        image = np.array(number) * SIZE + np.where(odd, SIZE - source, source)
        if np.linalg.norm(image - receiver) <= farthest:
            most = max(most, int(np.abs(number).sum()))
    order = _reflection_order(room, duration, None)
    assert most <= order <= most + 8


def test_an_order_that_is_given_is_kept_and_a_free_field_has_none():
    room, free = BoxRoom(SIZE, (0.3,) * 6, SPEED), BoxRoom(SIZE, (1.0,) * 6, SPEED)
    assert _reflection_order(room, 1.0, 2) == 2
    assert _reflection_order(free, 1.0, 2) == 0
    source, receiver = at((1.3, 1.1, 0.9)), at((2.1, 1.7, 1.3))
    only = respond((0.3,) * 6, source, receiver, max_order=0)
    np.testing.assert_array_equal(only, respond((1.0,) * 6, source, receiver))


def test_what_arrives_later_than_the_response_changes_nothing_of_it():
    source, receiver = at((1.3, 1.1, 0.9)), at((2.1, 1.7, 1.3))
    short, long = (respond((0.3,) * 6, source, receiver, n)[0, 0] for n in (300, 700))
    np.testing.assert_allclose(short[:255], long[:255], atol=1e-7)


@pytest.mark.parametrize(
    ("room", "problem"),
    [
        (BoxRoom(SIZE, [[0.3, 0.4]] * 6, SPEED, (0.0, 0.0)), "octave bands"),
        (BoxRoom(SIZE, (0.3,) * 6, SPEED, (0.01,)), "air absorption"),
        (BoxRoom(SIZE, (0.3,) * 6, SPEED, (0.0,), 0.05), "image jitter"),
    ],
)
def test_what_its_own_filters_would_do_otherwise_is_refused(room, problem):
    with pytest.raises(ParameterError, match=problem):
        image_source_responses(
            room, at((1, 1, 1)), at((2, 2, 2)), sample_rate=RATE, num_samples=100
        )


@pytest.mark.parametrize("directed", [0, 1])
def test_directivities_are_refused_on_either_side(directed):
    cardioid = [Transducer((1, 1, 1), directivity=[[0.5, 0, 0, 0.5]])]
    ends = [at((2, 2, 2)), at((2, 2, 2))]
    ends[directed] = cardioid
    with pytest.raises(ParameterError, match="omnidirectional"):
        respond((0.3,) * 6, *ends)
