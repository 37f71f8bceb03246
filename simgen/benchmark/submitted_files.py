"""The files of a submission, which lie in a folder or in a zip."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, Final

from simgen.benchmark.bounded_files import read_unlinked
from simgen.benchmark.json_files import parse_json, read_json
from simgen.benchmark.mistaken_files import refuse_mistaken, refuse_part
from simgen.benchmark.zip_files import Archive, is_zip
from simgen.errors import SubmissionError

__all__ = ["HEADER", "Folder", "SubmittedFiles", "Zip", "read_header", "submitted_files"]

HEADER: Final = "submission.json"
"""The file of a submission that says what it is."""


class SubmittedFiles(ABC):
    """The files of a submission by name.

    Attributes
    ----------
    name
        Of what holds them.
    names
        Theirs, in alphabetical order.
    """

    name: str
    names: tuple[str, ...]

    @abstractmethod
    def read(self, name: str) -> bytes:
        """Return a file's content.

        Raises
        ------
        SubmissionError
            If it cannot be read; a SubmissionLimitError if it is too large.
        """


class Folder(SubmittedFiles):
    """A folder of files."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name = path.name
        self.names = tuple(sorted(each.name for each in path.glob("*")))

    def read(self, name: str) -> bytes:
        """Return the content of a file that is no link."""
        return read_unlinked(self._path / name)


class Zip(SubmittedFiles):
    """A zip of files, of which none is ever written to the disk.

    Raises
    ------
    SubmissionError
        If it is not such a zip, with every fault; a SubmissionLimitError if it is too large.
    """

    def __init__(self, path: Path) -> None:
        self._archive = Archive(path)
        folders = {
            name.rpartition("/")[0]
            for name in self._archive.names
            if name.rpartition("/")[2] == HEADER and name.count("/") <= 1
        }
        if len(folders) != 1:
            how_many = "several are" if folders else "none is"
            fault = f"must hold one {HEADER}, at the top or in a folder; {how_many} there"
            raise SubmissionError([fault], where=path.name)
        self._folder = "".join(f"{folder}/" for folder in folders if folder)
        self.name = path.name
        inside = (
            name.removeprefix(self._folder)
            for name in self._archive.names
            if name.startswith(self._folder)
        )
        self.names = tuple(sorted(name for name in inside if name and "/" not in name))

    def read(self, name: str) -> bytes:
        """Return the unpacked content of a file."""
        return self._archive.read(self._folder + name)


def submitted_files(path: Path) -> SubmittedFiles | None:
    """Return the files of a folder or a zip; none if it is a single file.

    Raises
    ------
    SubmissionError
        If it is a zip that is refused, with every fault.
    """
    if path.is_dir():
        return Folder(path)
    return Zip(path) if is_zip(path) else None


def read_header(path: Path) -> Any:
    """Return the parsed JSON that says what a submission is.

    Raises
    ------
    SubmissionError
        If it cannot be read, is not JSON, or is only a part of a submission or something else.
    """
    refuse_part(path)
    files = submitted_files(path)
    data, _ = parse_json(files.read(HEADER), HEADER) if files else read_json(path)
    refuse_mistaken(data, "submission", path.name)
    return data
