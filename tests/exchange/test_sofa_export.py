import math

import numpy as np
import pytest

from simgen.exchange.sofa_ears import read_ear_responses
from simgen.exchange.sofa_export import ear_responses_of, file_name, sofa_files, sofa_names
from simgen.exchange.sofa_write import sofa_content
from simgen.render.recording import Recording
from simgen.render.render import render
from simgen.scene.listener import Listener, MeasuredHead, SphereHead
from tests.references.listening_scene import BAR, PAIR, SEATED, TO_THE_LEFT, listening_scene

NAMES = [
    "00000012.seated.bar.sofa",
    "00000012.seated.lamp.sofa",
    "00000012.pair.bar.sofa",
    "00000012.pair.lamp.sofa",
]


@pytest.fixture(scope="module")
def recording():
    return render(listening_scene(12))


def test_files_are_named_by_scene_listener_and_device(recording):
    assert file_name(recording.scene, "pair", "lamp") == "00000012.pair.lamp.sofa"
    assert sofa_names(recording.scene) == NAMES
    assert [name for name, _ in sofa_files(recording)] == NAMES


def test_who_hears_nothing_has_no_file():
    assert sofa_names(listening_scene(devices={})) == []
    scene = listening_scene(listeners={})
    assert sofa_names(scene) == []
    nothing = Recording(scene=scene, signals={}, labels={}, images={}, noise={}, responses={})
    assert list(sofa_files(nothing)) == []


def test_responses_come_with_their_geometry(recording):
    ears = ear_responses_of(recording, "seated", "bar")
    assert np.array_equal(ears.responses, recording.ear_responses["seated"]["bar"])
    assert ears.sample_rate == 16_000.0
    assert ears.head_positions.tolist() == [list(pose.position) for pose in SEATED.poses]
    assert ears.head_orientations[1].tolist() == list(TO_THE_LEFT)
    assert ears.device_position.tolist() == list(BAR.position)
    assert ears.device_orientation.tolist() == list(BAR.orientation)
    assert ears.loudspeaker_positions[0].tolist() == [0.0, 0.2, 0.0]
    assert ears.loudspeaker_orientations[1].tolist() == list(TO_THE_LEFT)
    assert ears.room_size.tolist() == [5.0, 4.0, 3.0]
    assert ears.title == "Scene 12 of listening: listener seated, device bar"
    assert ears.database == "listening"
    assert ears.history == "Simulated, drawn with seed 7, by the engine simgen"


def test_what_was_not_drawn_has_no_seed(recording):
    scene = recording.scene.model_copy(update={"seed": None})
    frozen = Recording(
        scene=scene,
        signals={},
        labels={},
        images={},
        noise={},
        responses={},
        ear_responses=recording.ear_responses,
    )
    assert ear_responses_of(frozen, "pair", "bar").history == "Simulated, by the engine simgen"


def test_sound_arrives_when_and_where_the_file_says(recording, tmp_path):
    """The geometry of the file alone, in the free field, predicts each arrival: r/c, 1/(4 pi r)."""
    for name, content in sofa_files(recording):
        if ".pair." not in name:
            continue
        (tmp_path / name).write_bytes(content)
        ears = read_ear_responses(tmp_path / name)
        assert ears.device_orientation[0] in (0.0, 1.0)  # backwards, or not turned
        flip = 2.0 * ears.device_orientation[0] - 1.0
        loudspeakers = ears.device_position + ears.loudspeaker_positions * [flip, flip, 1.0]
        places = ears.head_positions[0] + ears.ear_positions
        distances = np.linalg.norm(places[:, None] - loudspeakers[None], axis=-1)
        got = np.sum(ears.responses[0], axis=-1)
        assert got == pytest.approx(1.0 / (4.0 * math.pi * distances), rel=0.02)
        samples = np.arange(ears.responses.shape[-1])
        centre = np.sum(ears.responses[0] ** 2 * samples, axis=-1) / np.sum(
            ears.responses[0] ** 2, axis=-1
        )
        assert centre / ears.sample_rate == pytest.approx(distances / 343.0, abs=3e-5)


def test_ears_are_where_the_head_has_them(recording):
    sphere = ear_responses_of(recording, "seated", "lamp").ear_positions
    assert sphere == pytest.approx(np.array([[0.0, 0.0875, 0.0], [0.0, -0.0875, 0.0]]))
    free = ear_responses_of(recording, "pair", "lamp").ear_positions
    assert free.tolist() == [[0.0, 0.1, 0.0], [0.0, -0.1, 0.0]]


def with_head(recording, head):
    """The same responses, as if they were heard by another head."""
    listener = Listener(head=head, poses=PAIR.poses)
    scene = recording.scene.model_copy(update={"listeners": {"pair": listener}})
    return Recording(
        scene=scene,
        signals={},
        labels={},
        images={},
        noise={},
        responses={},
        ear_responses=recording.ear_responses,
    )


def test_ears_may_lie_farther_back(recording):
    head = SphereHead(radius=0.08, ear_azimuth=math.radians(120.0))
    ears = ear_responses_of(with_head(recording, head), "pair", "bar").ear_positions
    expected = [[-0.04, 0.04 * math.sqrt(3.0), 0.0], [-0.04, -0.04 * math.sqrt(3.0), 0.0]]
    assert ears == pytest.approx(np.array(expected))


def test_a_measured_head_does_not_tell_its_ears(recording):
    head = MeasuredHead(file="head.sofa", sha256="0" * 64)
    assert ear_responses_of(with_head(recording, head), "pair", "bar").ear_positions is None


def test_a_file_is_what_is_written_of_the_record(recording):
    contents = dict(sofa_files(recording))
    ears = ear_responses_of(recording, "seated", "lamp")
    assert contents["00000012.seated.lamp.sofa"] == sofa_content(ears)
