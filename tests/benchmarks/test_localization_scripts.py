"""The scripts that made the localisation track still make it."""

import importlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from simgen.benchmark.suite import load_split, load_track

FOLDER = Path(__file__).parents[2] / "benchmarks" / "localization"
SPLITS = [split for split in load_track("localization").splits if split != "real-talkers"]


@pytest.fixture
def script(monkeypatch):
    """Import a script of the track."""
    monkeypatch.syspath_prepend(str(FOLDER))
    yield importlib.import_module
    for name in ("freeze", "prepare_prompts"):
        sys.modules.pop(name, None)


@pytest.mark.slow
@pytest.mark.parametrize("split", SPLITS)
def test_freezing_again_gives_the_frozen_scenes(script, split):
    freeze = script("freeze")
    scenes = freeze.draw_mini() if split == "mini" else freeze.draw_split(split)
    lines = "".join(scene.to_json() + "\n" for scene in scenes).encode()
    assert lines == load_split(f"localization/{split}").lines


@pytest.fixture
def sounds(tmp_path):
    """Prompts as the packages install them: some long enough, some not, some nobody says."""
    packages = ("en_US_f_Allison", "es_MX_f_Allison", "fr_CA_f_June", "it_IT_m_Carlo")
    for package in (*packages, "ru_RU_f_IvrvoiceRU"):
        folder = tmp_path / "sounds" / package
        (folder / "silence").mkdir(parents=True)
        (folder / "digits").mkdir()
        for name, seconds in {
            "hello": 3,
            "digits/1": 0.4,
            "digits/million": 2,
            "list": 10,
            "silence/3": 3,
            "tt-monkeys": 5,
        }.items():
            soundfile.write(folder / f"{name}.wav", np.zeros(round(8000 * seconds)), 8000)
    return tmp_path / "sounds"


def test_prompts_that_are_long_enough_are_copied_by_talker(script, sounds, tmp_path):
    assert script("prepare_prompts").prepare(tmp_path / "prompts", sounds) == 10
    found = sorted(
        path.relative_to(tmp_path / "prompts").as_posix()
        for path in (tmp_path / "prompts").rglob("*.wav")
    )
    talkers = ("allison/en", "allison/es", "carlo", "june", "maxim")
    assert found == sorted(
        f"{talker}/{name}.wav" for talker in talkers for name in ("hello", "digits/million")
    )
    original = (sounds / "it_IT_m_Carlo" / "hello.wav").read_bytes()
    assert (tmp_path / "prompts" / "carlo" / "hello.wav").read_bytes() == original


@pytest.mark.parametrize("words", [[], ["a", "b", "c"]])
def test_the_script_says_how_to_use_it(words):
    done = subprocess.run(
        [sys.executable, FOLDER / "prepare_prompts.py", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "usage: prepare_prompts.py FOLDER [SOUNDS]\n"


def test_packages_that_are_not_there_are_named(sounds, tmp_path):
    (sounds / "fr_CA_f_June").rename(sounds / "elsewhere")
    done = subprocess.run(
        [sys.executable, FOLDER / "prepare_prompts.py", tmp_path / "prompts", sounds],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "fr_CA_f_June does not exist; install the packages" in done.stderr
