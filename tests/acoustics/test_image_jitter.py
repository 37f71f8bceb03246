"""Displaced images: what changes, and what must not."""

import itertools

import numpy as np
import pytest

from simgen.acoustics.bands import band_weights, octave_bands
from simgen.acoustics.directivity import cardioid_family
from simgen.acoustics.responses import box_responses
from simgen.acoustics.room import BoxRoom
from simgen.acoustics.spherical_harmonics import evaluate_harmonics
from simgen.acoustics.transducers import Transducer
from simgen.errors import ParameterError
from tests.references.directional_images import directional_images

SIZE, SOURCE, MICROPHONE = (4.0, 3.2, 2.6), (1.1, 2.3, 1.4), (2.9, 0.8, 1.1)
WALLS, SPEED, RATE, LENGTH = (0.3,) * 6, 343.0, 16_000, 3200
BANDED = np.full((6, 6), 0.3)


def respond(walls=WALLS, microphone=MICROPHONE, max_order=None, **options):
    room = BoxRoom(SIZE, walls, SPEED, **options)
    return box_responses(
        room,
        [SOURCE],
        [microphone],
        sample_rate=RATE,
        num_samples=LENGTH,
        max_order=max_order,
    )[0, 0].astype(np.float64)


def level_db(signal, reference):
    return 10.0 * np.log10(np.sum(signal**2) / np.sum(reference**2))


def scrambled(seed, *numbers):
    """SplitMix64's last step for each number, as published; whole numbers wrap at 2^64."""
    bits = seed
    for number in numbers:
        bits = ((bits ^ number % 2**64) + 0x9E3779B97F4A7C15) % 2**64
        bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        bits = (bits ^ bits >> 27) * 0x94D049BB133111EB % 2**64
        bits ^= bits >> 31
    return bits


def displacement(extent, seed, rooms):
    """Along each axis in m: 21 of the bits each, from -1 to 1, and none for the source itself."""
    bits = scrambled(seed, *rooms) if any(rooms) else None
    return [extent * ((bits >> 21 * k) % 2**21 / 2**20 - 1.0) if bits else 0.0 for k in range(3)]


