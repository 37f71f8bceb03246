import json

import numpy as np
import pytest

from simgen.scene.scene_file import SceneFile
from simgen.scene.templates import template_names
from tests.exchange import test_sofa as sofa


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


HEARD = """scene: 1
name: heard
duration_s: 0.1
room: {box_m: [6, 5, 3], t60_s: 0}
devices: {bar: {drivers: stereo_pair, position_m: [4, 2.5, 1]}}
listeners:
  seat:
    position_m: [2, 2.5, 1]
    head: {sofa: head.sofa}
"""
RESPONSES = sofa.head()["Data.IR"][0]


@pytest.fixture
def measured(tmp_path):
    """A scene file that names a measured head, which is fine."""
    sofa.write(tmp_path / "head.sofa", sofa.head())
    (tmp_path / "heard.yaml").write_text(HEARD)
    return tmp_path


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda file: file.unlink(), "there is no such file"),
        (lambda file: (file.unlink(), file.mkdir()), "is a folder"),
        (lambda file: file.write_text("no SOFA file"), "cannot be opened as HDF5"),
        (lambda file: file.write_bytes(file.read_bytes()[:3000]), ""),
        (lambda file: sofa.write(file, sofa.head(), "SingleRoomSRIR"), "SOFAConventions"),
        (lambda file: spoilt(file, RESPONSES * np.nan), "holds a non-finite value"),
        (lambda file: spoilt(file, RESPONSES * 0.0), "ear 0 hears nothing"),
        (lambda file: spoilt(file, RESPONSES * 1e9), "response is out of range"),
    ],
)
def test_check_and_render_open_what_a_scene_file_names(simgen, measured, spoil, problem):
    assert simgen("check", "heard.yaml").code == 0
    spoil(measured / "head.sofa")
    for words in (("check", "heard.yaml"), ("render", "heard.yaml", "-n", 1, "-o", "out")):
        ran = simgen(*words)
        assert (ran.code, ran.out) == (3, "")
        assert "heard.yaml:9:18: bad-file listeners.seat.head.sofa: head.sofa: " in ran.err
        assert problem in ran.err
        assert "compil" not in ran.err
    assert not (measured / "out").exists()


def spoilt(file, responses):
    sofa.write(file, sofa.head(**{"Data.IR": (responses, {})}))


def test_check_names_the_file_of_a_directivity_that_cannot_be_used(simgen, measured):
    driver = "{position_m: [0, 0, 0], directivity: {sofa: box.sofa, order: 1}}"
    text = HEARD.replace("stereo_pair", f"[{driver}]")
    (measured / "heard.yaml").write_text(text)
    mute = sofa.loudspeaker(
        **{name: (np.zeros((1, 6, 5)), {}) for name in ("Data.Real", "Data.Imag")}
    )
    sofa.write(measured / "box.sofa", mute, "FreeFieldDirectivityTF")
    ran = simgen("check", "heard.yaml")
    assert ran.code == 3
    assert "bad-file devices.bar.drivers[0].directivity.sofa: box.sofa: " in ran.err
