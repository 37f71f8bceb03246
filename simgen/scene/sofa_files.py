"""The SOFA files that scenes name: where they are, and whether they are still the same."""

import hashlib
from functools import lru_cache
from pathlib import Path

from simgen.errors import SignalError

__all__ = ["digest_of_file", "path_of_file", "require_unchanged"]


def path_of_file(name: str, base: Path) -> Path:
    """Return where a file is that a scene names; relative names start from ``base``.

    Raises
    ------
    SignalError
        If it names no home folder that there is.
    """
    try:
        return base / Path(name).expanduser()
    except RuntimeError:
        raise SignalError("does not exist: there is no such home folder", where=name) from None


def digest_of_file(name: str, base: Path) -> str:
    """Return the SHA-256 of a file that a scene names.

    Raises
    ------
    SignalError
        If there is no such file, or it cannot be read.
    """
    path = path_of_file(name, base)
    try:
        if not path.is_file():
            problem = "is a folder" if path.is_dir() else "there is no such file"
            raise SignalError(problem, where=str(path))
        status = path.stat()
        return _hashed(path, status.st_mtime_ns, status.st_size)
    except OSError as error:
        raise SignalError(error.strerror or "cannot be read", where=str(path)) from error


def require_unchanged(name: str, base: Path, sha256: str) -> Path:
    """Return where a file is if it is the one that a scene was drawn with.

    Raises
    ------
    SignalError
        If it cannot be read, or is another one.
    """
    path = path_of_file(name, base)
    if digest_of_file(name, base) != sha256:
        raise SignalError(
            "has changed since the scene was drawn", where=str(path), fix="Restore the file."
        )
    return path


@lru_cache(maxsize=64)
def _hashed(path: Path, modified: int, size: int) -> str:  # noqa: ARG001 - to notice a change
    """Hash a file once for each time that it was written."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
