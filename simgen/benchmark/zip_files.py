"""Zips from strangers: judged by what they list, unpacked in memory, one bounded file at a time."""

import stat
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from simgen.benchmark.bounded_files import MOST_BYTES, read_bounded
from simgen.benchmark.json_files import printable
from simgen.errors import SubmissionError, SubmissionLimitError

__all__ = ["MOST_ENTRIES", "MOST_PACKED_BYTES", "MOST_UNPACKED_BYTES", "Archive", "is_zip"]

MOST_PACKED_BYTES: Final = 32 * 2**20
"""Largest zip: arrays of 32-bit noise, which no packing makes smaller, for every upmix."""

MOST_UNPACKED_BYTES: Final = 128 * 2**20
"""Most that all files of a zip may say they unpack to: eight of the largest."""

MOST_ENTRIES: Final = 1000
"""Most files in a zip; no track takes more than a dozen."""

_ENTRY: Final = b"PK\x01\x02"
"""What every line of a zip's list begins with."""

_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_KINDS: Final = (0, stat.S_IFREG, stat.S_IFDIR)
"""Kinds of a Unix file that may be listed; 0 where other systems packed it."""

_IS_ENCRYPTED: Final = 0x1 | 0x40 | 0x2000
"""Flag bits of a file, of strong encryption and of a masked list (APPNOTE.TXT, 4.4.4)."""

_ARCHIVES: Final = (".7z", ".bz2", ".gz", ".rar", ".tar", ".tgz", ".xz", ".zip", ".zst")


def is_zip(path: Path) -> bool:
    """Tell whether a file is meant to be a zip: by its name or its first bytes."""
    if path.suffix.lower() == ".zip":
        return True
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


class Archive:
    """A zip whose list is sound.

    Parameters
    ----------
    path
        Where it lies.

    Attributes
    ----------
    names
        Of its files.

    Raises
    ------
    SubmissionError
        If it is not a zip, or lists what is refused, with every fault.
    SubmissionLimitError
        If it is too large, lists too much, or would unpack to too much.
    """

    def __init__(self, path: Path) -> None:
        content = read_bounded(path, MOST_PACKED_BYTES)
        if content.count(_ENTRY) > MOST_ENTRIES:  # before zipfile makes objects of them
            raise SubmissionLimitError([f"holds more than {MOST_ENTRIES} files"], where=path.name)
        try:
            self._zip = zipfile.ZipFile(BytesIO(content))
        except Exception:  # a list that lies fails in a dozen ways
            raise SubmissionError(["is not a zip, or damaged"], where=path.name) from None
        entries = self._zip.infolist()
        faults = [*_name_faults(entries), *(fault for each in entries for fault in _faults(each))]
        if faults:
            raise SubmissionError(faults, where=path.name)
        if sum(entry.file_size for entry in entries) > MOST_UNPACKED_BYTES:
            most = f"unpacks to more than {MOST_UNPACKED_BYTES // 2**20} MiB"
            raise SubmissionLimitError([most], where=path.name)
        self.names = tuple(entry.filename for entry in entries if not entry.is_dir())

    def read(self, name: str) -> bytes:
        """Unpack a file.

        Raises
        ------
        SubmissionError
            If it is not there, or is not what the list says.
        SubmissionLimitError
            If it is too large.
        """
        if name not in self.names:
            raise SubmissionError(["cannot be read: No such file"], where=printable(name))
        entry = self._zip.getinfo(name)
        try:
            with self._zip.open(entry) as file:
                content = file.read(MOST_BYTES + 1)
        except Exception:  # what is damaged fails in a dozen ways
            raise SubmissionError(
                ["cannot be unpacked: is damaged"], where=printable(name)
            ) from None
        if len(content) > MOST_BYTES:
            most = f"unpacks to more than {MOST_BYTES // 2**20} MiB"
            raise SubmissionLimitError([most], where=printable(name))
        if len(content) != entry.file_size:
            fault = f"unpacks to {len(content)} bytes, but the zip says {entry.file_size}"
            raise SubmissionError([fault], where=printable(name))
        return content


def _name_faults(entries: list[zipfile.ZipInfo]) -> Iterator[str]:
    """Yield the names that some system takes for one."""
    counts = Counter(_folded(entry.orig_filename) for entry in entries)
    for name in (entry.orig_filename for entry in entries):
        if counts[_folded(name)] > 1:
            yield f"{printable(name)}: another file has that name, if case is ignored"


def _folded(name: str) -> str:
    """Return a name as systems compare it that tell neither case nor composition of letters."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _faults(entry: zipfile.ZipInfo) -> Iterator[str]:
    """Yield why a file of a zip is refused without unpacking it."""
    name = entry.orig_filename
    shown = printable(name)
    if not _is_plain(name):
        yield f"{shown}: is not a plain name (not allowed: .. \\ : and what is not printed)"
    if stat.S_IFMT(entry.external_attr >> 16) not in _KINDS:
        yield f"{shown}: is a link or device, not a regular file"
    if entry.flag_bits & _IS_ENCRYPTED:
        yield f"{shown}: is encrypted"
    if entry.compress_type not in _METHODS:
        yield f"{shown}: is packed in an unusual way (allowed: stored, deflated)"
    if name.lower().endswith(_ARCHIVES):
        yield f"{shown}: is an archive inside the archive"


def _is_plain(name: str) -> bool:
    """Tell whether a name leads nowhere but below the zip."""
    parts = name.removesuffix("/").split("/")
    leads_away = any(part in ("", ".", "..") for part in parts)
    return name.isprintable() and not leads_away and not set(name) & set("\\:")
