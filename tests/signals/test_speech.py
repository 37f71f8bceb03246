import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from simgen.errors import ParameterError
from simgen.signals import speech
from simgen.signals.corpus import read_utterance
from simgen.signals.speech import make_speech, shipped_speech

FOLDER = Path(speech.__file__).parent
INDEX = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))
PARTS = ("train", "dev", "test")


def spoken(text):
    return [word.strip(",.?!").lower() for word in text.split()]


def require_program(program, version):
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    shown = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    if version not in shown.stdout + shown.stderr:
        pytest.skip(f"{program} is not the version that made the corpus")


def test_size_is_as_promised():
    corpus = shipped_speech()
    minutes = sum(utterance.num_frames for utterance in corpus.utterances) / 16000 / 60
    assert corpus.name == "shipped"
    assert 13 < minutes < 17
    assert len(corpus.talkers()) >= 16
    assert sum(path.stat().st_size for path in FOLDER.rglob("*.flac")) < 15e6


def test_parts_share_neither_talker_nor_sentence():
    for items in ("talkers", "texts"):
        sets = [
            {u.talker if items == "talkers" else u.text for u in shipped_speech(part).utterances}
            for part in PARTS
        ]
        assert sum(map(len, sets)) == len(set.union(*sets))
    assert sum(len(shipped_speech(part).utterances) for part in PARTS) == len(
        shipped_speech().utterances
    )


def test_every_part_has_both_registers_and_both_synthesisers():
    for part in PARTS:
        talkers = [INDEX["talkers"][name] for name in shipped_speech(part).talkers()]
        assert {talker["register"] for talker in talkers} == {"female", "male"}
        assert {talker["synthesiser"] for talker in talkers} == {"flite", "espeak-ng"}
        assert {talker["part"] for talker in talkers} == {part}


def test_no_voice_variant_speaks_in_two_talkers():
    voices = [talker["voice"].rpartition("+")[2] for talker in INDEX["talkers"].values()]
    assert len(set(voices)) == len(voices)


def test_every_sentence_is_read_and_is_short():
    written = [text for part in make_speech.read_sentences().values() for text in part.values()]
    assert len(written) == len(set(written)) >= 150
    assert {utterance.text for utterance in shipped_speech().utterances} == set(written)
    assert all(3 <= len(text.split()) <= 12 for text in written)


def test_files_are_those_of_the_index():
    catalogued = {utterance.file: utterance.sha256 for utterance in shipped_speech().utterances}
    found = {
        path.relative_to(FOLDER).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in FOLDER.rglob("*.flac")
    }
    assert found == catalogued


def test_files_are_flac_of_one_channel_at_16_khz():
    for utterance in shipped_speech().utterances:
        info = soundfile.info(FOLDER / utterance.file)
        assert (info.format, info.subtype, info.channels) == ("FLAC", "PCM_16", 1)
        assert (info.samplerate, info.frames) == (utterance.sample_rate, utterance.num_frames)


def test_words_are_those_of_the_text_in_order_within_the_file():
    for utterance in shipped_speech().utterances:
        assert [word.text.lower() for word in utterance.words] == spoken(utterance.text)
        borders = [time for word in utterance.words for time in (word.start, word.end)]
        assert borders == sorted(borders)
        assert all(word.end - word.start > 0.02 for word in utterance.words)
        assert borders[0] == pytest.approx(0.05, abs=1e-4)
        assert borders[-1] == pytest.approx(utterance.num_frames / 16000 - 0.1, abs=2e-4)


def test_energy_lies_within_the_words():
    corpus = shipped_speech()
    for utterance in corpus.utterances:
        samples = read_utterance(corpus, utterance.file, 16000)
        assert np.max(np.abs(samples)) < 0.999
        begin, end = (round(t * 16000) for t in (utterance.words[0].start, utterance.words[-1].end))
        assert np.sum(samples[begin:end] ** 2) > 0.99 * np.sum(samples**2)


def test_pauses_between_words_are_quiet():
    """Where a gap of 0.1 s lies between two words, it holds little of the energy."""
    corpus = shipped_speech()
    ratios = []
    for utterance in corpus.utterances:
        samples = read_utterance(corpus, utterance.file, 16000)
        for word, following in zip(utterance.words, utterance.words[1:], strict=False):
            if following.start - word.end > 0.1:
                pause = samples[
                    round(word.end * 16000) + 400 : round(following.start * 16000) - 400
                ]
                ratios.append(np.mean(pause**2) / np.mean(samples**2))
    assert len(ratios) > 10
    assert np.median(ratios) < 1e-2


def test_a_part_is_read_once_and_unknown_parts_are_refused():
    assert shipped_speech("dev") is shipped_speech("dev")
    with pytest.raises(ParameterError, match=r"got 'valid' \(allowed: any, train, dev, test\)"):
        shipped_speech("valid")


def test_index_is_as_the_script_formats_it():
    text = (FOLDER / "index.json").read_text(encoding="utf-8")
    assert make_speech.format_index(INDEX["utterances"]) == text


def test_documents_tell_the_truth_about_the_size():
    corpus = shipped_speech()
    minutes = sum(utterance.num_frames for utterance in corpus.utterances) / 16000 / 60
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    count = f"{len(corpus.utterances)} utterances, {minutes:.1f} minutes"
    assert f"{count}, by {len(corpus.talkers())} synthetic talkers" in readme
    assert "Flite" in (FOLDER / "LICENSE").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.debian
@pytest.mark.parametrize("name", ["flite-slt", "flite-kal16", "espeak-en-gb-x-rp-linda"])
def test_making_an_utterance_again_gives_the_same_words_and_samples(name):
    require_program(*(("flite", "flite-2.2") if "flite" in name else ("espeak-ng", "1.51")))
    talker = next(talker for talker in make_speech.TALKERS if talker.name == name)
    utterance = shipped_speech().of(name)[0]
    reading = make_speech.read_aloud(talker, utterance.text)
    shipped, _ = soundfile.read(FOLDER / utterance.file, dtype="int16")
    assert np.array_equal(reading.samples, shipped)
    assert [tuple(vars(word).values()) for word in utterance.words] == list(reading.words)
