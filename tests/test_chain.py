"""The whole chain on real speech: scene file, dataset, verification, localisation."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import simgen
from simgen.baselines.srp_phat import srp_phat
from simgen.dataset.verify import verify_dataset
from simgen.scene.document import read_document
from simgen.scoring.doa import azimuth_error

RECORDINGS = Path("/usr/share/pocketsphinx/test/data")
LIVING_ROOM = Path(__file__).parents[1] / "scenes" / "living_room.yaml"

pytestmark = [
    pytest.mark.debian,
    pytest.mark.skipif(
        not RECORDINGS.is_dir(), reason="needs the Debian package pocketsphinx-testdata"
    ),
]


def living_room_with_real_talkers(**changes: Any) -> simgen.SceneFile:
    spec = read_document(LIVING_ROOM).data
    spec["sources"]["talkers"]["signal"] = {"folder": str(RECORDINGS)}
    spec["room"].update(changes.pop("room", {}))
    spec["sources"]["talkers"].update(changes)
    return simgen.SceneFile.model_validate(spec)


@pytest.mark.slow
def test_a_dataset_of_real_speech_verifies(tmp_path: Path) -> None:
    scene_file = living_room_with_real_talkers(room={"t60_s": {"uniform": [0.2, 0.4]}})
    summary = simgen.generate(scene_file, tmp_path / "real", count=6, seed=3, jobs=2)
    assert summary.failed == ()
    report = verify_dataset(tmp_path / "real", deep=2)
    assert report.problems == ()
    for recording in simgen.open(tmp_path / "real"):
        assert np.all(np.isfinite(recording.signals["table"]))
        assert recording.labels["table"].activity.any(axis=0).all(), "everybody speaks"


@pytest.mark.slow
def test_srp_phat_finds_a_single_anechoic_real_talker() -> None:
    scene_file = living_room_with_real_talkers(room={"t60_s": 0}, count=1)
    found = 0
    for index in range(100):
        recording = simgen.render(scene_file.draw(seed=11, index=index))
        microphones = np.array(recording.scene.arrays["table"].microphones)
        estimates = srp_phat(recording.signals["table"], microphones, sample_rate=16_000)
        reference = recording.labels["table"].azimuth[0, 0]
        assert len(estimates) >= 1
        found += len(estimates) == 1 and azimuth_error(estimates[0], reference) < np.deg2rad(3.0)
    assert found >= 95
