"""What listeners hear of devices."""

import math
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import simgen
from simgen.acoustics.heads import HeadResponses, measured_head, spherical_head
from simgen.acoustics.responses import box_responses
from simgen.errors import GeometryError, ParameterError, SignalError
from simgen.render.ear_responses import ear_responses
from simgen.render.measured import NO_READERS, Readers
from simgen.render.render import render
from simgen.scene.device import Device, Driver
from simgen.scene.directivity import Cap, FirstOrder
from simgen.scene.geometry import box_room
from simgen.scene.listener import FreeEars, Listener, MeasuredHead, Pose, SphereHead
from simgen.scene.orientation import compose, quaternion_from_angles
from simgen.scene.scene import Room, Scene
from simgen.scene.sofa_files import digest_of_file
from simgen.scene.transducers import driver_transducers

RATE, SPEED = 16_000, 340.0
TURN = quaternion_from_angles(0.7, -0.2, 0.1)
KEMAR = Path("/usr/share/libmysofa/MIT_KEMAR_normal_pinna.sofa")
OMNI_PAIR = (Driver(position=(0, 0.1, 0)), Driver(position=(0, -0.1, 0)))
CARDIOID = FirstOrder(pattern="cardioid")


def a_scene(*poses, head=None, drivers=OMNI_PAIR, absorption=1.0, place=(3.0, 2.4, 1.3), **changes):
    """One device and one listener in a box, anechoic unless said otherwise."""
    parts = {
        "name": "test",
        "seed": None,
        "index": 0,
        "sample_rate": RATE,
        "num_samples": 100,
        "label_hop": 100,
        "room": Room(
            size=(6, 5, 3),
            absorption=((absorption,),) * 6,
            t60=0.0 if absorption == 1.0 else 0.02,
            speed_of_sound=SPEED,
        ),
        "arrays": {},
        "sources": (),
        "devices": {"bar": Device(position=place, orientation=TURN, drivers=drivers)},
        "listeners": {"seat": Listener(head=head or SphereHead(), poses=poses or (pose(),))},
    }
    return Scene(**{**parts, **changes})


def pose(x=1.5, y=2.0, z=1.2, yaw=0.3):
    return Pose(position=(x, y, z), orientation=quaternion_from_angles(yaw))


def heard(scene, **options):
    responses = render(scene, **options).ear_responses["seat"]["bar"]
    assert responses.dtype == np.float32
    assert responses.flags.c_contiguous
    return responses


def test_free_ears_hear_an_impulse_of_one_over_4_pi_r_after_r_over_c():
    """The way of each of two ears from a driver, by Pythagoras; levels in a low band."""
    scene = a_scene(
        Pose(position=(2.0, 2.0, 1.0), orientation=(1.0, 0.0, 0.0, 0.0)),
        head=FreeEars(distance=0.2),
        drivers=(Driver(position=(0, 0, 0)),),
        place=(3.0, 2.1, 1.0),
    )
    (left,), (right,) = heard(scene)[0]
    for response, distance in ((left, 1.0), (right, math.hypot(1.0, 0.2))):
        frequency = np.arange(1, 41) * 100.0
        time = np.arange(len(response)) / RATE
        spectrum = np.exp(-2j * np.pi * np.outer(frequency, time)) @ response
        expected = np.exp(-2j * np.pi * frequency * distance / SPEED) / (4 * np.pi * distance)
        np.testing.assert_allclose(spectrum, expected, atol=2e-4 / (4 * np.pi))


def test_a_sphere_head_in_a_room_hears_what_spherical_head_hears():
    poses = (pose(), pose(1.4, 2.2, 1.1, -0.5))
    head = SphereHead(radius=0.09, ear_azimuth=1.7)
    drivers = (Driver(position=(0.1, 0.1, 0), directivity=CARDIOID), *OMNI_PAIR)
    scene = a_scene(*poses, head=head, drivers=drivers, absorption=0.8)
    responses = heard(scene)
    assert responses.shape[:3] == (2, 2, 3)
    for number, one in enumerate(poses):
        expected = box_responses(
            box_room(scene.room),
            driver_transducers(scene, scene.devices["bar"]),
            spherical_head(one.position, one.orientation, radius=0.09, ear_azimuth=1.7),
            sample_rate=RATE,
            num_samples=responses.shape[-1],
        )
        np.testing.assert_allclose(responses[number], expected.swapaxes(0, 1), atol=1e-6)


