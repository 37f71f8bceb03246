"""Speak one sentence with a Debian synthesiser and print the audio and its word times.

Run by ``make_speech`` as a program of its own for every utterance: espeak-ng repeats its bytes
only in a fresh process, and its licence (GPL) keeps it a tool beside simgen, never a part of it.

    python synthesisers.py flite slt 0 "Good morning."

The output is one line of JSON, ``{"sample_rate": ..., "words": [[text, start, end], ...]}`` with
times in s, then the samples as little-endian 16-bit integers.
"""

import ctypes
import json
import sys
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Spoken = tuple[int, NDArray[np.int16], list[tuple[str, float, float]]]
"""Sample rate in Hz, samples (sample,), and each word with its start and end in s."""


class _Wave(ctypes.Structure):
    """The ``cst_wave`` of flite."""

    _fields_ = (
        ("type", ctypes.c_char_p),
        ("sample_rate", ctypes.c_int),
        ("num_samples", ctypes.c_int),
        ("num_channels", ctypes.c_int),
        ("samples", ctypes.POINTER(ctypes.c_short)),
    )


_FIRST_SEGMENT: Final = b"R:SylStructure.daughter1.daughter1.R:Segment"
_LAST_SEGMENT: Final = b"R:SylStructure.daughtern.daughtern.R:Segment"


def speak_with_flite(voice: str, text: str) -> Spoken:
    """Speak with flite; word times are the ends of the phones that the synthesiser planned."""
    flite, utterance = _synthesise_with_flite(voice, text)
    flite.utt_wave.restype = ctypes.POINTER(_Wave)
    wave = flite.utt_wave(utterance).contents
    samples = np.ctypeslib.as_array(wave.samples, (wave.num_samples,)).astype(np.int16)

    flite.utt_relation.restype = flite.relation_head.restype = ctypes.c_void_p
    flite.item_next.restype = ctypes.c_void_p
    flite.ffeature_float.restype = ctypes.c_float
    flite.ffeature_string.restype = ctypes.c_char_p
    relation = ctypes.c_void_p(flite.utt_relation(utterance, b"Word"))
    word = ctypes.c_void_p(flite.relation_head(relation))
    words = []
    while word:
        start = flite.ffeature_float(word, _FIRST_SEGMENT + b".p.end")
        end = flite.ffeature_float(word, _LAST_SEGMENT + b".end")
        words.append((flite.ffeature_string(word, b"name").decode(), start, end))
        word = ctypes.c_void_p(flite.item_next(word))
    return wave.sample_rate, samples, words


def _synthesise_with_flite(voice: str, text: str) -> tuple[ctypes.CDLL, ctypes.c_void_p]:
    """Return the library and its utterance."""
    flite = ctypes.CDLL("libflite.so.1", mode=ctypes.RTLD_GLOBAL)
    for name in ("usenglish", "cmulex"):
        ctypes.CDLL(f"libflite_{name}.so.1", mode=ctypes.RTLD_GLOBAL)
    register = getattr(ctypes.CDLL(f"libflite_cmu_us_{voice}.so.1"), f"register_cmu_us_{voice}")
    register.restype = flite.flite_synth_text.restype = ctypes.c_void_p
    flite.flite_init()
    speaker = ctypes.c_void_p(register(None))
    return flite, ctypes.c_void_p(flite.flite_synth_text(text.encode(), speaker))


class _EventId(ctypes.Union):
    """What an espeak-ng event is about."""

    _fields_ = (
        ("number", ctypes.c_int),
        ("name", ctypes.c_char_p),
        ("phoneme", ctypes.c_char * 8),
    )


class _Event(ctypes.Structure):
    """The ``espeak_EVENT`` of espeak-ng."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)
_LIST_TERMINATED: Final = 0
_WORD: Final = 1
_PHONEME: Final = 7
_SYNCHRONOUS_OUTPUT: Final = 2
_PHONEME_EVENTS: Final = 1
_RATE_PARAMETER: Final = 1
_UTF8: Final = 1


class _Recorder:
    """Collects what espeak-ng hands to its callback.

    Attributes
    ----------
    blocks
        Samples, block by block.
    word_starts
        Sample index and text of each word event.
    pauses
        Sample index of each pause.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.blocks: list[NDArray[np.int16]] = []
        self.word_starts: list[tuple[int, str]] = []
        self.pauses: list[int] = []

    def __call__(self, samples: Any, num_samples: int, events: Any) -> int:
        """Take one block and its events; 0 asks for more."""
        if num_samples > 0:
            self.blocks.append(np.ctypeslib.as_array(samples, (num_samples,)).astype(np.int16))
        index = 0
        while events[index].type != _LIST_TERMINATED:
            self._take(events[index])
            index += 1
        return 0

    def _take(self, event: Any) -> None:
        """Note a word or a pause; positions in the text count from 1."""
        if event.type == _WORD:
            first = event.text_position - 1
            self.word_starts.append((event.sample, self.text[first : first + event.length]))
        elif event.type == _PHONEME and event.id.phoneme.startswith(b"_"):
            self.pauses.append(event.sample)


def speak_with_espeak_ng(voice: str, words_per_minute: int, text: str) -> Spoken:
    """Speak with espeak-ng; a word ends where the next one or a pause begins."""
    espeak = ctypes.CDLL("libespeak-ng.so.1")
    recorder = _Recorder(text)
    callback = _Callback(recorder)
    sample_rate = espeak.espeak_Initialize(_SYNCHRONOUS_OUTPUT, 0, None, _PHONEME_EVENTS)
    espeak.espeak_SetSynthCallback(callback)
    if espeak.espeak_SetVoiceByName(voice.encode()) != 0:
        raise SystemExit(f"espeak-ng has no voice {voice}")
    espeak.espeak_SetParameter(_RATE_PARAMETER, words_per_minute, 0)
    encoded = text.encode()
    espeak.espeak_Synth(encoded, len(encoded) + 1, 0, 1, 0, _UTF8, None, None)
    return sample_rate, np.concatenate(recorder.blocks), _words(recorder, sample_rate)


def _words(recorder: _Recorder, sample_rate: int) -> list[tuple[str, float, float]]:
    """End each word at the first event after its start that is another word or a pause."""
    borders = sorted({start for start, _ in recorder.word_starts} | set(recorder.pauses))
    words = []
    for start, text in recorder.word_starts:
        end = next(border for border in borders if border > start)
        words.append((text, start / sample_rate, end / sample_rate))
    return words


def main(synthesiser: str, voice: str, words_per_minute: str, text: str) -> None:
    """Speak ``text`` and write header and samples to the standard output."""
    if synthesiser == "flite":
        sample_rate, samples, words = speak_with_flite(voice, text)
    else:
        sample_rate, samples, words = speak_with_espeak_ng(voice, int(words_per_minute), text)
    header = json.dumps({"sample_rate": sample_rate, "words": words})
    sys.stdout.buffer.write(header.encode() + b"\n" + samples.astype("<i2").tobytes())


if __name__ == "__main__":
    main(*sys.argv[1:])
