"""What is made of a synthesiser's words and samples; the corpus itself is in ``test_speech``."""

import hashlib
import json

import numpy as np
import pytest
import soundfile

from simgen.signals.speech import make_speech
from simgen.signals.speech.make_speech import (
    TALKERS,
    Reading,
    Talker,
    format_index,
    make_talker,
    read_aloud,
    read_sentences,
)
from tests.references import p56

TALKER = Talker("somebody", "train", "flite", "slt", "en-us", "female")
RATE = 22_050
WORDS = [["one", 0.30, 0.55], ["two", 0.60, 0.95]]
TEXT = "One, two!"


def utterance(seconds, begin, end, level=0.1):
    """Noise from one time to another, in silence."""
    time = np.arange(round(seconds * RATE)) / RATE
    noise = np.random.default_rng(0).standard_normal(len(time))
    return level * noise * ((time >= begin) & (time < end))


@pytest.fixture
def speaking(monkeypatch):
    """Let a synthesiser of ours speak instead."""

    def with_samples(samples, words=WORDS, rate=RATE):
        header = {"sample_rate": rate, "words": words}
        monkeypatch.setattr(make_speech, "_synthesise", lambda *_: (header, samples))

    return with_samples


def test_a_reading_begins_50_ms_before_the_first_word_and_ends_100_ms_after_the_last(speaking):
    speaking(utterance(1.5, 0.30, 0.95))
    reading = read_aloud(TALKER, TEXT)
    assert reading.samples.size == pytest.approx((0.95 - 0.30 + 0.15) * 16_000, abs=1)
    assert reading.words == (("One", 0.05, 0.3), ("two", 0.35, 0.7))
    heard = np.flatnonzero(np.abs(reading.samples) > 300)
    assert heard[[0, -1]] / 16_000 == pytest.approx([0.05, 0.70], abs=2e-3)


def test_margins_beyond_what_was_spoken_are_silence(speaking):
    words = [["one", 0.01, 0.5], ["two", 0.5, 0.98]]
    speaking(utterance(1.0, 0.0, 1.0), words)
    reading = read_aloud(TALKER, TEXT)
    assert reading.samples.size == pytest.approx((0.97 + 0.15) * 16_000, abs=1)
    assert not reading.samples[: round(0.039 * 16_000)].any()
    assert not reading.samples[-round(0.07 * 16_000) :].any()
    assert reading.words[0][1] == pytest.approx(0.05, abs=1e-4)


@pytest.mark.parametrize("level", [0.001, 0.1, 0.5])
def test_speech_is_brought_to_26_db_below_full_scale(speaking, level):
    """By the plain reading of P.56, which takes samples one by one."""
    speaking(utterance(1.5, 0.30, 0.95, level))
    samples = read_aloud(TALKER, TEXT).samples
    assert samples.dtype == np.int16
    found = p56.active_level_db(samples / 32768.0, 16_000)
    assert found == pytest.approx(-26.0, abs=0.1)


def test_ends_come_from_zero_and_go_to_zero(speaking):
    speaking(utterance(2.0, 0.0, 2.0))  # a hum that never pauses
    samples = read_aloud(TALKER, TEXT).samples.astype(float)
    assert samples[0] == samples[-1] == 0.0
    middle = np.std(samples)
    assert np.std(samples[:40]) < 0.3 * middle > np.std(samples[-40:])
    assert np.std(samples[160:500]) == pytest.approx(middle, rel=0.15)


def test_a_talker_who_runs_words_together_is_not_kept(speaking):
    speaking(utterance(1.5, 0.3, 0.95), WORDS[:1])
    assert read_aloud(TALKER, TEXT) is None


def test_a_crack_louder_than_full_scale_ends_the_making(speaking):
    samples = utterance(1.5, 0.30, 0.95, 1e-3)
    samples[round(0.5 * RATE)] = 1.0
    speaking(samples)
    with pytest.raises(SystemExit, match="exceeds full scale"):
        read_aloud(TALKER, TEXT)


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setattr(make_speech, "_FOLDER", tmp_path)
    return tmp_path


def seconds(number, text):
    """A reading so many seconds long."""
    samples = np.random.default_rng(0).integers(-9, 9, round(number * 16_000), np.int16)
    return Reading(samples, ((text, 0.05, 0.3),))


def test_a_talker_reads_from_the_given_sentence_round_until_the_time_is_full(folder, monkeypatch):
    lengths = {"a": 10.0, "b": 15.0, "c": 15.0, "d": 12.0, "e": 20.0}
    monkeypatch.setattr(
        make_speech,
        "read_aloud",
        lambda _, text: None if text == "d" else seconds(lengths[text], text),
    )
    entries = make_talker(TALKER, {f"train-{text}": text for text in "abcde"}, first=3)
    # d is run together; e and a are 30 s, and with b it is more than 39.5 s.
    assert [entry["text"] for entry in entries] == ["e", "a", "b"]
    for entry in entries:
        path = folder / entry["file"]
        assert entry["file"] == f"audio/somebody/train-{entry['text']}.flac"
        assert hashlib.sha256(path.read_bytes()).hexdigest() == entry["sha256"]
        samples, rate = soundfile.read(path, dtype="int16")
        assert (rate, len(samples)) == (16_000, entry["num_frames"])
        expected = seconds(lengths[entry["text"]], "").samples
        np.testing.assert_array_equal(samples, expected)


@pytest.mark.usefixtures("folder")
def test_nobody_reads_a_sentence_twice(monkeypatch):
    monkeypatch.setattr(make_speech, "read_aloud", lambda _, text: seconds(1.0, text))
    entries = make_talker(TALKER, {"1": "a", "2": "b"}, first=1)
    assert [entry["text"] for entry in entries] == ["b", "a"]


def test_sentences_are_numbered_in_their_part(folder):
    (folder / "sentences.txt").write_text("# train\nOne.\nTwo.\n# test\nThree.\n")
    assert read_sentences() == {
        "train": {"train-001": "One.", "train-002": "Two."},
        "test": {"test-001": "Three."},
    }


def test_the_index_is_json_with_a_line_for_each_talker_and_utterance():
    entries = [{"file": "a", "words": [["Größe", 0.0, 1.0]]}, {"file": "b", "words": []}]
    text = format_index(entries)
    index = json.loads(text)
    assert index["utterances"] == entries
    assert set(index["talkers"]) == {talker.name for talker in TALKERS}
    assert list(index["talkers"]) == sorted(index["talkers"])
    assert len(text.splitlines()) == 1 + 4 + 2 + len(TALKERS) + 2 + len(entries) + 1
