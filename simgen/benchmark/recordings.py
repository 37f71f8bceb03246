"""Recordings that do not ship: which ones a split needs, and whether they are there."""

from pathlib import Path
from typing import Final

from simgen.benchmark.suite import Split
from simgen.dataset.digests import sha256_of
from simgen.errors import ParameterError, SignalError
from simgen.scene.scene import SpeechSignal

__all__ = ["base_folder", "needed_recordings"]

_MOST_NAMED: Final = 10
"""Files that a message names; the others are counted."""


def needed_recordings(split: Split) -> dict[str, str]:
    """Return the SHA-256 of every recording that a split needs and that does not ship, by file."""
    return {
        clip.file: clip.sha256
        for scene in split.scenes
        for source in scene.sources
        if isinstance(source.signal, SpeechSignal)
        for clip in source.signal.clips
        if clip.sha256 is not None
    }


def base_folder(split: Split, talkers: Path | None, *, otherwise: Path) -> Path:
    """Return the folder that relative names in the scenes of a split start from.

    Parameters
    ----------
    split
        The split.
    talkers
        The folder of recordings that the user names, if any.
    otherwise
        The folder where the split needs no recordings.

    Raises
    ------
    ParameterError
        If the split needs a folder and none is named, or the other way round.
    SignalError
        If recordings are missing or are not the same, naming them.
    """
    needed = needed_recordings(split)
    if not needed and talkers is None:
        return otherwise
    if not needed:
        raise ParameterError(f"{split.path} needs no recordings", value=str(talkers))
    if talkers is None:
        raise ParameterError(
            f"{split.path} needs {len(needed)} recordings that do not ship with simgen",
            fix="Name their folder with --talkers FOLDER; the track's README.md says how to get "
            "them.",
        )
    _require_all(needed, talkers)
    return talkers.resolve()


def _require_all(needed: dict[str, str], folder: Path) -> None:
    """Refuse a folder in which recordings are missing or are others."""
    if not folder.is_dir():
        problem = "is not a folder" if folder.exists() else "does not exist"
        raise SignalError(problem, where=str(folder))
    faults = []
    for file, digest in sorted(needed.items()):
        if not (folder / file).is_file():
            faults.append(f"{file}: is missing")
        elif sha256_of(folder / file) != digest:
            faults.append(f"{file}: is another recording, by its SHA-256")
    if faults:
        rest = len(faults) - _MOST_NAMED
        listed = faults[:_MOST_NAMED] + ([f"and {rest} more"] if rest > 0 else [])
        count = f"{len(faults)} of {len(needed)} recordings cannot be used"
        raise SignalError("\n  ".join([f"{count}:", *listed]), where=str(folder))
