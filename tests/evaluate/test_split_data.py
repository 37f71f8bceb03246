import hashlib
from dataclasses import replace
from types import SimpleNamespace

import pytest

from simgen.benchmark.suite import load_split
from simgen.dataset.dataset import open_dataset
from simgen.errors import DatasetError
from simgen.evaluate.split_data import require_built_from
from simgen.generate.run import generate
from simgen.generate.sources import DrawnScenes, FrozenScenes
from tests.dataset.fake_scenes import FakeSceneFile, fake_render, frozen_text
from tests.generate.in_process import without_workers

MINI = load_split("localization/mini")


LINES = frozen_text(3)
SPLIT = replace(MINI, lines=LINES, sha256=hashlib.sha256(LINES).hexdigest())


def built(scenes, folder):
    with without_workers():
        generate(scenes, folder, count=3, render=fake_render)
    return open_dataset(folder)


def test_a_split_as_it_was_built_is_taken_and_another_refused(tmp_path):
    dataset = built(FrozenScenes.from_jsonl("localization-mini", LINES), tmp_path / "a")
    require_built_from(dataset, SPLIT)
    with pytest.raises(DatasetError) as caught:
        require_built_from(dataset, MINI)
    message = str(caught.value)
    assert "the dataset is not localization/mini: its scenes differ" in message
    assert str(tmp_path / "a") in message
    assert "simgen bench build localization/mini --out DIR" in message


def test_the_same_scenes_drawn_from_a_scene_file_are_not_the_split(tmp_path):
    dataset = built(DrawnScenes(FakeSceneFile(), 7), tmp_path / "a")
    with pytest.raises(DatasetError, match="its scenes differ"):
        require_built_from(dataset, SPLIT)


def test_the_digest_decides_and_not_the_name():
    identity = SimpleNamespace(scenes=MINI.sha256, name="anything")
    dataset = SimpleNamespace(identity=identity, path="here")
    require_built_from(dataset, replace(MINI, name="other"))
    with pytest.raises(DatasetError):
        require_built_from(dataset, replace(MINI, sha256="0" * 64))
