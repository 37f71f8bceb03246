import json

import pytest

from simgen.scene.scene_file import SceneFile
from simgen.scene.templates import template_names


def test_check_says_ok(simgen, tiny):
    ran = simgen("check", tiny)
    assert (ran.code, ran.out, ran.err) == (0, "", f"{tiny}: ok\n")


def test_check_shows_every_error_of_every_file_with_its_place(simgen, tiny, tmp_path):
    wrong = tmp_path / "wrong.yaml"
    text = tiny.read_text().replace("t60_s: 0", "t60_s: none").replace("yaw", "yow")
    wrong.write_text(text.replace("duration_s", "duration"))
    broken = tmp_path / "broken.yaml"
    broken.write_text("scene: [1\n")
    ran = simgen("check", "wrong.yaml", tiny, "broken.yaml", "gone.yaml")
    assert (ran.code, ran.out) == (3, "")
    assert "wrong.yaml:4:1: unknown-key duration" in ran.err
    assert 'did you mean "duration_s"?\n    duration: 0.2\n    ^\n' in ran.err
    assert "wrong.yaml:7:10: wrong-type room.t60_s: " in ran.err
    assert f"{tiny}: ok" in ran.err
    assert "broken.yaml:" in ran.err
    assert "gone.yaml: unreadable-file there is no such file" in ran.err


def test_check_also_draws(simgen, tiny):
    tiny.write_text(tiny.read_text().replace("box_m: [5, 4, 3]", "box_m: [1.01, 1.01, 3]"))
    assert simgen("check", tiny).code == 0
    tiny.write_text(tiny.read_text().replace("wall_clearance_m: 0.5", "wall_clearance_m: 0.6"))
    assert simgen("check", tiny).code == 3


def test_check_answers_as_json(simgen, tiny, tmp_path):
    (tmp_path / "wrong.yaml").write_text(tiny.read_text().replace("count: 1", "count: one"))
    ran = simgen("check", "tiny.yaml", "wrong.yaml", "--json")
    assert ran.code == 3
    answer = json.loads(ran.out)
    assert not answer["ok"]
    good, wrong = answer["files"]
    assert good == {"file": "tiny.yaml", "problems": []}
    assert [(p["line"], p["key_path"]) for p in wrong["problems"]] == [
        (15, "sources.talkers.count")
    ]
    assert json.loads(simgen("check", "tiny.yaml", "--json").out)["ok"]


@pytest.mark.parametrize("template", template_names())
def test_new_writes_a_file_that_checks(simgen, tmp_path, template):
    ran = simgen("new", template, "-o", "folder/my scene.yaml")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "wrote folder/my scene.yaml; next: simgen check 'folder/my scene.yaml'\n"
    scene = SceneFile.load(tmp_path / "folder" / "my scene.yaml").draw(seed=0, index=0)
    assert scene.sources or scene.listeners
    assert simgen("check", "folder/my scene.yaml").code == 0
    assert simgen("new", template).out == (tmp_path / "folder" / "my scene.yaml").read_text()


def test_new_overwrites_nothing(simgen, tiny):
    before = tiny.read_text()
    ran = simgen("new", "-o", tiny)
    assert ran.code == 2
    assert "the file exists already" in ran.err
    assert tiny.read_text() == before


def test_new_names_the_templates_there_are(simgen):
    ran = simgen("new", "living-rom")
    assert ran.code == 2
    assert all(name in ran.err for name in template_names())


def test_new_answers_as_json(simgen):
    answer = json.loads(simgen("new", "--json").out)
    assert answer["template"] == "living_room"
    assert answer["text"].startswith("#")
    assert json.loads(simgen("new", "-o", "a.yaml", "--json").out)["file"] == "a.yaml"


def test_schema_is_one_object(simgen):
    plain, compact = simgen("schema"), simgen("schema", "--json")
    assert json.loads(plain.out) == json.loads(compact.out) == SceneFile.model_json_schema()
    assert "\n" not in compact.out.rstrip("\n")
    assert (plain.err, compact.err) == ("", "")
