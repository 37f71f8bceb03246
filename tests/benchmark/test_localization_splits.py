"""The splits of the localisation track: what is in them, and that nothing is in two parts."""

import json
import math
from collections import Counter
from functools import cache
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest

from simgen.benchmark.localization import references
from simgen.benchmark.recordings import needed_recordings
from simgen.benchmark.suite import load_split, load_track, suite_folder
from simgen.scene.document import read_document
from simgen.scene.scene_file import SceneFile

FOLDER = suite_folder() / "localization"
SPEECH = Path(__file__).parents[2] / "simgen" / "signals" / "speech"

TESTS = (
    "anechoic",
    "reverberant",
    "harsh",
    "crowded",
    "unseen-rooms",
    "imperfect",
    "real-talkers",
)
SPLITS = ("development", *TESTS)

T60 = {
    "development": (0.2, 0.6),
    "reverberant": (0.2, 0.6),
    "harsh": (0.6, 1.0),
    "crowded": (0.2, 0.6),
    "unseen-rooms": (0.3, 1.2),
    "imperfect": (0.2, 0.6),
    "real-talkers": (0.2, 0.6),
}
"""Least and greatest reverberation time in s, where there is any."""

SNR_DB = dict.fromkeys(SPLITS, (20, 40)) | {
    "development": (5, 40),
    "harsh": (5, 15),
    "imperfect": (10, 30),
}

UTTERANCES = {
    entry["file"]: entry for entry in json.loads((SPEECH / "index.json").read_text())["utterances"]
}


@cache
def frozen(split):
    return load_split(f"localization/{split}")


def training():
    return SceneFile.load(FOLDER / "training.yaml")


def clips(split):
    return [
        (source.signal.talker, clip)
        for scene in frozen(split).scenes
        for source in scene.sources
        for clip in source.signal.clips
    ]


def sizes(split):
    return {scene.room.size for scene in frozen(split).scenes}


# What the splits hold


def test_the_track_has_these_splits():
    assert set(load_track("localization").splits) == {"mini", *SPLITS}


@pytest.mark.parametrize("split", SPLITS)
def test_a_split_has_300_scenes_of_1_to_4_talkers_in_equal_parts(split):
    scenes = frozen(split).scenes
    assert Counter(len(scene.sources) for scene in scenes) == dict.fromkeys((1, 2, 3, 4), 75)
    for scene in scenes:
        (table,) = scene.arrays.values()
        assert (scene.sample_rate, scene.num_samples) == (16_000, 64_000)
        radii = np.linalg.norm(table.microphones, axis=1)
        assert radii == pytest.approx([0.1] * 8)
        assert table.regions.sectors == 8
        assert scene.sensor_noise is not None
    assert len({scene.sources for scene in scenes}) == 300


@pytest.mark.parametrize("split", SPLITS)
def test_conditions_are_those_of_the_card(split):
    scenes = frozen(split).scenes
    low, high = SNR_DB[split]
    assert all(low <= scene.sensor_noise.snr_db <= high for scene in scenes)
    reverberant = [scene.room.t60 for scene in scenes if scene.room.t60]
    if split == "anechoic":
        assert not reverberant
        return
    low, high = T60[split]
    assert low <= min(reverberant) < low + 0.1
    assert high - 0.1 < max(reverberant) <= high
    is_mixed = split in ("development", "real-talkers")
    assert len(reverberant) == (150 if is_mixed else 300)


@pytest.mark.parametrize("split", ["development", "real-talkers"])
def test_as_many_anechoic_scenes_of_every_number_of_talkers(split):
    cells = Counter((len(s.sources), s.room.t60 == 0) for s in frozen(split).scenes)
    assert len(cells) == 8
    assert max(cells.values()) - min(cells.values()) <= 1


def test_a_third_of_the_development_split_is_noisy():
    levels = [scene.sensor_noise.snr_db for scene in frozen("development").scenes]
    assert 80 <= sum(level < 20 for level in levels) <= 120


@pytest.mark.parametrize("split", SPLITS)
def test_talkers_share_a_sector_in_the_crowded_split_alone(split):
    shared = Counter()
    for azimuths in references(frozen(split)).values():
        sectors = np.floor(np.rad2deg(azimuths) % 360.0 / 45.0)
        shared[len(azimuths)] += len(set(sectors)) < len(azimuths)
    if split == "crowded":
        assert shared[1] == 0
        assert all(shared[count] in (37, 38) for count in (2, 3, 4))
    else:
        assert shared.total() == 0


def test_crowded_talkers_are_12_degrees_apart():
    least = 360.0
    for azimuths in references(frozen("crowded")).values():
        for one, other in combinations(np.rad2deg(azimuths), 2):
            least = min(least, abs((one - other + 180.0) % 360.0 - 180.0))
    assert 12.0 <= least < 13.0


def test_half_of_the_unseen_rooms_are_long_and_narrow():
    lengths, widths, _ = np.array([s.room.size for s in frozen("unseen-rooms").scenes]).T
    is_narrow = lengths / widths > 2.5
    assert is_narrow.sum() == 150
    assert np.all(lengths[~is_narrow] * widths[~is_narrow] > 2 * 6.8 * 5.7), "and halls are larger"


