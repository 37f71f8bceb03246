"""Catalogue a folder of recordings as a corpus."""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from simgen.errors import SignalError
from simgen.signals.corpus import Corpus, Utterance, open_audio, read_blocks

__all__ = ["scan_folder"]

_EXTENSIONS: Final = (".flac", ".ogg", ".wav")
_FLOAT_SUBTYPES: Final = ("FLOAT", "DOUBLE")
"""Encodings that can hold values that are not finite."""

_LONGEST: Final = 24 * 3600.0
"""Length in s beyond which a header is taken to be damaged (a day of speech in one file)."""

_NUM_NAMED: Final = 20
"""Number of faulty files that an error names; the rest is counted."""


def scan_folder(folder: Path) -> Corpus:
    """Catalogue the audio files in a folder and all folders below it.

    Files ending in .flac, .ogg or .wav, in any case, are taken. Hidden files and folders are left
    out, and links to folders are not followed. Who speaks is read from the path:

    ==========================================  ===================
    path                                        talker
    ==========================================  ===================
    ``.../19/198/19-198-0001.flac``             ``19`` (LibriSpeech)
    ``anna/kitchen/01.wav``, ``anna/01.wav``    ``anna``
    ``anna.wav``                                ``anna``
    ==========================================  ===================

    What is said is taken from a ``*.trans.txt`` in the same folder, whose lines hold an
    utterance's name and its text, or from a ``.txt`` of the same name as the audio file.

    Parameters
    ----------
    folder
        The folder.

    Returns
    -------
    Corpus
        Named by the folder as given; the same for a copy of the folder elsewhere.

    Raises
    ------
    SignalError
        If the folder does not exist or holds no audio, or if any file cannot be read, is empty,
        holds a value that is not finite, or claims to last over 24 h; names every such file.
    """
    folder = Path(folder)
    if not folder.is_dir():
        problem = "is not a folder" if folder.exists() else "does not exist"
        raise SignalError(problem, where=str(folder), fix="Give a folder that holds audio files")
    files = sorted(_audio_files(folder))
    if not files:
        allowed = f"files ending in {', '.join(_EXTENSIONS)}"
        raise SignalError("holds no audio files", where=str(folder), allowed=allowed)
    utterances, faults = [], []
    transcripts: dict[Path, dict[str, str]] = {}
    for file in files:
        try:
            utterances.append(_catalogue(folder, file, transcripts))
        except SignalError as error:
            faults.append(f"{file!a}: {error.problem}")
    if faults:
        raise SignalError(_list_faults(faults), where=str(folder))
    return Corpus(str(folder), folder, tuple(utterances))


def _audio_files(folder: Path) -> Iterator[str]:
    """Yield the path of each audio file below ``folder``, with forward slashes."""
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if name.lower().endswith(_EXTENSIONS) and not name.startswith("."):
                yield (Path(place) / name).relative_to(folder).as_posix()


def _catalogue(folder: Path, file: str, transcripts: dict[Path, dict[str, str]]) -> Utterance:
    """Check one file and describe it."""
    path = folder / file
    try:
        file.encode()
    except UnicodeEncodeError as error:
        raise SignalError("has a name that is not UTF-8") from error
    num_frames, sample_rate = _measure(path)
    return Utterance(file, _talker(file), num_frames, sample_rate, _transcript(path, transcripts))


def _measure(path: Path) -> tuple[int, int]:
    """Return length and rate after checking them; samples are read only if they could be bad."""
    with open_audio(path) as audio:
        num_frames, sample_rate = int(audio.frames), int(audio.samplerate)
        if num_frames < 1:
            raise SignalError("holds no samples")
        if num_frames > _LONGEST * sample_rate:
            raise SignalError(f"claims {num_frames} frames, more than 24 h: a damaged header")
        if audio.subtype in _FLOAT_SUBTYPES:
            num_read = sum(block.size for block in read_blocks(audio, path))
            if num_read != num_frames:
                raise SignalError(f"holds {num_read} of the {num_frames} frames it claims")
    return num_frames, sample_rate


def _talker(file: str) -> str:
    """Read from a path who speaks."""
    path = PurePosixPath(file)
    *outer, name = path.parts
    if len(outer) >= 2 and name.startswith(f"{outer[-2]}-{outer[-1]}-"):
        return outer[-2]
    return outer[0] if outer else path.stem


def _transcript(path: Path, transcripts: dict[Path, dict[str, str]]) -> str | None:
    """Look up what is said; transcripts of a folder are read once and kept."""
    if path.parent not in transcripts:
        transcripts[path.parent] = _read_transcripts(path.parent)
    listed = transcripts[path.parent].get(path.stem)
    beside = path.with_suffix(".txt")
    if listed is None and beside.is_file():
        listed = _read_text(beside)
    return " ".join(listed.split()) or None if listed is not None else None


def _read_transcripts(folder: Path) -> dict[str, str]:
    """Read the ``*.trans.txt`` of a folder: an utterance's name, then its text, line by line."""
    found = {}
    for path in sorted(folder.glob("*.trans.txt")):
        for line in _read_text(path).splitlines():
            name, _, text = line.strip().partition(" ")
            found[name] = text
    return found


def _read_text(path: Path) -> str:
    """Read a transcript."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (UnicodeDecodeError, OSError) as error:
        raise SignalError(f"has a transcript that is not UTF-8 text ({path.name})") from error


def _list_faults(faults: list[str]) -> str:
    """Name the first faulty files and count the rest."""
    count = "1 file" if len(faults) == 1 else f"{len(faults)} files"
    rest = len(faults) - _NUM_NAMED
    lines = [f"{count} cannot be used:", *faults[:_NUM_NAMED]]
    return "\n  ".join(lines + ([f"and {rest} more"] if rest > 0 else []))
