"""Read HDF5 files without trusting them.

HDF5 can point into other files, declare terabytes in a few bytes, and return silently what a
disk has damaged. Nothing here follows such a pointer, allocates more than the file holds, or
lets damage pass for data.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
from numpy.typing import NDArray

from simgen.errors import DatasetError

__all__ = ["names", "open_shard", "read_array", "read_text", "subgroup"]

_REPAIR = "Run the same render command again to repair the dataset."
_HDF5_ERRORS = (OSError, RuntimeError, KeyError, ValueError, TypeError)


@contextmanager
def open_shard(path: Path) -> Iterator[h5py.File]:
    """Open a shard for reading.

    Raises
    ------
    DatasetError
        If there is no such file, or it is damaged.
    """
    if not path.is_file():
        raise DatasetError("is missing", where=str(path), fix=_REPAIR)
    # Without HDF5's lock any number of processes can read, also on network disks.
    with _explained(str(path)), h5py.File(path, "r", locking=False) as file:
        yield file


def names(group: h5py.Group) -> list[str]:
    """Return the names in a group, following none."""
    with _explained(_place(group)):
        return list(group)


def subgroup(parent: h5py.Group, name: str) -> h5py.Group:
    """Return a group in a group.

    Raises
    ------
    DatasetError
        If it is missing, damaged, or elsewhere.
    """
    return _member(parent, name, h5py.Group)


def read_array(group: h5py.Group, name: str, dtype: str, num_axes: int) -> NDArray[Any]:
    """Read an array of a known type and number of axes.

    Raises
    ------
    DatasetError
        If it is missing, damaged, elsewhere, or another kind of array.
    """
    dataset = _member(group, name, h5py.Dataset)
    if dataset.dtype != dtype or dataset.ndim != num_axes:
        raise DatasetError(
            f"has {dataset.ndim} axes of {dataset.dtype}",
            allowed=f"{num_axes} axes of {dtype}",
            where=_place(group, name),
        )
    return _read(dataset)


def read_text(group: h5py.Group, name: str) -> str:
    """Read a text.

    Raises
    ------
    DatasetError
        If it is missing, damaged, elsewhere, or not a text.
    """
    dataset = _member(group, name, h5py.Dataset)
    if dataset.dtype.kind != "S" or dataset.shape != (1,):
        raise DatasetError("is not a text", where=_place(group, name))
    with _explained(_place(group, name)):
        return bytes(_read(dataset)[0]).decode()


def _read(dataset: h5py.Dataset) -> NDArray[Any]:
    """Read a whole HDF5 dataset that lies in its own file."""
    place = _place(dataset)
    with _explained(place):
        if dataset.is_virtual or dataset.external:
            raise DatasetError("lies in another file", where=place)
        stored, held = dataset.id.get_storage_size(), Path(dataset.file.filename).stat().st_size
        if not dataset.nbytes <= stored <= held:
            raise DatasetError(
                f"claims {dataset.nbytes} bytes, stores {stored}, in a file of {held}", where=place
            )
        return dataset[()]  # type: ignore[no-any-return]


def _member(group: h5py.Group, name: str, kind: type) -> Any:
    """Return a member of a group that is of the given kind and lies in the same file."""
    place = _place(group, name)
    with _explained(place):
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            problem = "is a link to elsewhere" if name in list(group) else "is missing"
            raise DatasetError(problem, where=place)
        member = group[name]
        if not isinstance(member, kind):
            raise DatasetError(f"is not a {kind.__name__.lower()}", where=place)
        return member


def _place(item: h5py.HLObject, name: str = "") -> str:
    """Return an item's shard and path inside it."""
    path = f"{item.name.rstrip('/')}/{name}" if name else item.name
    return f"{item.file.filename}: {path}"


@contextmanager
def _explained(place: str) -> Iterator[None]:
    """Turn what h5py raises for a damaged file into an error that names the place."""
    try:
        yield
    except DatasetError:
        raise
    except _HDF5_ERRORS as error:
        raise DatasetError(f"is damaged: {error}", where=place, fix=_REPAIR) from error
