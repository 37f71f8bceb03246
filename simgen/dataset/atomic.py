"""Files that are either absent or whole, also after a crash.

Content goes to a partial file beside its destination, which takes the final name only once
everything is on the disk.
"""

import errno
import io
import os
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import h5py

from simgen.errors import SimgenError

if TYPE_CHECKING:
    from typing_extensions import Buffer

__all__ = [
    "final_name",
    "new_hdf5",
    "partial_of",
    "remove_partials",
    "sync",
    "write_atomically",
]

# Only since HDF5 1.10 does every kind of metadata block carry a checksum; the upper bound
# keeps the bytes the same under later libraries.
_LIBVER = ("v110", "v110")

# After the name and the number of the process, so that one which outlives its run for a
# moment cannot write into the file of the next.
_SUFFIX = ".partial"


def partial_of(path: Path) -> Path:
    """Return where this process builds a file before it takes the name ``path``."""
    return path.with_name(f"{path.name}.{os.getpid()}{_SUFFIX}")


def final_name(partial: Path) -> str | None:
    """Return the name that a partial file was to take; None if it is not a partial file."""
    return partial.name.rsplit(".", 2)[0] if partial.name.endswith(_SUFFIX) else None


def remove_partials(directory: Path, names: Container[str]) -> None:
    """Remove what killed processes left of the files of these names."""
    for path in directory.glob(f"*{_SUFFIX}"):
        if final_name(path) in names:
            path.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Force a file's content, or a directory's entries, onto the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file that appears whole or not at all.

    Parameters
    ----------
    path
        The file; one that exists is replaced.
    data
        Its content.
    """
    with _replacing(path) as partial:
        partial.write_bytes(data)


@contextmanager
def new_hdf5(path: Path) -> Iterator[h5py.File]:
    """Open an HDF5 file for writing that appears whole, and only if no error occurred.

    Parameters
    ----------
    path
        The file; one that exists is replaced.
    """
    with _replacing(path) as partial:
        with (
            _Disk(partial, "w+") as disk,
            disk.errors_of(path),
            h5py.File(disk, "w", libver=_LIBVER, track_order=True) as file,
        ):
            yield file
        h5py.File(partial, "r", locking=False).close()


class _Disk(io.FileIO):
    """A file whose writing fails only afterwards, for HDF5 to write into.

    HDF5 cannot close what it cannot write: it complains of each of its objects on stderr, and
    buries the operating system's error, such as a full disk, in text.
    """

    _error: OSError | None = None

    def write(self, data: "Buffer", /) -> int:
        """Write all of the data, or remember why not."""
        left = memoryview(data).cast("B")
        size = len(left)
        try:
            while left:
                left = left[super().write(left) :]
        except OSError as error:
            self._error = self._error or error
        return size

    def truncate(self, size: int | None = None, /) -> int:
        """Cut or extend the file, or remember why not."""
        try:
            return super().truncate(size)
        except OSError as error:
            self._error = self._error or error
            return self.tell()

    @contextmanager
    def errors_of(self, path: Path) -> Iterator[None]:
        """Raise what was remembered, as an error of the file that was to be written."""
        try:
            yield
        except (OSError, RuntimeError) as error:
            # HDF5 may have stumbled over what it could not write.
            if self._error is None or isinstance(error, SimgenError):
                raise
        if self._error is not None:
            number = self._error.errno or errno.EIO
            raise OSError(number, os.strerror(number), str(path)) from self._error


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """Lend the partial file's name, then move what was written there to ``path``."""
    partial = partial_of(path)
    try:
        yield partial
        sync(partial)
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    sync(path.parent)
