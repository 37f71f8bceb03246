"""SHA-256 digests of a dataset's files, in the format of ``sha256sum``."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

__all__ = ["format_sums", "parse_sums", "sha256_of"]

_LINE = re.compile(r"([0-9a-f]{64})  ([^\n\\]+)")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def format_sums(digests: Mapping[str, str]) -> str:
    """Return digests by relative file name as the text that ``sha256sum -c`` reads."""
    return "".join(f"{digests[name]}  {name}\n" for name in sorted(digests))


def parse_sums(text: str) -> dict[str, str]:
    """Return the digest of each file named in a ``sha256sum`` text; skip malformed lines."""
    matches = map(_LINE.fullmatch, text.split("\n"))
    return {match[2]: match[1] for match in matches if match is not None}
