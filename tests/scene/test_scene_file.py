import json
import pickle
import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from simgen.errors import SceneError
from simgen.scene.scene_file import SceneFile

LIVING_ROOM = Path(__file__).parents[2] / "scenes" / "living_room.yaml"

GOOD = """\
scene: 1
name: test
duration_s: 1
room: {box_m: [6, 5, 3], t60_s: 0}
arrays: {table: {microphones: {circle: {count: 8, radius_m: 0.1}}}}
sources: {talkers: {count: 2}}
"""

BAD = """\
scene: 1
name: Bad Room
room:
  box_m: [{uniform: [a, 4]}, {uniform: [6, 3]}, {normal: [3, 1]}]
  t60_s: -0.2
  rt60_s: 3
arrays:
  table:
    microphones: {circle: {cuont: 8, radius_m: 0.10}}
    position_m: [centre, center, 1.0]
    yaw_deg: {uniform: [0, 360], step: 3}
    regions: {sectors: 3, ring_edges_m: [2, 1]}
  Shelf 2: {microphones: {line: {count: 0, spacing_m: 0.10}}}
sources:
  talkers:
    place: {anywhere: {wall_clearence_m: 1}}
    signal: {speech: trian}
    level_db: {choice: [0, {uniform: [3, -3]}], weights: [1, -1]}
  others:
    place: {arround: {array: table}}
    count: 1.5
noise:
  sensor: {snr_db: "30"}
rules:
  - at_most_one_per_region: tabel
  - {at_least_m: 0.6, between: [talkers, tables]}
  - {at_least_m: true, between: [talkers]}
  - 7
"""


def problems_of(text):
    with pytest.raises(SceneError) as caught:
        SceneFile.parse(text, "test.yaml")
    return caught.value.problems


def data_of(text):
    return YAML(typ="safe", pure=True).load(text)


# Files that are well


def test_the_living_room():
    scene_file = SceneFile.load(LIVING_ROOM)
    assert scene_file.name == "living-room"
    assert scene_file.text == LIVING_ROOM.read_text(encoding="utf-8")
    assert scene_file.base == LIVING_ROOM.parent
    assert scene_file.file == str(LIVING_ROOM)
    assert scene_file.sources["talkers"].count.integers == (1, 4)


def test_yaml_is_python():
    text = LIVING_ROOM.read_text(encoding="utf-8")
    one, other = SceneFile.parse(text), SceneFile.model_validate(data_of(text))
    for index in range(10):
        assert one.draw(seed=3, index=index) == other.draw(seed=3, index=index)


@pytest.mark.parametrize(
    "change",
    [{}, {"duration_s": {"normal": [2, 0]}}, {"room": {"box_m": [6, 5, 3], "absorption": 1}}],
)
def test_what_is_made_in_python_can_be_written(change):
    """The text of a scene file that was never a text is JSON, which is YAML."""
    scene_file = SceneFile.model_validate(data_of(GOOD) | change)
    for again in (SceneFile.from_json(scene_file.to_json()), SceneFile.parse(scene_file.text)):
        assert again.draw(seed=1, index=1) == scene_file.draw(seed=1, index=1)


def test_a_scene_file_travels_between_processes():
    scene_file = SceneFile.load(LIVING_ROOM)
    again = pickle.loads(pickle.dumps(scene_file))
    assert (again.text, again.base) == (scene_file.text, scene_file.base)
    assert again.draw(seed=1, index=1) == scene_file.draw(seed=1, index=1)


def test_little_needs_to_be_said():
    scene = SceneFile.parse(GOOD).draw(seed=1, index=0)
    assert len(scene.sources) == 2
    assert scene.sample_rate == 16_000


def test_the_schema_knows_every_key():
    schema = SceneFile.model_json_schema()
    text = json.dumps(schema, allow_nan=False)
    assert set(schema["properties"]) == set(SceneFile.model_fields)
    for key in ("wall_clearance_m", "at_most_one_per_region", "ring_edges_m", "integers"):
        assert f'"{key}"' in text


# Files that are not


def test_every_fault_is_told_at_once():
    found = [
        f"{p.line}:{p.column} {p.code} {p.key_path}"
        + (f" -> {p.suggestion}" if p.suggestion else "")
        for p in problems_of(BAD)
    ]
    assert found == [
        "1:1 missing-key duration_s",
        "2:7 bad-name name -> bad-room",
        "4:22 wrong-type room.box_m[0].uniform[0]",
        "4:40 bad-value room.box_m[1].uniform",
        "4:49 out-of-range room.box_m[2]",
        "5:10 out-of-range room.t60_s",
        "6:3 unknown-key room.rt60_s",
        "9:28 unknown-key arrays.table.microphones.circle.cuont -> count",
        "10:18 bad-choice arrays.table.position_m[0] -> center",
        "11:34 unknown-key arrays.table.yaw_deg.step",
        "12:41 bad-value arrays.table.regions.ring_edges_m",
        "13:3 bad-value arrays['Shelf 2']",
        "13:41 out-of-range arrays['Shelf 2'].microphones.line.count",
        "16:24 unknown-key sources.talkers.place.anywhere.wall_clearence_m -> wall_clearance_m",
        "17:22 bad-choice sources.talkers.signal.speech -> train",
        "18:38 bad-value sources.talkers.level_db.choice[1].uniform",
        "18:62 out-of-range sources.talkers.level_db.weights[1]",
        "20:13 unknown-key sources.others.place.arround -> around",
        "21:12 wrong-type sources.others.count",
        "23:20 wrong-type noise.sensor.snr_db",
        "25:29 unknown-name rules[0].at_most_one_per_region -> table",
        "26:42 unknown-name rules[1].between[1] -> table",
        "27:18 wrong-type rules[2].at_least_m",
        "27:33 out-of-range rules[2].between",
        "28:5 bad-value rules[3]",
    ]


