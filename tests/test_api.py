import ast
import subprocess
import sys
from pathlib import Path

import pytest

import simgen
import simgen.api
from simgen.dataset.dataset import Dataset, open_dataset
from simgen.errors import DatasetError, SceneError

LIVING_ROOM = Path(__file__).parents[1] / "scenes" / "living_room.yaml"


def in_a_process(code):
    """Run some Python and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


# The names


def test_the_public_names_are_those_promised():
    assert simgen.__all__ == [
        "Dataset",
        "Recording",
        "Scene",
        "SceneFile",
        "SimgenError",
        "generate",
        "load",
        "open",
        "render",
    ]
    assert sorted(simgen._HOMES) == simgen.__all__


def test_type_checkers_see_the_public_names():
    tree = ast.parse(Path(simgen.__file__).read_text(encoding="utf-8"))
    [block] = [node for node in tree.body if isinstance(node, ast.If)]
    imported = [alias.name for node in block.body for alias in node.names]
    assert sorted(imported) == simgen.__all__
    homes = {alias.name: node.module for node in block.body for alias in node.names}
    assert homes == simgen._HOMES


@pytest.mark.parametrize("name", simgen.__all__)
def test_every_public_name_is_there_and_documented(name):
    value = getattr(simgen, name)
    assert callable(value)
    assert value.__doc__
    assert value.__module__.startswith("simgen.")


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'simgen' has no attribute 'sing'"):
        _ = simgen.sing


def test_star_imports_the_public_names():
    code = "from simgen import *; print(*sorted(k for k in dir() if not k.startswith('_')))"
    assert in_a_process(code) == simgen.__all__


# Importing


def test_importing_simgen_imports_nothing_heavy():
    code = "import sys, simgen; print(*sorted(k for k in sys.modules if k.startswith('simgen')))"
    assert in_a_process(code) == ["simgen"]
    code = "import sys, simgen; print({'numpy', 'scipy', 'pydantic'} & set(sys.modules))"
    assert in_a_process(code) == ["set()"]


@pytest.mark.parametrize(
    "first",
    [
        "import simgen.render.render, simgen.generate.run",
        "from simgen.render import recording; from simgen.generate import lock",
    ],
)
def test_functions_win_over_folders_of_the_same_name(first):
    code = f"{first}; import simgen; print(callable(simgen.render), callable(simgen.generate))"
    assert in_a_process(code) == ["True", "True"]


# What the functions do


def test_the_line_of_records(tmp_path):
    path = tmp_path / "short.yaml"
    text = LIVING_ROOM.read_text(encoding="utf-8").replace("duration_s: 4", "duration_s: 0.2")
    path.write_text(text.replace("t60_s: {choice", "t60_s: 0  # {choice"), encoding="utf-8")
    scene_file = simgen.load(path)
    scene = scene_file.draw(seed=7, index=1)
    recording = simgen.render(scene)
    assert recording.signals["table"].shape == (8, 3200)
    seen = []
    summary = simgen.generate(
        scene_file, tmp_path / "out", count=2, seed=7, keep={"noise"}, on_progress=seen.append
    )
    assert (summary.rendered, summary.finished, seen[-1].done_scenes) == (2, True, 2)
    dataset = simgen.open(tmp_path / "out")
    assert isinstance(dataset, Dataset)
    assert dataset == open_dataset(tmp_path / "out")
    assert dataset[1].scene == scene
    assert dataset[1].signals["table"].tobytes() == recording.signals["table"].tobytes()
    assert set(dataset[1].noise) == {"table"}


def test_scenes_that_cannot_be_drawn_are_refused_before_anything_is_written(tmp_path):
    path = tmp_path / "crowded.yaml"
    text = LIVING_ROOM.read_text(encoding="utf-8").replace("integers: [1, 4]", "integers: [1, 9]")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SceneError):
        simgen.generate(simgen.load(path), tmp_path / "out", count=20)
    assert not (tmp_path / "out").exists()


def test_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(SceneError, match="there is no such file"):
        simgen.load(tmp_path / "gone.yaml")
    with pytest.raises(DatasetError, match="is not a dataset"):
        simgen.open(tmp_path)
