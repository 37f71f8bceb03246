"""Heads in the engine: arrival times, measured sets, and directions looked up."""

from pathlib import Path

import numpy as np
import pytest

from simgen.acoustics.bands import band_weights, octave_bands
from simgen.acoustics.heads import HeadResponses, direction_map, measured_head
from simgen.acoustics.heads import spherical_head as rigid_head
from simgen.acoustics.responses import box_responses
from simgen.acoustics.rigid_sphere import sphere_impulse_responses
from simgen.acoustics.room import BoxRoom
from simgen.acoustics.rotation import from_room_frame, quaternion_from_yaw
from simgen.constants import HEAD_RADIUS
from simgen.constants import REFERENCE_SPEED_OF_SOUND as SPEED
from simgen.errors import GeometryError, ParameterError, ShapeError
from simgen.exchange.heads import head_of
from simgen.exchange.sofa import read_impulse_responses
from tests.references.directional_images import directional_images

KEMAR = Path("/usr/share/libmysofa/MIT_KEMAR_normal_pinna.sofa")
SIZE, CENTER, SOURCE = (9.0, 6.2, 4.6), (6.3, 3.8, 2.1), (2.1, 2.3, 1.4)
FREE = BoxRoom(SIZE, (1.0,) * 6, SPEED)
TURNED = quaternion_from_yaw(0.7)


def spectrum(response, frequency, rate):
    turn = 2.0 * np.pi * np.outer(frequency, np.arange(len(response))) / rate
    return np.exp(-1j * turn) @ np.asarray(response, dtype=np.float64)


def error_db(found, exact):
    return 10.0 * np.log10(np.sum(np.abs(found - exact) ** 2) / np.sum(np.abs(exact) ** 2))


def ears_at(azimuth_deg, frequency, *, distance=20.0):
    """Both ears' pressures for a source to the left by an azimuth, at one frequency in Hz."""
    hall = BoxRoom((60.0, 60.0, 10.0), (1.0,) * 6, 343.0)
    azimuth = np.radians(azimuth_deg)
    center = (30.0, 30.0, 5.0)
    source = (30.0 + distance * np.cos(azimuth), 30.0 + distance * np.sin(azimuth), 5.0)
    rate, length = 48_000, 4096
    responses = box_responses(
        hall, [source], rigid_head(center), sample_rate=rate, num_samples=length
    )[0]
    return [spectrum(response, np.array([frequency]), rate)[0] for response in responses]


@pytest.mark.parametrize(
    ("azimuth_deg", "kuhn_us", "woodworth_us"),
    [(15, 198, 132.8), (30, 383, 261.1), (45, 541, 380.7), (60, 663, 488.1), (90, 765, 655.8)],
)
def test_interaural_delay_is_kuhns_below_and_woodworths_above(azimuth_deg, kuhn_us, woodworth_us):
    """3 (a / c) sin and (a / c) (theta + sin theta); the sphere approaches both from above."""
    for frequency, expected in ((100.0, kuhn_us), (15_000.0, woodworth_us)):
        left, right = ears_at(azimuth_deg, frequency)
        turns = np.angle(left / right) / (2.0 * np.pi)
        turns += np.round(expected * 1e-6 * frequency - turns)
        assert turns / frequency * 1e6 == pytest.approx(expected, rel=0.03)


def directions_around(count=1500):
    """Directions spread evenly over the sphere, by the golden angle."""
    k = np.arange(count) + 0.5
    z, azimuth = 1.0 - 2.0 * k / count, np.pi * (1.0 + 5.0**0.5) * k
    across = np.sqrt(1.0 - z * z)
    return np.stack([across * np.cos(azimuth), across * np.sin(azimuth), z], axis=1)


def measured_sphere(rate=44_100, advance=64):
    """A rigid sphere as if it had been measured, far away, with a delay of 64 taps."""
    directions = directions_around()
    ears = [
        sphere_impulse_responses(
            side * directions[:, 1],
            radius=HEAD_RADIUS,
            distance=np.inf,
            speed_of_sound=SPEED,
            sample_rate=rate,
            num_samples=256,
            advance=advance,
        )
        for side in (1.0, -1.0)
    ]
    return HeadResponses(directions, np.stack(ears, axis=1), rate)


SPHERE = measured_sphere()


def test_the_common_delay_is_found_to_a_sample():
    assert SPHERE.common_delay() * 44_100 == pytest.approx(64.0, abs=1.5)


@pytest.mark.slow
@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
def test_a_measured_sphere_is_a_sphere(rate):
    """At any sample rate; what differs is the nearest direction and the onset's whole sample."""
    frequency = np.linspace(100.0, 3000.0, 30)
    responses = {
        name: box_responses(FREE, [SOURCE], ears, sample_rate=rate, num_samples=2000)[0]
        for name, ears in (
            ("measured", measured_head(SPHERE, CENTER, TURNED)),
            ("exact", rigid_head(CENTER, TURNED)),
        )
    }
    for measured, exact in zip(responses["measured"], responses["exact"], strict=True):
        found, expected = (spectrum(x, frequency, rate) for x in (measured, exact))
        assert np.abs(20.0 * np.log10(np.abs(found / expected))).max() < 0.7
        late = np.unwrap(np.angle(expected / found)) / (2.0 * np.pi * frequency)
        assert late * 44_100 == pytest.approx(np.full(30, 0.0), abs=2.0)


