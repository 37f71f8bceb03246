"""Recordings of what faces somewhere, in the free field."""

import math

import numpy as np
import pytest

from simgen.baselines.srp_phat import srp_phat
from simgen.errors import ParameterError
from simgen.render.render import render
from simgen.scene.scene import Scene
from simgen.scene.scene_file import SceneFile

YAW_DEG = 65
ONE = "{positions_m: [[0, 0, 0]]}"


def draw(microphones: str, azimuth_deg: float, *keys: str, elevation_deg: float = 0.0) -> Scene:
    """A scene of white noise 1.5 m from an array, by direction in the array's frame."""
    place = f"place: {{around: {{array: one, distance_m: 1.5, azimuth_deg: {azimuth_deg}, "
    place += f"elevation_deg: {elevation_deg}}}}}"
    scene_file = SceneFile.parse(
        f"""scene: 1
name: test
duration_s: 0.25
room: {{box_m: [6, 5, 4], t60_s: 0}}
arrays: {{one: {{microphones: {microphones}, yaw_deg: {YAW_DEG}}}}}
sources: {{talker: {{{", ".join(("signal: {noise: white}", place, *keys))}}}}}
"""
    )
    return scene_file.draw(seed=1, index=0)


def record(microphones: str, azimuth_deg: float, *keys: str, elevation_deg: float = 0.0):
    """What the array hears in such a scene."""
    scene = draw(microphones, azimuth_deg, *keys, elevation_deg=elevation_deg)
    assert Scene.from_json(scene.to_json()) == scene
    return render(scene).signals["one"].astype(np.float64)


def level_db(signal: np.ndarray) -> float:
    return float(10.0 * np.log10(np.mean(signal**2)))


@pytest.mark.parametrize(("name", "share"), [("subcardioid", 0.7), ("supercardioid", 0.366)])
@pytest.mark.parametrize("aside_deg", [0, 60, 180])
def test_a_source_that_faces_aside_is_quieter_by_its_pattern(name, share, aside_deg):
    """The source is at azimuth 30 + 65 of the room, and sees the array the other way."""
    facing = f"facing: {{yaw_deg: {30 + YAW_DEG - 180 + aside_deg}}}"
    heard = record(ONE, 30, f"directivity: {name}", facing)
    gain = share + (1 - share) * math.cos(math.radians(aside_deg))
    expected = 20 * math.log10(abs(gain))
    assert level_db(heard) - level_db(record(ONE, 30)) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("name", ["cardioid", "speech", "{piston: {radius_m: 0.03}}"])
def test_in_front_a_source_is_as_loud_as_an_omnidirectional_one(name):
    heard = record(ONE, 30, f"directivity: {name}", "facing: one", elevation_deg=20)
    plain = record(ONE, 30, elevation_deg=20)
    assert level_db(heard) == pytest.approx(level_db(plain), abs=0.01)


def test_a_talker_who_turns_away_is_quieter_above_all_at_high_frequencies():
    facing, away = (
        np.abs(np.fft.rfft(record(ONE, 0, "directivity: speech", f"facing: {{yaw_deg: {yaw}}}")))
        for yaw in (YAW_DEG - 180, YAW_DEG)
    )
    frequency = np.fft.rfftfreq(4000, 1 / 16000)
    low, high = (
        20 * np.log10(np.mean(facing[0, band]) / np.mean(away[0, band]))
        for band in ((frequency > 150) & (frequency < 300), (frequency > 3500) & (frequency < 6000))
    )
    assert 0 < low < 4
    assert 10 < high < 30


@pytest.mark.parametrize(("azimuth_deg", "nearest"), [(0, 0), (90, 1), (180, 2), (-90, 3)])
def test_cardioids_on_a_circle_face_outward(azimuth_deg, nearest):
    microphones = "{circle: {count: 4, radius_m: 0.0001}, directivity: cardioid}"
    heard = record(microphones, azimuth_deg)
    gains = np.sqrt(np.mean(heard**2, axis=1) / np.mean(record(ONE, azimuth_deg) ** 2))
    expected = 0.5 + 0.5 * np.cos((np.arange(4) - nearest) * np.pi / 2)
    np.testing.assert_allclose(gains, expected, atol=1e-3)


