import math

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from simgen.errors import SceneError
from simgen.scene.draw_array import draw_array
from simgen.scene.geometry import microphone_positions
from simgen.scene.scene import Room
from simgen.scene.scene_file import SceneFile
from simgen.scene.seeds import Generators

ROOM = Room(size=(6.0, 5.0, 3.0), absorption=((1.0,),) * 6, t60=0.0, speed_of_sound=343.0)
HEAD = "scene: 1\nname: test\nduration_s: 1\nroom: {box_m: [6, 5, 3], t60_s: 0}\n"


def draw(keys, index=0, others=""):
    text = f"{HEAD}arrays: {{{others}one: {{{keys}}}}}\nsources: {{a: {{}}}}\n"
    return draw_array(SceneFile.parse(text), "one", ROOM, Generators(3, index))


def refused(keys):
    with pytest.raises(SceneError) as caught:
        draw(keys)
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize("angles", [(90, 0, 0), (0, 30, 0), (0, 0, 20), (-150, 40, -75)])
def test_turns_are_yaw_then_pitch_up_then_roll(angles):
    yaw, pitch, roll = angles
    array = draw(
        "microphones: {positions_m: [[0.1, 0, 0], [0, 0.2, 0], [0, 0, 0.3]]}, "
        f"yaw_deg: {yaw}, pitch_deg: {pitch}, roll_deg: {roll}"
    )
    turn = Rotation.from_euler("ZYX", [yaw, -pitch, roll], degrees=True)
    expected = np.add(turn.apply(np.diag([0.1, 0.2, 0.3])), [3.0, 2.5, 1.5])
    np.testing.assert_allclose(microphone_positions(array), expected, atol=1e-12)


def test_a_line_is_centred_along_y():
    """Broadside is the front; by hand, four microphones 4 cm apart."""
    places = draw("microphones: {line: {count: 4, spacing_m: 0.04}}").microphones
    expected = [(0, y, 0) for y in (0.06, 0.02, -0.02, -0.06)]
    np.testing.assert_allclose(sorted(places), sorted(expected), atol=1e-15)


def test_every_coordinate_is_drawn_for_itself():
    coordinate = "{uniform: [-0.1, 0.1]}"
    point = f"[{coordinate}, {coordinate}, {coordinate}]"
    array = draw(f"microphones: {{positions_m: [{point}, {point}]}}")
    assert len(set(np.ravel(array.microphones).tolist())) == 6


def test_what_is_drawn_of_an_array_depends_on_its_name_and_its_own_keys_alone():
    keys = (
        "microphones: {circle: {count: 3, radius_m: {uniform: [0.05, 0.1]}}}, "
        "position_m: [{uniform: [2, 4]}, center, 1], yaw_deg: {uniform: [0, 360]}"
    )
    alone = draw(keys)
    other = "other: {microphones: {head: {}}, position_m: [{uniform: [1, 2]}, 1, 1]}, "
    assert draw(keys, others=other) == alone
    regions = draw(keys.replace("position_m", "regions: {sectors: 4}, position_m"))
    assert regions.model_copy(update={"regions": None}) == alone
    another = draw(keys, index=1)
    assert another.position[0] != alone.position[0]
    assert another.orientation != alone.orientation
    assert another.microphones != alone.microphones


def test_the_middle_is_that_of_this_room():
    assert draw("microphones: {head: {}}").position == (3.0, 2.5, 1.5)


def test_angles_on_a_sphere_are_azimuth_and_elevation():
    array = draw(
        "microphones: {rigid_sphere: {radius_m: 0.05, "
        "directions_deg: [[0, 0], [90, 0], [0, 90], [-135, -30]]}}"
    )
    root = math.sqrt(3.0) / 2.0 * math.sqrt(0.5)
    expected = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (-root, -root, -0.5)]
    np.testing.assert_allclose(np.array(array.microphones) / 0.05, expected, atol=1e-12)


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("microphones: {head: {radius_m: 0.1}}, position_m: [0.09, 2, 1]", "sphere of array"),
        (
            "microphones: {positions_m: [[0, 0, 0], [0, 0, 0.6]]}, position_m: [3, 2, 2.5]",
            "microphone 1 is not inside the room",
        ),
        (
            "microphones: {positions_m: [[1, 0, 0]]}, position_m: [-0.5, 2, 1]",
            "the centre of array",
        ),
    ],
)
def test_what_sticks_out_of_the_room_is_told_with_the_scene(keys, told):
    problem = refused(keys)
    assert (problem.code, problem.key_path) == ("outside-room", "arrays.one.position_m")
    assert told in problem.message
    assert 'array "one"' in problem.message
    assert "(scene 0, seed 3)" in problem.message


def test_a_sphere_may_come_as_near_to_a_wall_as_its_radius():
    array = draw("microphones: {head: {radius_m: 0.1}}, position_m: [0.1001, 2, 1]")
    assert array.position[0] == 0.1001


def test_a_coordinate_that_is_no_longer_drawn_leaves_the_others():
    drawn = "{uniform: [-0.1, 0.1]}"

    def second(first):
        keys = f"positions_m: [[{first}, {drawn}, 0], [{drawn}, {drawn}, 0]]"
        return np.ravel(draw(f"microphones: {{{keys}}}").microphones)[1:].tolist()

    assert second("0.05") == second(drawn)


def test_ears_are_as_far_from_the_front_on_the_right_as_on_the_left():
    left, right = draw("microphones: {head: {radius_m: 0.1, ear_azimuth_deg: 100}}").microphones
    x, y = 0.1 * math.cos(math.radians(100)), 0.1 * math.sin(math.radians(100))
    np.testing.assert_allclose([left, right], [(x, y, 0), (x, -y, 0)], atol=1e-15)
