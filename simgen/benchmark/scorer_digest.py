"""Which code made a score: a digest of the scorer's sources and of all that they import."""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

__all__ = ["SCORERS", "scorer_sha256"]

SCORERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "doa-scene/1": ("simgen.scoring.localization",),
        "ctc/1": ("simgen.scoring.crosstalk",),
        "beam/1": ("simgen.scoring.beam", "simgen.scoring.beam_devices"),
        "stage/1": ("simgen.scoring.soundstage",),
        "lrc/1": ("simgen.scoring.upmix",),
    }
)
"""The modules that define the scores, by protocol."""

_WITHOUT_SCORES: Final = "simgen.errors"
"""What words messages, and no number depends on."""

_IMPORT: Final = re.compile(rb"^\s*from (simgen(?:\.\w+)+) import ", re.MULTILINE)
"""The one form in which modules of simgen import one another."""


@cache
def scorer_sha256(protocol: str) -> str:
    """Return the SHA-256 over the sources that scores of a protocol are made by.

    Comments count too, but not where simgen lies, nor what is imported from other packages.

    Examples
    --------
    >>> len(scorer_sha256("doa-scene/1"))
    64
    """
    sources = _sources(SCORERS[protocol])
    lines = (f"{name} {hashlib.sha256(sources[name]).hexdigest()}\n" for name in sorted(sources))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _sources(modules: tuple[str, ...]) -> dict[str, bytes]:
    """Return the sources of modules, and of all of simgen that they import, by name."""
    sources: dict[str, bytes] = {}
    waiting = [*modules]
    while waiting:
        name = waiting.pop()
        if name not in sources and name != _WITHOUT_SCORES:
            sources[name] = _file_of(name).read_bytes()
            waiting += (found.decode() for found in _IMPORT.findall(sources[name]))
    return sources


def _file_of(module: str) -> Path:
    """Return the source file of a module or package of simgen."""
    place = Path(__file__).parents[2].joinpath(*module.split("."))
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
