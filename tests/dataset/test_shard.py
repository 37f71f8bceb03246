import random
import time
from dataclasses import fields, replace

import h5py
import numpy as np
import pytest

from simgen.dataset.atomic import partial_of
from simgen.dataset.shard import (
    LABELS,
    SIGNALS,
    Failure,
    read_failures,
    read_recording,
    read_scene,
    write_shard,
)
from simgen.errors import DatasetError
from simgen.labels.frames import ArrayLabels
from simgen.render.recording import Recording
from tests.dataset.fake_scenes import (
    ALL,
    assert_same_recording,
    fake_render,
    make_listening_scene,
    make_scene,
)

SIGNAL = "00000000/signals/table"


def outcomes():
    yield 0, fake_render(make_scene(0), keep=ALL)
    yield 1, Failure("table: outside the room — 3 m")
    yield 2, fake_render(make_scene(2))


@pytest.fixture
def shard(tmp_path):
    write_shard(tmp_path / "shard.h5", outcomes())
    return tmp_path / "shard.h5"


def change(path, name, **attributes):
    """Replace an item of a shard."""
    with h5py.File(path, "r+") as file:
        del file[name]
        if "link" in attributes:
            file[name] = attributes["link"]
        else:
            file.create_dataset(name, **attributes)


def test_recordings_come_back_exactly_and_in_order(shard):
    assert_same_recording(read_recording(shard, 0), fake_render(make_scene(0), keep=ALL))
    assert_same_recording(read_recording(shard, 2), fake_render(make_scene(2)))
    assert read_scene(shard, 2) == make_scene(2)


def test_every_array_of_a_recording_has_a_place():
    arrays = {field.name for field in fields(Recording)} - {"scene", "labels", "ear_responses"}
    assert set(SIGNALS) == arrays
    assert set(LABELS) == {field.name for field in fields(ArrayLabels)}


@pytest.mark.parametrize("num_sources", [0, 1])
def test_scenes_with_few_sources_come_back_exactly(tmp_path, num_sources):
    recording = fake_render(make_scene(0, num_sources=num_sources), keep=ALL)
    write_shard(tmp_path / "shard.h5", [(0, recording)])
    assert_same_recording(read_recording(tmp_path / "shard.h5", 0), recording)


@pytest.mark.parametrize("with_arrays", [True, False])
def test_ear_responses_come_back_exactly_with_or_without_arrays(tmp_path, with_arrays):
    scene = make_listening_scene(0)
    if not with_arrays:
        scene = scene.model_copy(update={"arrays": {}, "sources": ()})
    recording = fake_render(scene)
    write_shard(tmp_path / "shard.h5", [(0, recording)])
    assert_same_recording(read_recording(tmp_path / "shard.h5", 0), recording)
    with h5py.File(tmp_path / "shard.h5") as file:
        stored = file["00000000/ear_responses/seat/bar"]
        assert stored.attrs["axes"] == "pose, ear, loudspeaker, sample"
        assert stored.attrs["unit"] == "1/m"
        assert stored.shape == (2, 2, 3, 50)
        assert stored.fletcher32
        assert file["00000000/ear_responses"].attrs["sample_rate_hz"] == 16000


def test_scenes_without_listeners_are_stored_as_before(shard):
    with h5py.File(shard) as file:
        assert "ear_responses" not in file["00000000"]


def test_long_signals_are_cut_into_chunks_and_come_back(tmp_path):
    recording = fake_render(make_scene(0).model_copy(update={"num_samples": 200_000}))
    write_shard(tmp_path / "shard.h5", [(0, recording)])
    assert_same_recording(read_recording(tmp_path / "shard.h5", 0), recording)
    with h5py.File(tmp_path / "shard.h5") as file:
        assert file[SIGNAL].chunks == (1, 65536)


def test_a_failure_keeps_its_reason(shard):
    assert read_failures(shard) == {1: "table: outside the room — 3 m"}
    for read in (read_recording, read_scene):
        with pytest.raises(DatasetError, match="scene 1: was not rendered: table: outside"):
            read(shard, 1)


def test_the_bytes_do_not_depend_on_the_time(shard, tmp_path):
    time.sleep(1.1)
    write_shard(tmp_path / "again.h5", outcomes())
    assert (tmp_path / "again.h5").read_bytes() == shard.read_bytes()


def test_one_recording_is_in_memory_at_a_time(tmp_path):
    sizes = []

    def counted():
        for index in range(3):
            sizes.append(partial_of(tmp_path / "shard.h5").stat().st_size)
            yield index, fake_render(make_scene(index), keep=ALL)

    write_shard(tmp_path / "shard.h5", counted())
    assert sizes == sorted(set(sizes)), "the file grows from recording to recording"


def test_every_array_is_checksummed_and_tells_its_axes(shard):
    def check(name, item):
        if isinstance(item, h5py.Dataset):
            assert item.fletcher32, name
            assert name.endswith(("scene", "failed")) or set(item.attrs) == {"axes", "unit"}

    with h5py.File(shard) as file:
        file.visititems(check)
        assert file[SIGNAL].attrs["axes"] == "microphone, sample"
        assert file["00000000/labels/table/distance"].attrs["unit"] == "m"
        assert file["00000000/signals"].attrs["sample_rate_hz"] == 16000
        assert file["00000000/labels"].attrs["hop_samples"] == 160


def test_a_name_that_is_a_path_is_refused(tmp_path):
    recording = fake_render(make_scene(0))
    bad = replace(recording, signals={"a/b": recording.signals["table"]})
    with pytest.raises(DatasetError, match="cannot be stored under this name, got 'a/b'"):
        write_shard(tmp_path / "shard.h5", [(0, bad)])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("signals", [np.zeros(5, "f4"), np.zeros((3, 5), "f8")])
