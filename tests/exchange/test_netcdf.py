import io
import subprocess
import sys

import h5py
import numpy as np
import pytest

from simgen.errors import ShapeError
from simgen.exchange.netcdf import Variable, netcdf_content

NUMBERS = np.arange(24.0).reshape(2, 3, 4)
LARGE = np.random.default_rng(0).standard_normal((4, 3, 900))
VARIABLES = {
    "Small": Variable("MRN", NUMBERS, {"Units": "metre", "Note": "größer"}),
    "Data.One": Variable("I", np.array([5.0])),
}


def opened(attributes, variables):
    return h5py.File(io.BytesIO(netcdf_content(attributes, variables)), "r")


def test_texts_and_numbers_are_there():
    with opened({"Title": "A", "Empty": "", "Other": "Bär"}, VARIABLES) as file:
        texts = {name: file.attrs[name].decode() for name in ("Title", "Empty", "Other")}
        assert texts == {"Title": "A", "Empty": "", "Other": "Bär"}
        assert np.array_equal(file["Small"], NUMBERS)
        assert file["Small"].dtype == "<f8"
        assert file["Small"].attrs["Note"].decode() == "größer"
        assert file["Data.One"][()].tolist() == [5.0]


def test_texts_end_with_nul_and_have_a_fixed_length():
    with opened({"Title": "A"}, VARIABLES) as file:
        kind = file.attrs.get_id("Title").get_type()
        assert not kind.is_variable_str()
        assert kind.get_strpad() == h5py.h5t.STR_NULLTERM
        assert kind.get_size() == 2


def test_dimensions_are_scales_without_values():
    with opened({}, VARIABLES) as file:
        assert {name: file[name].shape for name in "IMNR"} == {
            "I": (1,),
            "M": (2,),
            "N": (4,),
            "R": (3,),
        }
        assert [file[name].attrs["_Netcdf4Dimid"] for name in "IMNR"] == [0, 1, 2, 3]
        names = [scale.name for axis in file["Small"].dims for scale in axis.values()]
        assert names == ["/M", "/R", "/N"]
        title = file["M"].attrs["NAME"].decode()
        assert title == "This is a netCDF dimension but not a netCDF variable.         2"


def test_the_order_of_creation_is_kept():
    variables = {name: Variable("I", np.zeros(1)) for name in ("Z", "B", "Y", "A")}
    with opened({"c": "1", "a": "2", "b": "3"}, variables) as file:
        assert list(file) == ["I", "Z", "B", "Y", "A"]
        assert list(file.attrs) == ["c", "a", "b"]


def test_what_is_large_is_compressed_without_loss():
    smooth = np.repeat(LARGE[:, :, :1], 900, axis=2)
    content = netcdf_content({}, {"A": Variable("MRN", smooth)})
    assert len(content) < smooth.nbytes / 4
    with opened({}, {"A": Variable("MRN", LARGE)}) as file:
        assert (file["A"].compression, file["A"].chunks) == ("gzip", (1, 3, 900))
        assert np.array_equal(file["A"], LARGE)


def test_damage_is_noticed():
    content = bytearray(netcdf_content({}, {"A": Variable("MRN", LARGE)}))
    with h5py.File(io.BytesIO(content), "r") as file:
        chunk = file["A"].id.get_chunk_info(1)
    content[chunk.byte_offset + chunk.size // 2] ^= 1
    with h5py.File(io.BytesIO(content), "r") as file, pytest.raises(OSError, match="filter"):
        file["A"][()]


def test_the_bytes_are_the_same_in_every_process():
    program = (
        "import hashlib, numpy as np\n"
        "from simgen.exchange.netcdf import Variable, netcdf_content\n"
        "large = np.arange(9000.0).reshape(10, 900)\n"
        "content = netcdf_content({'a': 'b'}, {'A': Variable('MN', large)})\n"
        "print(hashlib.sha256(content).hexdigest())\n"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
        ).stdout
        for _ in range(2)
    ]
    assert runs[0] == runs[1]


def test_dimensions_of_one_name_have_one_size():
    with pytest.raises(ShapeError, match=r"A has shape \(1, 2, 3\) \(allowed: M = 1, R = 2\)"):
        netcdf_content({}, {"A": Variable("MR", np.zeros((1, 2, 3)))})
    variables = {"A": Variable("MR", np.zeros((5, 2))), "B": Variable("RM", np.zeros((5, 2)))}
    with pytest.raises(ShapeError, match=r"B has shape \(5, 2\) \(allowed: R = 2, M = 5\)"):
        netcdf_content({}, variables)
