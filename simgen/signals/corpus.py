"""A corpus: a catalogue of utterances on disk, and reading one of them."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from simgen.errors import ParameterError, SignalError

__all__ = [
    "Corpus",
    "Utterance",
    "Word",
    "open_audio",
    "read_blocks",
    "read_utterance",
    "resampled_length",
]

_BLOCK_LENGTH: Final = 1 << 16
"""Frames read at a time: a header may claim any length, so no memory is taken on its word."""


@dataclass(frozen=True)
class Word:
    """A word and when it is spoken.

    Parameters
    ----------
    text
        The word, without punctuation.
    start, end
        In s from the utterance's first sample.
    """

    text: str
    start: float
    end: float


@dataclass(frozen=True)
class Utterance:
    """One audio file of a corpus, as catalogued.

    Parameters
    ----------
    file
        Path below the corpus's root, with forward slashes.
    talker
        Who speaks.
    num_frames
        Length in frames at the file's own rate.
    sample_rate
        The file's own rate in Hz.
    text
        What is said, where known.
    words
        The words in order with their times; empty where unknown.
    sha256
        Digest of the file in hexadecimal, where known.
    """

    file: str
    talker: str
    num_frames: int
    sample_rate: int
    text: str | None = None
    words: tuple[Word, ...] = ()
    sha256: str | None = None


@dataclass(frozen=True)
class Corpus:
    """Utterances below one folder.

    Parameters
    ----------
    name
        What the corpus is called.
    root
        The folder.
    utterances
        In any order; kept sorted by file.

    Raises
    ------
    SignalError
        If a file is catalogued twice.
    """

    name: str
    root: Path
    utterances: tuple[Utterance, ...]

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.utterances, key=lambda utterance: utterance.file))
        object.__setattr__(self, "utterances", ordered)
        if len(self._by_file) < len(ordered):
            raise SignalError(f"corpus {self.name} lists a file twice")

    @cached_property
    def _by_file(self) -> dict[str, Utterance]:
        return {utterance.file: utterance for utterance in self.utterances}

    @cached_property
    def _by_talker(self) -> dict[str, tuple[Utterance, ...]]:
        groups: dict[str, list[Utterance]] = {}
        for utterance in self.utterances:
            groups.setdefault(utterance.talker, []).append(utterance)
        return {talker: tuple(groups[talker]) for talker in sorted(groups)}

    def talkers(self) -> tuple[str, ...]:
        """Return the names of all talkers, sorted."""
        return tuple(self._by_talker)

    def of(self, talker: str) -> tuple[Utterance, ...]:
        """Return a talker's utterances, sorted by file.

        Raises
        ------
        SignalError
            If nobody of that name speaks in this corpus.
        """
        if talker not in self._by_talker:
            raise SignalError(f"corpus {self.name} has no such talker", value=talker)
        return self._by_talker[talker]

    def digest(self) -> str:
        """Return a digest that changes when files come, go, or change in size or length.

        Returns
        -------
        str
            SHA-256 in hexadecimal over a line for each file in order: name, bytes, frames and
            sample rate, with tabs between. The sound itself is not read: corpora are large.
        """
        lines = (
            f"{utterance.file}\t{(self.root / utterance.file).stat().st_size}\t"
            f"{utterance.num_frames}\t{utterance.sample_rate}\n"
            for utterance in self.utterances
        )
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def find(self, file: str) -> Utterance:
        """Return the utterance of a file.

        Raises
        ------
        SignalError
            If the corpus lists no such file.
        """
        if file not in self._by_file:
            raise SignalError(f"corpus {self.name} lists no such file", where=file)
        return self._by_file[file]


def read_utterance(corpus: Corpus, file: str, sample_rate: int) -> NDArray[np.float64]:
    """Read an utterance and resample it to ``sample_rate``.

    Of several channels the first is taken: a mean of microphones apart would be a comb filter.

    Parameters
    ----------
    corpus
        The corpus that lists it.
    file
        The utterance's file, as catalogued.
    sample_rate
        Rate wanted in Hz.

    Returns
    -------
    ndarray
        Shape (sample,) with ``resampled_length(num_frames, own rate, sample_rate)`` samples, full
        scale 1.

    Raises
    ------
    SignalError
        If the corpus does not list the file, or the file cannot be read, holds a value that is
        not finite, or has not the catalogued length and rate.
    ParameterError
        If the sample rate is not a positive integer.
    """
    utterance = corpus.find(file)
    length = resampled_length(utterance.num_frames, utterance.sample_rate, sample_rate)
    samples = _read_as_catalogued(corpus.root / file, utterance)
    if sample_rate == utterance.sample_rate:
        return samples
    resampled = soxr.resample(samples, utterance.sample_rate, sample_rate, quality="VHQ")
    fitted = np.zeros(length)
    fitted[: resampled.size] = resampled[:length]
    return fitted


def resampled_length(num_frames: int, from_rate: int, to_rate: int) -> int:
    """Return how many samples ``read_utterance`` gives: the duration, rounded to whole samples.

    Parameters
    ----------
    num_frames
        Length at ``from_rate``.
    from_rate, to_rate
        Sample rates in Hz.

    Raises
    ------
    ParameterError
        If a rate is not a positive integer or the length is negative.

    Examples
    --------
    >>> resampled_length(44100, 44100, 16000)
    16000
    """
    for rate in (from_rate, to_rate):
        if rate != int(rate) or rate < 1:
            raise ParameterError("a sample rate is a positive integer in Hz", value=rate)
    if num_frames < 0:
        raise ParameterError("num_frames is negative", value=num_frames, allowed="0 or more")
    return int((2 * num_frames * to_rate + from_rate) // (2 * from_rate))


@contextmanager
def open_audio(path: Path) -> Iterator[Any]:
    """Open an audio file as a ``soundfile.SoundFile``.

    Raises
    ------
    SignalError
        If opening it, or reading it within the block, fails; names the path.
    """
    try:
        with soundfile.SoundFile(path) as audio:
            yield audio
    except (soundfile.SoundFileError, OSError) as error:
        raise SignalError(f"cannot be read as audio: {error}", where=str(path)) from error


def read_blocks(audio: Any, path: Path) -> Iterator[NDArray[np.float64]]:
    """Read the first channel of an open audio file in blocks of bounded size.

    Yields
    ------
    ndarray
        Shape (sample,), never empty.

    Raises
    ------
    SignalError
        If a value is not finite; names the path.
    """
    while len(block := audio.read(_BLOCK_LENGTH, dtype="float64", always_2d=True)):
        if not np.all(np.isfinite(block[:, 0])):
            raise SignalError("holds a value that is not finite", where=str(path))
        yield block[:, 0]


def _read_as_catalogued(path: Path, utterance: Utterance) -> NDArray[np.float64]:
    """Read a file's first channel at its own rate; refuse another rate or length."""
    with open_audio(path) as audio:
        _require_catalogued("sample rate", audio.samplerate, utterance.sample_rate, path)
        _require_catalogued("length in frames", audio.frames, utterance.num_frames, path)
        samples = np.concatenate([np.zeros(0), *read_blocks(audio, path)])
    _require_catalogued("length in frames", samples.size, utterance.num_frames, path)
    return samples


def _require_catalogued(quantity: str, found: int, catalogued: int, path: Path) -> None:
    """Refuse a file that is not what the catalogue says."""
    if found != catalogued:
        raise SignalError(
            f"{quantity} is not the catalogued {catalogued}",
            value=found,
            where=str(path),
            fix="The file changed since it was catalogued, or it is damaged",
        )
