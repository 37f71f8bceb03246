import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.dataset.layout import (
    IDENTITY,
    Identity,
    installed_versions,
    read_identity,
    require_same,
    shard_path,
)
from simgen.errors import DatasetError
from tests.dataset.finished import IDENTITY_OF_TEN


@given(st.integers(1, 200), st.integers(1, 50))
def test_every_scene_is_in_exactly_one_shard(count, scenes_per_shard):
    change = {"count": count, "scenes_per_shard": scenes_per_shard}
    identity = IDENTITY_OF_TEN.model_copy(update=change)
    shards = [identity.scenes_in(shard) for shard in range(identity.num_shards)]
    assert [index for shard in shards for index in shard] == list(range(count))
    assert all(shards)
    for number, shard in enumerate(shards):
        assert {index // scenes_per_shard for index in shard} == {number}


def test_the_identity_comes_back_from_its_file(tmp_path):
    (tmp_path / IDENTITY).write_bytes(IDENTITY_OF_TEN.to_bytes())
    assert read_identity(tmp_path) == IDENTITY_OF_TEN


def test_a_directory_without_identity_is_no_dataset(tmp_path):
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(DatasetError, match=r"is not a dataset: dataset.json is missing"):
            read_identity(path)


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"dataset": 2}'])
def test_a_damaged_identity_is_refused(tmp_path, content):
    (tmp_path / IDENTITY).write_bytes(content)
    with pytest.raises(DatasetError, match=r"dataset.json: is damaged, or of another version"):
        read_identity(tmp_path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (IDENTITY_OF_TEN.to_bytes()[:-3], "EOF while parsing"),
        (IDENTITY_OF_TEN.to_bytes().replace(b'"count": 10', b'"count": 0'), "(count: Input"),
        (b"\xff", "(it is not text)"),
    ],
)
def test_a_damaged_identity_says_what_to_do_in_one_line(tmp_path, content, reason):
    (tmp_path / IDENTITY).write_bytes(content)
    with pytest.raises(DatasetError) as error:
        read_identity(tmp_path)
    assert reason in str(error.value)
    assert "Restore it from a copy of the dataset, or render again" in str(error.value)
    assert "http" not in str(error.value)
    assert "\n" not in str(error.value)


def test_other_recordings_in_a_folder_are_refused(tmp_path):
    talks, others = {"../talks": "a" * 64}, {"../talks": "b" * 64}
    begun = IDENTITY_OF_TEN.model_copy(update={"corpora": talks})
    require_same(begun, begun, tmp_path)
    for corpora in (others, {}):
        wanted = begun.model_copy(update={"corpora": corpora})
        with pytest.raises(DatasetError, match=r"the recordings of folder ../talks have changed"):
            require_same(begun, wanted, tmp_path)


def test_the_description_cannot_be_a_path():
    for name in ("../scene.yaml", "/scene.yaml", ".hidden", "a/b", ""):
        with pytest.raises(ValueError, match="description"):
            Identity(**{**IDENTITY_OF_TEN.model_dump(), "description": name})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"count": 12}, r"its count is 10, not 12"),
        ({"seed": None}, r"its seed is 7, not None"),
        ({"keep": ()}, r"its keep is \('images',\), not \(\)"),
        ({"versions": {"numpy": "2.1", "h5py": "3.12"}}, r"versions.numpy is '2.0', not '2.1'"),
        ({"versions": {"numpy": "2.0"}}, r"versions.h5py is '3.12', not None"),
    ],
)
def test_another_identity_is_refused_by_its_first_difference(tmp_path, change, message):
    wanted = IDENTITY_OF_TEN.model_copy(update=change)
    with pytest.raises(DatasetError, match=message):
        require_same(IDENTITY_OF_TEN, wanted, tmp_path)
    require_same(IDENTITY_OF_TEN, IDENTITY_OF_TEN, tmp_path)


def test_the_files_are_sorted_and_where_the_shards_are(tmp_path):
    names = IDENTITY_OF_TEN.file_names()
    assert list(names) == sorted(names)
    shards = [shard_path(tmp_path, k).relative_to(tmp_path).as_posix() for k in range(3)]
    assert set(names) == {"README.md", "dataset.json", "scene.yaml", *shards}


def test_versions_name_what_determines_the_bytes():
    versions = installed_versions()
    expected = {"simgen", "numpy", "scipy", "numba", "pyroomacoustics", "soxr", "h5py", "hdf5"}
    assert set(versions) == expected
    assert all(versions.values())


def test_a_sofa_file_that_has_changed_is_named(tmp_path):
    begun = IDENTITY_OF_TEN.model_copy(update={"corpora": {"heads/a.sofa": "a" * 64}})
    wanted = begun.model_copy(update={"corpora": {"heads/a.sofa": "b" * 64}})
    with pytest.raises(DatasetError, match=r"the file heads/a\.sofa has changed since"):
        require_same(begun, wanted, tmp_path)
