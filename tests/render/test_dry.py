import hashlib
from pathlib import Path

import numpy as np
import pytest
import soundfile

from simgen.errors import SignalError
from simgen.render.dry import dry_signal
from simgen.scene.scene import Clip, NoiseSignal, Source, SpeechSignal
from simgen.signals.corpus import read_utterance
from simgen.signals.infrasound import remove_infrasound
from simgen.signals.level import active_level, speech_activity
from simgen.signals.speech import shipped_speech

RATE = 16_000


def source(signal, level_db=0.0):
    return Source(name="talker[0]", position=(1.0, 1.0, 1.0), level_db=level_db, signal=signal)


def speech(*clips, corpus="shipped"):
    clips = tuple(Clip(file=file, onset=onset, num_samples=1) for file, onset in clips)
    return SpeechSignal(corpus=corpus, talker="anyone", clips=clips)


def noise(color, key="0" * 32):
    return NoiseSignal(color=color, key=key)


def emit(signal, num_samples=RATE, level_db=0.0, base=Path()):
    return dry_signal(source(signal, level_db), RATE, num_samples, base).samples


@pytest.fixture(scope="module")
def utterance():
    return shipped_speech().utterances[0].file


@pytest.mark.parametrize("color", ["white", "pink"])
def test_noise_at_0_db_has_an_rms_of_1(color):
    dry = emit(noise(color), num_samples=10 * RATE)
    assert np.sqrt(np.mean(np.square(dry))) == pytest.approx(1.0, abs=0.01)


def test_noise_follows_its_key():
    assert emit(noise("white")).tobytes() == emit(noise("white")).tobytes()
    other = emit(noise("white", "0" * 31 + "1"))
    assert abs(np.corrcoef(emit(noise("white")), other)[0, 1]) < 0.05


@pytest.mark.parametrize("level_db", [-20.0, 0.0, 6.0])
def test_speech_has_its_active_level(utterance, level_db):
    dry = emit(speech((utterance, 0)), num_samples=3 * RATE, level_db=level_db)
    assert 20.0 * np.log10(active_level(dry, RATE)) == pytest.approx(level_db, abs=1e-6)


def test_6_02_db_doubles(utterance):
    for signal in (noise("pink"), speech((utterance, 0))):
        louder = emit(signal, level_db=20.0 * np.log10(2.0))
        assert louder == pytest.approx(2.0 * emit(signal), rel=1e-12)


@pytest.mark.parametrize("level_db", [-40.0, 0.0])
def test_activity_is_that_of_the_emitted_signal_at_any_level(utterance, level_db):
    for signal in (noise("white"), speech((utterance, 4000))):
        dry = dry_signal(source(signal, level_db), RATE, 3 * RATE, Path())
        expected = speech_activity(dry.samples, RATE, hangover=0.0)
        assert expected.any()
        assert np.array_equal(dry.active, expected)


def test_clips_lie_where_they_begin_and_overlap(utterance):
    samples = read_utterance(shipped_speech(), utterance, RATE)
    length = len(samples) + 5000
    dry = emit(speech((utterance, 100), (utterance, 3000)), num_samples=length)
    expected = np.zeros(length)
    expected[100 : 100 + len(samples)] += samples
    expected[3000 : 3000 + len(samples)] += samples
    expected = remove_infrasound(expected, RATE)
    scale = np.sqrt(np.sum(np.square(dry)) / np.sum(np.square(expected)))
    assert dry == pytest.approx(scale * expected, abs=1e-12)


def test_clips_are_cut_at_the_end(utterance):
    samples = read_utterance(shipped_speech(), utterance, RATE)
    dry = emit(speech((utterance, 7000)), num_samples=12_000)
    expected = np.zeros(12_000)
    expected[7000:] = samples[:5000]
    expected = remove_infrasound(expected, RATE)
    scale = np.sqrt(np.sum(np.square(dry)) / np.sum(np.square(expected)))
    assert dry == pytest.approx(scale * expected, abs=1e-12)