def test_each_fault_shows_its_line_with_a_caret():
    with pytest.raises(SceneError) as caught:
        SceneFile.parse(GOOD.replace("duration_s: 1", "duration_s: -1"), "dir/test.yaml")
    assert str(caught.value).splitlines() == [
        "dir/test.yaml:3:13: out-of-range duration_s: "
        "must be greater than 0 and at most 3600, got -1",
        "    duration_s: -1",
        "                ^",
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "t60_s: 0}",
            "t60_s: 0, absorption: 0.3}",
            "4:48 bad-value room.absorption: t60_s says already how the room reverberates; "
            "keep one of the two",
        ),
        (
            ", t60_s: 0}",
            "}",
            "4:7 missing-key room: needs t60_s (0 for anechoic), absorption or walls",
        ),
        (
            "count: 2}",
            "count: {integers: [0, 2]}}",
            "6:28 out-of-range sources.talkers.count: "
            "must be at least 1 and at most 64, got 0 to 2",
        ),
        (
            "count: 8",
            "count: 8.5",
            "5:48 wrong-type arrays.table.microphones.circle.count: "
            "must be a whole number, got 8.5",
        ),
        (
            "{count: 2}",
            "{signal: {}}",
            "6:29 bad-value sources.talkers.signal: must be a mapping with one of the keys "
            "speech, folder, noise",
        ),
        (
            "duration_s: 1",
            "duration_s: {uniform: [0, 4]}",
            "3:13 out-of-range duration_s: must be greater than 0 and at most 3600, got 0 to 4",
        ),
        ("scene: 1", "scene: 2", "1:8 bad-choice scene: must be 1, got 2"),
        (
            "t60_s: 0",
            "t60_s: .inf",
            "4:33 bad-number room.t60_s: a number must be finite, got .inf",
        ),
    ],
)
def test_messages(old, new, expected):
    assert old in GOOD
    (problem,) = problems_of(GOOD.replace(old, new))
    told = f"{problem.line}:{problem.column} {problem.code} {problem.key_path}: {problem.message}"
    assert told == expected


def test_a_rule_without_regions_shows_its_line():
    (problem,) = problems_of(GOOD + "rules:\n  - at_most_one_per_region: table\n")
    assert (problem.code, problem.line, problem.column) == ("infeasible", 8, 29)
    assert "give it some" in problem.message


@pytest.mark.parametrize(
    "name", ["", "a b", "Abc", "1a", "-a", "a\n", "ä", "a" * 41, "a.b", "a[0]"]
)
def test_names_are_plain(name):
    with pytest.raises(ValueError, match="lower-case letters"):
        SceneFile.model_validate(data_of(GOOD) | {"name": name})
    with pytest.raises(ValueError, match="lower-case letters"):
        SceneFile.model_validate(data_of(GOOD) | {"sources": {name: {}}})


@pytest.mark.parametrize("name", ["a", "living-room", "room_2", "a" * 40])
def test_plain_names(name):
    assert SceneFile.model_validate(data_of(GOOD) | {"name": name}).name == name


def test_messages_do_not_speak_of_python():
    for problem in problems_of(BAD):
        assert not re.search(r"pydantic|dict|tuple|\bstr\b|Value error|<", problem.message)


def test_a_missing_file():
    with pytest.raises(SceneError, match="there is no such file"):
        SceneFile.load("no/such/file.yaml")


def test_a_rehearsal_of_scenes_that_take_long_draws_fewer(monkeypatch):
    scene_file = SceneFile.parse(GOOD)
    drawn, clock = [], iter([0.0, 2.0, 4.0, 6.0, 8.0])
    monkeypatch.setattr("simgen.scene.scene_file.monotonic", lambda: next(clock))
    monkeypatch.setattr(SceneFile, "draw", lambda _, seed, index: drawn.append((seed, index)))
    scene_file.rehearse(seed=7, count=100)
    assert drawn == [(7, 0), (7, 1), (7, 2)]


def test_a_rehearsal_finds_the_faults_of_all_its_scenes():
    scene_file = SceneFile.parse(
        """scene: 1
name: faults
duration_s: 1
room: {box_m: [{choice: [0.6, 5]}, 4, 3], t60_s: {choice: [0, 0.01]}}
arrays: {far: {microphones: {line: {count: 2, spacing_m: 0.1}}, position_m: [1, 1, 1]}}
sources: {talker: {}}
"""
    )
    with pytest.raises(SceneError) as caught:
        scene_file.rehearse(seed=0, count=40)
    assert {problem.key_path for problem in caught.value.problems} == {
        "room.t60_s",
        "arrays.far.position_m",
    }
