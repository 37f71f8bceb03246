"""A crosstalk split of two poses without a room, built in a moment; and some to design on."""

import json
from dataclasses import replace
from functools import partial

import pytest

from simgen.api import render
from simgen.benchmark import driver_errors as frozen_errors
from simgen.benchmark.suite import load_split, suite_folder
from simgen.dataset.dataset import open_dataset
from simgen.generate.run import generate
from simgen.generate.sources import FrozenScenes
from tests.generate.in_process import without_workers

DESIGN = load_split("crosstalk/design")
MINI = load_split("crosstalk/mini")


def with_poses(scene, number):
    """A scene whose listener takes the nominal pose and fewer others."""
    listener = scene.listeners["listener"]
    fewer = listener.model_copy(update={"poses": listener.poses[: number + 1]})
    return scene.model_copy(update={"listeners": {"listener": fewer}})


def small(split, number_of_scenes, number_of_poses):
    """A split of fewer scenes and poses, as it would be frozen."""
    import hashlib

    scenes = [with_poses(scene, number_of_poses) for scene in split.scenes[:number_of_scenes]]
    lines = "".join(scene.to_json() + "\n" for scene in scenes).encode()
    return replace(split, sha256=hashlib.sha256(lines).hexdigest(), lines=lines)


def build(split, folder):
    """Render a split."""
    scenes = FrozenScenes.from_jsonl("tiny", split.lines)
    with without_workers():
        summary = generate(
            scenes, folder, count=len(split.scenes), render=partial(render, base=suite_folder())
        )
    assert summary.failed == ()
    return open_dataset(folder)


def small_errors(split, number_of_poses):
    """The driver errors of a split at fewer poses."""
    record = json.loads(frozen_errors.read_frozen(split.track, split.record.driver_errors))
    return {
        condition: {
            device: frozen_errors.DriverErrors.model_validate(
                {key: values[:number_of_poses] for key, values in errors.items()}
            )
            for device, errors in devices.items()
        }
        for condition, devices in record.items()
    }


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """A split of one scene with four poses and its dataset; to design on, one with twelve."""
    folder = tmp_path_factory.mktemp("tiny")
    split, design = small(MINI, 1, 4), small(DESIGN, 1, 12)
    return split, build(split, folder / "mini"), design, build(design, folder / "design")
