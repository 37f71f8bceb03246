import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import simgen
import simgen.api
from simgen.dataset.dataset import Dataset, open_dataset
from simgen.errors import DatasetError, SceneError, SignalError
from simgen.scene.listener import MeasuredHead
from simgen.scene.sofa_files import digest_of_file
from tests.exchange.test_sofa import head, loudspeaker, write

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


@pytest.mark.slow
def test_star_imports_the_public_names():
    code = "from simgen import *; print(*sorted(k for k in dir() if not k.startswith('_')))"
    assert in_a_process(code) == simgen.__all__


# Importing


def test_importing_simgen_imports_nothing_heavy():
    code = "import sys, simgen; print(*sorted(k for k in sys.modules if k.startswith('simgen')))"
    assert in_a_process(code) == ["simgen"]
    code = "import sys, simgen; print({'numpy', 'scipy', 'pydantic'} & set(sys.modules))"
    assert in_a_process(code) == ["set()"]


@pytest.mark.slow
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


# SOFA files


def measured_scene(folder: Path):
    """A scene file with a driver that is measured, and turned by 60 degrees from a listener."""
    (folder / "scene.yaml").write_text("""scene: 1
name: measured
sample_rate_hz: 8000
duration_s: 0.1
room: {box_m: [6, 5, 3], t60_s: 0}
devices:
  bar:
    position_m: [4, 2, 1]
    drivers:
      - {position_m: [0, 0, 0], facing_deg: [120, 0], directivity: {sofa: box.sofa, order: 1}}
      - {position_m: [0, 0, 0], facing_deg: [120, 0], directivity: cardioid}
listeners: {seat: {position_m: [2, 2, 1], head: {free: {distance_m: 0.01}}}}
""")
    return simgen.load(folder / "scene.yaml")


def write_cardioid(path: Path) -> None:
    """Write what would be measured of a cardioid from all round, as a SOFA file."""
    degrees = [(azimuth, up, 1.0) for azimuth in range(0, 360, 45) for up in (-60, -20, 20, 60)]
    azimuth, elevation, _ = np.radians(degrees).T
    gains = 0.5 + 0.5 * np.cos(azimuth) * np.cos(elevation)
    tones = np.array([125.0, 250.0, 500.0, 1000.0, 2000.0])
    spherical = loudspeaker()["ReceiverPosition"][1]
    variables = loudspeaker(
        **{
            "ReceiverPosition": (np.array(degrees, dtype=float), spherical),
            "N": (tones, loudspeaker()["N"][1]),
            "Data.Real": (np.tile(gains[None, :, None], (1, 1, len(tones))), {}),
            "Data.Imag": (np.zeros((1, len(gains), len(tones))), {}),
        }
    )
    write(path, variables, "FreeFieldDirectivityTF")


def test_a_measured_driver_emits_as_it_was_measured(tmp_path):
    write_cardioid(tmp_path / "box.sofa")
    scene = measured_scene(tmp_path).draw(seed=0, index=0)
    recording = simgen.render(scene, base=tmp_path)
    measured, cardioid = recording.ear_responses["seat"]["bar"][0].swapaxes(0, 1)
    middle = slice(60, 90)
    scale = np.abs(cardioid).max()
    np.testing.assert_allclose(measured[:, middle], cardioid[:, middle], atol=0.02 * scale)


def test_a_file_that_is_no_sofa_file_is_refused_before_anything_is_rendered(tmp_path):
    (tmp_path / "box.sofa").write_bytes(b"no SOFA file")
    with pytest.raises(SceneError, match=r"scene\.yaml:10:\d+: bad-file .*box\.sofa: cannot be"):
        simgen.generate(measured_scene(tmp_path), tmp_path / "out", count=2)
    assert not (tmp_path / "out").exists()


def test_every_key_of_a_file_that_cannot_be_used_is_named(tmp_path):
    write_cardioid(tmp_path / "box.sofa")
    write(tmp_path / "mute.sofa", head(**{"Data.IR": (np.zeros((6, 2, 8)), {})}))
    text = measured_scene(tmp_path).text
    text = text.replace("head: {free: {distance_m: 0.01}}", "head: {sofa: mute.sofa}")
    text += "arrays: {one: {microphones: {line: {count: 2, spacing_m: 0.1}}}}\n"
    text += "sources: {talker: {directivity: {sofa: mute.sofa}}}\n"
    (tmp_path / "scene.yaml").write_text(text)
    scene_file = simgen.load(tmp_path / "scene.yaml")
    with pytest.raises(SceneError) as caught:
        simgen.api.require_readable(scene_file)
    first, second = caught.value.problems
    assert (first.key_path, first.line) == ("listeners.seat.head.sofa", 12)
    assert first.message == (
        f"{tmp_path / 'mute.sofa'}: ear 0 hears nothing (allowed: responses that are not 0)"
    )
    assert (second.key_path, second.line) == ("sources.talker.directivity.sofa", 14)
    assert "SOFAConventions" in second.message


def test_rendering_names_the_file_of_a_head_that_is_none(tmp_path):
    write(tmp_path / "mute.sofa", head(**{"Data.IR": (np.zeros((6, 2, 8)), {})}))
    write_cardioid(tmp_path / "box.sofa")
    scene = measured_scene(tmp_path).draw(seed=0, index=0)
    measured = MeasuredHead(file="mute.sofa", sha256=digest_of_file("mute.sofa", tmp_path))
    seat = scene.listeners["seat"].model_copy(update={"head": measured})
    with pytest.raises(SignalError, match=r"mute\.sofa: ear 0 hears nothing"):
        simgen.render(scene.model_copy(update={"listeners": {"seat": seat}}), base=tmp_path)