def test_a_drifting_recording_loses_its_drift(tmp_path):
    time = np.arange(4 * RATE) / RATE
    tone = 0.1 * np.sin(2.0 * np.pi * 440.0 * time)
    soundfile.write(tmp_path / "drift.wav", tone + 0.5 * np.cos(np.pi * time), RATE, "FLOAT")
    soundfile.write(tmp_path / "tone.wav", tone, RATE, "FLOAT")
    drift, clean = (
        emit(speech((file, 0), corpus=str(tmp_path)), num_samples=4 * RATE)
        for file in ("drift.wav", "tone.wav")
    )
    middle = slice(RATE, 3 * RATE)
    assert drift[middle] == pytest.approx(clean[middle], abs=0.02)


@pytest.mark.parametrize("onset", [8000, 8001, 100_000])
def test_a_clip_after_the_end_is_not_heard(utterance, onset):
    assert not emit(speech((utterance, onset)), num_samples=8000).any()


def test_no_clips_are_silence_at_any_level():
    dry = dry_signal(source(speech(), 60.0), RATE, RATE, Path())
    assert not dry.samples.any()
    assert not dry.active.any()


@pytest.mark.parametrize("file", ["nobody/none.flac", "../../../etc/hostname", "/etc/hostname"])
def test_a_file_that_the_corpus_does_not_list_is_refused(file):
    with pytest.raises(SignalError, match="lists no such file") as caught:
        emit(speech((file, 0)))
    assert caught.value.where == file


def test_speech_from_a_folder_beside_the_scene_file(tmp_path):
    (tmp_path / "voices" / "ann").mkdir(parents=True)
    tone = 0.1 * np.sin(2.0 * np.pi * 440.0 * np.arange(RATE) / RATE)
    soundfile.write(tmp_path / "voices" / "ann" / "a.wav", tone, RATE, subtype="PCM_24")
    dry = emit(speech(("ann/a.wav", 0), corpus="voices"), base=tmp_path)
    assert np.corrcoef(dry, tone)[0, 1] > 0.999
    with pytest.raises(SignalError):
        emit(speech(("ann/b.wav", 0), corpus="voices"), base=tmp_path)
    with pytest.raises(SignalError):
        emit(speech(("ann/a.wav", 0), corpus="nowhere"), base=tmp_path)


def test_a_damaged_file_is_named(tmp_path):
    (tmp_path / "voices" / "ann").mkdir(parents=True)
    path = tmp_path / "voices" / "ann" / "a.wav"
    soundfile.write(path, np.full(RATE, 0.1), RATE)
    emit(speech(("ann/a.wav", 0), corpus="voices"), base=tmp_path)
    path.write_bytes(b"RIFF no more")
    with pytest.raises(SignalError, match=r"a\.wav"):
        emit(speech(("ann/a.wav", 0), corpus="voices"), base=tmp_path)


# Recordings that must be the very ones


def test_a_recording_is_the_very_one_or_is_refused(tmp_path):
    file = tmp_path / "anna.wav"
    soundfile.write(file, 0.1 * np.ones(RATE), RATE, "PCM_16")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    clip = Clip(file="anna.wav", onset=0, num_samples=RATE, sha256=digest)
    plain = speech(("anna.wav", 0), corpus=".")
    sure = plain.model_copy(update={"clips": (clip,)})
    assert np.array_equal(emit(sure, base=tmp_path), emit(plain, base=tmp_path))
    soundfile.write(file, 0.2 * np.ones(RATE), RATE, "PCM_16")
    emit(plain, base=tmp_path)
    with pytest.raises(SignalError, match=r"anna\.wav: is not the recording") as caught:
        emit(sure, base=tmp_path)
    assert caught.value.allowed == digest


def test_a_clip_without_a_digest_does_not_mention_it():
    assert "sha256" not in Clip(file="anna.wav", onset=0, num_samples=1).to_json()