def test_an_array_of_another_kind_is_refused(tmp_path, signals):
    bad = replace(fake_render(make_scene(0)), signals={"table": signals})
    with pytest.raises(DatasetError, match=r"allowed: \(microphone, sample\) float32"):
        write_shard(tmp_path / "shard.h5", [(0, bad)])


def test_a_missing_shard_or_scene_is_named(shard, tmp_path):
    with pytest.raises(DatasetError, match=r"other.h5: is missing"):
        read_recording(tmp_path / "other.h5", 0)
    with pytest.raises(DatasetError, match=r"shard.h5: /00000009: is missing"):
        read_recording(shard, 9)


def test_a_damaged_array_is_named(shard):
    with h5py.File(shard) as file:
        offset = file[SIGNAL].id.get_chunk_info(1).byte_offset
    data = bytearray(shard.read_bytes())
    data[offset + 100] ^= 4
    shard.write_bytes(data)
    with pytest.raises(DatasetError, match=r"shard.h5: /00000000/signals/table: is damaged"):
        read_recording(shard, 0)
    assert_same_recording(read_recording(shard, 2), fake_render(make_scene(2)))


@pytest.mark.slow
def test_no_flipped_bit_passes_for_data(shard):
    """Whatever bit flips, reading gives the exact recording or an error of ours."""
    sound, generator = shard.read_bytes(), random.Random(1)
    expected = fake_render(make_scene(2))
    noticed = 0
    for _ in range(300):
        data = bytearray(sound)
        data[generator.randrange(len(data))] ^= 1 << generator.randrange(8)
        shard.write_bytes(data)
        try:
            assert_same_recording(read_recording(shard, 2), expected)
        except DatasetError:
            noticed += 1
    assert noticed > 0


@pytest.mark.parametrize("length", [0, 10, 5000, 20000])
def test_a_truncated_shard_is_refused(shard, length):
    shard.write_bytes(shard.read_bytes()[:length])
    with pytest.raises(DatasetError, match="is damaged"):
        read_recording(shard, 0)


@pytest.mark.parametrize(
    "link",
    [h5py.ExternalLink("other.h5", "/x"), h5py.SoftLink("/00000002/signals/table")],
)
def test_links_are_not_followed(shard, tmp_path, link):
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["x"] = np.zeros((3, 700), "f4")
    change(shard, SIGNAL, link=link)
    with pytest.raises(DatasetError, match=r"/00000000/signals/table: is a link to elsewhere"):
        read_recording(shard, 0)


def test_groups_that_are_links_are_not_followed(shard, tmp_path):
    write_shard(tmp_path / "other.h5", outcomes())
    change(shard, "00000000", link=h5py.ExternalLink("other.h5", "/00000000"))
    with pytest.raises(DatasetError, match="is a link to elsewhere"):
        read_recording(shard, 0)
    with pytest.raises(DatasetError, match="is a link to elsewhere"):
        read_failures(shard)


def test_external_storage_is_not_read(shard, tmp_path):
    (tmp_path / "raw").write_bytes(bytes(3 * 700 * 4))
    external = [(str(tmp_path / "raw"), 0, h5py.h5f.UNLIMITED)]
    change(shard, SIGNAL, shape=(3, 700), dtype="f4", external=external)
    with pytest.raises(DatasetError, match="lies in another file"):
        read_recording(shard, 0)


def test_virtual_datasets_are_not_read(shard):
    layout = h5py.VirtualLayout((3, 700), "f4")
    layout[:] = h5py.VirtualSource(str(shard.with_name("other.h5")), "x", (3, 700))
    with h5py.File(shard, "r+") as file:
        del file[SIGNAL]
        file.create_virtual_dataset(SIGNAL, layout)
    with pytest.raises(DatasetError, match="lies in another file"):
        read_recording(shard, 0)


@pytest.mark.parametrize("storage", [{"chunks": (1, 1024)}, {"compression": "gzip"}, {}])
def test_a_claim_of_terabytes_is_refused(shard, storage):
    change(shard, SIGNAL, shape=(2000, 10**9), dtype="f4", **storage)
    assert shard.stat().st_size < 200_000
    with pytest.raises(DatasetError, match=r"claims 8000000000000 bytes, stores"):
        read_recording(shard, 0)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"data": np.zeros((3, 700))}, "has 2 axes of float64"),
        ({"data": np.zeros(700, "f4")}, "has 1 axes of float32"),
        ({"data": "text"}, "has 0 axes of object"),
        ({"data": h5py.Empty("f4")}, "axes of float32"),
    ],
)
def test_another_kind_of_array_is_refused(shard, attributes, message):
    change(shard, SIGNAL, **attributes)
    with pytest.raises(DatasetError, match=message):
        read_recording(shard, 0)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (np.zeros(3), "is not a text"),
        (np.array([b"\xff"]), "is damaged"),
        (np.array([b"{}"]), "is not a scene of this version"),
    ],
)
def test_another_kind_of_scene_is_refused(shard, data, message):
    change(shard, "00000000/scene", data=data)
    with pytest.raises(DatasetError, match=message):
        read_scene(shard, 0)


def test_a_group_in_the_place_of_an_array_is_refused(shard):
    with h5py.File(shard, "r+") as file:
        del file[SIGNAL]
        file.create_group(SIGNAL)
    with pytest.raises(DatasetError, match="is not a dataset"):
        read_recording(shard, 0)
