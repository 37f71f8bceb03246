import json

import numpy as np
import pytest

from simgen.cli.inspection import describe_dataset, describe_scene
from simgen.dataset.dataset import open_dataset


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


def test_inspect_answers_as_text_or_as_json(simgen, rendered):
    for words in ((rendered,), (rendered, 0)):
        plain, as_json = simgen("inspect", *words), simgen("inspect", *words, "--json")
        assert (plain.code, as_json.code) == (0, 0)
        assert "talkers[0]" in plain.out
        assert plain.err == as_json.err == ""
        assert isinstance(json.loads(as_json.out), dict)
