import io

import numpy as np
import pytest

from simgen.benchmark.array_files import read_array
from simgen.benchmark.bounded_files import MOST_BYTES
from simgen.errors import SubmissionError


def npy(header, values=b"", version=b"\x01\x00"):
    """A .npy file with a header of any content."""
    text = header.encode() + b"\n"
    return b"\x93NUMPY" + version + len(text).to_bytes(2, "little") + text + values


def content(array, **options):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, **options)
    return file.getvalue()


@pytest.fixture
def fault(tmp_path):
    """Return the faults of a file of some content."""

    def read(data):
        path = tmp_path / "ctc_A.npy"
        path.write_bytes(data)
        with pytest.raises(SubmissionError, match=r"^ctc_A\.npy: ") as caught:
            read_array(path)
        return caught.value.faults

    return read


@pytest.mark.parametrize("dtype", ["<f4", "<f8"])
@pytest.mark.parametrize("shape", [(2, 2, 64), (3, 0), (), (7,)])
def test_real_numbers_are_read_as_they_are(tmp_path, dtype, shape):
    array = np.random.default_rng(0).standard_normal(shape).astype(dtype)
    np.save(tmp_path / "ctc_A.npy", array)
    found = read_array(tmp_path / "ctc_A.npy")
    assert (found.dtype, found.shape) == (array.dtype, shape)
    np.testing.assert_array_equal(found, array)


@pytest.mark.parametrize(
    "dtype", ["<i4", "<c16", "<f2", ">f8", "|b1", "<U3", "|V4", "|O", [("a", "<f8")]]
)
def test_other_types_are_refused_unread(fault, dtype):
    array = np.zeros((2, 2, 64), dtype=dtype)
    [found] = fault(content(array))
    assert "is of type" in found
    assert "allowed: float32, float64" in found


def test_a_pickle_is_never_loaded(fault):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("a pickle was loaded",))

    assert "is of type object" in fault(content(np.array([Trap()], dtype=object)))[0]


def test_fortran_order_is_refused(fault):
    [found] = fault(content(np.asfortranarray(np.ones((2, 2, 64)))))
    assert found.startswith("is in Fortran order (allowed: C order")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"\x93NUMPY",
        b"PK\x03\x04",
        npy("{"),
        npy("[" * 500),
        npy("{'descr': '<f8', 'fortran_order': False}"),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}"),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2.0,)}"),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), 'x': 1}"),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}" + " " * 2000),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", version=b"\x09\x00"),
        npy("__import__('os')"),
    ],
)
def test_what_is_no_array_is_refused(fault, data):
    [found] = fault(data)
    assert found.startswith(("is not a .npy file of numbers", "holds 0 bytes of numbers"))


@pytest.mark.parametrize("shape", ["(2**62,)", "(1000000, 1000000, 1000000)", "(3,)"])
def test_nothing_is_allocated_from_a_header(fault, shape):
    shape = str((2**62,)) if "**" in shape else shape
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}}}"
    [found] = fault(npy(header, values=bytes(16)))
    assert found.startswith("holds 16 bytes of numbers, but its header says ")


def test_a_cut_file_and_one_that_goes_on_are_refused(fault):
    whole = content(np.ones((2, 2, 64)))
    assert "holds 2047 bytes of numbers, but its header says 2048" in fault(whole[:-1])[0]
    assert "holds 2049 bytes" in fault(whole + b"\0")[0]


def test_a_file_that_is_too_large_is_refused(fault):
    assert fault(bytes(MOST_BYTES + 1)) == ("is larger than 16 MiB",)


def test_what_is_no_file_is_refused(tmp_path):
    np.save(tmp_path / "real.npy", np.ones(3))
    (tmp_path / "link.npy").symlink_to(tmp_path / "real.npy")
    (tmp_path / "folder.npy").mkdir()
    for name in ("link.npy", "folder.npy"):
        with pytest.raises(SubmissionError, match="is not a regular file"):
            read_array(tmp_path / name)
    with pytest.raises(SubmissionError, match="there is no such file"):
        read_array(tmp_path / "gone.npy")
