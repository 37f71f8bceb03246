"""Devices and listeners of scene files: what is drawn, and what is refused."""

import math

import numpy as np
import pytest

from simgen.acoustics.rotation import NO_TURN, from_room_frame
from simgen.errors import SceneError
from simgen.scene.directivity import OMNI, Piston
from simgen.scene.draw_device import driver_positions
from simgen.scene.in_words import directivity_in_words, head_in_words
from simgen.scene.listener import FreeEars, MeasuredHead, SphereHead
from simgen.scene.orientation import quaternion_from_angles
from simgen.scene.presets import PRESETS
from simgen.scene.scene import Scene
from simgen.scene.scene_file import SceneFile
from simgen.scene.sofa_files import digest_of_file

HEAD = """scene: 1
name: test
duration_s: 1
room: {box_m: [6, 5, 3], t60_s: 0}
"""
BAR = "devices: {bar: {drivers: two_driver_15cm, position_m: [4, 2, 1], yaw_deg: 180}}\n"


def parse(text: str) -> SceneFile:
    return SceneFile.parse(HEAD + text)


def draw(text: str, index: int = 0) -> Scene:
    scene = parse(text).draw(seed=3, index=index)
    assert Scene.from_json(scene.to_json()) == scene
    return scene


def seat(keys: str, index: int = 0):
    """The listener of a scene with a bar."""
    return draw(f"{BAR}listeners: {{seat: {{{keys}}}}}\n", index).listeners["seat"]


def refusal(text: str) -> str:
    with pytest.raises(SceneError) as caught:
        parse(text).draw(seed=0, index=0)
    return str(caught.value)


def test_drivers_are_drawn_in_their_device():
    scene = draw(
        "devices: {bar: {position_m: [4, center, 1], yaw_deg: 90, drivers: ["
        "{position_m: [0, {uniform: [0.1, 0.2]}, 0]},"
        "{position_m: [0.5, 0, 0], facing_deg: [30, 10],"
        " directivity: {piston: {radius_m: 0.02}}}]}}\n"
        "listeners: {seat: {position_m: [1, 2, 1]}}\n"
    )
    first, second = scene.devices["bar"].drivers
    assert 0.1 <= first.position[1] <= 0.2
    assert (first.orientation, first.directivity) == (NO_TURN, OMNI)
    assert second.directivity == Piston(radius=0.02)
    assert second.orientation == quaternion_from_angles(math.radians(30), math.radians(10))
    np.testing.assert_allclose(driver_positions(scene.devices["bar"])[1], [4, 3, 1], atol=1e-12)


def test_a_preset_gives_its_drivers():
    for name, drivers in PRESETS.items():
        text = f"devices: {{a: {{drivers: {name}, position_m: [3, 2, 1]}}}}\n"
        scene = draw(text + "listeners: {b: {position_m: [5, 2, 1]}}\n")
        assert scene.devices["a"].drivers == drivers


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("sphere", SphereHead()),
        ("{sphere: {}}", SphereHead()),
        (
            "{sphere: {radius_m: 0.08, ear_azimuth_deg: 100}}",
            SphereHead(radius=0.08, ear_azimuth=math.radians(100)),
        ),
        ("{free: {distance_m: 0.17}}", FreeEars(distance=0.17)),
    ],
)
def test_heads(text, head):
    assert seat(f"head: {text}, position_m: [1, 2, 1]").head == head


def test_left_out_a_listener_is_a_sphere_that_faces_the_first_device():
    listener = seat("position_m: [1, 2, 1]")
    assert listener.head == SphereHead()
    (nominal,) = listener.poses
    np.testing.assert_allclose(nominal.orientation, quaternion_from_angles(0.0), atol=1e-12)


def test_a_listener_faces_a_device_or_turns_by_angles():
    (pose,) = seat("position_m: [4, 1, 1], facing: bar").poses
    np.testing.assert_allclose(pose.orientation, quaternion_from_angles(math.pi / 2))
    (pose,) = seat("position_m: [4, 1, 1], yaw_deg: 30, pitch_deg: -10, roll_deg: 5").poses
    angles = (math.radians(x) for x in (30, -10, 5))
    np.testing.assert_allclose(pose.orientation, quaternion_from_angles(*angles))