@pytest.mark.parametrize("split", SPLITS)
def test_talkers_are_clear_of_walls_and_of_the_array(split):
    for scene in frozen(split).scenes:
        table = scene.arrays["table"].position
        for source in scene.sources:
            gaps = [*source.position, *np.subtract(scene.room.size, source.position)]
            assert min(gaps[:2] + gaps[3:5]) >= 0.3 - 1e-9
            assert math.dist(source.position, table) >= 0.6


def test_only_imperfect_microphones_have_errors():
    for split in SPLITS:
        found = [scene.arrays["table"].errors for scene in frozen(split).scenes]
        if split != "imperfect":
            assert found == [None] * 300
            continue
        gains_db = 20.0 * np.log10([errors.gains for errors in found])
        phases_deg = np.rad2deg([errors.phases for errors in found])
        moves = np.array([errors.displacements for errors in found])
        for values, deviation in ((gains_db, 1.5), (phases_deg, 5.0), (moves, 0.003)):
            assert np.std(values) == pytest.approx(deviation, rel=0.05)
            assert np.abs(values).max() <= 3 * deviation


# Training, development and tests share neither talker nor sentence nor room


def test_the_recipe_draws_from_the_training_part_alone():
    (group,) = training().sources.values()
    assert group.signal.speech == "train"
    for index in range(20):
        for source in training().draw(seed=9, index=index).sources:
            for clip in source.signal.clips:
                assert UTTERANCES[clip.file]["part"] == "train"


@pytest.mark.parametrize("split", [split for split in SPLITS if split != "real-talkers"])
def test_splits_are_of_their_own_part_of_the_speech(split):
    part = "dev" if split == "development" else "test"
    for talker, clip in clips(split):
        assert UTTERANCES[clip.file]["part"] == part
        assert UTTERANCES[clip.file]["talker"] == talker


def test_parts_share_neither_talker_nor_sentence():
    for one, other in combinations(("train", "dev", "test"), 2):
        for key in ("talker", "text", "sha256", "file"):
            ours, theirs = (
                {entry[key] for entry in UTTERANCES.values() if entry["part"] == part}
                for part in (one, other)
            )
            assert ours
            assert not ours & theirs


def test_real_talkers_are_heard_nowhere_else():
    needed = needed_recordings(frozen("real-talkers"))
    assert {clip.file for _, clip in clips("real-talkers")} == set(needed)
    assert not set(needed.values()) & {entry["sha256"] for entry in UTTERANCES.values()}
    assert {talker for talker, _ in clips("real-talkers")} == {"allison", "carlo", "june", "maxim"}
    assert all(scene.sources[0].signal.corpus == "." for scene in frozen("real-talkers").scenes)
    for split in SPLITS[:-1]:
        assert needed_recordings(frozen(split)) == {}


def test_nobody_is_in_two_places():
    for split in SPLITS:
        for scene in frozen(split).scenes:
            talkers = [source.signal.talker for source in scene.sources]
            assert len(set(talkers)) == len(talkers)


def test_no_room_of_a_split_is_in_another():
    for one, other in combinations(("mini", *SPLITS), 2):
        assert not sizes(one) & sizes(other)
    for split in SPLITS:
        assert len(sizes(split)) == 300


def heights(scene_file):
    """The intervals that a family's heights are drawn from."""
    height = read_document(scene_file).data["room"]["box_m"][2]
    return [option["uniform"] for option in height.get("choice", [height])]


def test_no_room_of_a_split_can_be_drawn_from_the_recipe():
    """Heights of the recipe, of development and of tests are of intervals that do not meet."""
    families = {path.stem: heights(path) for path in FOLDER.glob("*.yaml") if is_family(path)}
    ours = {name: families.pop(name) for name in ("training", "development")}
    assert len(families) >= len(TESTS)
    for tested in families.values():
        for part in ours.values():
            assert are_apart(part, tested)
    assert are_apart(ours["training"], ours["development"])
    for split in SPLITS:
        kinds = [ours["development"]] if split == "development" else families.values()
        for _, _, height in sizes(split):
            assert any(low <= height <= high for kind in kinds for low, high in kind)
            assert not any(low <= height <= high for low, high in ours["training"])


def is_family(path):
    return path.stem not in ("track", "mini") and "scene" in read_document(path).data


def are_apart(one, other):
    return all(high < least or most < low for (low, high), (least, most) in product(one, other))


def test_intervals_that_meet_are_not_apart():
    assert are_apart([[1, 2], [5, 6]], [[3, 4]])
    assert not are_apart([[1, 2], [5, 6]], [[2, 4]])
    assert not are_apart([[1, 4]], [[2, 3]])


def test_what_is_drawn_from_the_recipe_lies_in_its_intervals():
    scene_file, intervals = training(), heights(FOLDER / "training.yaml")
    found = Counter()
    for index in range(60):
        scene = scene_file.draw(seed=0, index=index)
        height = scene.room.size[2]
        assert any(low <= height <= high for low, high in intervals)
        assert 0.0 <= scene.sensor_noise.snr_db <= 40.0
        assert scene.room.t60 == 0.0 or 0.2 <= scene.room.t60 <= 0.6
        found[len(scene.sources)] += 1
    assert set(found) == {1, 2, 3, 4}
