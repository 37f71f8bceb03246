import math

import numpy as np
import pytest

from simgen.acoustics.rigid_sphere import sphere_response, woodworth_delay
from simgen.errors import ParameterError, ShapeError
from simgen.playback.approximate_heads import approximate_plant, shadowed_response
from simgen.playback.crosstalk import channel_separation_db
from simgen.playback.gain_capped import gain_capped_inverse
from tests.playback.example_plants import NARROW, RADIUS, SPEED, head_plants

HEAD = {"radius": RADIUS, "speed_of_sound": SPEED}
THIRDS = 1000.0 * 2.0 ** (np.arange(-7, 10) / 3.0)


def test_published_shadow_at_high_frequencies():
    angles = np.radians([0.0, 75.0, 150.0, 180.0])
    gain = np.abs(shadowed_response([1e9], angles, **HEAD))[0]
    assert gain == pytest.approx([2.0, 1.05, 0.1, 1.05 + 0.95 * np.cos(1.2 * np.pi)], abs=1e-4)


def test_at_0_hz_there_is_no_head():
    assert np.array_equal(shadowed_response([0.0], [0.0, 1.0, 3.0], **HEAD), np.ones((1, 3)))
    assert np.array_equal(approximate_plant([0.0], [0.5, -0.5], **HEAD), np.ones((1, 2, 2)))


def test_one_pole_at_twice_the_corner():
    corner = SPEED / RADIUS / (2.0 * np.pi)
    response = shadowed_response([2.0 * corner], [np.radians(150.0)], **HEAD)
    assert abs(response[0, 0]) == pytest.approx(abs((1.0 + 0.1j) / (1.0 + 1.0j)))


def test_delay_is_woodworths():
    angles = np.radians([0.0, 40.0, 90.0, 130.0, 180.0])
    expected = woodworth_delay(
        np.cos(angles), radius=RADIUS, distance=math.inf, speed_of_sound=SPEED
    )
    pair = shadowed_response([1e6, 1e6 + 100.0], angles, **HEAD)
    delay = -np.angle(pair[1] / pair[0]) / (2.0 * np.pi * 100.0)
    assert delay == pytest.approx(expected, abs=1e-9)


def test_it_resembles_the_rigid_sphere():
    angles = np.radians([0.0, 30.0, 60.0, 90.0, 120.0, 150.0])
    exact = sphere_response(THIRDS, np.cos(angles), distance=math.inf, **HEAD)
    level_db = 20.0 * np.log10(np.abs(shadowed_response(THIRDS, angles, **HEAD) / exact))
    assert np.sqrt(np.mean(level_db**2)) < 3.0


def test_the_near_ear_is_all_pass_and_the_far_one_low_pass():
    plant = np.abs(approximate_plant(THIRDS, np.radians([30.0, -30.0]), **HEAD))
    assert plant[:, [0, 1], [0, 1]] == pytest.approx(np.ones((17, 2)))
    far = plant[:, [1, 0], [0, 1]]
    assert np.all(np.diff(far, axis=0) < 0.0)
    assert np.all(far < 1.0)


def test_the_ratio_of_the_ears_is_that_of_the_shadow():
    azimuth = np.radians([-100.0, -30.0, 5.0, 70.0])
    plant = approximate_plant(THIRDS, azimuth, **HEAD)
    left = np.arccos(np.sin(azimuth))
    expected = shadowed_response(THIRDS, left, **HEAD) / shadowed_response(
        THIRDS, math.pi - left, **HEAD
    )
    assert plant[:, 0] / plant[:, 1] == pytest.approx(expected)


def test_ahead_both_ears_hear_the_same_and_mirrored_sources_mirror_the_ears():
    ahead, left, right = approximate_plant(THIRDS, [0.0, 0.7, -0.7], **HEAD).transpose(2, 0, 1)
    assert ahead == pytest.approx(np.ones((17, 2)))
    assert left == pytest.approx(right[:, ::-1])


def test_filters_of_the_approximate_head_cancel_at_the_rigid_one():
    azimuth = np.arctan2(*np.transpose(NARROW)[::-1])
    model = approximate_plant(THIRDS, azimuth, **HEAD)
    exact = head_plants(NARROW, THIRDS)[0]
    filters = gain_capped_inverse(model, gain_cap=2.0)
    nothing_db = channel_separation_db(exact, np.broadcast_to(np.eye(2), (17, 2, 2)))
    gained_db = channel_separation_db(exact, filters) - nothing_db
    assert gained_db.mean() > 3.0


def test_wrong_arguments_are_refused():
    with pytest.raises(ParameterError, match="incidence"):
        shadowed_response([1e3], [3.2], **HEAD)
    with pytest.raises(ParameterError, match="frequency"):
        approximate_plant([-1.0], [0.5], **HEAD)
    with pytest.raises(ParameterError, match="radius"):
        approximate_plant([1e3], [0.5], radius=0.0, speed_of_sound=SPEED)
    with pytest.raises(ParameterError, match="speed_of_sound"):
        shadowed_response([1e3], [0.5], radius=RADIUS, speed_of_sound=np.nan)
    with pytest.raises(ShapeError, match="azimuth"):
        approximate_plant([1e3], 0.5, **HEAD)
    with pytest.raises(ShapeError, match="frequency"):
        approximate_plant([np.nan], [0.5], **HEAD)