def test_around_a_device_is_in_front_of_it_in_its_own_frame():
    (pose,) = seat("around: {device: bar, distance_m: 2}").poses
    np.testing.assert_allclose(pose.position, [2, 2, 1], atol=1e-12)
    (pose,) = seat("around: {device: bar, distance_m: 1, azimuth_deg: 90}").poses
    np.testing.assert_allclose(pose.position, [4, 1, 1], atol=1e-12)


def offsets(listener):
    """Where poses are in the frame of the first one, and how far they are turned, in degrees."""
    nominal = listener.poses[0]
    places = [pose.position for pose in listener.poses]
    yaw = [
        2 * math.degrees(math.atan2(z, w)) for w, _, _, z in (p.orientation for p in listener.poses)
    ]
    moved = from_room_frame(places, nominal.position, nominal.orientation)
    return np.column_stack([moved, np.subtract(yaw, yaw[0])]).round(9) + 0.0


def test_a_grid_is_a_product_in_the_listeners_own_frame_and_the_nominal_pose_comes_first():
    listener = seat(
        "position_m: [4, 1, 1.2], yaw_deg: 90, poses: {grid: "
        "{lateral_m: [-0.1, 0], fore_aft_m: [0.2, 0], height_m: [0], yaw_deg: [-15, 0]}}"
    )
    expected = [(x, y, 0, turn) for x in (0.2, 0) for y in (-0.1, 0) for turn in (-15, 0)]
    assert offsets(listener).tolist() == [[0, 0, 0, 0], *map(list, expected[:-1])]
    np.testing.assert_allclose(listener.poses[1].position, [4.1, 1.2, 1.2], atol=1e-12)


def test_a_grid_without_the_nominal_pose_is_stored_after_it():
    listener = seat("position_m: [1, 2, 1], yaw_deg: 0, poses: {grid: {lateral_m: [0.1]}}")
    assert offsets(listener).tolist() == [[0, 0, 0, 0], [0, 0.1, 0, 0]]


def test_random_poses_follow_the_nominal_one_each_drawn_for_itself():
    keys = "position_m: [1, 2, 1], yaw_deg: 0, poses: {random: {count: 32, "
    keys += "lateral_m: {uniform: [-0.1, 0.1]}, yaw_deg: {uniform: [-15, 15]}}}"
    found = offsets(seat(keys))
    assert found.shape == (33, 4)
    assert len(set(found[:, 1])) == 33
    assert np.abs(found[:, 1]).max() <= 0.1
    assert 5 < np.abs(found[:, 3]).max() <= 15
    assert not found[:, [0, 2]].any()
    assert offsets(seat(keys, index=1))[1].tolist() != found[1].tolist()


def test_a_grid_may_be_drawn():
    grid = "{lateral_m: [{uniform: [0.1, 0.2]}, 0.3]}"
    lateral = offsets(seat(f"position_m: [1, 2, 1], yaw_deg: 0, poses: {{grid: {grid}}}"))[:, 1]
    assert lateral[0] == 0
    assert 0.1 <= lateral[1] <= 0.2
    assert lateral[2] == 0.3


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("rows: 2, columns: 3", [(0, 0), (0, 0.6), (0, -0.6), (-1, 0.6), (-1, 0), (-1, -0.6)]),
        ("columns: 2, column_spacing_m: 0.8", [(0, 0), (0, 0.4), (0, -0.4)]),
        ("rows: 2, row_spacing_m: 0.7", [(0, 0), (-0.7, 0)]),
    ],
)
def test_seats_stand_in_rows_behind_the_listener(keys, expected):
    listener = seat(f"position_m: [3, 2, 1], yaw_deg: 0, poses: {{seats: {{{keys}}}}}")
    np.testing.assert_allclose(offsets(listener)[:, :2], expected, atol=1e-12)
    assert not offsets(listener)[:, 2:].any()


def test_adding_a_listener_leaves_what_the_others_draw():
    text = BAR + "listeners: {seat: {position_m: [{uniform: [1, 2]}, 2, 1]}%s}\n"
    alone, beside = draw(text % ""), draw(text % ", b: {position_m: [{uniform: [1, 2]}, 3, 1]}")
    assert alone.listeners["seat"] == beside.listeners["seat"]


