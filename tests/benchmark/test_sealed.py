import hashlib
import hmac
import json

import pytest

from simgen.benchmark.sealed import (
    SEALED_RECORD,
    commitment,
    handed_out_split,
    keyed_digest,
    read_sealed,
    read_secret,
    sealed_recipe,
    sealed_seed,
    store_unsealed,
)
from simgen.benchmark.suite import load_split, load_track, split_of
from simgen.errors import DatasetError, ParameterError
from simgen.scene.scene_file import SceneFile
from tests.references.sealed_record import RECORD

SECRET = bytes(range(32))


@pytest.fixture(autouse=True)
def _own_data(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def test_the_commitment_is_the_digest_that_everybody_can_compute():
    assert commitment(b"abc") == hashlib.sha256(b"abc").hexdigest()


def test_the_digest_of_scenes_tells_nothing_without_the_secret():
    expected = hmac.new(SECRET, b"simgen sealed split: scenes" + b"line\n", "sha256").hexdigest()
    assert keyed_digest(SECRET, b"line\n") == expected
    assert keyed_digest(SECRET[::-1], b"line\n") != expected


def test_seeds_differ_by_secret_and_fit_a_seed():
    seeds = {sealed_seed(bytes([k]) * 32) for k in range(100)}
    assert len(seeds) == 100
    assert all(0 <= seed < 2**63 for seed in seeds)


@pytest.mark.parametrize("length", [0, 31, 4097])
def test_what_can_be_guessed_is_no_secret(tmp_path, length):
    (tmp_path / "key").write_bytes(bytes(length))
    with pytest.raises(ParameterError, match=r"32 to 4096.*urandom"):
        read_secret(tmp_path / "key")


@pytest.mark.parametrize("length", [32, 4096])
def test_a_secret_is_read_whole(tmp_path, length):
    (tmp_path / "key").write_bytes(bytes(length))
    assert read_secret(tmp_path / "key") == bytes(length)


def test_a_missing_secret_is_named(tmp_path):
    with pytest.raises(ParameterError, match="nowhere"):
        read_secret(tmp_path / "nowhere")


def test_the_recipe_parses_and_its_order_of_scenes_says_nothing():
    _, recipe = sealed_recipe("localization")
    spec = SceneFile.load(recipe).model_dump(mode="json")
    assert spec["sources"]["talkers"]["count"] == {"integers": [1, 4]}
    assert spec["sources"]["talkers"]["signal"]["speech"] == "test"


@pytest.mark.parametrize("track", ["crosstalk", "upmix"])
def test_other_tracks_have_no_sealed_splits(track):
    with pytest.raises(ParameterError, match="no sealed splits"):
        sealed_recipe(track)


def test_a_record_names_its_items(tmp_path):
    (tmp_path / SEALED_RECORD).write_text(json.dumps(RECORD))
    assert read_sealed(tmp_path).items == (
        "sealed-0123456789abcdef0123456789abcdef-0000",
        "sealed-0123456789abcdef0123456789abcdef-0001",
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("split", "../../elsewhere"),
        ("split", "mini"),
        ("num_items", 0),
        ("num_items", 10**9),
        ("secret_sha256", "0"),
        ("sealed", 2),
        ("audio_sha256", ["0" * 64]),
    ],
)
def test_another_record_is_refused(tmp_path, key, value):
    (tmp_path / SEALED_RECORD).write_text(json.dumps(RECORD | {key: value}))
    with pytest.raises(DatasetError, match=key):
        read_sealed(tmp_path)


def test_no_record_is_refused(tmp_path):
    with pytest.raises(DatasetError, match=rf"holds no {SEALED_RECORD}.*handed out"):
        read_sealed(tmp_path)


def test_the_folder_inside_that_is_meant_is_named(tmp_path):
    public = tmp_path / "public"
    public.mkdir()
    (public / SEALED_RECORD).write_text(json.dumps(RECORD))
    with pytest.raises(DatasetError, match=f"Give {public}"):
        read_sealed(tmp_path)


def test_what_is_handed_out_names_items_and_holds_no_scene(tmp_path):
    (tmp_path / SEALED_RECORD).write_text(json.dumps(RECORD))
    sealed = read_sealed(tmp_path)
    split = handed_out_split(sealed)
    assert split.items == sealed.items
    assert split.path == f"localization/{sealed.split}"
    assert split.lines.strip() == b""


def test_a_split_is_known_only_when_it_is_unsealed(tmp_path):
    (tmp_path / SEALED_RECORD).write_text(json.dumps(RECORD))
    sealed = read_sealed(tmp_path)
    with pytest.raises(ParameterError, match=r"no sealed split of this name.*--sealed.*unseal"):
        load_split("localization/sealed-0123456789abcdef0123456789abcdef")
    lines = load_split("localization/mini").lines
    store_unsealed(sealed, lines)
    split = load_split("localization/sealed-0123456789abcdef0123456789abcdef")
    assert split.lines == lines
    assert split.sha256 == hashlib.sha256(lines).hexdigest()
    assert split.items[7] == "sealed-0123456789abcdef0123456789abcdef-0007"
    assert split.scenes == load_split("localization/mini").scenes


def test_a_sealed_split_changes_no_other_of_its_track():
    track = load_track("localization")
    split = split_of(track, "sealed-0123456789abcdef0123456789abcdef", b"")
    assert split.track.splits.keys() - track.splits.keys() == {
        "sealed-0123456789abcdef0123456789abcdef"
    }
    assert "sealed-0123456789abcdef0123456789abcdef" not in load_track("localization").splits


@pytest.mark.parametrize("name", ["sealed-../../etc", "sealed-", "sealed-0123456789ab", "sealed"])
def test_only_a_digest_makes_a_sealed_name(name):
    with pytest.raises(ParameterError, match="no such split"):
        load_split(f"localization/{name}")
