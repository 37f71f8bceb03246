import pickle
import struct

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from simgen.errors import ParameterError, SignalError
from simgen.signals import corpus as corpus_module
from simgen.signals.corpus import (
    Corpus,
    Utterance,
    open_audio,
    read_blocks,
    read_utterance,
    resampled_length,
)

RATES = (8000, 11025, 16000, 22050, 32000, 44100, 48000, 96000)


def catalogue(root, file, num_frames, sample_rate):
    return Corpus("test", root, (Utterance(file, "anna", num_frames, sample_rate),))


def tone(num_frames, sample_rate, frequency=440.0):
    return 0.5 * np.sin(2 * np.pi * frequency * np.arange(num_frames) / sample_rate)


def claim_frames(path, num_frames):
    """Overwrite the 36-bit length in the first metadata block of a FLAC."""
    content = bytearray(path.read_bytes())
    (word,) = struct.unpack(">Q", content[18:26])
    content[18:26] = struct.pack(">Q", (word >> 36 << 36) | num_frames)
    path.write_bytes(bytes(content))


def test_utterances_are_sorted_and_found_by_talker_and_file():
    one, two, three = (
        Utterance(f, t, 1, 8000) for f, t in [("b.wav", "y"), ("a.wav", "z"), ("c.wav", "y")]
    )
    corpus = Corpus("test", None, (three, one, two))
    assert corpus.utterances == (two, one, three)
    assert corpus.talkers() == ("y", "z")
    assert corpus.of("y") == (one, three)
    assert corpus.find("a.wav") is two
    assert pickle.loads(pickle.dumps(corpus)) == corpus
    with pytest.raises(SignalError, match="no such talker, got 'x'"):
        corpus.of("x")
    with pytest.raises(SignalError, match=r"d\.wav: corpus test lists no such file"):
        corpus.find("d.wav")


def test_a_file_is_listed_once():
    with pytest.raises(SignalError, match="twice"):
        Corpus("test", None, (Utterance("a.wav", "x", 1, 8000), Utterance("a.wav", "y", 1, 8000)))


def test_reads_exactly_at_the_files_own_rate(tmp_path):
    samples = np.random.default_rng(0).integers(-32768, 32768, 100_000).astype(np.int16)
    soundfile.write(tmp_path / "a.flac", samples, 16000)
    read = read_utterance(catalogue(tmp_path, "a.flac", 100_000, 16000), "a.flac", 16000)
    assert read.dtype == np.float64
    assert np.array_equal(read, samples / 32768.0)


@pytest.mark.parametrize("from_rate", [8000, 44100, 48000])
@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg"])
def test_resampling_keeps_pitch_level_and_time(tmp_path, from_rate, suffix):
    soundfile.write(tmp_path / f"a.{suffix}", tone(from_rate, from_rate), from_rate)
    corpus = catalogue(tmp_path, f"a.{suffix}", from_rate, from_rate)
    read = read_utterance(corpus, f"a.{suffix}", 16000)
    assert read.shape == (16000,)
    middle = slice(4000, 12000)
    assert read[middle] == pytest.approx(tone(16000, 16000)[middle], abs=0.03)


def test_takes_the_first_of_several_channels(tmp_path):
    channels = np.stack([tone(800, 8000), -tone(800, 8000)], axis=1)
    soundfile.write(tmp_path / "a.wav", channels, 8000, subtype="DOUBLE")
    read = read_utterance(catalogue(tmp_path, "a.wav", 800, 8000), "a.wav", 8000)
    assert np.array_equal(read, channels[:, 0])


@given(st.integers(0, 400), st.sampled_from(RATES), st.sampled_from(RATES))
def test_length_read_is_the_length_promised(tmp_path_factory, num_frames, from_rate, to_rate):
    folder = tmp_path_factory.mktemp("lengths")
    soundfile.write(folder / "a.wav", np.full(num_frames, 0.5), from_rate)
    read = read_utterance(catalogue(folder, "a.wav", num_frames, from_rate), "a.wav", to_rate)
    assert read.size == resampled_length(num_frames, from_rate, to_rate)
    assert abs(read.size - num_frames * to_rate / from_rate) <= 0.5


