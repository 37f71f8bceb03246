import numpy as np
import pytest

from simgen.acoustics.responses import box_responses
from simgen.acoustics.room import BoxRoom
from simgen.training.mixing import (
    Pose,
    add_noise,
    add_posed,
    pose_into,
    posed,
    posed_azimuths,
)
from tests.references import mixtures

POSES = [Pose(turns, is_mirrored) for turns in range(8) for is_mirrored in (False, True)]
SIZE = (5.0, 4.0, 3.0)
CENTRE = np.array([2.3, 1.9, 1.2])


def ring(yaw):
    """Microphones of a ring of 0.1 m round the centre, (microphone, 3)."""
    angles = yaw + np.arange(8) * np.pi / 4.0
    return CENTRE + 0.1 * np.stack([np.cos(angles), np.sin(angles), np.zeros(8)], axis=1)


def responses(source, microphones, room=SIZE):
    walls = (0.4, 0.3, 0.5, 0.2, 0.35, 0.45)
    box = BoxRoom(room, walls, 343.0)
    return box_responses(box, [source], microphones, sample_rate=16000, num_samples=1500)[0]


@pytest.mark.parametrize("pose", POSES)
def test_adding_in_a_pose_equals_the_reference(pose):
    rng = np.random.default_rng(1)
    signals = rng.integers(-(2**15), 2**15, (8, 40)).astype(np.int16)
    mixture = np.zeros((8, 25), dtype=np.float32)
    add_posed(mixture, signals, start=7, gain=0.25, pose=pose)
    part = (signals, 7, 0.25, pose.turns, pose.is_mirrored)
    assert np.array_equal(mixture, mixtures.mixture([part], length=25))


def test_sources_add_up():
    rng = np.random.default_rng(2)
    parts = [
        (rng.integers(-99, 99, (8, 30)).astype(np.int16), 3, 0.5, 2, True),
        (rng.integers(-99, 99, (8, 30)).astype(np.int16), 0, 2.0, 7, False),
    ]
    mixture = np.zeros((8, 20), dtype=np.float32)
    for signals, start, gain, turns, is_mirrored in parts:
        add_posed(mixture, signals, start=start, gain=gain, pose=Pose(turns, is_mirrored))
    assert np.array_equal(mixture, mixtures.mixture(parts, length=20))


@pytest.mark.parametrize("pose", POSES)
def test_renumbering_is_adding_to_silence(pose):
    signals = np.arange(8 * 5, dtype=np.int16).reshape(8, 5)
    mixture = np.zeros((8, 5), dtype=np.float32)
    add_posed(mixture, signals, start=0, gain=1.0, pose=pose)
    assert np.array_equal(posed(signals, pose), mixture)


@pytest.mark.parametrize("pose", POSES)
def test_azimuths_follow_the_reference(pose):
    own = [-179.0, -90.5, -45.0, -0.25, 0.0, 12.0, 44.9, 135.0, 180.0]
    expected = [
        mixtures.azimuth_deg(one, turns=pose.turns, is_mirrored=pose.is_mirrored) for one in own
    ]
    error = np.rad2deg(posed_azimuths(np.deg2rad(own), pose)) - expected
    assert np.abs((error + 180.0) % 360.0 - 180.0) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("turns", range(8))
def test_turning_a_recording_is_recording_with_the_array_turned_back(turns):
    source = (3.9, 2.7, 1.5)
    own = responses(source, ring(0.3))
    turned = responses(source, ring(0.3 - turns * np.pi / 4.0))
    error = np.abs(posed(own, Pose(turns, is_mirrored=False)) - turned)
    assert np.max(error) < 1e-5 * np.max(np.abs(own))


def test_mirroring_a_recording_is_recording_the_mirrored_room():
    source = np.array([3.9, 2.7, 1.5])
    walls = np.array([0.4, 0.3, 0.5, 0.2, 0.35, 0.45])
    own = responses(source, ring(0.3))
    flip = np.array([1.0, -1.0, 1.0])
    mirrored_ring = np.array([0.0, 4.0, 0.0]) + flip * ring(0.3)
    # The mirrored ring counts clockwise: its microphones are those of a ring turned by -0.3.
    assert mirrored_ring[1] == pytest.approx(
        np.array([0.0, 4.0, 0.0]) + flip * CENTRE + ring(-0.3)[7] - CENTRE
    )
    box = BoxRoom(SIZE, tuple(walls[[0, 1, 3, 2, 4, 5]]), 343.0)
    centre = np.array([0.0, 4.0, 0.0]) + flip * CENTRE
    counted = centre + (ring(-0.3) - CENTRE)
    mirrored = box_responses(
        box,
        [tuple(np.array([0.0, 4.0, 0.0]) + flip * source)],
        counted,
        sample_rate=16000,
        num_samples=1500,
    )[0]
    error = np.abs(posed(own, Pose(0, is_mirrored=True)) - mirrored)
    assert np.max(error) < 1e-5 * np.max(np.abs(own))


@pytest.mark.parametrize("is_mirrored", [False, True])
@pytest.mark.parametrize("azimuth_deg", [-180.0, -135.1, -45.0, -0.1, 0.0, 44.9, 90.0, 179.9])
def test_a_source_comes_into_the_sector_asked_for(azimuth_deg, is_mirrored):
    azimuth = np.deg2rad(azimuth_deg)
    for sector in range(8):
        pose = pose_into(sector, azimuth, is_mirrored=is_mirrored)
        there = np.rad2deg(posed_azimuths(azimuth, pose)) % 360.0
        assert -1e-9 <= there - 45.0 * sector <= 45.0 + 1e-9
        assert 0 <= pose.turns < 8


def test_each_channel_gets_its_own_stretch_of_noise():
    noise = np.arange(100, dtype=np.float32)
    mixture = np.ones((8, 5), dtype=np.float32)
    starts = np.array([0, 10, 20, 30, 40, 50, 60, 95])
    add_noise(mixture, noise, starts, np.float32(2.0))
    expected = 1.0 + 2.0 * np.stack([noise[start : start + 5] for start in starts])
    assert np.array_equal(mixture, expected)