def test_sources_keep_away_from_listeners_and_may_face_devices():
    text = f"""{BAR}listeners: {{seat: {{position_m: [2, 2, 1]}}}}
arrays: {{one: {{microphones: {{positions_m: [[0, 0, 0]]}}}}}}
sources: {{noises: {{count: 5, signal: {{noise: white}}, directivity: cardioid, facing: bar}}}}
rules: [{{at_least_m: 2, between: [noises, seat]}}]
"""
    scene = draw(text)
    for source in scene.sources:
        assert math.dist(source.position, (2, 2, 1)) >= 2
        [ahead] = from_room_frame([(4, 2, 1)], source.position, source.orientation)
        assert ahead[0] == pytest.approx(math.dist(source.position, (4, 2, 1)))


def sofa_scene(tmp_path, content=b"measured"):
    (tmp_path / "heads").mkdir(exist_ok=True)
    (tmp_path / "heads" / "a.sofa").write_bytes(content)
    (tmp_path / "woofer.sofa").write_bytes(b"woofer")
    path = tmp_path / "scene.yaml"
    path.write_text(
        HEAD + "devices: {bar: {position_m: [4, 2, 1], drivers: ["
        "{position_m: [0, 0, 0], directivity: {sofa: woofer.sofa, order: 6, measurement: 1}}]}}\n"
        "listeners: {seat: {position_m: [1, 2, 1], head: {sofa: heads/a.sofa}}}\n"
    )
    return SceneFile.load(path)


def test_sofa_files_are_named_with_their_digests(tmp_path):
    scene_file = sofa_scene(tmp_path)
    scene = scene_file.draw(seed=0, index=0)
    digest = digest_of_file("heads/a.sofa", tmp_path)
    assert scene.listeners["seat"].head == MeasuredHead(file="heads/a.sofa", sha256=digest)
    measured = scene.devices["bar"].drivers[0].directivity
    assert (measured.file, measured.order, measured.measurement) == ("woofer.sofa", 6, 1)
    assert measured.sha256 == digest_of_file("woofer.sofa", tmp_path)
    assert Scene.from_json(scene.to_json()) == scene
    assert scene_file.corpora() == {"heads/a.sofa": digest, "woofer.sofa": measured.sha256}
    assert sofa_scene(tmp_path, b"other!").corpora()["heads/a.sofa"] != digest
    assert head_in_words(scene.listeners["seat"].head) == "measured (heads/a.sofa)"
    assert directivity_in_words(measured) == "measured (woofer.sofa, order 6)"


