"""Patterns as the engine looks them up."""

import math

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from simgen.acoustics.bands import octave_bands
from simgen.acoustics.directional_gains import axial_gains
from simgen.acoustics.directivity import (
    ambisonic_receiver,
    cardioid_family,
    speech_directivity,
    spherical_cap,
)
from simgen.acoustics.patterns import alike, in_columns, pattern_of
from simgen.acoustics.rotation import quaternion_from_yaw
from simgen.acoustics.spherical_harmonics import evaluate_harmonics
from simgen.acoustics.transducers import Transducer

PLACE = (1.0, 2.0, 1.5)
CENTRES = octave_bands(16_000)
BANDS = len(CENTRES)
LEANING = tuple(
    Rotation.from_euler("zyx", [70.0, -25.0, 40.0], degrees=True).as_quat()[[3, 0, 1, 2]].tolist()
)
CAP = spherical_cap(CENTRES, sphere_radius=0.0375, half_angle=0.56, speed_of_sound=343.0)


def directions(count):
    found = np.random.default_rng(1).standard_normal((count, 3))
    found = np.vstack([found, np.eye(3), -np.eye(3)])
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def looked_up(pattern, asked):
    gains = np.full((len(asked), pattern.table.shape[1]), 2.0, np.float32)
    axial_gains(pattern.axis, pattern.table, np.ascontiguousarray(asked.T, np.float32), gains)
    return gains / 2.0


def test_what_is_alike_in_all_directions_has_neither_harmonics_nor_a_table():
    pattern = pattern_of(Transducer(PLACE), BANDS)
    assert pattern.harmonics.shape == pattern.table.shape == (0, BANDS)
    assert alike(3).harmonics.shape == (0, 3)


def test_harmonics_are_turned_and_there_in_every_band():
    turned = Transducer(PLACE, cardioid_family("cardioid", 1), quaternion_from_yaw(1.0))
    pattern = pattern_of(turned, BANDS)
    assert (pattern.harmonics.shape, pattern.table.size) == ((4, BANDS), 0)
    front = [math.cos(1.0), math.sin(1.0), 0.0]
    assert evaluate_harmonics(pattern.harmonics.T, [front, np.negative(front)]) == pytest.approx(
        np.tile([1.0, 0.0], (BANDS, 1)), abs=1e-6
    )


def test_what_is_not_alike_around_its_axis_keeps_its_harmonics():
    lopsided = Transducer(PLACE, ambisonic_receiver(3)[7:8], LEANING)
    pattern = pattern_of(lopsided, 1)
    assert (pattern.harmonics.shape, pattern.table.size) == ((16, 1), 0)
    assert pytest.approx(lopsided.harmonics(), abs=1e-6) == pattern.harmonics.T


@pytest.mark.parametrize("coefficients", [speech_directivity(CENTRES), CAP], ids=["speech", "cap"])
def test_the_table_of_what_is_alike_around_its_axis_is_its_harmonics(coefficients):
    transducer = Transducer(PLACE, coefficients, LEANING)
    pattern, asked = pattern_of(transducer, BANDS), directions(300)
    assert pattern.harmonics.size == 0
    exact = evaluate_harmonics(transducer.harmonics(), asked).T
    # -80 dB at worst, beside float32's rounding of the angle.
    assert looked_up(pattern, asked) == pytest.approx(exact, abs=1.5e-4)


def test_the_ends_of_the_table_are_the_front_and_the_back():
    pattern = pattern_of(Transducer(PLACE, CAP), BANDS)
    front = np.array([[1.0, 0.0, 0.0], [np.nextafter(np.float32(1.0), np.float32(2.0)), 0, 0]])
    assert looked_up(pattern, front) == pytest.approx(np.ones((2, BANDS)), abs=1e-6)
    back = evaluate_harmonics(CAP, [[-1.0, 0.0, 0.0]]).T
    assert looked_up(pattern, -front[1:]) == pytest.approx(back, abs=1e-6)


def test_columns_are_bands_in_any_order():
    pattern = pattern_of(Transducer(PLACE, CAP), BANDS)
    chosen = in_columns(pattern, np.array([3, 0, 0]))
    assert chosen.table.tolist() == pattern.table[:, [3, 0, 0]].tolist()
