import math

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from simgen.errors import SceneError
from simgen.scene.distributions import Uniform
from simgen.scene.distributions import draw as draw_number
from simgen.scene.scene_file import SceneFile
from simgen.scene.seeds import Generators

HEAD = "scene: 1\nname: test\nduration_s: 1\nroom: {box_m: [6, 5, 3], t60_s: 0}\n"
BAR = (
    "bar: {drivers: [{position_m: [0, 0, 0]}], position_m: [4, 2, 1], "
    "yaw_deg: 150, pitch_deg: 20, roll_deg: 5}"
)
TURN = Rotation.from_euler("ZYX", [150, -20, 5], degrees=True)


def draw(keys, index=0, devices=BAR):
    text = f"{HEAD}devices: {{{devices}}}\nlisteners: {{seat: {{{keys}}}}}\n"
    return SceneFile.parse(text).draw(seed=3, index=index).listeners["seat"]


def rotation(pose):
    return Rotation.from_quat(pose.orientation, scalar_first=True)


@pytest.mark.parametrize(("azimuth", "elevation"), [(0, 0), (90, 0), (-30, 10), (120, -20)])
def test_around_a_device_is_by_azimuth_and_elevation_in_its_turned_frame(azimuth, elevation):
    keys = f"distance_m: 1.1, azimuth_deg: {azimuth}, elevation_deg: {elevation}"
    (pose,) = draw(f"around: {{device: bar, {keys}}}").poses
    a, e = math.radians(azimuth), math.radians(elevation)
    direction = [math.cos(e) * math.cos(a), math.cos(e) * math.sin(a), math.sin(e)]
    expected = np.add(TURN.apply(1.1 * np.array(direction)), [4.0, 2.0, 1.0])
    np.testing.assert_allclose(pose.position, expected, atol=1e-12)


def test_who_is_told_nothing_faces_the_first_device_with_the_ears_level():
    second = ", other: {drivers: two_driver_15cm, position_m: [1, 4, 1]}"
    (pose,) = draw("position_m: [2, 1, 2]", devices=BAR + second).poses
    front, left = (rotation(pose).apply(axis) for axis in ([1.0, 0, 0], [0, 1.0, 0]))
    way = np.array([2.0, 1.0, -1.0])
    np.testing.assert_allclose(front, way / np.linalg.norm(way), atol=1e-12)
    assert left[2] == pytest.approx(0.0, abs=1e-12)


def test_poses_move_in_the_frame_of_the_nominal_one_also_when_it_is_tilted():
    grid = "{fore_aft_m: [0.1], lateral_m: [-0.2], height_m: [0.3], yaw_deg: [25]}"
    nominal, moved = draw(
        f"position_m: [2, 2, 1.2], yaw_deg: 40, pitch_deg: 15, roll_deg: -10, "
        f"poses: {{grid: {grid}}}"
    ).poses
    turn = Rotation.from_euler("ZYX", [40, -15, -10], degrees=True)
    np.testing.assert_allclose(
        moved.position, np.add(turn.apply([0.1, -0.2, 0.3]), [2, 2, 1.2]), atol=1e-12
    )
    after = turn * Rotation.from_euler("Z", 25, degrees=True)
    assert (rotation(moved).inv() * after).magnitude() == pytest.approx(0.0, abs=1e-9)
    assert (rotation(nominal).inv() * turn).magnitude() == pytest.approx(0.0, abs=1e-9)


def test_asking_for_more_random_poses_leaves_those_there_are():
    def some(count):
        keys = "lateral_m: {uniform: [-0.1, 0.1]}, yaw_deg: {uniform: [-9, 9]}"
        return draw(f"position_m: [2, 2, 1.2], poses: {{random: {{count: {count}, {keys}}}}}").poses

    assert some(20)[:6] == some(5)
    assert len(set(some(20))) == 21


def test_what_is_drawn_of_the_head_leaves_the_place():
    place = "position_m: [{uniform: [1, 2]}, 2, 1.2]"
    sphere = draw(f"{place}, head: {{sphere: {{radius_m: {{uniform: [0.08, 0.09]}}}}}}")
    free = draw(f"{place}, head: {{free: {{distance_m: {{uniform: [0.1, 0.2]}}}}}}")
    assert sphere.poses == free.poses == draw(place).poses
    assert 0.08 <= sphere.head.radius < 0.09
    assert 0.1 <= free.head.distance < 0.2
    assert draw(place, index=1).poses != draw(place).poses


def test_the_nominal_pose_comes_once_though_the_grid_holds_it():
    grid = "{lateral_m: [-0.1, 0, 0.1], yaw_deg: [0, 10]}"
    poses = draw(f"position_m: [2, 2, 1.2], yaw_deg: 5, poses: {{grid: {grid}}}").poses
    assert len(poses) == len(set(poses)) == 6


@pytest.mark.parametrize("columns", [2, 3, 4, 5])
def test_seats_are_centred_on_the_nominal_place_and_go_from_left_to_right(columns):
    keys = f"rows: 1, columns: {columns}, column_spacing_m: 0.5"
    poses = draw(f"position_m: [3, 2.5, 1], yaw_deg: 90, poses: {{seats: {{{keys}}}}}").poses
    # Facing +y the left is -x, and the middle of an odd row is the nominal pose itself.
    x = np.array([pose.position[0] for pose in poses[1:]]) - 3.0
    exact = 0.5 * (np.arange(columns) - (columns - 1) / 2)
    np.testing.assert_allclose(x, exact[exact != 0.0], atol=1e-12)
    assert {pose.orientation for pose in poses} == {poses[0].orientation}


@pytest.mark.parametrize(
    ("keys", "key_path"),
    [
        ("position_m: [0.05, 2, 1]", "position_m"),
        ("around: {device: bar, distance_m: 0.05}", "around"),
        ("position_m: [1, 2, 1], poses: {grid: {height_m: [5]}}", "poses"),
        ("position_m: [4, 2, 1]", "facing"),
    ],
)
def test_what_cannot_be_is_told_at_the_key_to_change(keys, key_path):
    with pytest.raises(SceneError) as caught:
        draw(keys)
    (problem,) = caught.value.problems
    assert (problem.code, problem.key_path) == ("infeasible", f"listeners.seat.{key_path}")
    assert "(scene 0, seed 3)" in problem.message


def test_every_axis_of_every_random_pose_is_drawn_for_itself():
    """Under the names that frozen draws have: other names would draw other scenes."""
    keys = "position_m: [2, 2, 1.2], yaw_deg: 0, poses: {random: {count: 3, %s}}"
    one, two = "lateral_m: {uniform: [-0.1, 0.1]}", "fore_aft_m: {uniform: [-0.1, 0.1]}"
    alone, both = draw(keys % one).poses[1:], draw(keys % f"{one}, {two}").poses[1:]
    assert [pose.position[1] for pose in both] == [pose.position[1] for pose in alone]
    generators = Generators(3, 0)
    expected = [
        draw_number(
            Uniform(uniform=(-0.1, 0.1)),
            generators,
            f"listeners.seat['poses.random[{number}]'].lateral_m",
        )
        for number in range(3)
    ]
    found = [pose.position[1] - 2.0 for pose in alone]
    assert found == pytest.approx(expected, abs=1e-15)
