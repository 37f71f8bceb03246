"""Sources and receivers that look somewhere, in rooms."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from simgen.acoustics.bands import band_weights, octave_bands
from simgen.acoustics.directivity import ambisonic_receiver, cardioid_family, speech_directivity
from simgen.acoustics.heads import spherical_head
from simgen.acoustics.responses import box_responses
from simgen.acoustics.room import BoxRoom
from simgen.acoustics.rotation import quaternion_from_yaw
from simgen.acoustics.spherical_harmonics import evaluate_harmonics
from simgen.acoustics.transducers import Transducer
from simgen.errors import ParameterError, ShapeError
from tests.references.directional_images import (
    directional_images,
    directional_transfer_function,
)

RATE, SPEED, LENGTH = 16_000, 343.0, 2800
ORDER = 2  # whose images have all rung out before the end
SIZE, SOURCE, RECEIVER = (14.0, 6.2, 4.6), (1.1, 2.3, 1.4), (12.3, 3.8, 2.1)
FREQUENCY = np.linspace(60.0, 0.44 * RATE, 50)
CENTRES = octave_bands(RATE)
WALLS = (0.75, 0.85, 0.8, 0.9, 0.8, 0.85)
BANDED_WALLS = np.outer(WALLS, np.linspace(0.9, 1.1, len(CENTRES)))
LEANING = tuple(
    Rotation.from_euler("zyx", [70.0, -25.0, 40.0], degrees=True).as_quat()[[3, 0, 1, 2]]
)
FREE = BoxRoom(SIZE, (1.0,) * 6, SPEED)


def random_directivity(order, num_bands, seed=0):
    generator = np.random.default_rng(seed)
    return generator.standard_normal((num_bands, (order + 1) ** 2))


def respond(room, source, receiver, **options):
    return box_responses(
        room, [source], [receiver], sample_rate=RATE, num_samples=LENGTH, **options
    )[0, 0]


def spectrum(response):
    turn = 2.0 * np.pi * np.outer(FREQUENCY, np.arange(len(response))) / RATE
    return np.exp(-1j * turn) @ response.astype(np.float64)


def gain_of(transducer):
    """Its gain by directions of the room, evaluated in its own frame."""
    w, x, y, z = transducer.orientation
    own_frame = Rotation.from_quat([x, y, z, w]).inv()
    return lambda directions: evaluate_harmonics(
        transducer.coefficients, own_frame.apply(directions)
    )


def exact_sum(room, source, receiver):
    radius = LENGTH / RATE * SPEED
    images = directional_images(room, source.position, receiver.position, radius, ORDER)
    num_bands = max(len(x.coefficients) for x in (source, receiver))
    banded = max(num_bands, room.num_bands) > 1
    weights = band_weights(CENTRES, FREQUENCY) if banded else np.ones((1, len(FREQUENCY)))
    return directional_transfer_function(
        images, gain_of(source), gain_of(receiver), weights, FREQUENCY, SPEED
    )


def error_db(found, exact):
    return 10.0 * np.log10(np.sum(np.abs(found - exact) ** 2) / np.sum(np.abs(exact) ** 2))


@pytest.mark.parametrize(
    ("emission", "reception"),
    [
        (cardioid_family("cardioid", 1), ((1.0,),)),
        (((1.0,),), cardioid_family("hypercardioid", 1)),
        (speech_directivity(CENTRES), cardioid_family("figure_eight", 1)),
        (random_directivity(5, 1), random_directivity(3, len(CENTRES), seed=1)),
        (((0.5,),), ((1.0,),)),
    ],
    ids=["source", "receiver", "both", "any harmonics", "half as loud"],
)
def test_directed_responses_are_the_exact_sum(emission, reception):
    source = Transducer(SOURCE, emission, LEANING)
    receiver = Transducer(RECEIVER, reception, quaternion_from_yaw(2.0))
    room = BoxRoom(SIZE, WALLS, SPEED)
    found = spectrum(respond(room, source, receiver, max_order=ORDER))
    assert error_db(found, exact_sum(room, source, receiver)) < -80.0


def test_directed_responses_with_banded_walls_are_the_exact_sum():
    source = Transducer(SOURCE, speech_directivity(CENTRES), LEANING)
    receiver = Transducer(RECEIVER, cardioid_family("cardioid", 1), quaternion_from_yaw(2.0))
    room = BoxRoom(SIZE, BANDED_WALLS, SPEED)
    found = spectrum(respond(room, source, receiver, max_order=ORDER))
    assert error_db(found, exact_sum(room, source, receiver)) < -80.0


@pytest.mark.parametrize("angle_deg", [0, 30, 90, 150, 180])
@pytest.mark.parametrize("turned", ["source", "receiver"])
def test_a_cardioid_has_its_ratio_in_the_free_field(turned, angle_deg):
    """(1 + cos) / 2 beside its front, and nothing from its back."""
    toward = np.arctan2(RECEIVER[1] - SOURCE[1], RECEIVER[0] - SOURCE[0])
    level = 1.4
    source, receiver = (*SOURCE[:2], level), (*RECEIVER[:2], level)
    yaw = np.radians(angle_deg) + toward + (np.pi if turned == "receiver" else 0.0)
    cardioid = (cardioid_family("cardioid", 1), quaternion_from_yaw(float(yaw)))
    pair = {"source": Transducer(source), "receiver": Transducer(receiver)}
    omni = respond(FREE, pair["source"], pair["receiver"])
    place = pair[turned].position
    pair[turned] = Transducer(place, *cardioid)
    directed = respond(FREE, pair["source"], pair["receiver"])
    ratio = 0.5 * (1.0 + np.cos(np.radians(angle_deg)))
    assert directed == pytest.approx(ratio * omni, abs=1e-7)


def test_swapping_source_and_receiver_changes_nothing():
    room = BoxRoom(SIZE, BANDED_WALLS, SPEED)
    one = Transducer(SOURCE, speech_directivity(CENTRES), LEANING)
    other = Transducer(RECEIVER, cardioid_family("cardioid", 1), quaternion_from_yaw(2.0))
    assert respond(room, one, other) == pytest.approx(respond(room, other, one), abs=2e-7)


def test_the_first_ambisonic_channel_is_omnidirectional():
    room = BoxRoom(SIZE, WALLS, SPEED)
    channels = [Transducer(RECEIVER, row[None]) for row in ambisonic_receiver(2)]
    responses = box_responses(room, [SOURCE], channels, sample_rate=RATE, num_samples=LENGTH)[0]
    omni = box_responses(room, [SOURCE], [RECEIVER], sample_rate=RATE, num_samples=LENGTH)[0, 0]
    assert len(responses) == 9
    assert responses[0] == pytest.approx(omni, abs=1e-9)


def test_ambisonic_channels_carry_the_direction_of_the_direct_sound():
    channels = [Transducer(RECEIVER, row[None]) for row in ambisonic_receiver(1)]
    w, y, z, x = box_responses(FREE, [SOURCE], channels, sample_rate=RATE, num_samples=LENGTH)[0]
    offset = np.subtract(SOURCE, RECEIVER)
    unit = offset / np.linalg.norm(offset)
    peak = np.argmax(np.abs(w))
    assert np.array([x[peak], y[peak], z[peak]]) / w[peak] == pytest.approx(unit, abs=1e-5)


def test_turning_a_receiver_is_turning_the_room_the_other_way():
    """A quarter turn of everything about z leaves the response as it was."""
    turned_size = (SIZE[1], SIZE[0], SIZE[2])
    quarter = quaternion_from_yaw(np.pi / 2)

    def turn(point):
        return (SIZE[1] - point[1], point[0], point[2])

    pattern = random_directivity(3, 1)
    room = BoxRoom(SIZE, WALLS, SPEED)
    x0, x1, y0, y1, floor, ceiling = WALLS
    turned_room = BoxRoom(turned_size, (y1, y0, x0, x1, floor, ceiling), SPEED)
    here = respond(room, Transducer(SOURCE, pattern), Transducer(RECEIVER, pattern))
    there = respond(
        turned_room,
        Transducer(turn(SOURCE), pattern, quarter),
        Transducer(turn(RECEIVER), pattern, quarter),
    )
    assert there == pytest.approx(here, abs=1e-6)


def test_a_directivity_in_other_bands_is_refused():
    with pytest.raises(ShapeError, match=r"transducer 1 .* got 3 .*1, or the 6 octave"):
        respond(FREE, Transducer(SOURCE), Transducer(RECEIVER, np.ones((3, 1))))


def test_pyroomacoustics_refuses_a_directivity():
    with pytest.raises(ParameterError, match="omnidirectional"):
        respond(
            FREE,
            Transducer(SOURCE, ((0.5, 0, 0, 0.5),)),
            Transducer(RECEIVER),
            engine="pyroomacoustics",
        )


def test_a_source_on_a_body_is_refused():
    with pytest.raises(ParameterError, match="a source is on a body"):
        respond(FREE, spherical_head(SOURCE)[0], Transducer(RECEIVER))


def test_arrays_and_lists_are_places_too():
    """Of one type or another, places and turns mean the same."""
    room = BoxRoom(SIZE, WALLS, SPEED)
    tuples = respond(room, Transducer(SOURCE), spherical_head(RECEIVER)[0], max_order=1)
    head = spherical_head(np.array(RECEIVER), [1.0, 0.0, 0.0, 0.0])[0]
    assert np.array_equal(respond(room, Transducer(np.array(SOURCE)), head, max_order=1), tuples)


def test_a_limit_of_order_makes_long_responses_possible():
    room = BoxRoom((6.0, 5.0, 3.0), (0.3,) * 6, SPEED)
    options = {"sample_rate": RATE, "num_samples": 320_000}
    with pytest.raises(ParameterError, match="too many image sources"):
        box_responses(room, [(2.0, 2.0, 1.2)], [(4.0, 3.0, 1.5)], **options)
    box_responses(room, [(2.0, 2.0, 1.2)], [(4.0, 3.0, 1.5)], max_order=1, **options)


@pytest.mark.parametrize(
    "options", [{"max_order": 1.5}, {"num_samples": 800.0}, {"num_samples": True}]
)
def test_whole_numbers_are_whole(options):
    given = {"sample_rate": RATE, "num_samples": 100, **options}
    with pytest.raises(ParameterError, match=f"{next(iter(options))} is out of range.*integer"):
        box_responses(FREE, [SOURCE], [RECEIVER], **given)
