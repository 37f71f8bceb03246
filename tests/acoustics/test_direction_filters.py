"""What a measured ear makes of each image: which direction it hears it from, and how late."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from simgen.acoustics.air import air_absorption
from simgen.acoustics.bands import band_weights, octave_bands
from simgen.acoustics.directivity import cardioid_family, speech_directivity
from simgen.acoustics.heads import HeadResponses, measured_head
from simgen.acoustics.responses import box_responses
from simgen.acoustics.room import BoxRoom
from simgen.acoustics.rotation import NO_TURN, from_room_frame, quaternion_from_yaw
from simgen.acoustics.spherical_harmonics import evaluate_harmonics
from simgen.acoustics.transducers import Transducer
from simgen.constants import REFERENCE_SPEED_OF_SOUND as SPEED
from tests.references.directional_images import directional_images

RATE, LENGTH = 16_000, 1200
SET_RATE = 48_000  # above the engine's, whose band limit then is what ends the filters
SIZE, CENTER, SOURCE = (9.0, 6.2, 4.6), (6.3, 3.8, 2.1), (2.1, 2.3, 1.4)
FREE = BoxRoom(SIZE, (1.0,) * 6, SPEED)
FREQUENCY = np.linspace(60.0, 0.44 * RATE, 60)
LEANING = tuple(
    Rotation.from_euler("zyx", [70.0, -25.0, 40.0], degrees=True).as_quat()[[3, 0, 1, 2]].tolist()
)


def directions_around(count):
    """Directions spread evenly over the sphere, by the golden angle."""
    k = np.arange(count) + 0.5
    z, azimuth = 1.0 - 2.0 * k / count, np.pi * (1.0 + 5.0**0.5) * k
    across = np.sqrt(1.0 - z * z)
    return np.stack([across * np.cos(azimuth), across * np.sin(azimuth), z], axis=1)


def numbered_head(directions, ears=((0.0, 0.0, 0.0), (0.0, 0.0, 0.0))):
    """A head without delay whose gain tells the direction: 1, 2, 3 ... left, negative right."""
    gains = np.arange(1.0, len(directions) + 1.0)
    responses = np.zeros((len(directions), 2, 64))
    responses[:, 0, 20], responses[:, 1, 20] = gains, -gains
    # Left out, both ears are in the centre: what their places do to the delay is another matter.
    return HeadResponses(directions, responses, SET_RATE, ears=ears)


def spectrum(response):
    turn = 2.0 * np.pi * np.outer(FREQUENCY, np.arange(len(response))) / RATE
    return np.exp(-1j * turn) @ response.astype(np.float64)


def error_db(found, exact):
    return 10.0 * np.log10(np.sum(np.abs(found - exact) ** 2) / np.sum(np.abs(exact) ** 2))


@pytest.mark.parametrize("orientation", [NO_TURN, quaternion_from_yaw(2.0), LEANING])
def test_sound_comes_from_the_nearest_measured_direction(orientation):
    directions = directions_around(24)
    head = numbered_head(directions)
    asked = directions_around(50)
    into_head = from_room_frame(asked, np.zeros(3), orientation)
    cosines = np.sort(into_head @ directions.T, axis=1)
    clear = np.degrees(np.arccos(cosines[:, -2]) - np.arccos(cosines[:, -1])) > 2.0  # two cells
    assert np.count_nonzero(clear) > 30
    ears = measured_head(head, CENTER, orientation)
    responses = box_responses(
        FREE, CENTER + 2.0 * asked[clear], ears, sample_rate=RATE, num_samples=300
    )
    # What a response adds up to is its spectrum at 0 Hz.
    heard = np.sum(responses, axis=2, dtype=np.float64) * 4.0 * np.pi * 2.0
    number = np.argmax(into_head[clear] @ directions.T, axis=1) + 1.0
    assert heard == pytest.approx(np.stack([number, -number], axis=1), rel=2e-3)


def test_near_sources_have_the_direction_from_the_centre_and_the_distance_from_the_ear():
    directions, asked = directions_around(24), directions_around(50)
    head = numbered_head(directions, [(0.04, 0.08, 0.12), (-0.06, -0.1, -0.09)])
    into_head = from_room_frame(asked, np.zeros(3), LEANING)
    cosines = np.sort(into_head @ directions.T, axis=1)
    clear = np.degrees(np.arccos(cosines[:, -2]) - np.arccos(cosines[:, -1])) > 2.0
    number = np.argmax(into_head[clear] @ directions.T, axis=1) + 1.0
    sources = CENTER + 0.5 * asked[clear]
    ears = measured_head(head, CENTER, LEANING)
    responses = box_responses(FREE, sources, ears, sample_rate=RATE, num_samples=300)
    for ear, sign in enumerate((1.0, -1.0)):
        distance = np.linalg.norm(sources - ears[ear].position, axis=1)
        heard = np.sum(responses[:, ear], axis=1, dtype=np.float64) * 4.0 * np.pi * distance
        # The nearest are 0.4 m away: what rings before time zero is cut.
        assert heard == pytest.approx(sign * number, rel=1e-2)


def test_straight_up_and_along_the_axes_there_is_a_direction_too():
    """Corners and folds of the map."""
    axes = np.vstack([np.eye(3), -np.eye(3)])
    ears = measured_head(numbered_head(axes), CENTER)
    responses = box_responses(FREE, CENTER + 2.0 * axes, ears, sample_rate=RATE, num_samples=300)
    heard = np.sum(responses[:, 0], axis=1, dtype=np.float64) * 4.0 * np.pi * 2.0
    assert heard == pytest.approx(np.arange(1.0, 7.0), rel=2e-3)


@pytest.mark.parametrize("distance", 2.0 + np.linspace(0.0, SPEED / RATE, 7))
def test_a_sound_is_late_by_its_own_fraction_of_a_sample(distance):
    ears = measured_head(numbered_head([(1.0, 0.0, 0.0)]), CENTER)
    source = (CENTER[0] + distance, *CENTER[1:])
    left = box_responses(FREE, [source], ears, sample_rate=RATE, num_samples=400)[0, 0]
    exact = np.exp(-2j * np.pi * FREQUENCY * distance / SPEED) / (4.0 * np.pi * distance)
    found = spectrum(left)
    # The common delay is known to a tap: take what is left of it from the phase.
    late = np.polyfit(FREQUENCY, np.unwrap(np.angle(exact / found)), 1)[0]
    assert abs(late) / (2.0 * np.pi) * RATE < 1.0
    assert error_db(found * np.exp(1j * late * FREQUENCY), exact) < -83.0


def heard_in(room, source, head, ear, max_order):
    """Every image, as the source sends it, by the filter of the direction nearest to it."""
    centres = octave_bands(RATE)
    weights = band_weights(centres, FREQUENCY)
    turn = np.exp(-2j * np.pi * np.outer(FREQUENCY, np.arange(64)) / SET_RATE)
    filters = turn @ head.responses[:, ear].T
    filters = filters * np.exp(2j * np.pi * FREQUENCY * head.common_delay())[:, None]
    w, x, y, z = source.orientation
    own = Rotation.from_quat([x, y, z, w]).inv()
    total = np.zeros(len(FREQUENCY), dtype=complex)
    for distance, factor, emission, arrival in directional_images(
        room, source.position, CENTER, LENGTH / RATE * SPEED, max_order
    ):
        gain = evaluate_harmonics(source.coefficients, own.apply([emission]))[:, 0]
        air = np.exp(-0.5 * np.broadcast_to(room.air_absorption, len(centres)) * distance)
        nearest = np.argmax(head.directions @ from_room_frame([arrival], np.zeros(3), LEANING)[0])
        wave = np.exp(-2j * np.pi * FREQUENCY * distance / SPEED) / (4.0 * np.pi * distance)
        total += wave * filters[:, nearest] * ((factor * gain * air) @ weights)
    return total


@pytest.mark.parametrize(
    ("emission", "banded", "air", "most_error_db"),
    [
        (cardioid_family("cardioid", 1), False, False, -83.0),
        (speech_directivity(octave_bands(RATE)), False, False, -74.0),
        (((1.0,),), True, True, -74.0),
        (speech_directivity(octave_bands(RATE)), True, True, -74.0),
    ],
    ids=["directed", "directed in bands", "walls and air in bands", "all"],
)
def test_a_measured_ear_hears_directed_sources_walls_and_air(emission, banded, air, most_error_db):
    """Filters of low octaves ring for 16 ms, and what they ring before time zero is cut."""
    centres = octave_bands(RATE)
    generator = np.random.default_rng(2)
    directions = directions_around(12)  # far apart, so that each image has its own
    responses = np.zeros((12, 2, 64))
    responses[:, :, 16:32] = generator.standard_normal((12, 2, 16))
    head = HeadResponses(directions, responses, SET_RATE, ears=np.zeros((2, 3)))
    walls = np.array([0.75, 0.85, 0.8, 0.9, 0.8, 0.85])
    room = BoxRoom(
        SIZE,
        np.outer(walls, np.linspace(0.9, 1.1, len(centres))) if banded else walls,
        SPEED,
        tuple(20.0 * air_absorption(centres)) if air else (0.0,),
    )
    source = Transducer(SOURCE, emission, quaternion_from_yaw(0.4))
    ears = measured_head(head, CENTER, LEANING)
    found = box_responses(room, [source], ears, sample_rate=RATE, num_samples=LENGTH, max_order=1)[
        0
    ]
    for ear, response in enumerate(found):
        exact = heard_in(room, source, head, ear, 1)
        assert error_db(spectrum(response), exact) < most_error_db
