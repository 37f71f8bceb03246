import gzip
import hashlib
import json
import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from simgen.benchmark import localization, suite
from simgen.benchmark.localization import conditions, references
from simgen.benchmark.result import read_result
from simgen.benchmark.score_sheets import SHEETS
from simgen.benchmark.suite import load_split, load_track, track_names
from simgen.benchmark.tracks import FilterTrack, SplitRecord, Track
from simgen.errors import DatasetError, ParameterError, SceneError
from simgen.leaderboard.table import ranking_page
from simgen.scene.listener import MeasuredHead
from simgen.scene.scene import Scene

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
SPEECH = Path(__file__).parents[2] / "simgen" / "signals" / "speech"
TRACKS = sorted(path.parent for path in BENCHMARKS.glob("*/track.yaml"))
FILTER_TRACKS = [folder for folder in TRACKS if isinstance(load_track(folder.name), FilterTrack)]

MINI = "54e339989ecf1c44aa6e931c8e09d4702dbf49a5aec0d95648971de7c745a8bb"
"""Digest of the frozen scenes of localization/mini, which no later edition may change."""


@pytest.fixture(scope="module")
def mini():
    return load_split("localization/mini")


@pytest.fixture(scope="module")
def raw():
    """The frozen scenes of ``mini`` as plain JSON, read without simgen."""
    lines = gzip.decompress((BENCHMARKS / "localization" / "mini.jsonl.gz").read_bytes())
    assert hashlib.sha256(lines).hexdigest() == MINI
    return [json.loads(line) for line in lines.splitlines()]


@pytest.fixture
def copied_suite(tmp_path, monkeypatch):
    """A copy of the localisation track, to damage."""
    folder = tmp_path / "localization"
    folder.mkdir()
    for name in ("track.yaml", "mini.jsonl.gz"):
        (folder / name).write_bytes((BENCHMARKS / "localization" / name).read_bytes())
    monkeypatch.setattr(suite, "suite_folder", lambda: tmp_path)
    return folder


def true_azimuths(scene):
    """Azimuths in degrees in the table's frame, by way of its turn about the vertical axis."""
    table = scene["arrays"]["table"]
    w, x, y, z = table["orientation"]
    assert (x, y) == (0, 0)
    yaw = 2.0 * math.degrees(math.atan2(z, w))
    bearings = []
    for source in scene["sources"]:
        east, north = (source["position"][k] - table["position"][k] for k in (0, 1))
        bearings.append((math.degrees(math.atan2(north, east)) - yaw) % 360.0)
    return bearings


# The split ``mini``


def test_the_frozen_scenes_have_not_moved(mini):
    assert mini.sha256 == MINI
    assert hashlib.sha256(mini.lines).hexdigest() == MINI


def test_mini_has_every_cell_alike(raw):
    assert len(raw) == 24
    cells = Counter((len(scene["sources"]), scene["room"]["t60"] == 0.0) for scene in raw)
    assert cells == {(count, anechoic): 3 for count in (1, 2, 3, 4) for anechoic in (True, False)}
    reverberant = [scene["room"]["t60"] for scene in raw if scene["room"]["t60"]]
    assert min(reverberant) >= 0.2
    assert max(reverberant) <= 0.6


def test_the_scenes_are_all_different(raw):
    assert len({json.dumps(scene["sources"]) for scene in raw}) == len(raw)
    assert [scene["index"] for scene in raw] == list(range(24))


