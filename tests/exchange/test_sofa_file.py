import pickle

import h5py
import numpy as np
import pytest

from simgen.errors import SignalError
from simgen.exchange import sofa_file
from simgen.exchange.sofa_file import SofaFile, open_sofa

NUMBERS = np.arange(6.0).reshape(2, 3)


@pytest.fixture
def hdf5(tmp_path):
    with h5py.File(tmp_path / "a.sofa", "w") as file:
        yield file


def refused(read, *args, **options):
    with pytest.raises(SignalError) as caught:
        read(*args, **options)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "written", [np.bytes_("SOFA"), "SOFA", np.array([b"SOFA"]), np.array(["SOFA"], dtype=object)]
)
def test_a_text_may_be_of_any_length_and_of_one_axis(hdf5, written):
    hdf5.attrs["Conventions"] = written
    assert SofaFile(hdf5).text("Conventions") == "SOFA"


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (7.0, "is not a text"),
        (np.array([b"a", b"b"]), "several texts"),
        (np.bytes_(b"a" * 60_000), None),
        (np.bytes_(b"\xff\xfe"), "is damaged"),
        (h5py.Empty("S1"), "Title"),
    ],
)
def test_what_is_no_text_is_refused(hdf5, written, problem):
    hdf5.attrs.create("Title", written)
    if problem is None:
        assert SofaFile(hdf5).text("Title") == written.decode()
    else:
        message = refused(SofaFile(hdf5).text, "Title")
        assert problem in message
        assert "a.sofa: Title" in message
    assert "the attribute is missing" in refused(SofaFile(hdf5).text, "Author")


@pytest.mark.parametrize(
    ("written", "units"),
    [
        ("metre", "metre"),
        ("Meters", "metre"),
        ("degree, degree, metre", "degree, degree, metre"),
        ("degrees,degrees,meter", "degree, degree, metre"),
        ("  degree degree  metre ", "degree, degree, metre"),
        ("hertz", "hertz"),
        ("radian", "radian"),
    ],
)
def test_units_are_spelt_in_one_way(hdf5, written, units):
    hdf5["V"] = NUMBERS
    hdf5["V"].attrs["Units"] = written
    file = SofaFile(hdf5)
    assert file.units("V") == units
    assert file.has_text("Units", "V")
    assert not file.has_text("Type", "V")
    assert not file.has_text("Units", "W")


@pytest.mark.parametrize("dtype", ["<f8", ">f8", "<f4", "<i2", "u1", "<f2"])
def test_real_numbers_of_any_type_become_float64(hdf5, dtype):
    hdf5["V"] = NUMBERS.astype(dtype)
    found = SofaFile(hdf5).array("V", num_axes=(1, 2))
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, NUMBERS)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (NUMBERS + 0j, "holds complex128"),
        (np.array([b"a"]), "holds |S1"),
        (np.array([True]), "holds bool"),
        (h5py.Empty("f8"), "holds float64"),
        (np.zeros((0, 3)), "is empty"),
        (np.zeros((2, 0)), "is empty"),
        (NUMBERS[0], "has shape (3,)"),
        (NUMBERS[None], "has shape (1, 2, 3)"),
        (np.where(NUMBERS == 4.0, np.inf, NUMBERS), "holds a non-finite value at (1, 1)"),
        (np.where(NUMBERS == 2.0, np.nan, NUMBERS), "holds a non-finite value at (0, 2)"),
    ],
)
def test_what_is_no_array_of_real_numbers_is_refused(hdf5, written, problem):
    hdf5["V"] = written
    message = refused(SofaFile(hdf5).array, "V", num_axes=(2,))
    assert problem in message
    assert "a.sofa: V" in message


def test_size_is_bounded_by_what_it_takes_as_float64(hdf5, monkeypatch):
    """A byte on the disk becomes eight in memory."""
    monkeypatch.setattr(sofa_file, "LARGEST_VARIABLE", 8 * 1000)
    hdf5["least"] = np.zeros(1000, np.uint8)
    hdf5["more"] = np.zeros(1001, np.uint8)
    hdf5.create_dataset("chunk", (10,), np.uint8, chunks=(1001,), maxshape=(None,))
    assert SofaFile(hdf5).array("least", num_axes=(1,)).shape == (1000,)
    for name in ("more", "chunk"):
        assert "declares shape" in refused(SofaFile(hdf5).array, name, num_axes=(1,))


def test_variables_lie_in_the_file_itself(hdf5, tmp_path):
    hdf5["V"] = NUMBERS
    hdf5["soft"] = h5py.SoftLink("/V")
    hdf5["external"] = h5py.ExternalLink("b.h5", "/V")
    hdf5.create_group("group")
    outside = [(str(tmp_path / "c"), 0, 48)]
    hdf5.create_dataset("stored", (2, 3), np.float64, external=outside)
    file = SofaFile(hdf5)
    for name, problem in {
        "nothing": "the variable is missing",
        "soft": "is a link to elsewhere",
        "external": "is a link to elsewhere",
        "group": "is not a variable",
        "stored": "is stored in another file",
    }.items():
        assert problem in refused(file.array, name, num_axes=(2,))
        assert (name in file) == (name != "nothing")


def test_only_sofa_is_opened_and_it_is_closed_again(tmp_path):
    def opening(path):
        with open_sofa(path):
            pytest.fail("it was opened")

    path = tmp_path / "a.sofa"
    assert "there is no such file" in refused(opening, path)
    assert "there is no such file" in refused(opening, tmp_path)
    path.write_bytes(b"RIFF" + bytes(100))
    assert "cannot be opened as HDF5" in refused(opening, path)
    with h5py.File(path, "w") as file:
        file.attrs["Conventions"] = "NetCDF"
    assert "not a SOFA file" in (message := refused(opening, path))
    assert "NetCDF" in message
    with h5py.File(path, "w") as file:
        file.attrs["Conventions"] = "SOFA"
    with pytest.raises(ZeroDivisionError), open_sofa(path) as opened:
        raise ZeroDivisionError  # what happens to who reads is no damage of the file
    assert not opened._file