def test_resampled_length_is_exact_for_any_length():
    assert resampled_length(2**62, 44100, 44100) == 2**62
    assert resampled_length(3, 2, 1) == 2
    assert resampled_length(0, 8000, 16000) == 0


@pytest.mark.parametrize("arguments", [(1, 0, 8000), (1, 8000, -1), (1, 8000, 0.5), (-1, 1, 1)])
def test_resampled_length_refuses_nonsense(arguments):
    with pytest.raises(ParameterError):
        resampled_length(*arguments)


@pytest.mark.parametrize("catalogued", [799, 801])
def test_refuses_a_file_of_another_length(tmp_path, catalogued):
    soundfile.write(tmp_path / "a.wav", tone(800, 8000), 8000)
    with pytest.raises(SignalError, match=rf"a\.wav: length .* {catalogued}, got .*catalogued, or"):
        read_utterance(catalogue(tmp_path, "a.wav", catalogued, 8000), "a.wav", 8000)


def test_refuses_a_file_of_another_rate(tmp_path):
    soundfile.write(tmp_path / "a.wav", tone(800, 8000), 8000)
    with pytest.raises(SignalError, match=r"a\.wav: sample rate is not the catalogued 16000, got"):
        read_utterance(catalogue(tmp_path, "a.wav", 800, 16000), "a.wav", 8000)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_refuses_values_that_are_not_finite(tmp_path, value):
    samples = tone(100_000, 8000)
    samples[90_000] = value
    soundfile.write(tmp_path / "a.wav", samples, 8000, subtype="FLOAT")
    with pytest.raises(SignalError, match=r"a\.wav: holds a value that is not finite"):
        read_utterance(catalogue(tmp_path, "a.wav", 100_000, 8000), "a.wav", 8000)


@pytest.mark.parametrize("content", [b"", b"fLaC", b"not audio at all" * 100])
def test_names_a_file_that_is_not_audio(tmp_path, content):
    (tmp_path / "ä.flac").write_bytes(content)
    with pytest.raises(SignalError, match=r"ä\.flac: cannot be read as audio"):
        read_utterance(catalogue(tmp_path, "ä.flac", 1, 8000), "ä.flac", 8000)


def test_names_a_file_that_is_gone(tmp_path):
    with pytest.raises(SignalError, match=r"gone\.wav: cannot be read as audio"):
        read_utterance(catalogue(tmp_path, "gone.wav", 1, 8000), "gone.wav", 8000)


def test_refuses_a_truncated_flac(tmp_path):
    path = tmp_path / "a.flac"
    soundfile.write(path, np.random.default_rng(0).uniform(-1, 1, 100_000), 8000)
    path.write_bytes(path.read_bytes()[:60_000])
    with pytest.raises(SignalError, match=r"a\.flac"):
        read_utterance(catalogue(tmp_path, "a.flac", 100_000, 8000), "a.flac", 8000)


def test_refuses_a_file_that_ends_before_its_header_says(tmp_path, monkeypatch):
    soundfile.write(tmp_path / "a.wav", tone(800, 8000), 8000)
    monkeypatch.setattr(corpus_module, "read_blocks", lambda *_: iter([np.zeros(500)]))
    with pytest.raises(SignalError, match=r"a\.wav: length .* catalogued 800, got 500"):
        read_utterance(catalogue(tmp_path, "a.wav", 800, 8000), "a.wav", 8000)


@pytest.mark.parametrize("claimed", [0, 2**36 - 1])
def test_takes_no_memory_on_the_word_of_a_header(tmp_path, claimed):
    path = tmp_path / "a.flac"
    soundfile.write(path, tone(100_000, 8000), 8000)
    claim_frames(path, claimed)
    with pytest.raises(SignalError, match=r"a\.flac"):
        read_utterance(catalogue(tmp_path, "a.flac", 2**36 - 1, 8000), "a.flac", 8000)


def test_blocks_are_bounded(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, np.zeros(200_000), 8000)
    with open_audio(path) as audio:
        sizes = [block.size for block in read_blocks(audio, path)]
    assert sum(sizes) == 200_000
    assert max(sizes) <= 65536
