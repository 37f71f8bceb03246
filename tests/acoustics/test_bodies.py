"""Receivers on rigid spheres, in the free field and in rooms, against the exact series."""

import numpy as np
import pytest

from simgen.acoustics.bands import band_weights, octave_bands
from simgen.acoustics.bodies import RigidSphere
from simgen.acoustics.directivity import cardioid_family
from simgen.acoustics.heads import spherical_head
from simgen.acoustics.microphones import pentakis_dodecahedron, rigid_sphere_array
from simgen.acoustics.responses import box_responses
from simgen.acoustics.rigid_sphere import sphere_response
from simgen.acoustics.room import BoxRoom
from simgen.acoustics.rotation import quaternion_from_yaw
from simgen.acoustics.transducers import Transducer
from simgen.constants import HEAD_RADIUS
from simgen.errors import GeometryError, ParameterError, ShapeError
from tests.references.directional_images import directional_images

RATE, SPEED, LENGTH = 16_000, 343.0, 2400
SIZE, SOURCE, CENTER = (9.0, 6.2, 4.6), (2.1, 2.3, 1.4), (6.3, 3.8, 2.1)
FREQUENCY = np.linspace(60.0, 0.44 * RATE, 60)
FREE = BoxRoom(SIZE, (1.0,) * 6, SPEED)
WALLS = (0.75, 0.85, 0.8, 0.9, 0.8, 0.85)
CENTRES = octave_bands(RATE)


def respond(room, sources, receivers, **options):
    return box_responses(
        room, sources, receivers, sample_rate=RATE, num_samples=LENGTH, **options
    ).astype(np.float64)


def spectrum(response):
    turn = 2.0 * np.pi * np.outer(FREQUENCY, np.arange(len(response))) / RATE
    return np.exp(-1j * turn) @ response


def error_db(found, exact):
    return 10.0 * np.log10(np.sum(np.abs(found - exact) ** 2) / np.sum(np.abs(exact) ** 2))


def exact_pressure(offset, axis, radius):
    """A point source at an offset from the centre, heard where an axis leaves the sphere."""
    distance = float(np.linalg.norm(offset))
    relative = sphere_response(
        FREQUENCY,
        [float(np.clip(np.dot(offset, axis) / distance, -1.0, 1.0))],
        radius=radius,
        distance=distance,
        speed_of_sound=SPEED,
    )[:, 0]
    turn = np.exp(-2j * np.pi * FREQUENCY * distance / SPEED)
    return relative * turn / (4.0 * np.pi * distance)


@pytest.mark.parametrize("rate", [16_000, 48_000])
@pytest.mark.parametrize("source", [SOURCE, (6.0, 2.9, 1.9), (7.5, 5.9, 4.4)])
def test_a_head_in_the_free_field_is_the_exact_series(source, rate):
    yaw = 0.7
    ears = spherical_head(CENTER, quaternion_from_yaw(yaw))
    responses = box_responses(FREE, [source], ears, sample_rate=rate, num_samples=LENGTH)[0]
    turn = 2.0 * np.pi * np.outer(FREQUENCY, np.arange(LENGTH)) / rate
    for ear, side in enumerate((1.0, -1.0)):
        axis = side * np.array([-np.sin(yaw), np.cos(yaw), 0.0])
        exact = exact_pressure(np.subtract(source, CENTER), axis, HEAD_RADIUS)
        # What the pulse of a near source rings before time zero is cut.
        assert error_db(np.exp(-1j * turn) @ responses[ear], exact) < -64.0


@pytest.mark.parametrize("banded", [False, True])
def test_a_head_in_a_room_hears_every_image_from_its_direction(banded):
    absorption = np.outer(WALLS, np.linspace(0.9, 1.1, len(CENTRES))) if banded else WALLS
    room = BoxRoom(SIZE, absorption, SPEED)
    weights = band_weights(CENTRES, FREQUENCY) if banded else np.ones((1, len(FREQUENCY)))
    for ear in spherical_head(CENTER, quaternion_from_yaw(0.7)):
        (found,) = respond(room, [SOURCE], [ear], max_order=2)[0]
        axis = np.subtract(ear.position, CENTER) / HEAD_RADIUS
        exact = 0.0
        for distance, factor, _, arrival in directional_images(room, SOURCE, CENTER, 60.0, 2):
            one = exact_pressure(distance * arrival, axis, HEAD_RADIUS)
            exact = exact + one * (factor @ weights)
        assert error_db(spectrum(found), exact) < -68.0


def test_a_directed_source_reaches_a_head_with_its_gain():
    cardioid = Transducer(
        SOURCE, cardioid_family("cardioid", 1), quaternion_from_yaw(float(np.arctan2(-1.0, 0.5)))
    )
    facing = np.array([0.5, -1.0, 0.0]) / np.hypot(0.5, 1.0)
    left, _ = spherical_head(CENTER)
    to_ear = np.subtract(left.position, SOURCE)
    (found,) = respond(FREE, [cardioid], [left])[0]
    gain = 0.5 + 0.5 * float(to_ear @ facing) / np.linalg.norm(to_ear)
    offset = np.subtract(SOURCE, CENTER)
    exact = gain * exact_pressure(offset, np.array([0.0, 1.0, 0.0]), HEAD_RADIUS)
    assert error_db(spectrum(found), exact) < -68.0


def test_all_microphones_of_a_spherical_array_are_exact():
    directions = pentakis_dodecahedron()
    array = rigid_sphere_array(CENTER, 0.042, directions, quaternion_from_yaw(-1.1))
    responses = respond(FREE, [SOURCE], array)[0]
    turned = np.array([one.position for one in array]) - CENTER
    for response, axis in zip(responses, turned / 0.042, strict=True):
        exact = exact_pressure(np.subtract(SOURCE, CENTER), axis, 0.042)
        assert error_db(spectrum(response), exact) < -70.0


def test_32_directions_are_spread_evenly():
    directions = pentakis_dodecahedron()
    assert directions.shape == (32, 3)
    assert directions.sum(axis=0) == pytest.approx(np.zeros(3), abs=1e-12)
    cosines = directions @ directions.T - 2.0 * np.eye(32)
    assert np.degrees(np.arccos(cosines.max(axis=1))) == pytest.approx(37.38, abs=0.01)


def test_a_source_inside_a_head_is_refused():
    with pytest.raises(GeometryError, match=r"source 1 is inside the body of receiver 0"):
        respond(FREE, [SOURCE, (6.3, 3.85, 2.1)], spherical_head(CENTER))


def test_a_head_in_a_wall_is_refused():
    with pytest.raises(GeometryError, match=r"a wall cuts the body of receiver 0.*0.0875 m"):
        respond(FREE, [SOURCE], spherical_head((0.05, 3.0, 2.1)))


def test_a_sphere_has_a_size_and_a_place():
    with pytest.raises(ParameterError, match="radius"):
        RigidSphere(CENTER, 0.0)
    with pytest.raises(ShapeError, match="center"):
        RigidSphere((1.0, 2.0), 0.1)


def test_without_a_source_there_is_nothing_to_hear():
    assert respond(FREE, np.zeros((0, 3)), spherical_head(CENTER)).shape == (0, 2, LENGTH)