def test_no_two_talkers_share_a_sector(raw):
    for scene in raw:
        sectors = [int(azimuth // 45.0) for azimuth in true_azimuths(scene)]
        assert len(set(sectors)) == len(sectors), scene["index"]


def test_talkers_stand_where_the_split_says(raw):
    for scene in raw:
        size, table = scene["room"]["size"], scene["arrays"]["table"]["position"]
        for source in scene["sources"]:
            gaps = [*source["position"], *np.subtract(size, source["position"])]
            assert min(gaps[:2] + gaps[3:5]) >= 0.3
            assert math.dist(source["position"], table) >= 0.6
            assert 1.1 <= source["position"][2] <= 1.8


def test_only_talkers_and_sentences_of_the_test_part_are_used(raw):
    index = json.loads((SPEECH / "index.json").read_text(encoding="utf-8"))
    by_file = {entry["file"]: entry for entry in index["utterances"]}
    for scene in raw:
        talkers = [source["signal"]["talker"] for source in scene["sources"]]
        assert len(set(talkers)) == len(talkers), "nobody is in two places"
        for source in scene["sources"]:
            assert source["signal"]["clips"], "a talker says something"
            for clip in source["signal"]["clips"]:
                entry = by_file[clip["file"]]
                assert (entry["part"], entry["talker"]) == ("test", source["signal"]["talker"])
    heard_elsewhere = {e["text"] for e in index["utterances"] if e["part"] != "test"}
    heard_here = {
        by_file[clip["file"]]["text"]
        for scene in raw
        for source in scene["sources"]
        for clip in source["signal"]["clips"]
    }
    assert not heard_here & heard_elsewhere


def test_references_are_the_azimuths_in_the_frame_of_the_table(mini, raw):
    azimuths_of = references(mini)
    assert list(azimuths_of) == [f"mini-{number:04d}" for number in range(24)]
    for azimuths, scene in zip(azimuths_of.values(), raw, strict=True):
        turned = np.rad2deg(azimuths) - true_azimuths(scene)
        np.testing.assert_allclose((turned + 180.0) % 360.0 - 180.0, 0.0, atol=1e-9)


def test_scenes_round_trip_through_their_lines(mini):
    assert "".join(scene.to_json() + "\n" for scene in mini.scenes).encode() == mini.lines


def test_every_item_has_a_label_of_every_condition(mini):
    by_name = conditions(mini)
    assert set(by_name) == {"reverberation", "t60", "snr", "num_sources"}
    for labels in by_name.values():
        assert set(labels) == set(mini.items)
    assert Counter(by_name["num_sources"].values()) == dict.fromkeys("1234", 6)
    assert Counter(by_name["reverberation"].values()) == {"anechoic": 12, "reverberant": 12}
    assert set(by_name["t60"].values()) <= {"0 s", "0.2-0.4 s", "0.4-0.6 s"}
    assert set(by_name["snr"].values()) <= {"20-30 dB", "30-40 dB"}


def test_classes_of_conditions_hold_their_lower_edge(mini):
    scene = mini.scenes[0]

    def with_t60(t60):
        return scene.model_copy(update={"room": scene.room.model_copy(update={"t60": t60})})

    labels = [localization._t60(with_t60(t60)) for t60 in (0.0, 0.2, 0.3, 0.4, 0.59, 0.6, 0.61)]
    classes = ["0 s", "0.2-0.4 s", "0.2-0.4 s", "0.4-0.6 s", "0.4-0.6 s", "0.6-0.8 s", "0.6-0.8 s"]
    assert labels == classes
    noise = scene.sensor_noise
    labels = [
        localization._snr(scene.model_copy(update={"sensor_noise": quieter}))
        for quieter in (None, *(noise.model_copy(update={"snr_db": snr}) for snr in (-3, 20, 39)))
    ]
    assert labels == ["no noise", "-10-0 dB", "20-30 dB", "30-40 dB"]


# Every track


def test_tracks_are_the_folders_with_a_track_file():
    assert track_names() == tuple(folder.name for folder in TRACKS) != ()


@pytest.mark.parametrize("folder", TRACKS, ids=lambda folder: folder.name)
def test_a_track_is_complete(folder):
    track = load_track(folder.name)
    assert track.track == folder.name
    assert track.splits
    assert track.protocol in SHEETS
    assert type(track) is not Track
    card = (folder / "README.md").read_text(encoding="utf-8")
    for name, record in track.splits.items():
        assert name in card
        assert (folder / record.frozen.file).is_file()
        split = load_split(f"{folder.name}/{name}")
        assert split.path == f"{folder.name}/{name}"
        assert len(split.scenes) == len(split.items) == len(set(split.items))
        assert bool(split.scenes) == (record.scenes is not None)


@pytest.mark.parametrize(
    "folder", [*FILTER_TRACKS, BENCHMARKS / "upmix"], ids=lambda folder: folder.name
)
def test_the_card_shows_the_committed_results(folder):
    files = sorted((folder / "results").glob("*.json"))
    assert files, "results of the baselines"
    page = ranking_page([read_result(file).to_dict() for file in files])
    assert page.strip() in (folder / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", FILTER_TRACKS, ids=lambda folder: folder.name)
def test_devices_of_filter_tracks_have_the_drivers_that_the_track_says(folder):
    track = load_track(folder.name)
    assert track.splits["test"].is_scored
    for name in track.splits:
        for scene in load_split(f"{folder.name}/{name}").scenes:
            for device in set(track.devices) & set(scene.devices):
                assert len(scene.devices[device].drivers) == track.devices[device]


@pytest.mark.parametrize("folder", TRACKS, ids=lambda folder: folder.name)
def test_frozen_scenes_are_written_as_they_were(folder):
    for name in load_track(folder.name).splits:
        split = load_split(f"{folder.name}/{name}")
        if split.scenes:
            assert "".join(scene.to_json() + "\n" for scene in split.scenes).encode() == split.lines


def test_heads_that_scenes_name_ship_with_the_suite():
    for folder in FILTER_TRACKS:
        for scene in load_split(f"{folder.name}/test").scenes:
            head = scene.listeners["listener"].head
            if isinstance(head, MeasuredHead):
                content = (suite.suite_folder() / head.file).read_bytes()
                assert hashlib.sha256(content).hexdigest() == head.sha256
                assert head.sha256 in (BENCHMARKS / "heads" / "README.md").read_text()


def test_a_split_has_either_scenes_or_numbers():
    told = {"sha256": "0" * 64, "description": ""}
    for files in ({}, {"scenes": "a.jsonl.gz", "numbers": "b.json"}):
        with pytest.raises(ValidationError, match="either scenes or numbers"):
            SplitRecord.model_validate(told | files)


# What cannot be loaded


@pytest.mark.parametrize("name", ["localisation", "", "..", "localization/", "/etc"])
def test_an_unknown_track_is_refused_with_the_tracks_there_are(name):
    with pytest.raises(ParameterError, match="no such track") as caught:
        load_track(name)
    assert caught.value.allowed == ", ".join(folder.name for folder in TRACKS)


@pytest.mark.parametrize(
    "path",
    ["localization/maxi", "localization/", "localization/../mini", "localization", "", "mini"],
)
def test_an_unknown_split_is_refused_with_the_splits_there_are(path):
    with pytest.raises(ParameterError) as caught:
        load_split(path)
    assert "localization/mini" in caught.value.allowed.split(", ")


def test_an_unknown_track_of_a_split_is_refused():
    with pytest.raises(ParameterError, match=r"no such track, got 'speed' \(allowed: .*localiza"):
        load_split("speed/mini")


def test_changed_scenes_are_refused(copied_suite, raw):
    raw[5]["sources"][0]["level_db"] += 0.001
    lines = "".join(json.dumps(scene) + "\n" for scene in raw).encode()
    (copied_suite / "mini.jsonl.gz").write_bytes(gzip.compress(lines))
    with pytest.raises(
        DatasetError, match=r"mini\.jsonl\.gz: the frozen numbers have been changed"
    ):
        load_split("localization/mini")


def test_a_copy_that_only_compresses_differently_is_the_same(copied_suite, mini):
    (copied_suite / "mini.jsonl.gz").write_bytes(gzip.compress(mini.lines, 1))
    assert load_split("localization/mini").scenes == mini.scenes


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "flipped", "text"])
def test_damaged_scenes_are_refused(copied_suite, damage):
    file = copied_suite / "mini.jsonl.gz"
    content = bytearray(file.read_bytes())
    if damage == "missing":
        file.unlink()
    elif damage == "flipped":
        content[len(content) // 2] ^= 0xFF
        file.write_bytes(content)
    else:
        file.write_bytes({"empty": b"", "cut": content[:-30], "text": b"hello"}[damage])
    with pytest.raises(DatasetError, match=r"mini\.jsonl\.gz"):
        load_split("localization/mini")


def test_a_damaged_track_file_is_refused_with_its_place(copied_suite):
    file = copied_suite / "track.yaml"
    file.write_text(file.read_text().replace("sectors: 8", "sectors: many"))
    with pytest.raises(SceneError, match=r"track\.yaml:\d+:\d+: \S+ sectors"):
        load_track("localization")


def test_an_installed_suite_wins_over_the_checkout(tmp_path, monkeypatch):
    package = tmp_path / "simgen" / "benchmark"
    (tmp_path / "benchmarks").mkdir(parents=True)
    monkeypatch.setattr(suite, "__file__", str(package / "suite.py"))
    assert suite.suite_folder() == tmp_path / "benchmarks"
    (package / "suite").mkdir(parents=True)
    assert suite.suite_folder() == package / "suite"


def test_a_scene_of_the_suite_is_a_scene(mini):
    assert all(isinstance(scene, Scene) for scene in mini.scenes)
    assert all(scene.num_samples == 4 * scene.sample_rate for scene in mini.scenes)
