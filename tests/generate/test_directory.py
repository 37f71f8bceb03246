"""What each step makes of a directory; whole runs are in ``test_run``."""

import pytest

from simgen.dataset.digests import parse_sums, sha256_of
from simgen.dataset.journal import WHOLE, journal_path, read_journals, rewrite
from simgen.dataset.layout import SHARDS, SUMS, WORKING, Identity, shard_path
from simgen.dataset.shard import Failure, write_shard
from simgen.errors import DatasetError
from simgen.generate.directory import (
    claim,
    failures_in,
    finish,
    refuse_others,
    resume,
    shards_of,
    sweep_shards,
)
from tests.dataset.fake_scenes import fake_render, files_of, make_scene
from tests.dataset.finished import IDENTITY_OF_TEN

TEXT = b"scene: 1\n"
FIVE = IDENTITY_OF_TEN.model_copy(update={"count": 5, "scenes_per_shard": 2, "keep": ()})


@pytest.fixture
def begun(tmp_path):
    directory = tmp_path / "out"
    directory.mkdir()
    claim(directory, FIVE, TEXT)
    return directory


def put_shard(directory, shard, failed=()):
    """Write a shard and return its digest."""
    path = shard_path(directory, shard)
    write_shard(
        path,
        (
            (k, Failure("broken") if k in failed else fake_render(make_scene(k)))
            for k in FIVE.scenes_in(shard)
        ),
    )
    return sha256_of(path)


def put_all(directory, failed=()):
    return {shard: put_shard(directory, shard, failed) for shard in range(3)}


@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_parts_share_the_shards_evenly_and_leave_none(number):
    parts = [list(shards_of(IDENTITY_OF_TEN, (i, number))) for i in range(number)]
    assert sorted(shard for part in parts for shard in part) == list(
        range(IDENTITY_OF_TEN.num_shards)
    )
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_a_claim_is_the_same_however_often_it_is_made(begun):
    before = files_of(begun)
    assert set(before) == {"dataset.json", "scene.yaml"}
    assert (begun / SHARDS).is_dir()
    claim(begun, FIVE, TEXT)
    assert files_of(begun) == before
    assert Identity.from_json(before["dataset.json"].decode()) == FIVE


def test_a_description_that_was_changed_in_place_is_put_right(begun):
    (begun / "scene.yaml").write_bytes(b"scene: 2\n")
    claim(begun, FIVE, TEXT)
    assert (begun / "scene.yaml").read_bytes() == TEXT


@pytest.mark.parametrize("name", [WORKING, "dataset.json.123.partial"])
def test_what_a_killed_run_leaves_before_its_claim_is_no_obstacle(tmp_path, name):
    (tmp_path / name).mkdir() if name == WORKING else (tmp_path / name).touch()
    refuse_others(tmp_path, FIVE)


@pytest.mark.parametrize("name", ["notes.txt", "scene.yaml.1.partial", "SHA256SUMS", ".hidden"])
def test_files_of_others_are_named_and_left(tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(DatasetError, match="holds files that are no dataset") as caught:
        claim(tmp_path, FIVE, TEXT)
    assert name in str(caught.value)
    assert list(files_of(tmp_path)) == [name]


def test_a_file_in_the_place_of_the_directory_is_refused(tmp_path):
    (tmp_path / "out").touch()
    with pytest.raises(DatasetError, match="is a file"):
        refuse_others(tmp_path / "out", FIVE)


def test_an_unfinished_dataset_keeps_the_shards_that_are_what_the_journal_says(begun):
    digests = put_all(begun)
    rewrite(journal_path(begun, WHOLE), digests | {1: "0" * 64})
    assert resume(begun, FIVE, WHOLE) == {0: digests[0], 2: digests[2]}
    assert read_journals(begun) == {0: digests[0], 2: digests[2]}
    shard_path(begun, 2).unlink()
    assert resume(begun, FIVE, WHOLE) == {0: digests[0]}


def test_a_shard_that_no_journal_tells_of_is_not_trusted(begun):
    put_all(begun)
    assert resume(begun, FIVE, WHOLE) == {}


def test_an_unfinished_dataset_keeps_its_failures_and_a_finished_one_tries_them_again(begun):
    digests = put_all(begun, failed={3})
    rewrite(journal_path(begun, WHOLE), digests)
    assert resume(begun, FIVE, WHOLE) == digests
    assert finish(begun, FIVE, WHOLE, digests)
    assert resume(begun, FIVE, WHOLE) == {0: digests[0], 2: digests[2]}
    assert not (begun / SUMS).exists()


def test_a_part_keeps_its_own_shards_and_leaves_the_journals_of_others(begun):
    digests = put_all(begun)
    for part in ((0, 2), (1, 2)):
        rewrite(journal_path(begun, part), {k: digests[k] for k in shards_of(FIVE, part)})
    assert resume(begun, FIVE, (1, 2)) == {1: digests[1]}
    assert read_journals(begun) == digests
    assert resume(begun, FIVE, WHOLE) == digests
    assert not journal_path(begun, (0, 2)).exists()
    assert read_journals(begun) == digests


def test_it_is_finished_when_the_last_shard_is_there_whoever_made_it(begun):
    digests = put_all(begun)
    (begun / WORKING).mkdir()
    rewrite(journal_path(begun, (1, 2)), {1: digests[1]})
    assert not finish(begun, FIVE, (0, 2), {0: digests[0]})
    assert (begun / WORKING).exists()
    assert finish(begun, FIVE, (0, 2), {0: digests[0], 2: digests[2]})
    found = files_of(begun)
    assert set(found) == {*FIVE.file_names(), SUMS}
    sums = parse_sums(found[SUMS].decode())
    assert sums == {name: sha256_of(begun / name) for name in FIVE.file_names()}


def test_a_finished_dataset_is_left_byte_for_byte(begun):
    digests = put_all(begun)
    assert finish(begun, FIVE, WHOLE, digests)
    before = files_of(begun)
    assert resume(begun, FIVE, WHOLE) == digests
    assert finish(begun, FIVE, WHOLE, digests)
    assert files_of(begun) == before


def test_the_card_shows_a_scene_that_can_be_read(begun):
    assert finish(begun, FIVE, WHOLE, put_all(begun, failed={0, 1}))
    assert "recording = dataset[2]" in (begun / "README.md").read_text()


def test_a_dataset_of_failures_alone_is_finished_too(begun):
    assert finish(begun, FIVE, WHOLE, put_all(begun, failed=set(range(5))))
    assert failures_in(begun, range(3)) == dict.fromkeys(range(5), "broken")
    assert failures_in(begun, [1]) == {2: "broken", 3: "broken"}


def test_sweeping_takes_what_is_half_written_of_this_part_alone(begun):
    for shard in range(3):
        (begun / SHARDS / f"shard-{shard:05d}.h5.99.partial").touch()
        (begun / SHARDS / f"shard-{shard:05d}.h5").touch()
    (begun / SHARDS / "mine.partial").touch()
    sweep_shards(begun, FIVE, (1, 2))
    left = sorted(path.name for path in (begun / SHARDS).iterdir() if "partial" in path.name)
    assert left == ["mine.partial", "shard-00000.h5.99.partial", "shard-00002.h5.99.partial"]
