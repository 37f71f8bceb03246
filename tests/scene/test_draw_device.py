import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from simgen.acoustics.rotation import NO_TURN
from simgen.errors import SceneError
from simgen.scene.directivity import Cap, Piston
from simgen.scene.draw_device import draw_device, driver_positions
from simgen.scene.presets import PRESETS
from simgen.scene.scene import Room
from simgen.scene.scene_file import SceneFile
from simgen.scene.seeds import Generators

ROOM = Room(size=(6.0, 5.0, 3.0), absorption=((1.0,),) * 6, t60=0.0, speed_of_sound=343.0)
HEAD = "scene: 1\nname: test\nduration_s: 1\nroom: {box_m: [6, 5, 3], t60_s: 0}\n"


def draw(keys, index=0, others="", room=ROOM):
    text = (
        f"{HEAD}devices: {{{others}bar: {{{keys}}}}}\nlisteners: {{a: {{position_m: [1, 1, 1]}}}}"
    )
    return draw_device(SceneFile.parse(text), "bar", room, Generators(3, index))


def test_drivers_turn_with_their_device():
    device = draw(
        "position_m: [2, 3, center], yaw_deg: 120, pitch_deg: -20, roll_deg: 10, "
        "drivers: [{position_m: [0.1, 0, 0]}, {position_m: [0, 0.2, -0.3]}]"
    )
    turn = Rotation.from_euler("ZYX", [120, 20, 10], degrees=True)
    expected = np.add(turn.apply([[0.1, 0, 0], [0, 0.2, -0.3]]), [2.0, 3.0, 1.5])
    np.testing.assert_allclose(driver_positions(device), expected, atol=1e-12)


def test_a_driver_faces_azimuth_and_elevation_in_its_device():
    device = draw(
        "position_m: [2, 3, 1], yaw_deg: 77, drivers: [{position_m: [0, 0, 0], "
        "facing_deg: [-90, 30], directivity: {cap: {sphere_radius_m: 0.1, half_angle_deg: 90}}}]"
    )
    (driver,) = device.drivers
    front = Rotation.from_quat(driver.orientation, scalar_first=True).apply([1.0, 0.0, 0.0])
    np.testing.assert_allclose(front, [0.0, -np.sqrt(0.75), 0.5], atol=1e-12)
    assert driver.directivity == Cap(sphere_radius=0.1, half_angle=np.pi / 2)


def test_every_driver_is_drawn_for_itself_and_every_scene_anew():
    one = "{position_m: [{uniform: [0, 1]}, {uniform: [0, 1]}, 0], directivity: " + (
        "{piston: {radius_m: {uniform: [0.01, 0.1]}}}}"
    )
    keys = f"position_m: [2, 3, 1], drivers: [{one}, {one}]"
    drivers = [driver for index in (0, 1) for driver in draw(keys, index).drivers]
    drawn = [x for driver in drivers for x in (*driver.position[:2], driver.directivity.radius)]
    assert len(set(drawn)) == 12
    assert {type(driver.directivity) for driver in drivers} == {Piston}
    assert {driver.orientation for driver in drivers} == {NO_TURN}


def test_other_devices_leave_what_is_drawn():
    keys = "position_m: [{uniform: [1, 5]}, 3, 1], yaw_deg: {uniform: [0, 90]}, "
    keys += "drivers: [{position_m: [0, 0, 0]}]"
    other = "other: {drivers: two_driver_15cm, position_m: [{uniform: [1, 5]}, 1, 1]}, "
    assert draw(keys, others=other) == draw(keys)


def test_presets_are_never_drawn():
    devices = [draw("drivers: two_driver_15cm, position_m: [2, 3, 1]", index) for index in (0, 1)]
    assert devices[0].drivers == devices[1].drivers == PRESETS["two_driver_15cm"]


@pytest.mark.parametrize(
    ("keys", "driver"),
    [
        ("position_m: [5.95, 2, 1], yaw_deg: 0, drivers: [{position_m: [0.1, 0, 0]}]", 0),
        (
            "position_m: [5.95, 2, 1], yaw_deg: 180, "
            "drivers: [{position_m: [0.1, 0, 0]}, {position_m: [-0.1, 0, 0]}]",
            1,
        ),
    ],
)
def test_a_driver_outside_the_room_is_named(keys, driver):
    with pytest.raises(SceneError) as caught:
        draw(keys)
    (problem,) = caught.value.problems
    assert (problem.code, problem.key_path) == ("outside-room", "devices.bar.position_m")
    assert f'device "bar": driver {driver} is not inside the room' in problem.message
    assert "(scene 0, seed 3)" in problem.message


def test_a_device_whose_origin_is_outside_may_have_its_drivers_inside():
    """A frame may begin anywhere: only drivers are things."""
    assert draw("position_m: [-0.5, 2, 1], drivers: [{position_m: [1, 0, 0]}]").position[0] == -0.5


def test_a_driver_that_is_no_longer_drawn_leaves_the_others():
    drawn = "{position_m: [{uniform: [0, 1]}, {uniform: [0, 1]}, 0]}"

    def second(first):
        return draw(f"position_m: [2, 3, 1], drivers: [{first}, {drawn}]").drivers[1]

    assert second("{position_m: [0, 0, 0]}") == second(drawn)
