import hashlib

import numpy as np
import pytest

from simgen.scene.scene_file import SceneFile
from simgen.training.bank import ITEMS_PER_PART, bank_place, build_bank, open_bank
from simgen.training.lone_sources import alone, record_alone

RECIPE = SceneFile.parse("""
scene: 1
name: booth
duration_s: 0.05
room: {box_m: [4, 3, 2.5], t60_s: {choice: [0, 0.1]}}
arrays:
  pair:
    microphones: {line: {count: 2, spacing_m: 0.1}}
    position_m: [1.9, 1.4, 1.2]
    regions: {sectors: 8}
sources:
  talkers:
    place: {anywhere: {wall_clearance_m: 0.3}}
    signal: {noise: white}
""")


def digests(directory):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in directory.iterdir()
    }


@pytest.fixture(scope="module")
def two_parts(tmp_path_factory):
    directory = tmp_path_factory.mktemp("bank")
    build_bank(RECIPE, directory, num_parts=2, seed=5)
    return directory


def test_items_are_the_sources_of_their_index(two_parts):
    bank = open_bank(two_parts, 2)
    lone = alone(RECIPE)
    assert len(bank) == 2 * ITEMS_PER_PART
    for index in (0, 1, ITEMS_PER_PART + 3):
        item = record_alone(lone, seed=5, index=index)
        assert np.array_equal(bank.signals(index), item.signals)
        assert bank.gains[index] == item.gain
        assert bank.azimuths[index] == item.azimuth
        assert bank.distances[index] == item.distance
        assert bank.is_anechoic[index] == item.is_anechoic
        assert np.array_equal(bank.powers[index], item.powers)


def test_signals_stay_on_the_disk(two_parts):
    assert all(isinstance(part, np.memmap) for part in open_bank(two_parts, 2).parts)


@pytest.mark.slow
def test_any_number_of_jobs_gives_the_same_bytes(two_parts, tmp_path):
    build_bank(RECIPE, tmp_path, num_parts=2, seed=5, jobs=2)
    assert digests(tmp_path) == digests(two_parts)


def test_a_longer_bank_begins_with_the_shorter_one_and_only_the_rest_is_made(two_parts, tmp_path):
    first = build_bank(RECIPE, tmp_path, num_parts=1, seed=5)
    made = []
    build_bank(RECIPE, tmp_path, num_parts=2, seed=5, on_part=made.append)
    assert made == [2]
    assert digests(tmp_path) == digests(two_parts)
    assert first.digest == open_bank(two_parts, 1).digest != open_bank(two_parts, 2).digest


def test_a_part_without_labels_is_made_again(two_parts, tmp_path):
    build_bank(RECIPE, tmp_path, num_parts=1, seed=5)
    (tmp_path / "part-00000.npz").unlink()
    (tmp_path / "part-00000.npy").write_bytes(b"half")
    build_bank(RECIPE, tmp_path, num_parts=1, seed=5)
    whole = digests(two_parts)
    assert digests(tmp_path) == {name: whole[name] for name in digests(tmp_path)}


def test_another_seed_is_another_bank(two_parts, tmp_path):
    other = build_bank(RECIPE, tmp_path, num_parts=1, seed=6)
    assert other.digest != open_bank(two_parts, 1).digest


def test_banks_join(two_parts):
    short, long = open_bank(two_parts, 1), open_bank(two_parts, 2)
    both = short.joined(long)
    assert len(both) == 3 * ITEMS_PER_PART
    assert np.array_equal(both.signals(ITEMS_PER_PART + 7), long.signals(7))
    assert both.gains[ITEMS_PER_PART + 7] == long.gains[7]
    assert both.digest not in (short.digest, long.digest)


def test_banks_lie_in_the_cache_by_recipe_and_seed(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    place = bank_place(RECIPE, 1)
    assert place.parent == tmp_path / "simgen" / "banks"
    assert place.name.startswith("booth-")
    assert bank_place(RECIPE, 2) != place
    assert bank_place(RECIPE, 1) == place