LISTENER = "listeners: {seat: {position_m: [1, 2, 1]}}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1:1: missing-key there is nothing to hear: needs arrays and sources, or devices and"),
        (BAR, "missing-key devices: devices are of no use without listeners; add listeners"),
        (LISTENER, "missing-key listeners: listeners are of no use without devices"),
        (
            f"{BAR}{LISTENER}sources: {{a: {{}}}}\n",
            "missing-key sources: sources are of no use without arrays",
        ),
        (
            BAR.replace("two_driver_15cm", "two_drivers_15cm") + LISTENER,
            'got the text "two_drivers_15cm"; did you mean "two_driver_15cm"?',
        ),
        (BAR.replace("two_driver_15cm", "[]") + LISTENER, "must hold 1 or more items, got none"),
        (
            BAR.replace("two_driver_15cm", "[{position: [0, 0, 0]}]") + LISTENER,
            'devices.bar.drivers[0].position: no such key here; did you mean "position_m"?',
        ),
        (
            BAR.replace("two_driver_15cm", "[{position_m: [0, 0, 0], facing_deg: [0, 0]}]")
            + LISTENER,
            "drivers[0].facing_deg: an omnidirectional driver faces nothing",
        ),
        (
            BAR.replace("position_m: [4, 2, 1]", "position_m: [4, 4.95, 1]") + LISTENER,
            'outside-room devices.bar.position_m: device "bar": driver 0 is not inside the room',
        ),
        (
            BAR + LISTENER.replace("seat", "bar"),
            'duplicate-name listeners.bar: "bar" names a device too; give one of them another',
        ),
        (
            f"{BAR}{LISTENER}rules: [{{at_least_m: 1, between: [bar, seat]}}]\n",
            "rules[0].between: needs a group of sources, got bar and seat",
        ),
        (
            f"engine: pyroomacoustics\n{BAR}{LISTENER}",
            "infeasible devices.bar.drivers: the engine pyroomacoustics takes omnidirectional",
        ),
    ],
)
def test_faults_of_devices(text, message):
    assert message in refusal(text)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("facing: bar", "seat: needs position_m: [x, y, z], or around: {device: NAME"),
        (
            "position_m: [1, 2, 1], around: {device: bar, distance_m: 1}",
            "seat.around: position_m says already where the listener is",
        ),
        (
            "around: {device: baar, distance_m: 1}",
            'around.device: nothing here is named "baar" (allowed: bar); did you mean "bar"?',
        ),
        (
            "position_m: [1, 2, 1], facing: br",
            'seat.facing: nothing here is named "br" (allowed: bar); did you mean "bar"?',
        ),
        ("position_m: [1, 2, 1], facing: bar, yaw_deg: 0", "facing: says already where"),
        ("position_m: [4, 2, 1], head: {free: {distance_m: 0.5}}", "and cannot face it (scene 0"),
        (
            "position_m: [1, 2, 1], poses: {grid: {lateral_m: [0, 2.95], yaw_deg: [0, 9]}}",
            'infeasible listeners.seat.poses: listener "seat", pose 2: the head is not inside the '
            "room, got (1.0, 4.95, 1.0) (allowed: more than 0.0875 m from every wall",
        ),
        (
            "position_m: [4, 2.1, 1]",
            'infeasible listeners.seat.position_m: listener "seat", pose 0: driver 0 of device '
            '"bar" is inside the head, got 0.025 (allowed: at least 0.08837 m away)',
        ),
        (
            "position_m: [4, 2.15, 1], yaw_deg: 0, head: {free: {distance_m: 0.15}}",
            'pose 0: driver 0 of device "bar" is on top of an ear, got 0.0 (allowed: at least 0.01',
        ),
        ("position_m: [1, 2, 1], head: spehre", 'did you mean "sphere"?'),
        ("position_m: [1, 2, 1], head: {ball: {}}", "listeners.seat.head"),
        (
            "position_m: [1, 2, 1], head: {sofa: none.sofa}",
            "bad-file listeners.seat.head.sofa: none.sofa: there is no such file",
        ),
        ("position_m: [1, 2, 1], head: {sofa: .}", "is a folder"),
        ("position_m: [1, 2, 1], poses: {gird: {}}", 'did you mean "grid"?'),
        ("position_m: [1, 2, 1], poses: {grid: {lateral_m: 0.1}}", "must be a list, got 0.1"),
        (
            "position_m: [1, 2, 1], poses: {random: {count: 100000}}",
            "random.count: must be at most 10000, got 100000",
        ),
        (
            "position_m: [1, 2, 1], poses: {grid: {lateral_m: ["
            + ", ".join(["0.1"] * 101)
            + "], yaw_deg: ["
            + ", ".join(["1"] * 100)
            + "]}}",
            "poses.grid: the grid must hold at most 10000 poses, got 10100",
        ),
    ],
)
def test_faults_of_listeners(keys, message):
    assert message in refusal(f"{BAR}listeners: {{seat: {{{keys}}}}}\n")


def test_a_misspelt_kind_is_told_from_names_that_mean_nothing():
    text = refusal(
        BAR.replace("devices", "devces")
        + "listeners: {seat: {position_m: [1, 2, 1], facing: bar}}\n"
    )
    assert 'devces: no such key here; did you mean "devices"?' in text
    assert "nothing here is named" not in text


def test_the_schema_tells_what_goes_together():
    schema = SceneFile.model_json_schema()
    assert {"required": ["devices", "listeners"]} in schema["anyOf"]
    assert schema["dependentRequired"]["devices"] == ["listeners"]
    assert {"devices", "listeners"} <= set(schema["properties"])
    assert schema["$defs"]["Grid"]["properties"]["yaw_deg"]["minItems"] == 1
