"""Submissions of arrays: submission.json and a .npy file for each part of a task."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict

from simgen.benchmark.array_files import parse_array
from simgen.benchmark.json_files import parse_json, printable
from simgen.benchmark.submission import (
    Header,
    Name,
    Submission,
    made_for_faults,
    named_split,
    refuse,
    validated,
)
from simgen.benchmark.submitted_files import HEADER, Folder, SubmittedFiles, submitted_files
from simgen.benchmark.suite import Split, load_split
from simgen.benchmark.tracks import ArrayTrack
from simgen.dataset.atomic import write_atomically
from simgen.errors import SubmissionError, SubmissionLimitError

__all__ = ["ArrayHeader", "ArraySubmission", "array_track", "read_arrays"]

FormFaults = Callable[[NDArray[Any], ArrayTrack, str, Any], Iterator[str]]
"""From an array, its track, its part and the sample rate as submitted to what is wrong with it."""


class ArrayHeader(Header):
    """What a submission of arrays says of itself.

    Attributes
    ----------
    version
        Of the system.
    sample_rate_hz
        Of the arrays.
    """

    version: Name
    sample_rate_hz: float


class ArraySubmission(ArrayHeader, Submission):
    """Arrays of one system for the parts of a task.

    Attributes
    ----------
    arrays
        By part, float32 or float64.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    arrays: dict[str, NDArray[Any]]

    @property
    def answers(self) -> str:
        """How many parts have arrays."""
        return f"{self.num_items} arrays"

    @property
    def num_items(self) -> int:
        """Number of parts with arrays."""
        return len(self.arrays)

    def header(self) -> dict[str, Any]:
        """Return what ``submission.json`` holds."""
        return self.model_dump(mode="json", exclude={"arrays"})

    def sha256(self) -> str:
        """Return the SHA-256 of the header with its keys sorted, followed by all numbers."""
        digest = hashlib.sha256(json.dumps(self.header(), sort_keys=True).encode())
        for part in sorted(self.arrays):
            numbers = np.asarray(self.arrays[part], dtype="<f8")
            digest.update(f"{part} {numbers.shape}".encode())
            digest.update(np.ascontiguousarray(numbers).tobytes())
        return digest.hexdigest()

    def write(self, path: Path) -> None:
        """Write its folder; the header, which makes it a submission, comes last."""
        track = array_track(load_split(f"{self.track}/{self.split}"))
        path.mkdir(parents=True, exist_ok=True)
        for part, numbers in self.arrays.items():
            content = BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(numbers), allow_pickle=False)
            write_atomically(path / track.file_of(part), content.getvalue())
        write_atomically(path / HEADER, (json.dumps(self.header(), indent=1) + "\n").encode())


_Folder = TypeVar("_Folder", bound=ArraySubmission)


def array_track(split: Split) -> ArrayTrack:
    """Return the task of a split that arrays are for."""
    return cast("ArrayTrack", split.track)


def read_arrays(
    path: Path,
    header: type[ArrayHeader],
    submission: type[_Folder],
    form_faults: FormFaults,
) -> _Folder:
    """Read a folder or zip of arrays for the parts of the split it names.

    Parameters
    ----------
    path
        Where it lies.
    header, submission
        What ``submission.json`` holds, and the record of the whole.
    form_faults
        What finds the faults of an array.

    Raises
    ------
    SubmissionError
        With every fault found, naming the file and the index.
    """
    files = submitted_files(path) or Folder(path)
    data, found = parse_json(files.read(HEADER), HEADER)
    told = validated(header, data, found)
    split = named_split(data, found)
    faults = [f"{HEADER}: {fault}" for fault in found]
    arrays: dict[str, NDArray[Any]] = {}
    if split is not None:
        faults += (f"{HEADER}: {fault}" for fault in _header_faults(data, split))
        track = array_track(split)

        def faults_in(array: NDArray[Any], part: str) -> Iterator[str]:
            return form_faults(array, track, part, data.get("sample_rate_hz"))

        arrays = _read_parts(files, track, faults_in, faults)
    refuse(faults, files.name)
    assert told is not None  # nothing was wrong
    return submission(**dict(told), arrays=arrays)


def _header_faults(data: Mapping[str, Any], split: Split) -> Iterator[str]:
    """Yield where a header does not fit its split."""
    yield from made_for_faults(data, split)
    if not split.record.is_scored:
        scored = ", ".join(name for name, record in split.track.splits.items() if record.is_scored)
        yield f'split: "{split.name}" is for designing; name one that is scored: {scored}'


def _read_parts(
    files: SubmittedFiles,
    track: ArrayTrack,
    faults_in: Callable[[NDArray[Any], str], Iterator[str]],
    faults: list[str],
) -> dict[str, NDArray[Any]]:
    """Read the array of every part that has a file; add the faults of all files."""
    wanted = {track.file_of(part): part for part in track.parts}
    faults += (
        f"{printable(name)}: is not a file of this track (those are {', '.join(wanted)})"
        for name in files.names
        if name.endswith(".npy") and name not in wanted
    )
    arrays = {}
    for file, part in wanted.items():
        if file not in files.names:
            continue
        try:
            arrays[part] = parse_array(files.read(file), file)
        except SubmissionLimitError:
            raise
        except SubmissionError as error:
            faults += (f"{file}: {fault}" for fault in error.faults)
            continue
        faults += (f"{file}: {fault}" for fault in faults_in(arrays[part], part))
    if not arrays and not faults:
        faults.append(f"there is no array; give at least one of {', '.join(wanted)}")
    return arrays