def test_poses_and_drivers_are_stored_in_their_order():
    poses, drivers = (pose(), pose(1.2), pose(1.9)), (*OMNI_PAIR, Driver(position=(0, 0.3, 0)))
    forth = heard(a_scene(*poses, drivers=drivers))
    back = heard(a_scene(*reversed(poses), drivers=tuple(reversed(drivers))))
    np.testing.assert_array_equal(forth, back[::-1, :, ::-1])
    assert not np.array_equal(forth[0], forth[1])


def test_the_left_ear_is_nearer_to_what_is_on_the_left():
    scene = a_scene(
        Pose(position=(2.0, 2.0, 1.0), orientation=(1.0, 0.0, 0.0, 0.0)), place=(2.0, 3.5, 1.0)
    )
    energy = np.sum(heard(scene)[0, :, 0] ** 2, axis=-1)
    assert energy[0] > 2 * energy[1]


@pytest.mark.parametrize("head", [SphereHead(), FreeEars(distance=0.17)])
def test_turning_a_pose_and_the_device_together_changes_nothing_in_the_free_field(head):
    rotation = quaternion_from_angles(1.1, 0.4, -0.6)
    center = np.array([3.0, 2.5, 1.5])

    def turned(position, orientation, turn):
        w, *v = turn
        offset = np.array(position) - center
        moved = offset + 2 * np.cross(v, np.cross(v, offset) + w * offset)
        return {"position": tuple(center + moved), "orientation": compose(turn, orientation)}

    def hear(turn):
        drivers = (Driver(position=(0, 0.1, 0), directivity=CARDIOID), OMNI_PAIR[1])
        device = Device(**turned((3.5, 2.6, 1.4), TURN, turn), drivers=drivers)
        one = Pose(**turned((2.6, 2.4, 1.5), quaternion_from_angles(0.2, 0.1), turn))
        return heard(a_scene(one, head=head, devices={"bar": device}))

    straight, tilted = hear((1.0, 0.0, 0.0, 0.0)), hear(rotation)
    shared = min(straight.shape[-1], tilted.shape[-1])
    np.testing.assert_allclose(straight[..., :shared], tilted[..., :shared], atol=2e-5)


def test_a_driver_that_turns_its_back_is_not_heard():
    def energy(yaw):
        driver = Driver(
            position=(0, 0, 0), orientation=quaternion_from_angles(yaw), directivity=CARDIOID
        )
        device = Device(position=(3, 2, 1), orientation=(1, 0, 0, 0), drivers=(driver,))
        at = Pose(position=(1, 2, 1), orientation=(1, 0, 0, 0))
        return np.sum(heard(a_scene(at, head=FreeEars(distance=0.1), devices={"bar": device})) ** 2)

    assert energy(0.0) < 1e-4 * energy(math.pi)


def test_every_listener_hears_every_device():
    listener, device = Listener(head=SphereHead(), poses=(pose(),)), a_scene().devices["bar"]
    scene = a_scene(
        listeners={"a": listener, "b": listener}, devices={"one": device, "two": device}
    )
    recording = render(scene)
    assert {name: list(x) for name, x in recording.ear_responses.items()} == {
        "a": ["one", "two"],
        "b": ["one", "two"],
    }
    assert recording.signals == recording.labels == {}


@pytest.mark.parametrize("missing", ["devices", "listeners"])
def test_without_one_of_the_two_there_is_nothing_to_hear(missing):
    assert render(a_scene(**{missing: {}})).ear_responses == {}


def test_a_scene_may_have_arrays_too():
    scene_file = simgen.SceneFile.parse("""scene: 1
name: both
duration_s: 0.1
room: {box_m: [6, 5, 3], t60_s: 0}
arrays: {pair: {microphones: {line: {count: 2, spacing_m: 0.1}}}}
sources: {one: {place: {position_m: [1, 1, 1]}, signal: {noise: white}}}
devices: {bar: {drivers: [{position_m: [0, 0, 0]}], position_m: [4, 2, 1]}}
listeners: {seat: {position_m: [2, 2, 1]}}
""")
    scene = scene_file.draw(seed=1, index=0)
    recording = simgen.render(scene)
    assert recording.signals["pair"].shape == (2, 1600)
    assert recording.ear_responses["seat"]["bar"].shape[:3] == (1, 2, 1)
    alone = simgen.render(scene.model_copy(update={"devices": {}, "listeners": {}}))
    np.testing.assert_array_equal(recording.signals["pair"], alone.signals["pair"])


