"""How words and their times come from events; no synthesiser is needed for it."""

import ctypes
import json

import numpy as np
import pytest

from simgen.signals.speech import synthesisers
from simgen.signals.speech.synthesisers import _Event, _EventId, _Recorder, _words

WORD, PHONEME, END, SENTENCE = 1, 7, 0, 2


def event(kind, sample=0, position=0, length=0, phoneme=b""):
    return _Event(
        type=kind,
        sample=sample,
        text_position=position,
        length=length,
        id=_EventId(phoneme=phoneme),
    )


def told(text, *blocks):
    """A recorder that was handed blocks of samples and events as espeak-ng hands them."""
    recorder = _Recorder(text)
    for samples, events in blocks:
        array = (ctypes.c_short * max(len(samples), 1))(*samples)
        listed = (_Event * (len(events) + 1))(*events, event(END))
        assert (
            recorder(ctypes.cast(array, ctypes.POINTER(ctypes.c_short)), len(samples), listed) == 0
        )
    return recorder


def test_blocks_are_copied_before_the_synthesiser_writes_over_them():
    recorder = _Recorder("")
    array = (ctypes.c_short * 3)(1, -2, 32767)
    pointer = ctypes.cast(array, ctypes.POINTER(ctypes.c_short))
    end = (_Event * 1)(event(END))
    recorder(pointer, 3, end)
    array[0] = 99
    recorder(pointer, 1, end)
    recorder(None, 0, end)  # the last call has no samples
    assert np.concatenate(recorder.blocks).tolist() == [1, -2, 32767, 99]
    assert recorder.blocks[0].dtype == np.int16


def test_words_are_cut_from_the_text_by_positions_from_1():
    recorder = told(
        "Größe zählt.", ([0], [event(WORD, 10, 1, 5), event(WORD, 500, 7, 5), event(SENTENCE, 3)])
    )
    assert recorder.word_starts == [(10, "Größe"), (500, "zählt")]


def test_a_word_ends_at_the_next_word_or_at_a_pause_if_that_is_earlier():
    recorder = told(
        "one two three",
        ([0] * 4, [event(WORD, 100, 1, 3), event(PHONEME, 120, phoneme=b"w")]),
        ([0] * 4, [event(WORD, 300, 5, 3), event(PHONEME, 450, phoneme=b"_:")]),
        ([], [event(WORD, 600, 9, 5), event(PHONEME, 800, phoneme=b"_")]),
    )
    assert recorder.pauses == [450, 800]
    assert _words(recorder, 1000) == [("one", 0.1, 0.3), ("two", 0.3, 0.45), ("three", 0.6, 0.8)]


def test_a_pause_at_the_very_start_of_a_word_does_not_end_it():
    recorder = told(
        "one",
        ([0], [event(PHONEME, 100, phoneme=b"_"), event(WORD, 100, 1, 3)]),
        ([0], [event(PHONEME, 250, phoneme=b"_:")]),
    )
    assert _words(recorder, 1000) == [("one", 0.1, 0.25)]


def test_events_after_the_end_of_the_list_are_not_looked_at():
    recorder = _Recorder("one")
    listed = (_Event * 3)(event(END), event(WORD, 1, 1, 3), event(END))
    recorder(None, 0, listed)
    assert recorder.word_starts == []


@pytest.mark.parametrize(
    ("synthesiser", "asked"), [("flite", ("slt",)), ("espeak-ng", ("slt", 150))]
)
def test_what_is_printed_is_a_line_of_json_and_little_endian_samples(
    monkeypatch, capsysbinary, synthesiser, asked
):
    calls = []

    def speak(*arguments):
        calls.append(arguments)
        return 16_000, np.array([1, -2, 256], np.int16), [("one", 0.0, 0.5)]

    monkeypatch.setattr(synthesisers, "speak_with_flite", speak)
    monkeypatch.setattr(synthesisers, "speak_with_espeak_ng", speak)
    synthesisers.main(synthesiser, "slt", "150", "One.")
    assert calls == [(*asked, "One.")]
    header, _, samples = capsysbinary.readouterr().out.partition(b"\n")
    assert json.loads(header) == {"sample_rate": 16_000, "words": [["one", 0.0, 0.5]]}
    assert samples == b"\x01\x00\xfe\xff\x00\x01"