def nearest_response(head, ear, arrival, frequency):
    """The measured transfer function for a direction in the room, from the ear's own place."""
    into_head = from_room_frame([arrival], np.zeros(3), TURNED)[0]
    nearest = int(np.argmax(np.asarray(head.directions) @ into_head))
    measured = np.asarray(head.responses)[nearest, ear]
    early = head.common_delay() - head.sooner(ear)[nearest]
    turn = np.exp(2j * np.pi * frequency * early)
    return spectrum(measured, frequency, head.sample_rate) * turn


def heard_exactly(head, ear, place, room, rate, frequency, max_order):
    """Every image by the transfer function of the measured direction nearest to it."""
    centres = octave_bands(rate)
    banded = room.num_bands > 1
    weights = band_weights(centres, frequency) if banded else np.ones((1, len(frequency)))
    total = np.zeros(len(frequency), dtype=complex)
    for distance, factor, _, arrival in directional_images(room, SOURCE, CENTER, 70.0, max_order):
        way = np.linalg.norm(distance * arrival + np.subtract(CENTER, place))
        spherical = np.exp(-2j * np.pi * frequency * way / SPEED) / (4.0 * np.pi * way)
        total += spherical * nearest_response(head, ear, arrival, frequency) * (factor @ weights)
    return total


@pytest.mark.parametrize("banded", [False, True])
def test_every_image_is_heard_through_the_nearest_measured_direction(banded):
    rate = 16_000
    walls = np.array([0.75, 0.85, 0.8, 0.9, 0.8, 0.85])
    absorption = np.outer(walls, np.linspace(0.9, 1.1, 6)) if banded else walls
    room, frequency = BoxRoom(SIZE, absorption, SPEED), np.linspace(60.0, 7000.0, 50)
    ears = measured_head(SPHERE, CENTER, TURNED)
    responses = box_responses(
        room, [SOURCE], ears, sample_rate=rate, num_samples=3000, max_order=1
    )[0]
    for ear, response in enumerate(responses):
        exact = heard_exactly(SPHERE, ear, ears[ear].position, room, rate, frequency, 1)
        assert error_db(spectrum(response, frequency, rate), exact) < -60.0


@pytest.mark.debian
@pytest.mark.skipif(not KEMAR.exists(), reason="needs the Debian package libmysofa1")
@pytest.mark.parametrize("rate", [16_000, 44_100])
def test_kemar_in_a_room(rate):
    head = head_of(read_impulse_responses(KEMAR))
    room = BoxRoom(SIZE, (0.75, 0.85, 0.8, 0.9, 0.8, 0.85), SPEED)
    frequency = np.linspace(100.0, 0.44 * min(rate, 40_000), 50)
    ears = measured_head(head, CENTER, TURNED)
    length = round(0.19 * rate)
    responses = box_responses(
        room, [SOURCE], ears, sample_rate=rate, num_samples=length, max_order=1
    )[0]
    for ear, response in enumerate(responses):
        exact = heard_exactly(head, ear, ears[ear].position, room, rate, frequency, 1)
        assert error_db(spectrum(response, frequency, rate), exact) < -55.0
    left, right = np.sum(np.square(responses), axis=1)
    assert left > 1.5 * right  # the source is to the left


def test_the_map_finds_the_nearest_direction():
    directions = directions_around(300)
    table = direction_map(directions)
    generator = np.random.default_rng(0)
    asked = generator.standard_normal((2000, 3))
    asked /= np.linalg.norm(asked, axis=1, keepdims=True)
    x, y, z = (asked / np.abs(asked).sum(axis=1, keepdims=True)).T
    u = np.where(z < 0.0, np.copysign(1.0 - np.abs(y), x), x)
    v = np.where(z < 0.0, np.copysign(1.0 - np.abs(x), y), y)
    found = table[tuple(((np.stack([u, v]) + 1.0) / 2.0 * len(table)).astype(int))]
    best = np.arccos(np.clip(np.max(asked @ directions.T, axis=1), -1.0, 1.0))
    angle = np.arccos(np.clip(np.sum(asked * directions[found], axis=1), -1.0, 1.0))
    assert np.degrees(angle - best).max() < 1.2  # two ways across a cell
    assert np.mean(np.isclose(angle, best, atol=1e-7)) > 0.9


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"directions": [(1.0, 0.0, 0.1)]}, ParameterError, "unit vector"),
        ({"responses": np.ones((2, 2, 8))}, ShapeError, r"\(1, 2, tap\)"),
        ({"responses": np.ones((1, 1, 8))}, ShapeError, r"\(1, 2, tap\)"),
        ({"responses": np.full((1, 2, 8), np.nan)}, ShapeError, "non-finite"),
        ({"sample_rate": 100}, ParameterError, "sample_rate"),
        ({"sample_rate": 44_100.5}, ParameterError, "not whole"),
        ({"responses": np.zeros((1, 2, 8))}, ParameterError, "ear 0 hears nothing"),
        ({"responses": np.full((1, 2, 8), 1.1e6)}, ParameterError, "response is out of range"),
        ({"responses": np.full((1, 2, 8), -1e40)}, ParameterError, "response is out of range"),
        ({"ears": [(0.0, 0.1, 0.0)]}, ShapeError, "ears"),
    ],
)
def test_a_set_that_is_none_is_refused(changes, error, message):
    good = {"directions": [(1.0, 0.0, 0.0)], "responses": np.ones((1, 2, 8)), "sample_rate": 48_000}
    HeadResponses(**good)
    with pytest.raises(error, match=message):
        HeadResponses(**{**good, **changes})


def test_a_source_in_a_measured_head_is_refused():
    with pytest.raises(GeometryError, match="inside the body of receiver 0"):
        box_responses(
            FREE,
            [(6.3, 3.83, 2.1)],
            measured_head(SPHERE, CENTER),
            sample_rate=16_000,
            num_samples=100,
        )
