import math

import numpy as np
import pytest

from simgen.acoustics.microphones import (
    ambisonic_microphone,
    circular_array,
    linear_array,
    pentakis_dodecahedron,
    rigid_sphere_array,
)
from simgen.acoustics.rotation import quaternion_from_yaw, to_room_frame
from simgen.errors import ParameterError


def test_circle_of_four_by_hand():
    expected = [[0.1, 0, 0], [0, 0.1, 0], [-0.1, 0, 0], [0, -0.1, 0]]
    assert circular_array(4, 0.1) == pytest.approx(np.array(expected), abs=1e-15)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8])
def test_circle_is_even_and_counter_clockwise(count):
    positions = circular_array(count, 0.05)
    assert positions.shape == (count, 3)
    assert np.linalg.norm(positions, axis=1) == pytest.approx(np.full(count, 0.05))
    around = positions[:, 0] + 1j * positions[:, 1]
    assert np.roll(around, -1) / around == pytest.approx(
        np.full(count, np.exp(2j * np.pi / count)), abs=1e-12
    )


def test_line_of_four_by_hand():
    expected = [[0, -0.15, 0], [0, -0.05, 0], [0, 0.05, 0], [0, 0.15, 0]]
    assert linear_array(4, 0.1) == pytest.approx(np.array(expected))


def test_one_microphone_is_at_the_centre_of_a_line():
    assert linear_array(1, 0.1).tolist() == [[0.0, 0.0, 0.0]]


@pytest.mark.parametrize("arrange", [circular_array, linear_array])
@pytest.mark.parametrize("count", [0, -1, 2.0, True, None, 4097, math.nan])
def test_a_number_of_microphones_that_is_none_is_refused(arrange, count):
    with pytest.raises(ParameterError, match=r"number of microphones .* got .*integer from 1 to"):
        arrange(count, 0.1)


@pytest.mark.parametrize(
    ("arrange", "name"), [(circular_array, "circle's radius"), (linear_array, "line's spacing")]
)
@pytest.mark.parametrize("size", [-0.1, math.nan, math.inf, 1001.0, "0.1", None])
def test_a_size_that_is_none_is_refused(arrange, name, size):
    with pytest.raises(ParameterError, match=rf"{name} is out of range, got .*allowed: 0 to 1000"):
        arrange(2, size)


@pytest.mark.parametrize("arrange", [circular_array, linear_array])
def test_of_no_size_all_are_in_one_place(arrange):
    assert not np.any(arrange(3, 0.0))


@pytest.mark.parametrize("radius", [0.0, -0.042, 1.1, math.nan])
def test_a_sphere_of_microphones_has_a_radius(radius):
    with pytest.raises(ParameterError, match="the sphere's radius is out of range"):
        rigid_sphere_array((1.0, 1.0, 1.0), radius, [(1.0, 0.0, 0.0)])


def test_microphones_of_a_sphere_are_on_its_surface():
    directions = pentakis_dodecahedron()
    array = rigid_sphere_array((1.0, 2.0, 1.5), 0.1, directions, quaternion_from_yaw(0.5))
    offsets = np.array([one.position for one in array]) - (1.0, 2.0, 1.5)
    assert np.linalg.norm(offsets, axis=1) == pytest.approx(np.full(32, 0.1))
    assert len({one.body for one in array}) == 1
    first = to_room_frame(0.1 * directions[:1], (0, 0, 0), quaternion_from_yaw(0.5))
    assert offsets[0] == pytest.approx(first[0])


@pytest.mark.parametrize("order", [0, 8, 1.5, -1, math.nan])
def test_an_ambisonic_microphone_has_an_order(order):
    with pytest.raises(ParameterError, match=r"order of an ambisonic .*integer from 1 to 7"):
        ambisonic_microphone((1.0, 1.0, 1.0), order)


@pytest.mark.parametrize("order", [1, np.int8(2)])
def test_an_ambisonic_microphone_has_a_channel_for_each_harmonic(order):
    channels = ambisonic_microphone((1.0, 1.0, 1.0), order)
    heard = np.vstack([channel.coefficients for channel in channels])
    assert heard.tolist() == np.eye((int(order) + 1) ** 2).tolist()