def displaced_images(room, source, receiver, max_order):
    """(distance, factor, emission) of every image; what looks somewhere sees it in its place."""
    reflection, direct = np.sqrt(1.0 - room.wall_absorption), np.subtract(source, receiver)
    numbers = range(-max_order, max_order + 1)
    for rooms in itertools.product(numbers, numbers, numbers):
        if sum(map(abs, rooms)) > max_order:
            continue
        odd = np.array(rooms) % 2 == 1
        place = np.where(odd, np.subtract(room.size, source), source) + rooms * np.array(room.size)
        factor = 1.0
        for axis, number in enumerate(rooms):
            near, far = -(-abs(number) // 2), abs(number) // 2
            near, far = (near, far) if number < 0 else (far, near)
            factor = factor * reflection[2 * axis] ** near * reflection[2 * axis + 1] ** far
        offset = place - receiver
        way = np.linalg.norm(offset + displacement(room.image_jitter, room.jitter_seed, rooms))
        emission = np.where(odd, 1.0, -1.0) * offset / np.linalg.norm(offset)
        yield max(way, np.linalg.norm(direct)), factor, emission


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("banded", [False, True])
def test_displaced_images_are_where_the_bits_say(banded, directed):
    """Image by image: each one's place, not what they are like on the whole."""
    centres, order = octave_bands(RATE), 3
    walls = np.array([0.3, 0.5, 0.2, 0.6, 0.4, 0.35])
    absorption = np.outer(walls, np.linspace(0.8, 1.2, len(centres))) if banded else walls
    room = BoxRoom(SIZE, absorption, SPEED, image_jitter=0.2, jitter_seed=2**40 + 7)
    source = Transducer(SOURCE, cardioid_family("cardioid", 1) if directed else ((1.0,),))
    (found,) = box_responses(
        room, [source], [MICROPHONE], sample_rate=RATE, num_samples=LENGTH, max_order=order
    )[0]
    frequency = np.linspace(60.0, 0.44 * RATE, 60)
    weights = band_weights(centres, frequency) if banded else np.ones((1, len(frequency)))
    exact = np.zeros(len(frequency), dtype=complex)
    for distance, factor, emission in displaced_images(room, SOURCE, MICROPHONE, order):
        gain = evaluate_harmonics(source.coefficients[0], [emission])[0]
        turn = np.exp(-2j * np.pi * frequency * distance / SPEED)
        exact += gain / (4.0 * np.pi * distance) * turn * (factor @ weights)
    turn = np.exp(-2j * np.pi * np.outer(frequency, np.arange(LENGTH)) / RATE)
    assert level_db(np.abs(turn @ found - exact), np.abs(exact)) < -78.0


def test_a_seed_is_a_room():
    same = respond(image_jitter=0.08, jitter_seed=7)
    assert np.array_equal(same, respond(image_jitter=0.08, jitter_seed=7))
    for other in (respond(image_jitter=0.08, jitter_seed=8), respond()):
        assert level_db(same - other, same) > -3.0


def test_the_direct_sound_stays_in_place():
    displaced = respond(image_jitter=0.3, jitter_seed=1, max_order=0)
    assert np.array_equal(displaced, respond(max_order=0))


def test_bands_that_absorb_alike_are_displaced_alike():
    banded = respond(BANDED, image_jitter=0.08, jitter_seed=7)
    assert level_db(banded - respond(image_jitter=0.08, jitter_seed=7), banded) < -100.0


def test_first_reflections_move_no_further_than_asked():
    extent = 0.08
    room = BoxRoom(SIZE, WALLS, SPEED)
    images = directional_images(room, SOURCE, MICROPHONE, 12.0, 1)
    reflections = sorted(distance for distance, *_ in images)[1:]
    moved = set()
    for seed in range(8):
        late = respond(image_jitter=extent, jitter_seed=seed, max_order=1) - respond(max_order=0)
        first = np.argmax(np.abs(late)) / RATE * SPEED
        nearest = min(reflections, key=lambda distance: abs(distance - first))
        assert abs(first - nearest) < np.sqrt(3.0) * extent + SPEED / RATE
        moved.add(round(first - nearest, 2))
    assert len(moved) > 3


def test_microphones_side_by_side_see_the_same_displaced_images():
    """5 mm apart they agree at low frequencies as much as without displacement."""
    beside = (MICROPHONE[0] + 0.005, *MICROPHONE[1:])
    smooth = np.ones(40) / 40.0
    difference = {}
    for extent in (0.0, 0.3):
        one, other = (
            np.convolve(respond(microphone=place, image_jitter=extent, jitter_seed=3), smooth)
            for place in (MICROPHONE, beside)
        )
        difference[extent] = level_db(one - other, one)
    assert difference[0.3] < difference[0.0] + 6.0


def test_the_energy_stays():
    plain, displaced = respond(), respond(image_jitter=0.08, jitter_seed=2)
    high = np.fft.rfftfreq(LENGTH, 1.0 / RATE) > 500.0
    assert (
        abs(level_db(np.abs(np.fft.rfft(displaced)[high]), np.abs(np.fft.rfft(plain)[high]))) < 1.0
    )


@pytest.mark.parametrize(
    "options", [{"image_jitter": -0.1}, {"image_jitter": 0.6}, {"jitter_seed": -1}]
)
def test_a_displacement_out_of_range_is_refused(options):
    with pytest.raises(ParameterError, match=next(iter(options))):
        respond(**options)


def test_pyroomacoustics_refuses_to_displace_images():
    room = BoxRoom(SIZE, WALLS, SPEED, image_jitter=0.08)
    with pytest.raises(ParameterError, match="image jitter"):
        box_responses(
            room,
            [SOURCE],
            [MICROPHONE],
            sample_rate=RATE,
            num_samples=LENGTH,
            engine="pyroomacoustics",
        )


def test_nothing_arrives_before_the_direct_sound():
    """Near a wall a reflection is hardly longer, and a displaced one could be shorter."""
    near = (1.2, 0.15, 1.2), (4.2, 0.15, 1.2)
    for seed in range(40):
        room = BoxRoom((6.0, 5.0, 3.0), (0.1,) * 6, 343.2, image_jitter=0.3, jitter_seed=seed)
        response = box_responses(
            room, [near[0]], [near[1]], sample_rate=192_000, num_samples=2400, max_order=1
        )[0, 0]
        direct = 3.0 / 343.2 * 192_000
        assert np.abs(response[: int(direct) - 12]).max() < 0.05 * np.abs(response).max()
