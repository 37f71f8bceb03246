import pickle

import numpy as np
import pytest

from simgen.dataset.dataset import open_dataset
from simgen.dataset.journal import WHOLE, journal_path, rewrite
from simgen.errors import DatasetError
from tests.dataset.fake_scenes import assert_same_recording, fake_render, make_scene
from tests.dataset.finished import KEEP, write_dataset


@pytest.fixture
def directory(tmp_path):
    write_dataset(tmp_path / "out")
    return tmp_path / "out"


def test_a_dataset_is_a_sequence_of_recordings(directory):
    dataset = open_dataset(directory)
    assert len(dataset) == 5
    for index, recording in enumerate(dataset):
        assert_same_recording(recording, fake_render(make_scene(index), keep=KEEP))
        assert dataset.scene(index) == recording.scene


def test_negative_and_numpy_indices(directory):
    dataset = open_dataset(str(directory))
    assert dataset[-1].scene.index == 4
    assert dataset[-5].scene.index == 0
    assert dataset[np.int64(3)].scene.index == 3


@pytest.mark.parametrize("index", [5, -6])
def test_an_index_beyond_the_end_is_an_index_error(directory, index):
    dataset = open_dataset(directory)
    for read in (dataset.__getitem__, dataset.scene):
        with pytest.raises(IndexError, match="of a dataset of 5"):
            read(index)


@pytest.mark.parametrize("index", [1.0, "1", slice(2), None])
def test_another_kind_of_index_is_a_type_error(directory, index):
    with pytest.raises(TypeError):
        open_dataset(directory)[index]


def test_a_pickled_dataset_reads_the_same(directory):
    dataset = pickle.loads(pickle.dumps(open_dataset(directory)))
    assert_same_recording(dataset[2], open_dataset(directory)[2])


def test_failed_scenes_are_listed_and_refused(tmp_path):
    write_dataset(tmp_path / "out", failed=(1, 4))
    dataset = open_dataset(tmp_path / "out")
    assert dataset.failures() == {1: "broken", 4: "broken"}
    assert dataset[0].scene.index == 0
    with pytest.raises(DatasetError, match="scene 4: was not rendered: broken"):
        dataset[4]


def test_an_unfinished_dataset_says_how_far_it_is_and_how_to_go_on(directory):
    (directory / "SHA256SUMS").unlink()
    rewrite(journal_path(directory, WHOLE), {0: "a" * 64, 2: "a" * 64})
    with pytest.raises(DatasetError, match=r"2 of 3 shards are done\. Run the same render command"):
        open_dataset(directory)


@pytest.mark.parametrize("name", ["", "missing"])
def test_what_is_no_dataset_is_refused(tmp_path, name):
    with pytest.raises(DatasetError, match="is not a dataset"):
        open_dataset(tmp_path / name)


def test_no_file_stays_open(directory):
    dataset = open_dataset(directory)
    recording = dataset[0]
    (directory / "shards/shard-00000.h5").unlink()
    assert recording.signals["table"].sum() != 0
    with pytest.raises(DatasetError, match="is missing"):
        dataset[0]
