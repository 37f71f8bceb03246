from pathlib import Path

import pytest

from simgen.errors import ParameterError
from simgen.scene import templates
from simgen.scene.scene_file import SceneFile
from simgen.scene.templates import read_template, template_names

SCENES = Path(__file__).parents[2] / "scenes"


def test_the_templates_are_the_shipped_scenes():
    assert template_names() == tuple(sorted(path.stem for path in SCENES.glob("*.yaml"))) != ()


@pytest.mark.parametrize("name", template_names())
def test_a_template_is_a_commented_scene_file_that_draws(name, tmp_path):
    text = read_template(name)
    assert text == (SCENES / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert text.endswith("\n")
    path = tmp_path / "copy.yaml"
    path.write_text(text, encoding="utf-8")
    scene_file = SceneFile.load(path)
    scene_file.rehearse(seed=1, count=20)
    scene = scene_file.draw(seed=1, index=0)
    assert scene.sources or scene.listeners


@pytest.mark.parametrize("name", ["", "living-room", "living_room.yaml", "../scenes/living_room"])
def test_an_unknown_template_is_refused_with_those_there_are(name):
    with pytest.raises(ParameterError, match="no such template") as caught:
        read_template(name)
    assert caught.value.allowed == ", ".join(template_names())


def test_installed_templates_win_over_the_checkout(tmp_path, monkeypatch):
    package = tmp_path / "simgen" / "scene"
    monkeypatch.setattr(templates, "__file__", str(package / "templates.py"))
    assert templates._folder() == tmp_path / "scenes"
    (package / "examples").mkdir(parents=True)
    assert templates._folder() == package / "examples"