@pytest.mark.parametrize(("azimuth_deg", "elevation_deg"), [(0, 0), (130, 20), (-75, -35)])
def test_an_ambisonic_recording_tells_the_direction(azimuth_deg, elevation_deg):
    """First-order channels over the omnidirectional one are y, z and x of a unit vector."""
    heard = record("{ambisonic: {order: 1}}", azimuth_deg, elevation_deg=elevation_deg)
    y, z, x = heard[1:] @ heard[0] / (heard[0] @ heard[0])
    assert math.degrees(math.atan2(y, x)) == pytest.approx(azimuth_deg, abs=0.01)
    assert math.degrees(math.asin(z)) == pytest.approx(elevation_deg, abs=0.01)
    assert math.hypot(x, y, z) == pytest.approx(1, abs=1e-3)
    plain = record(ONE, azimuth_deg, elevation_deg=elevation_deg)
    np.testing.assert_allclose(heard[0], plain[0], atol=1e-6)


@pytest.mark.parametrize(("azimuth_deg", "first"), [(90, 0), (-90, 1), (40, 0), (-140, 1)])
def test_the_near_ear_hears_first_and_more(azimuth_deg, first):
    heard = record("{head: {}}", azimuth_deg)
    near, far = heard[first], heard[1 - first]
    lags = np.arange(-20, 21)
    likeness = [near[50:-50] @ np.roll(far, -lag)[50:-50] for lag in lags]
    lead = lags[int(np.argmax(likeness))] / 16_000
    # Woodworth: a (sin + angle) / c from the side, 0.66 ms; less at 40 degrees from the front.
    angle = math.asin(abs(math.sin(math.radians(azimuth_deg))))
    expected = 0.0875 / 343.2 * (angle + math.sin(angle))
    assert lead == pytest.approx(expected, abs=1.6 / 16_000)
    assert level_db(near) > level_db(far) + 3


def test_a_sphere_hears_more_on_the_near_side():
    directions = "[[0, 0], [180, 0]]"
    heard = record(f"{{rigid_sphere: {{radius_m: 0.1, directions_deg: {directions}}}}}", 0)
    free = level_db(record(ONE, 0))
    assert free + 3 < level_db(heard[0]) < free + 7.5
    assert level_db(heard[1]) < level_db(heard[0]) - 3


@pytest.mark.slow
def test_what_goes_round_a_large_sphere_is_heard_out():
    """The far side of a sphere hears the sound after its straight way would have ended."""
    microphones = "{rigid_sphere: {radius_m: 0.5, directions_deg: [[180, 0]]}}"
    assert level_db(record(microphones, 0)) > level_db(record(ONE, 0)) - 30


def test_arrival_times_are_nothing_to_go_by_at_one_place():
    with pytest.raises(ParameterError, match="do not lie apart in the horizontal plane"):
        srp_phat(record("{ambisonic: {order: 1}}", 0), np.zeros((4, 3)), sample_rate=16_000)


@pytest.mark.parametrize("microphones", ["{ambisonic: {order: 1}}", "{head: {}}"])
def test_a_scene_without_sources_is_silent(microphones):
    scene_file = SceneFile.parse(
        f"""scene: 1
name: test
duration_s: 0.1
room: {{box_m: [6, 5, 4], t60_s: 0}}
arrays: {{one: {{microphones: {microphones}}}}}
sources: {{talker: {{directivity: speech}}}}
"""
    )
    scene = scene_file.draw(seed=1, index=0).model_copy(update={"sources": ()})
    assert not render(scene).signals["one"].any()


def test_signals_that_do_not_fit_are_refused_instead_of_stored():
    scene = draw(ONE, 0.0)
    loud = scene.sources[0].model_copy(update={"level_db": 900.0})
    with pytest.raises(ParameterError, match="not finite"):
        render(scene.model_copy(update={"sources": (loud,)}))