def test_the_other_engine_takes_free_ears_alone():
    free = a_scene(head=FreeEars(distance=0.17), engine="pyroomacoustics")
    own = a_scene(head=FreeEars(distance=0.17))
    np.testing.assert_allclose(
        np.sum(heard(free) ** 2, axis=-1), np.sum(heard(own) ** 2, axis=-1), rtol=0.1
    )
    with pytest.raises(ParameterError, match="pyroomacoustics takes omnidirectional"):
        render(a_scene(engine="pyroomacoustics"))
    cap = (Driver(position=(0, 0, 0), directivity=Cap(sphere_radius=0.05, half_angle=0.5)),)
    with pytest.raises(ParameterError, match="pyroomacoustics takes omnidirectional"):
        render(a_scene(head=FreeEars(distance=0.1), drivers=cap, engine="pyroomacoustics"))


def test_responses_that_are_not_finite_are_refused_instead_of_stored(monkeypatch):
    def overflowing(_scene, sources, receivers):
        responses = np.zeros((len(sources), len(receivers), 8), dtype=np.float32)
        responses[-1, -1, -1] = np.inf
        return responses

    # The package's attribute of this name is a function that hides the module.
    monkeypatch.setattr(import_module("simgen.render.ear_responses"), "responses_in", overflowing)
    with pytest.raises(ParameterError, match='the responses from "bar" to "seat" are not finite'):
        render(a_scene())


def test_a_driver_inside_a_head_is_refused():
    with pytest.raises(GeometryError, match="inside the body"):
        render(a_scene(pose(3.0, 2.4, 1.3), drivers=(Driver(position=(0, 0, 0)),)))


class Files:
    """A reader of heads that counts what it reads."""

    def __init__(self):
        self.read = []

    def head(self, path):
        self.read.append(path.name)
        responses = np.zeros((4, 2, 32))
        responses[:, :, 8] = 1.0
        directions = [(1, 0, 0), (0, 1, 0), (-1, 0, 0), (0, -1, 0)]
        return HeadResponses(directions, responses, RATE)


def test_a_measured_head_is_read_once_and_only_if_it_is_the_one_drawn(tmp_path):
    (tmp_path / "head.sofa").write_bytes(b"one")
    digest, files = digest_of_file("head.sofa", tmp_path), Files()
    readers = Readers(files.head, NO_READERS.directivity)
    scene = a_scene(head=MeasuredHead(file="head.sofa", sha256=digest))
    first = ear_responses(scene, tmp_path, readers)["seat"]["bar"]
    np.testing.assert_array_equal(heard(scene, base=tmp_path, readers=readers), first)
    assert files.read == ["head.sofa"]
    (tmp_path / "head.sofa").write_bytes(b"another")
    with pytest.raises(SignalError, match="has changed since the scene was drawn"):
        render(scene, base=tmp_path, readers=readers)
    (tmp_path / "head.sofa").unlink()
    with pytest.raises(SignalError, match="there is no such file"):
        render(scene, base=tmp_path, readers=readers)


def test_without_a_reader_a_measured_head_is_refused(tmp_path):
    (tmp_path / "head.sofa").write_bytes(b"one")
    digest = digest_of_file("head.sofa", tmp_path)
    scene = a_scene(head=MeasuredHead(file="head.sofa", sha256=digest))
    with pytest.raises(ParameterError, match=r"no reader was handed in for it.*simgen\.render"):
        render(scene, base=tmp_path)


@pytest.mark.debian
def test_kemar_hears_what_measured_head_hears():
    from simgen.exchange.heads import head_of
    from simgen.exchange.sofa import read_impulse_responses

    head = MeasuredHead(file=KEMAR.name, sha256=digest_of_file(KEMAR.name, KEMAR.parent))
    scene = a_scene(pose(), pose(1.3), head=head)
    responses = simgen.render(scene, base=KEMAR.parent).ear_responses["seat"]["bar"]
    one = scene.listeners["seat"].poses[1]
    expected = box_responses(
        box_room(scene.room),
        driver_transducers(scene, scene.devices["bar"]),
        measured_head(head_of(read_impulse_responses(KEMAR)), one.position, one.orientation),
        sample_rate=RATE,
        num_samples=responses.shape[-1],
    )
    np.testing.assert_allclose(responses[1], expected.swapaxes(0, 1), atol=1e-6)
    tail = np.sum(responses[..., -20:] ** 2) / np.sum(responses**2)
    assert tail < 1e-4, "the head has rung out"


def test_scenes_say_nothing_of_listeners_that_they_do_not_have():
    """So that the text and the digest of scenes frozen before stay what they were."""
    written = a_scene(devices={}, listeners={}).to_json()
    assert "devices" not in written
    assert "listeners" not in written
    assert Scene.from_json(written) == a_scene(devices={}, listeners={})
