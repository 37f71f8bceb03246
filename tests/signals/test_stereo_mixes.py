import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from simgen.errors import SignalError
from simgen.signals import stereo_mixes
from simgen.signals.speech import shipped_speech
from simgen.signals.stereo_mixes import (
    MIX_LENGTH,
    frozen_recipes,
    frozen_stems,
    make_stems,
    stems_digest,
)

RECIPES = frozen_recipes()


@cache
def band():
    return frozen_stems("band")


def made(kind, notes, level=0.1, gains=(1.0, 1.0)):
    return make_stems({"one": {kind: notes, "level": level, "gains": gains}})["one"]


def spectrum(signal, start, length):
    return np.abs(np.fft.rfft(signal[start : start + length] * np.hanning(length)))


def test_the_recipes_are_a_few_kilobytes():
    path = Path(stereo_mixes.__file__).with_name("stereo_mixes.json")
    assert path.stat().st_size < 12_000
    assert json.loads(path.read_text(encoding="utf-8")) == RECIPES


@pytest.mark.parametrize("name", ["band"])
def test_a_mix_is_made_as_it_was_frozen(name):
    assert stems_digest(band()) == RECIPES[name]["sha256"]


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in RECIPES if name != "band"])
def test_the_others_are_made_as_they_were_frozen(name):
    assert stems_digest(frozen_stems(name)) == RECIPES[name]["sha256"]


@pytest.mark.parametrize("name", RECIPES)
def test_a_mix_has_a_centre_hard_sides_and_ambience(name):
    stems = RECIPES[name]["stems"]
    assert [*stems][:3] == ["centre", "left", "right"]
    assert [stems[stem]["gains"] for stem in ("left", "right")] == [[1.0, 0.0], [0.0, 1.0]]
    assert stems["centre"]["gains"] == stems["ambience"]["gains"] == [1.0, 1.0]
    for stem in ("part", "other part"):
        gains = np.array(stems.get(stem, {"gains": [0.8, 0.6]})["gains"])
        assert np.linalg.norm(gains) == pytest.approx(1.0, abs=1e-4)
        assert gains.min() > 0.1


@pytest.mark.parametrize("name", RECIPES)
def test_voices_are_of_the_test_part_and_no_talker_is_twice_in_a_mix(name):
    voices = [stem["voice"] for stem in RECIPES[name]["stems"].values() if "voice" in stem]
    talkers = [{shipped_speech("test").find(file).talker for file, _ in voice} for voice in voices]
    assert all(len(each) == 1 for each in talkers)
    assert len(set.union(*talkers)) == len(talkers)


def test_stems_have_their_levels_and_fit_into_24_bits():
    stems = band()
    assert {stem.shape for stem in stems.values()} == {(2, MIX_LENGTH)}
    for name, stem in stems.items():
        recipe = RECIPES["band"]["stems"][name]
        expected = recipe["level"] * np.array(recipe["gains"])
        np.testing.assert_allclose(np.sqrt(np.mean(stem**2, axis=1)), expected, rtol=1e-4)
        assert np.all(stem * 2**23 == np.round(stem * 2**23))
    assert np.abs(sum(stems.values())).max() < 1.0
    centre = stems["centre"]
    np.testing.assert_array_equal(centre[0], centre[1])


def test_any_order_of_summing_gives_the_same_mix():
    stems = [*band().values()]
    np.testing.assert_array_equal(sum(stems), sum(stems[::-1]))


def test_ambience_of_the_sides_has_nothing_in_common_and_falls_with_frequency():
    left, right = made("ambience", [[1, 2], [3, 4]])
    assert abs(np.mean(left * right)) < 0.02 * np.mean(left**2)
    power = np.abs(np.fft.rfft(left)) ** 2
    low, high = (power[int(8 * f) : int(16 * f)].mean() for f in (1000, 4000))
    assert 10 * np.log10(low / high) == pytest.approx(6.0, abs=0.5)
    assert power[: 8 * 20].sum() < 1e-6 * power.sum()


def test_a_string_has_partials_that_die_away_sooner_the_higher_they_are():
    signal = made("plucked", [[440.0, 1000, 48000]])[0]
    assert not np.any(signal[:1000])
    assert not np.any(signal[49000:])
    early, late = (spectrum(signal, start, 9600)[88 * np.arange(1, 5)] for start in (2000, 20000))
    assert np.all(np.diff(early) < 0.0)
    assert np.all(np.diff(late / early) < 0.0)


def test_a_pipe_lasts():
    signal = made("blown", [[440.0, 0, 48000]])[0]
    early, late = (spectrum(signal, start, 9600)[88 * np.arange(1, 5)] for start in (2000, 20000))
    np.testing.assert_allclose(late, early, rtol=1e-3)
    np.testing.assert_allclose(early / early[0], 1 / np.arange(1, 5), rtol=1e-3)


def test_partials_beyond_hearing_are_left_out():
    found = spectrum(made("plucked", [[5000.0, 0, 48000]])[0], 0, 48000)
    assert found[19990:20010].max() > 100 * found[21000:].max()


def test_a_drum_is_noise_that_dies_away():
    signal = made("struck", {"key": [5, 6], "at": [[100, 4800], [MIX_LENGTH - 10, 4800]]})[0]
    energy = [np.sum(signal[start : start + 1600] ** 2) for start in (100, 1700, 3300)]
    assert energy[0] > 10 * energy[1] > 100 * energy[2] > 0.0
    assert np.any(signal[-10:])
    again = made("struck", {"key": [5, 6], "at": [[100, 4800], [MIX_LENGTH - 10, 4800]]})[0]
    np.testing.assert_array_equal(signal, again)


def test_a_voice_says_its_utterances_when_they_begin():
    file = RECIPES["band"]["stems"]["centre"]["voice"][0][0]
    signal = made("voice", [[file, 96000], [file, MIX_LENGTH - 500]])[0]
    assert not np.any(signal[:96000])
    assert np.any(signal[96000:200000])
    np.testing.assert_allclose(signal[96000:96500], signal[-500:])


def test_mixes_that_are_none_are_refused(monkeypatch):
    with pytest.raises(SignalError, match="no such mix"):
        frozen_stems("opera")
    damaged = {"band": {"sha256": "0", "stems": {"one": RECIPES["band"]["stems"]["ambience"]}}}
    monkeypatch.setattr(stereo_mixes, "frozen_recipes", lambda: damaged)
    with pytest.raises(SignalError, match="mix band is not what it was"):
        frozen_stems("band")
