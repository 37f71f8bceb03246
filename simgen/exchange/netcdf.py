"""Write the HDF5 layout of netCDF-4, in which SOFA files are kept.

References
----------
Unidata, "NetCDF file format specifications: the NetCDF-4 file format",
https://docs.unidata.ucar.edu/netcdf-c/current/file_format_specifications.html.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final

import h5py
import numpy as np
from numpy.typing import NDArray

from simgen.errors import ShapeError

__all__ = ["Variable", "netcdf_content"]

_LIBVER: Final = ("earliest", "v110")
"""The oldest structures that hold the data, which every reader knows; the upper bound keeps the
bytes the same under later libraries."""

_NO_VARIABLE: Final = "This is a netCDF dimension but not a netCDF variable.%10d"
"""Name of the scale of a dimension without coordinates, followed by its size."""

_COMPRESSION: Final[dict[str, Any]] = {
    "compression": "gzip",
    "compression_opts": 4,
    "shuffle": True,
}
"""What every reader of SOFA files can undo; it carries a checksum of its own."""

_LARGE: Final = 4096
"""Bytes above which it is worth while to compress."""


@dataclass(frozen=True)
class Variable:
    """A variable of a file.

    Attributes
    ----------
    dimensions
        Its dimensions, slowest first, each named by a letter.
    values
        Its numbers.
    attributes
        Its texts.
    """

    dimensions: str
    values: NDArray[np.float64]
    attributes: Mapping[str, str] = field(default_factory=dict)


def netcdf_content(attributes: Mapping[str, str], variables: Mapping[str, Variable]) -> bytes:
    """Return a netCDF-4 file; the same bytes for the same content.

    Parameters
    ----------
    attributes
        The file's texts.
    variables
        Its variables by name.

    Raises
    ------
    ShapeError
        If variables have another number of dimensions than they name, or disagree on a size.
    """
    content = BytesIO()
    with h5py.File(content, "w", libver=_LIBVER, track_order=True) as file:
        for name, text in attributes.items():
            _put_text(file, name, text)
        scales = _put_dimensions(file, _sizes(variables))
        for name, variable in variables.items():
            _put_variable(file, name, variable, scales)
    return content.getvalue()


def _sizes(variables: Mapping[str, Variable]) -> dict[str, int]:
    """Return the size of every dimension that a variable has."""
    sizes: dict[str, int] = {}
    for name, variable in variables.items():
        shape = np.shape(variable.values)
        own = dict(zip(variable.dimensions, shape, strict=False))
        sizes = {**own, **sizes}
        if len(shape) != len(variable.dimensions) or any(sizes[d] != own[d] for d in own):
            allowed = ", ".join(f"{d} = {sizes[d]}" for d in own)
            raise ShapeError(f"{name} has shape {shape}", allowed=allowed)
    return dict(sorted(sizes.items()))


def _put_dimensions(file: h5py.File, sizes: Mapping[str, int]) -> dict[str, h5py.Dataset]:
    """Add a scale without values for each dimension."""
    scales = {}
    for number, (name, size) in enumerate(sizes.items()):
        scale = file.create_dataset(name, (size,), ">f4", track_times=False, track_order=True)
        scale.make_scale(_NO_VARIABLE % size)
        scale.attrs["_Netcdf4Dimid"] = np.int32(number)
        scales[name] = scale
    return scales


def _put_variable(
    file: h5py.File, name: str, variable: Variable, scales: Mapping[str, h5py.Dataset]
) -> None:
    """Add a variable with its dimensions and texts, the slowest dimension one chunk each."""
    values = np.asarray(variable.values, dtype="<f8")
    storage: dict[str, Any] = {}
    if values.nbytes > _LARGE:
        storage = {"chunks": (1, *values.shape[1:]), **_COMPRESSION}
    dataset = file.create_dataset(name, data=values, track_times=False, track_order=True, **storage)
    for axis, dimension in enumerate(variable.dimensions):
        dataset.dims[axis].attach_scale(scales[dimension])
    for key, text in variable.attributes.items():
        _put_text(dataset, key, text)


def _put_text(holder: h5py.File | h5py.Dataset, name: str, text: str) -> None:
    """Add a text of fixed length that ends with NUL, as netCDF's characters without an encoding.

    Some readers know no others; all of them take what is not ASCII for UTF-8.
    """
    data = text.encode()
    kind = h5py.h5t.C_S1.copy()
    kind.set_size(len(data) + 1)
    space = h5py.h5s.create(h5py.h5s.SCALAR)
    attribute = h5py.h5a.create(holder.id, name.encode(), kind, space)
    attribute.write(np.array(data, dtype=f"S{len(data) + 1}"), mtype=kind)
