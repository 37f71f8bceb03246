import h5py
import numpy as np
import pytest

from simgen.dataset.guarded import names, open_shard, read_array, read_text, subgroup
from simgen.errors import DatasetError

NUMBERS = np.arange(12, dtype=np.float32).reshape(3, 4)


@pytest.fixture
def file(tmp_path):
    with h5py.File(tmp_path / "shard.h5", "w") as opened:
        yield opened


def refused(read, *args):
    with pytest.raises(DatasetError) as caught:
        read(*args)
    return str(caught.value)


def test_what_is_there_is_read(file):
    group = file.create_group("scenes/0")
    group["signal"] = NUMBERS
    group["empty"] = np.zeros((0, 3), np.float32)
    group["scene"] = np.array(["Büro".encode()])
    inner = subgroup(subgroup(file, "scenes"), "0")
    assert sorted(names(inner)) == ["empty", "scene", "signal"]
    found = read_array(inner, "signal", "float32", 2)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, NUMBERS)
    assert read_array(inner, "empty", "float32", 2).shape == (0, 3)
    assert read_text(inner, "scene") == "Büro"


@pytest.mark.parametrize(("dtype", "num_axes"), [("float64", 2), ("int32", 2), ("float32", 3)])
def test_another_type_or_number_of_axes_names_both(file, dtype, num_axes):
    file["signal"] = NUMBERS
    message = refused(read_array, file, "signal", dtype, num_axes)
    assert "has 2 axes of float32" in message
    assert f"{num_axes} axes of {dtype}" in message
    assert "shard.h5: /signal" in message


def test_bytes_in_the_other_order_are_another_type(file):
    file["signal"] = NUMBERS.astype(">f4")
    assert "axes of >f4" in refused(read_array, file, "signal", "float32", 2)


@pytest.mark.parametrize(
    "text", [np.array([b"a", b"b"]), np.array([1.0]), np.array(b"a"), np.array([[b"a"]])]
)
def test_only_one_text_of_fixed_length_is_a_text(file, text):
    file["text"] = text
    assert "is not a text" in refused(read_text, file, "text")


def test_a_text_of_variable_length_is_none(file):
    """HDF5 keeps it on a heap, whose size the file does not tell beforehand."""
    file.create_dataset("text", data=["a"], dtype=h5py.string_dtype())
    assert "is not a text" in refused(read_text, file, "text")


def test_bytes_that_are_no_unicode_are_damage(file):
    file["text"] = np.array([b"\xff\xfe"])
    assert "/text" in (message := refused(read_text, file, "text"))
    assert "is damaged" in message


@pytest.mark.parametrize(
    ("read", "args"), [(subgroup, ()), (read_array, ("float32", 1)), (read_text, ())]
)
def test_missing_links_and_other_kinds_are_told_apart(file, read, args):
    file.create_group("group")
    file["array"] = NUMBERS
    file["soft"] = h5py.SoftLink("/array")
    file["external"] = h5py.ExternalLink("/etc/passwd", "/array")
    file["hanging"] = h5py.SoftLink("/nowhere")
    assert "is missing" in refused(read, file, "nothing", *args)
    for link in ("soft", "external", "hanging"):
        assert "is a link to elsewhere" in refused(read, file, link, *args)
    other, kind = ("array", "group") if read is subgroup else ("group", "dataset")
    assert f"is not a {kind}" in refused(read, file, other, *args)


def test_names_follow_no_link(file):
    file["external"] = h5py.ExternalLink("/nowhere/at/all.h5", "/")
    assert names(file) == ["external"]


def test_compression_is_a_claim_of_more_than_is_stored(file):
    """Zeros deflate without bound; shards are never compressed."""
    file.create_dataset("signal", data=np.zeros(100_000, np.float32), compression="gzip")
    message = refused(read_array, file, "signal", "float32", 1)
    assert "claims 400000 bytes, stores" in message


def test_chunks_that_were_never_written_are_a_claim_too(file):
    file.create_dataset("signal", (2**40,), np.float32, chunks=(2**20,))
    assert "stores 0" in refused(read_array, file, "signal", "float32", 1)


def test_an_array_of_another_file_is_refused_though_the_link_is_hard(file, tmp_path):
    (tmp_path / "secret").write_bytes(NUMBERS.tobytes())
    file.create_dataset(
        "outside", (3, 4), np.float32, external=[(str(tmp_path / "secret"), 0, NUMBERS.nbytes)]
    )
    layout = h5py.VirtualLayout((3, 4), np.float32)
    layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "x", (3, 4))
    file.create_virtual_dataset("virtual", layout)
    for name in ("outside", "virtual"):
        assert "lies in another file" in refused(read_array, file, name, "float32", 2)


def test_a_shard_that_is_none_says_how_to_repair_it(tmp_path):
    def opening(path):
        with open_shard(path):
            pytest.fail("it was opened")

    assert "is missing" in refused(opening, tmp_path / "a.h5")
    (tmp_path / "b.h5").write_bytes(b"not HDF5")
    message = refused(opening, tmp_path / "b.h5")
    assert "is damaged" in message
    assert "Run the same render command again" in message
    assert "is missing" in refused(opening, tmp_path)


def test_errors_of_who_reads_are_passed_on_and_the_file_is_closed(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w"):
        pass
    problem = DatasetError("mine", where="here")
    with pytest.raises(DatasetError) as caught, open_shard(tmp_path / "a.h5") as opened:
        raise problem
    assert caught.value is problem
    assert not opened
