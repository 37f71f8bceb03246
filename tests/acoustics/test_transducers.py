"""Sources and receivers as records, and directivities turned into the room's frame."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.acoustics.bodies import RigidSphere
from simgen.acoustics.directivity import cardioid_family, omnidirectional
from simgen.acoustics.rotation import from_room_frame, quaternion_from_yaw, to_room_frame
from simgen.acoustics.spherical_harmonics import evaluate_harmonics
from simgen.acoustics.transducers import Transducer, as_transducers, facing, positions
from simgen.errors import ParameterError, ShapeError

PLACE = (1.1, 2.3, 1.4)
CARDIOID = cardioid_family("cardioid", 1)


def on_horizon(azimuth):
    azimuth = np.atleast_1d(azimuth)
    return np.stack([np.cos(azimuth), np.sin(azimuth), np.zeros_like(azimuth)], axis=1)


def unit(azimuth, elevation):
    across = math.cos(elevation)
    return [across * math.cos(azimuth), across * math.sin(azimuth), math.sin(elevation)]


def test_left_out_it_is_alike_in_all_directions():
    plain = Transducer(PLACE)
    assert plain.is_omnidirectional
    assert plain.num_bands == 1
    assert plain.harmonics().tolist() == [[1.0]]


@pytest.mark.parametrize(
    ("directivity", "alike"),
    [
        (((1.0, 0.0, 0.0, 0.0),), True),
        (((1.0,), (1.0,)), True),
        (((0.5,),), False),
        (CARDIOID, False),
        (((1.0,), (0.9,)), False),
    ],
    ids=["empty harmonics", "every band", "half as loud", "cardioid", "one band"],
)
def test_omnidirectional_is_a_gain_of_1_in_every_band(directivity, alike):
    one = Transducer(PLACE, directivity)
    assert one.is_omnidirectional is alike
    assert one.num_bands == len(directivity)


def test_on_a_body_nothing_is_omnidirectional():
    assert not Transducer(PLACE, body=RigidSphere((1.0, 2.3, 1.4), 0.1)).is_omnidirectional


def test_a_place_and_a_turn_become_plain_numbers():
    one = Transducer(np.array(PLACE, np.float32), orientation=[1, 0, 0, 0])
    assert one.position == tuple(float(np.float32(x)) for x in PLACE)
    assert one.orientation == (1.0, 0.0, 0.0, 0.0)
    assert all(type(x) is float for x in (*one.position, *one.orientation))


@pytest.mark.parametrize(
    ("position", "directivity"),
    [
        ((1.0, 2.0), ((1.0,),)),
        ((1.0, 2.0, math.nan), ((1.0,),)),
        (PLACE, (1.0,)),
        (PLACE, np.ones((1, 3))),
        (PLACE, ((math.inf,),)),
    ],
)
def test_places_and_directivities_that_are_none_are_refused(position, directivity):
    with pytest.raises(ShapeError):
        Transducer(position, directivity)


@pytest.mark.parametrize("orientation", [(1.0, 1.0, 0.0, 0.0), (0.0,) * 4, (1.0, 0.0, 0.0)])
def test_an_orientation_is_a_unit_quaternion(orientation):
    with pytest.raises(ParameterError, match="unit quaternion"):
        Transducer(PLACE, orientation=orientation)


@pytest.mark.parametrize("gain", [1e39, -1e7])
def test_a_gain_beyond_reason_is_refused(gain):
    with pytest.raises(ParameterError, match="directivity is out of range"):
        Transducer(PLACE, ((gain,),))


def test_a_receiver_on_a_body_has_no_directivity_of_its_own():
    with pytest.raises(ParameterError, match="on a body"):
        Transducer((1.0, 1.0, 1.1), ((0.5, 0.0, 0.0, 0.5),), body=RigidSphere((1.0, 1.0, 1.0), 0.1))


def test_positions_are_transducers_and_transducers_themselves():
    plain = as_transducers([PLACE, (0.0, 1.0, 2.0)], "sources")
    assert positions(plain).tolist() == [list(PLACE), [0.0, 1.0, 2.0]]
    assert all(one.is_omnidirectional for one in plain)
    assert as_transducers(list(plain), "sources") == plain
    assert positions(as_transducers(np.zeros((0, 3)), "sources")).shape == (0, 3)
    assert as_transducers([], "sources") == ()
    with pytest.raises(ShapeError, match="receivers"):
        as_transducers([1.0, 2.0, 3.0], "receivers")


# Turned into the room's frame


@given(st.floats(-math.pi, math.pi))
def test_yaw_turns_the_front(yaw):
    turned = facing(cardioid_family("cardioid", 1), quaternion_from_yaw(yaw))
    gain = evaluate_harmonics(turned, on_horizon([yaw, yaw + 0.5, yaw + math.pi]))
    assert gain[0] == pytest.approx([1.0, (1.0 + math.cos(0.5)) / 2.0, 0.0], abs=1e-12)


@pytest.mark.parametrize(
    ("orientation", "front"),
    [
        ((1.0, 0.0, 0.0, 0.0), (1, 0, 0)),
        (quaternion_from_yaw(math.pi / 2), (0, 1, 0)),  # to the left
        ((math.sqrt(0.5), 0.0, -math.sqrt(0.5), 0.0), (0, 0, 1)),  # up
        ((math.sqrt(0.5), math.sqrt(0.5), 0.0, 0.0), (1, 0, 0)),  # rolled
    ],
)
def test_where_the_front_goes_by_hand(orientation, front):
    turned = facing(cardioid_family("figure_eight", 1), orientation)
    y, z, x = turned[0, 1:]
    assert (x, y, z) == pytest.approx(front, abs=1e-15)


def test_facing_is_looking_from_the_things_own_frame():
    coefficients = np.random.default_rng(0).normal(size=(2, 3, 25))
    quaternion = np.random.default_rng(1).normal(size=4)
    orientation = tuple(quaternion / np.linalg.norm(quaternion))
    in_room = np.array([unit(0.3, -0.4), unit(2.0, 1.0), unit(-1.0, 0.2)])
    own = from_room_frame(in_room, (0, 0, 0), orientation)
    assert to_room_frame(own, (0, 0, 0), orientation) == pytest.approx(in_room)
    assert evaluate_harmonics(facing(coefficients, orientation), in_room) == pytest.approx(
        evaluate_harmonics(coefficients, own), abs=1e-12
    )


def test_omni_stays_omni():
    assert facing(omnidirectional(4), quaternion_from_yaw(1.0)).tolist() == [[1.0]] * 4


def test_numbers_of_coefficients_of_no_order_are_refused():
    with pytest.raises(ShapeError, match="no order"):
        facing(np.ones((1, 3)), (1.0, 0.0, 0.0, 0.0))
