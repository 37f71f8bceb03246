import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from simgen.cli.inspection import describe_dataset, describe_scene
from simgen.dataset.dataset import open_dataset
from simgen.scene.channels import MicrophoneErrors
from tests.dataset.fake_scenes import files_of
from tests.generate.in_process import without_workers


def test_a_dataset_is_shown_scene_by_scene(rendered):
    dataset = open_dataset(rendered)
    data, text = describe_dataset(dataset)
    heading, columns, *lines = text.splitlines()
    assert heading.startswith("tiny: 2 scenes, seed 0, simgen ")
    assert columns.split() == ["scene", "room", "(m)", "T60", "(s)", "SNR", "(dB)", "sources"]
    assert [line.split()[0] for line in lines] == ["0", "1"]
    assert all("5.00 x 4.00 x 3.00" in line and "30.0" in line for line in lines)
    assert all("talkers[0] pink noise" in line for line in lines)
    assert data["count"] == 2
    assert data["scene_list"] == [{"index": k, "t60": 0.0, "sources": 1} for k in range(2)]
    assert json.loads(json.dumps(data)) == data


def test_a_scene_is_shown_with_its_labels(rendered):
    recording = open_dataset(rendered)[1]
    data, text = describe_scene(recording)
    [row] = data["arrays"]["ring"]["sources"]
    scene = recording.scene
    offset = np.subtract(scene.sources[0].position, scene.arrays["ring"].position)
    assert row["source"] == "talkers[0]"
    assert row["distance_m"] == pytest.approx(np.linalg.norm(offset))
    assert row["azimuth_deg"] == pytest.approx(np.degrees(np.arctan2(offset[1], offset[0])))
    assert row["elevation_deg"] == pytest.approx(
        np.degrees(np.arcsin(offset[2] / row["distance_m"]))
    )
    assert row["active"] == 1.0
    assert row["region"] == row["azimuth_deg"] % 360 // 45
    assert data["arrays"]["ring"]["shape"] == [4, 3200]
    assert data["scene"] == scene.model_dump(mode="json")
    assert f"{row['azimuth_deg']:.2f}" in text
    assert f"{row['distance_m']:.3f}" in text
    assert json.loads(json.dumps(data)) == data


def test_a_scene_is_shown_with_what_makes_it_hard(rendered):
    recording = open_dataset(rendered)[0]
    assert "T60 0.00 s, SNR 30.0 dB" in describe_scene(recording)[1].splitlines()[0]
    scene = recording.scene
    quiet = scene.model_copy(
        update={"room": scene.room.model_copy(update={"t60": None}), "sensor_noise": None}
    )
    recording = dataclasses.replace(recording, scene=quiet)
    assert "T60 - s, SNR - dB" in describe_scene(recording)[1].splitlines()[0]


def test_errors_of_microphones_are_shown_with_their_range(rendered):
    recording = open_dataset(rendered)[0]
    assert "errors" not in describe_scene(recording)[1]
    errors = MicrophoneErrors(
        gains=(10**0.1, 1.0, 10**-0.05, 1.0),
        phases=(0.0, np.pi / 36, -np.pi / 18, 0.0),
        displacements=((0.0, 0.003, 0.004), (0.0, 0.0, 0.0), (0.001, 0.0, 0.0), (0.0, 0.0, 0.0)),
    )
    ring = recording.scene.arrays["ring"].model_copy(update={"errors": errors})
    scene = recording.scene.model_copy(update={"arrays": {"ring": ring}})
    _, text = describe_scene(dataclasses.replace(recording, scene=scene))
    expected = "  errors: gain -1.0 to 2.0 dB, phase -10.0 to 5.0 degrees, place up to 5.0 mm"
    assert expected in text.splitlines()


def test_inspect_answers_as_text_or_as_json(simgen, rendered):
    for words in ((rendered,), (rendered, 0)):
        plain, as_json = simgen("inspect", *words), simgen("inspect", *words, "--json")
        assert (plain.code, as_json.code) == (0, 0)
        assert "talkers[0]" in plain.out
        assert plain.err == as_json.err == ""
        assert isinstance(json.loads(as_json.out), dict)


LISTENING = """\
scene: 1
name: heard
duration_s: 0.1
room: {box_m: [5, 4, 3], t60_s: 0}
devices:
  bar:
    drivers:
      - {position_m: [0, 0.1, 0], directivity: {piston: {radius_m: 0.02}}}
      - {position_m: [0, -0.1, 0]}
    position_m: [3, 2, 1]
    yaw_deg: 180
listeners:
  seat:
    head: {sofa: head.sofa}
    around: {device: bar, distance_m: {uniform: [1, 2]}}
    poses: {grid: {lateral_m: [-0.1, 0, 0.1]}}
"""
KEMAR = Path("/usr/share/libmysofa/MIT_KEMAR_normal_pinna.sofa")


@pytest.mark.slow
@pytest.mark.debian
def test_loudspeakers_and_listeners_from_the_scene_file_to_the_dataset(simgen, tmp_path):
    """Render, resume, verify and inspect; the same bytes in processes and without."""
    scenes = tmp_path / "scenes"
    scenes.mkdir()
    (scenes / "heard.yaml").write_text(LISTENING)
    shutil.copy(KEMAR, scenes / "head.sofa")
    render = ("render", scenes / "heard.yaml", "--count", 5)
    assert simgen(*render, "--out", "two", "--jobs", 2).code == 0
    with without_workers():
        assert simgen(*render, "--out", "one", "--jobs", 1).code == 0
        again = simgen(*render, "--out", "one")
        assert simgen("verify", "one", "--deep", 1, "--base", scenes).code == 0
        assert simgen("verify", "one", "--deep", 1).code == 4
    assert (again.code, "5 were there already" in again.err) == (0, True)
    assert "simgen listen" not in again.err  # there is no microphone to listen to
    assert "plot:      simgen plot one -o scene-0.png" in again.err
    files = files_of("one")
    assert files == files_of("two")
    assert "| listener" not in files["README.md"].decode()
    assert "* listener `seat`: measured (head.sofa), 3 poses" in files["README.md"].decode()

    data = json.loads(simgen("inspect", "one", 0, "--json").out)
    poses, ears, drivers, _ = data["ear_responses"]["seat"]["bar"]
    assert (poses, ears, drivers, data["arrays"]) == (3, 2, 2, {})
    text = simgen("inspect", "one", 0).out
    assert "driver 0: (0.000, 0.100, 0.000) m in its frame, piston of radius 0.02 m" in text
    assert "listener seat: measured (head.sofa), 3 poses" in text
    assert "seat (3 poses) hears bar" in simgen("inspect", "one").out
    heard = simgen("listen", "one", 0, "--out", "x.wav")
    assert (heard.code, "has no arrays to listen to" in heard.err) == (2, True)

    with (scenes / "head.sofa").open("ab") as file:
        file.write(b"more")
    changed = simgen(*render, "--out", "one")
    assert (changed.code, "the file head.sofa has changed" in changed.err) == (3, True)
