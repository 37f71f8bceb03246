"""Make the speech that comes with simgen, with Debian's flite and espeak-ng.

    python -m simgen.signals.speech.make_speech

Writes ``audio/`` and ``index.json`` beside this file, byte for byte the same at every run with
the same versions of the synthesisers, libFLAC and soxr. ``README.md`` tells what is made.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from simgen.signals.level import active_level
from simgen.units import amplitude_from_db

_FOLDER: Final = Path(__file__).parent
_SAMPLE_RATE: Final = 16000
_LEVEL_DBOV: Final = -26.0
"""Active level re full scale: the nominal one of ITU-T P.56 practice."""

_LEAD: Final = 0.05
_TAIL: Final = 0.1
"""Time kept before the first word and after the last, in s."""

_FADE: Final = 0.01
"""Time in s over which the ends of a file come from and go to zero."""

_TIME_PER_TALKER: Final = 39.5
"""Speech of each talker in s."""

_COMPRESSION: Final = 1.0
"""The most that FLAC offers."""


@dataclass(frozen=True)
class Talker:
    """A voice of a synthesiser, and what it is like.

    Parameters
    ----------
    name
        The talker's name in the corpus.
    part
        train, dev or test.
    synthesiser
        flite or espeak-ng.
    voice
        As the synthesiser calls it.
    accent
        Language tag of the accent.
    register
        female or male, as the synthesiser's authors declare the voice.
    words_per_minute
        Speaking rate asked for; 0 for the voice's own.
    """

    name: str
    part: str
    synthesiser: str
    voice: str
    accent: str
    register: str
    words_per_minute: int = 0


def _espeak(part: str, accent: str, variant: str, register: str, rate: int) -> Talker:
    """Describe a voice of espeak-ng: an accent spoken by a variant."""
    file = {"en-us": "en-US", "en-gb": "en", "en-us-nyc": "en-US-nyc"}.get(accent)
    file = file or accent.replace("en-gb", "en-GB")
    name = f"espeak-{accent}-{variant.lower()}"
    return Talker(name, part, "espeak-ng", f"gmw/{file}+{variant}", accent, register, rate)


TALKERS: Final = (
    Talker("flite-kal16", "train", "flite", "kal16", "en-us", "male"),
    Talker("flite-rms", "train", "flite", "rms", "en-us", "male"),
    _espeak("train", "en-us", "f2", "female", 155),
    _espeak("train", "en-us", "m3", "male", 160),
    _espeak("train", "en-us-nyc", "Andrea", "female", 165),
    _espeak("train", "en-gb", "f3", "female", 150),
    _espeak("train", "en-gb", "m2", "male", 165),
    _espeak("train", "en-gb-x-rp", "f4", "female", 160),
    _espeak("train", "en-gb-x-gbclan", "m5", "male", 150),
    _espeak("train", "en-gb-scotland", "Alicia", "female", 155),
    _espeak("train", "en-029", "m8", "male", 145),
    Talker("flite-awb", "dev", "flite", "awb", "en-gb-scotland", "male"),
    _espeak("dev", "en-us", "belinda", "female", 160),
    _espeak("dev", "en-gb", "m4", "male", 155),
    _espeak("dev", "en-gb-x-gbcwmd", "f5", "female", 150),
    Talker("flite-slt", "test", "flite", "slt", "en-us", "female"),
    _espeak("test", "en-us", "m7", "male", 150),
    _espeak("test", "en-us-nyc", "m6", "male", 160),
    _espeak("test", "en-gb-x-rp", "linda", "female", 155),
    _espeak("test", "en-gb-scotland", "Annie", "female", 150),
)


@dataclass(frozen=True)
class Reading:
    """A sentence as a talker read it.

    Parameters
    ----------
    samples
        Shape (sample,) at 16 kHz, 16 bit.
    words
        Each word with its start and end in s.
    """

    samples: NDArray[np.int16]
    words: tuple[tuple[str, float, float], ...]


def read_sentences() -> dict[str, dict[str, str]]:
    """Return the text of each sentence by part and sentence id."""
    sentences: dict[str, dict[str, str]] = {}
    for line in (_FOLDER / "sentences.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            part = line.removeprefix("#").strip()
            sentences[part] = {}
        else:
            sentences[part][f"{part}-{len(sentences[part]) + 1:03d}"] = line
    return sentences


def read_aloud(talker: Talker, text: str) -> Reading | None:
    """Let a talker read a text, and bring it to the corpus's rate, level and margins.

    Returns
    -------
    Reading or None
        None where the synthesiser runs words together and gives them a single time.
    """
    header, samples = _synthesise(talker, text)
    texts = [word.strip(",.?!") for word in text.split()]
    if len(texts) != len(header["words"]):
        return None
    speech = soxr.resample(samples, header["sample_rate"], _SAMPLE_RATE, quality="VHQ")
    begin = round((header["words"][0][1] - _LEAD) * _SAMPLE_RATE)
    end = round((header["words"][-1][2] + _TAIL) * _SAMPLE_RATE)
    words = tuple(
        (text, round(start - begin / _SAMPLE_RATE, 4), round(stop - begin / _SAMPLE_RATE, 4))
        for text, (_, start, stop) in zip(texts, header["words"], strict=True)
    )
    return Reading(_normalise(_cut(speech, begin, end)), words)


def _synthesise(talker: Talker, text: str) -> tuple[dict[str, Any], NDArray[np.float64]]:
    """Return header and samples of one run of the synthesiser in a process of its own."""
    program = [sys.executable, str(_FOLDER / "synthesisers.py")]
    rate = str(talker.words_per_minute)
    arguments = [talker.synthesiser, talker.voice, rate, text]
    output = subprocess.run([*program, *arguments], check=True, stdout=subprocess.PIPE).stdout
    header, _, samples = output.partition(b"\n")
    return json.loads(header), np.frombuffer(samples, dtype="<i2") / 32768.0


def _cut(speech: NDArray[np.float64], begin: int, end: int) -> NDArray[np.float64]:
    """Return the samples from ``begin`` to ``end``, zero beyond, faded at both ends."""
    padded = np.pad(speech, (max(-begin, 0), max(end - speech.size, 0)))
    cut = padded[max(begin, 0) :][: end - begin].copy()
    ramp = np.linspace(0.0, 1.0, round(_FADE * _SAMPLE_RATE))
    cut[: ramp.size] *= ramp
    cut[-ramp.size :] *= ramp[::-1]
    return cut


def _normalise(speech: NDArray[np.float64]) -> NDArray[np.int16]:
    """Bring speech to the nominal active level and to 16 bits."""
    scaled = speech * amplitude_from_db(_LEVEL_DBOV) / active_level(speech, _SAMPLE_RATE)
    if np.max(np.abs(scaled)) >= 1.0:
        raise SystemExit("an utterance exceeds full scale at the nominal level")
    return np.round(scaled * 32767.0).astype(np.int16)


def make_talker(talker: Talker, sentences: dict[str, str], first: int) -> list[dict[str, Any]]:
    """Let a talker read until the time is full, and return the lines of the index.

    Parameters
    ----------
    talker
        Who reads.
    sentences
        Text by sentence id.
    first
        Index of the sentence to begin with; after the last comes the first again.
    """
    ids = list(sentences)
    entries: list[dict[str, Any]] = []
    num_wanted = _TIME_PER_TALKER * _SAMPLE_RATE
    for sentence in ids[first:] + ids[:first]:
        reading = read_aloud(talker, sentences[sentence])
        if reading is not None:
            entries.append(_write(talker, sentence, sentences[sentence], reading))
        if sum(entry["num_frames"] for entry in entries) > num_wanted:
            break
    return entries


def _write(talker: Talker, sentence: str, text: str, reading: Reading) -> dict[str, Any]:
    """Write one FLAC and return its line of the index."""
    file = f"audio/{talker.name}/{sentence}.flac"
    path = _FOLDER / file
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(
        path, reading.samples, _SAMPLE_RATE, subtype="PCM_16", compression_level=_COMPRESSION
    )
    return {
        "file": file,
        "talker": talker.name,
        "part": talker.part,
        "sentence": sentence,
        "text": text,
        "num_frames": reading.samples.size,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "words": reading.words,
    }


def make_corpus() -> list[dict[str, Any]]:
    """Make every talker's utterances; talkers of a part begin spread over its sentences."""
    sentences = read_sentences()
    with ThreadPoolExecutor(max_workers=2) as pool:
        futures = []
        for part, texts in sentences.items():
            readers = [talker for talker in TALKERS if talker.part == part]
            for k, talker in enumerate(readers):
                first = k * len(texts) // len(readers)
                futures.append(pool.submit(make_talker, talker, texts, first))
        entries = [entry for future in futures for entry in future.result()]
    return sorted(entries, key=lambda entry: entry["file"])


