"""Devices by name."""

import math
from typing import get_args

import numpy as np
import pytest

from simgen.acoustics.rotation import to_room_frame
from simgen.scene.device import Device, Driver
from simgen.scene.presets import PRESETS, PresetName


def places(name):
    return np.array([driver.position for driver in PRESETS[name]])


def axes(name):
    return np.array(
        [to_room_frame([(1, 0, 0)], (0, 0, 0), d.orientation)[0] for d in PRESETS[name]]
    )


def test_every_name_has_drivers():
    assert set(PRESETS) == set(get_args(PresetName))


@pytest.mark.parametrize("name", PRESETS)
def test_the_first_driver_is_on_the_left_of_who_looks_at_the_device(name):
    y = places(name)[:, 1]
    assert y[0] == y.min() < 0
    assert y.sum() == pytest.approx(0.0)
    device = Device(position=(0, 0, 0), orientation=(1, 0, 0, 0), drivers=PRESETS[name])
    assert Device.from_json(device.to_json()) == device


def test_the_stereo_pair_makes_an_equilateral_triangle_with_its_listener():
    left, right = places("stereo_pair")
    listener = np.array([2.0, 0.0, 0.0])
    assert math.dist(left, right) == pytest.approx(2.0)
    for place, axis in zip((left, right), axes("stereo_pair"), strict=True):
        assert math.dist(place, listener) == pytest.approx(2.0)
        np.testing.assert_allclose(axis, (listener - place) / 2.0, atol=1e-12)
        cosine = np.dot(place - listener, (-1, 0, 0)) / 2.0
        assert math.degrees(math.acos(cosine)) == pytest.approx(30.0)


@pytest.mark.parametrize(
    ("name", "y"),
    [
        ("two_driver_15cm", [-0.075, 0.075]),
        ("five_driver_bar", [-0.15, -0.075, 0.0, 0.075, 0.15]),
        ("three_driver_beam", [-0.06, 0.0, 0.06]),
    ],
)
def test_lines_are_evenly_spaced_and_face_forward(name, y):
    np.testing.assert_allclose(places(name), [(0, one, 0) for one in y], atol=1e-15)
    np.testing.assert_allclose(axes(name), [(1, 0, 0)] * len(y))


def test_a_smart_speaker_faces_left_right_front_and_up():
    expected = [(0, -1, 0), (0, 1, 0), (1, 0, 0), (0, 0, 1)]
    np.testing.assert_allclose(axes("smart_speaker"), expected, atol=1e-12)
    np.testing.assert_allclose(np.sign(places("smart_speaker")), expected)


def test_a_driver_says_only_what_is_not_the_default():
    assert Driver(position=(1, 2, 3)).to_json() == '{"position":[1.0,2.0,3.0]}'
