"""Read the variables of a SOFA file from strangers.

SOFA files are HDF5, which can point into other files and declare terabytes in a few bytes.
Nothing here follows such a pointer, or reads what is larger than a cap before its size is known.
"""

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np
from numpy.typing import NDArray

from simgen.errors import SignalError

__all__ = ["SofaFile", "open_sofa"]

LARGEST_VARIABLE: Final = 512 * 2**20
"""Bytes that a variable, or one of its chunks, may take in memory; the largest published sets of
head-related impulse responses take about 200 MiB."""

LONGEST_TEXT: Final = 2**16
"""Bytes that an attribute may take."""

_NAMES: Final = {"meter": "metre", "meters": "metre", "metres": "metre", "degrees": "degree"}
_HDF5_ERRORS: Final = (OSError, RuntimeError, KeyError, ValueError, TypeError, UnicodeError)


@contextmanager
def open_sofa(path: Path) -> Iterator["SofaFile"]:
    """Open a SOFA file for reading.

    Raises
    ------
    SignalError
        If there is no such file, or it is not HDF5, or not SOFA.
    """
    if not path.is_file():
        raise SignalError("there is no such file", where=str(path))
    try:
        # Without HDF5's lock files on network disks can be read.
        file = h5py.File(path, "r", locking=False)
    except OSError as error:
        fix = "SOFA files are HDF5; this one is of another kind, or damaged."
        raise SignalError("cannot be opened as HDF5", where=str(path), fix=fix) from error
    with file:
        opened = SofaFile(file)
        if opened.text("Conventions") != "SOFA":
            where = f"{path}: Conventions"
            raise SignalError(
                "not a SOFA file", value=opened.text("Conventions"), allowed="SOFA", where=where
            )
        yield opened


class SofaFile:
    """An open SOFA file, which refuses what cannot be trusted.

    Parameters
    ----------
    file
        The open HDF5 file.
    """

    def __init__(self, file: h5py.File) -> None:
        self._file = file
        self.path = str(file.filename)

    def __contains__(self, variable: str) -> bool:
        # h5py's own test looks where a link leads.
        return bool(self._file.id.links.exists(variable.encode()))

    def refuse(self, variable: str, problem: str, **facts: Any) -> SignalError:
        """Return the error that a variable or an attribute causes."""
        return SignalError(problem, where=f"{self.path}: {variable}", **facts)

    def text(self, name: str, variable: str | None = None) -> str:
        """Return an attribute of the file, or of a variable.

        Raises
        ------
        SignalError
            If it is missing, not a text, or too long.
        """
        place = name if variable is None else f"{variable}.{name}"
        with self._explained(place):
            holder = self._file if variable is None else self._dataset(variable)
            if name not in holder.attrs:
                raise self.refuse(place, "the attribute is missing")
            attribute = holder.attrs.get_id(name)
            if attribute.get_storage_size() > LONGEST_TEXT or attribute.shape not in ((), (1,)):
                raise self.refuse(place, "is too long, or several texts")
            if attribute.dtype.kind not in "SO":
                raise self.refuse(place, "is not a text")
            value = np.ravel(holder.attrs[name])[0]
            return value.decode() if isinstance(value, bytes) else str(value)

    def has_text(self, name: str, variable: str) -> bool:
        """Return whether a variable is there and has an attribute."""
        with self._explained(variable):
            return variable in self and name in self._dataset(variable).attrs

    def units(self, variable: str) -> str:
        """Return a variable's units, one word each, spelt and spaced as in the standard.

        Raises
        ------
        SignalError
            If they are missing or not a text.
        """
        words = re.split(r"[,\s]+", self.text("Units", variable).strip().lower())
        return ", ".join(_NAMES.get(word, word) for word in words)

    def array(self, variable: str, *, num_axes: tuple[int, ...]) -> NDArray[np.float64]:
        """Return a variable of finite real numbers.

        Raises
        ------
        SignalError
            If it is missing, damaged, elsewhere, too large, empty, or has another number of axes,
            or a value that is not a finite real number.
        """
        with self._explained(variable):
            dataset = self._dataset(variable)
            self._require_readable(variable, dataset)
            if dataset.ndim not in num_axes:
                allowed = " or ".join(str(count) for count in num_axes)
                problem = f"has shape {dataset.shape}"
                raise self.refuse(variable, problem, allowed=f"{allowed} axes, none empty")
            values = np.asarray(dataset[()], dtype=np.float64)
        if not np.all(np.isfinite(values)):
            place = tuple(int(k) for k in np.argwhere(~np.isfinite(values))[0])
            problem = f"holds a non-finite value at {place}"
            raise self.refuse(variable, problem, value=float(values[place]))
        return values

    def _dataset(self, variable: str) -> h5py.Dataset:
        """Return a variable that lies in this file itself."""
        if variable not in self:
            raise self.refuse(variable, "the variable is missing")
        if self._file.id.links.get_info(variable.encode()).type != h5py.h5l.TYPE_HARD:
            raise self.refuse(variable, "is a link to elsewhere")
        dataset = self._file[variable]
        if not isinstance(dataset, h5py.Dataset):
            raise self.refuse(variable, "is not a variable")
        if dataset.is_virtual or dataset.external:
            raise self.refuse(variable, "is stored in another file")
        return dataset

    def _require_readable(self, variable: str, dataset: h5py.Dataset) -> None:
        """Refuse what is not real numbers of a bounded size, by its declaration alone."""
        if dataset.dtype.kind not in "fiu" or dataset.shape is None:
            raise self.refuse(variable, f"holds {dataset.dtype}", allowed="real numbers")
        # Whatever the type, float64 is what is made of it.
        size = max(dataset.dtype.itemsize, 8)
        for shape in (dataset.shape, dataset.chunks or ()):
            if math.prod(shape) * size > LARGEST_VARIABLE:
                raise self.refuse(
                    variable,
                    f"declares shape {dataset.shape} in chunks of {dataset.chunks}",
                    allowed=f"at most {LARGEST_VARIABLE >> 20} MiB",
                )
        if not math.prod(dataset.shape):
            raise self.refuse(variable, "is empty")

    @contextmanager
    def _explained(self, place: str) -> Iterator[None]:
        """Turn what h5py raises for a damaged file into an error that names the place."""
        try:
            yield
        except SignalError:
            raise
        except _HDF5_ERRORS as error:
            raise self.refuse(place, f"is damaged: {error}") from error