def format_index(entries: list[dict[str, Any]]) -> str:
    """Return the index as JSON with one talker and one utterance to a line."""
    head = {
        "corpus": "simgen-speech",
        "version": 1,
        "licence": "MIT; origin of the recordings in LICENSE",
        "sample_rate": _SAMPLE_RATE,
    }
    lines = [f"{json.dumps(key)}: {json.dumps(value)}," for key, value in head.items()]
    lines += ['"talkers": {', ",\n".join(_talker_lines()), "},"]
    lines += ['"utterances": [', ",\n".join(map(json.dumps, entries)), "]"]
    return "{\n" + "\n".join(lines) + "\n}\n"


def _talker_lines() -> Iterator[str]:
    """Describe the talkers, sorted by name."""
    for talker in sorted(TALKERS, key=lambda talker: talker.name):
        description = {
            "synthesiser": talker.synthesiser,
            "voice": talker.voice,
            "accent": talker.accent,
            "register": talker.register,
            "part": talker.part,
        }
        yield f"{json.dumps(talker.name)}: {json.dumps(description)}"


def main() -> None:
    """Make the corpus and its index anew."""
    shutil.rmtree(_FOLDER / "audio", ignore_errors=True)
    index = format_index(make_corpus())
    (_FOLDER / "index.json").write_text(index, encoding="utf-8")


if __name__ == "__main__":
    main()
