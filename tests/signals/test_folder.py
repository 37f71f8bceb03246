import os

import numpy as np
import pytest
import soundfile

from simgen.errors import SignalError
from simgen.signals.corpus import read_utterance, resampled_length
from simgen.signals.folder import scan_folder


def write(path, *, num_frames=80, sample_rate=8000, samples=None, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    audio = np.full(num_frames, 0.25) if samples is None else samples
    soundfile.write(path, audio, sample_rate, **options)
    return path


def files(corpus):
    return [utterance.file for utterance in corpus.utterances]


def test_librispeech_tree_gives_speakers_and_transcripts(tmp_path):
    write(tmp_path / "19" / "198" / "19-198-0001.flac")
    write(tmp_path / "19" / "198" / "19-198-0000.flac", num_frames=99)
    write(tmp_path / "26" / "495" / "26-495-0000.flac")
    lines = "19-198-0000 GOOD  MORNING\n19-198-0001 GOOD NIGHT\n"
    (tmp_path / "19" / "198" / "19-198.trans.txt").write_text(lines)
    corpus = scan_folder(tmp_path)
    assert corpus.name == str(tmp_path)
    assert corpus.talkers() == ("19", "26")
    assert [utterance.text for utterance in corpus.utterances] == [
        "GOOD MORNING",
        "GOOD NIGHT",
        None,
    ]
    first = corpus.utterances[0]
    assert (first.num_frames, first.sample_rate) == (99, 8000)
    assert first.words == ()


def test_librispeech_speakers_are_found_below_a_subset(tmp_path):
    write(tmp_path / "train-clean-100" / "19" / "198" / "19-198-0001.flac")
    assert scan_folder(tmp_path).talkers() == ("19",)


def test_the_first_folder_or_else_the_file_names_the_talker(tmp_path):
    for file in ("anna/01.wav", "anna/kitchen/02.wav", "ben.wav"):
        write(tmp_path / file)
    corpus = scan_folder(tmp_path)
    assert {u.file: u.talker for u in corpus.utterances} == {
        "anna/01.wav": "anna",
        "anna/kitchen/02.wav": "anna",
        "ben.wav": "ben",
    }


def test_a_text_beside_the_audio_is_its_transcript(tmp_path):
    write(tmp_path / "a.wav")
    write(tmp_path / "b.wav")
    (tmp_path / "a.txt").write_text("\ufeffGrüß  Gott\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text(" \n")
    assert [u.text for u in scan_folder(tmp_path).utterances] == ["Grüß Gott", None]


def test_takes_every_format_in_any_case_sorted_by_path(tmp_path):
    for file in ("b.OGG", "a/z.Flac", "Z.WAV", "é/ü.wav", "b.mp3.wav"):
        write(tmp_path / file, format=file.rpartition(".")[2].upper())
    (tmp_path / "notes.mp3").write_bytes(b"not taken")
    assert files(scan_folder(tmp_path)) == ["Z.WAV", "a/z.Flac", "b.OGG", "b.mp3.wav", "é/ü.wav"]


def test_hidden_files_and_links_to_folders_are_left_out(tmp_path):
    write(tmp_path / "a.wav")
    (tmp_path / "._a.wav").write_bytes(b"a resource fork")
    write(tmp_path / ".cache" / "b.wav")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert files(scan_folder(tmp_path)) == ["a.wav"]


@pytest.mark.parametrize("sample_rate", [8000, 44100])
def test_what_was_scanned_can_be_read(tmp_path, sample_rate):
    write(tmp_path / "a.wav", num_frames=1001, sample_rate=sample_rate)
    read = read_utterance(scan_folder(tmp_path), "a.wav", 16000)
    assert read.size == resampled_length(1001, sample_rate, 16000)


def test_copies_of_a_folder_hold_the_same_utterances(tmp_path):
    for place in ("one", "two"):
        write(tmp_path / place / "anna" / "1.wav")
    one, two = (scan_folder(tmp_path / place) for place in ("one", "two"))
    assert one.utterances == two.utterances


def test_refuses_what_is_not_a_folder_of_audio(tmp_path):
    with pytest.raises(SignalError, match="missing: does not exist"):
        scan_folder(tmp_path / "missing")
    with pytest.raises(SignalError, match="is not a folder"):
        scan_folder(write(tmp_path / "a.wav"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(SignalError, match=r"no audio files \(allowed: .*\.flac, \.ogg, \.wav"):
        scan_folder(tmp_path / "empty")


@pytest.mark.parametrize(
    ("value", "subtype"), [(np.nan, "FLOAT"), (np.inf, "FLOAT"), (-np.inf, "DOUBLE")]
)
def test_refuses_values_that_are_not_finite(tmp_path, value, subtype):
    samples = np.zeros(100_000)
    samples[80_000] = value
    write(tmp_path / "a.wav", samples=samples, subtype=subtype)
    with pytest.raises(SignalError, match=r"'a\.wav': holds a value that is not finite"):
        scan_folder(tmp_path)


def test_refuses_an_empty_file(tmp_path):
    write(tmp_path / "a.wav", num_frames=0)
    with pytest.raises(SignalError, match=r"'a\.wav': holds no samples"):
        scan_folder(tmp_path)


def test_refuses_an_absurd_length(tmp_path):
    path = write(tmp_path / "a.flac")
    content = bytearray(path.read_bytes())
    content[21] |= 0x0F
    content[22:26] = b"\xff" * 4
    path.write_bytes(bytes(content))
    with pytest.raises(SignalError, match=r"'a\.flac': claims 68719476735 frames, more than 24 h"):
        scan_folder(tmp_path)


def test_refuses_a_transcript_that_is_not_text(tmp_path):
    write(tmp_path / "a.wav")
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SignalError, match=r"'a\.wav': has a transcript that is not UTF-8"):
        scan_folder(tmp_path)


def test_refuses_a_name_that_is_not_text(tmp_path):
    path = write(tmp_path / "a.wav")
    try:
        path.rename(tmp_path / os.fsdecode(b"\xff.wav"))
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    with pytest.raises(SignalError, match=r"'\\udcff\.wav': has a name that is not UTF-8"):
        scan_folder(tmp_path)


def test_names_every_faulty_file_at_once(tmp_path):
    write(tmp_path / "good.wav")
    write(tmp_path / "empty.wav", num_frames=0)
    (tmp_path / "garbage.flac").write_bytes(b"garbage" * 10)
    with pytest.raises(SignalError) as caught:
        scan_folder(tmp_path)
    message = str(caught.value)
    assert "2 files cannot be used" in message
    assert "'empty.wav': holds no samples" in message
    assert "'garbage.flac': cannot be read as audio" in message
    assert "good.wav" not in message


def test_a_long_list_of_faults_is_cut_and_counted(tmp_path):
    for k in range(25):
        (tmp_path / f"{k:02d}.flac").write_bytes(b"garbage")
    with pytest.raises(SignalError, match="25 files cannot be used") as caught:
        scan_folder(tmp_path)
    message = str(caught.value)
    assert "'19.flac'" in message
    assert "'20.flac'" not in message
    assert message.endswith("and 5 more")
