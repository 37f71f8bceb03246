"""The timing harness: that it runs and tells what it measured, not how fast anything is."""

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from benchmarks.speed.error import error_db, exact_responses, num_images
from benchmarks.speed.peers import Engine, simgen_broadband
from benchmarks.speed.rounds import in_turn
from benchmarks.speed.scenes import SCENE_FILE, T60, draw, pyroomacoustics_scene
from benchmarks.speed.table import ratios, results_table
from benchmarks.speed.work import BAND_CENTERS, SOURCES, Work, banded_work, broadband_work
from simgen.acoustics.bands import octave_bands
from simgen.render.render import render
from tests.references.image_sources import image_sources

ROOT = Path(__file__).parents[2]

NOTE = "one thread"

MEASURED = {
    "rows": [
        {"work": "walls", "engine": "absent", "missing": "not installed: pip install absent"},
        {"work": "walls", "engine": "ours", "t60_s": 0.2, "seconds": [0.1, 0.2, 0.1]},
        {"work": "walls", "engine": "slow", "t60_s": 0.2, "seconds": [2.0, 3.0, 1.0], "note": NOTE},
        {"work": "walls", "engine": "ours", "t60_s": 0.4, "seconds": [1.0, 1.0, 1.0]},
        {"work": "walls", "engine": "slow", "t60_s": 0.4, "seconds": [1.5, 0.5, 2.0], "note": NOTE},
        {"work": "alone", "engine": "ours", "t60_s": 0.4, "seconds": [1.0, 3.0, 2.0]},
    ],
    "errors": [
        {"engine": "ours", "t60_s": 0.2, "error_db": -90.1},
        {"engine": "absent", "t60_s": 0.2, "missing": "not installed: pip install absent"},
    ],
}

TABLE = """\
| Work | T60 (s) | Ours | Median (s) | Peer | Median (s) | Peer / ours: median | least | most |
| :-- | --: | :-- | --: | :-- | --: | --: | --: | --: |
| walls | | | | absent | not installed: pip install absent | | | |
| walls | 0.2 | ours | 0.1 | slow | 2 | **15** | 10 | 20 |
| walls | 0.4 | ours | 1 | slow | 1.5 | **1.50** | 0.50 | 2.00 |
| alone | 0.4 | ours | 2 | | | | | |

* walls, slow: one thread.

| Engine | T60 (s) | Error against the exact sum (dB) |
| :-- | --: | --: |
| ours | 0.2 | -90.1 |
| absent | 0.2 | not installed: pip install absent |
"""


def run(*options: str) -> str:
    command = [sys.executable, "-m", "benchmarks.speed", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def one_pair(absorption: float = 0.5, num_samples: int = 400) -> Work:
    return Work(
        absorption=(absorption,),
        air_absorption=(0.0,),
        sources=np.array([[1.0, 1.2, 1.4]]),
        microphones=np.array([[3.0, 2.2, 1.4]]),
        num_samples=num_samples,
    )


def test_the_table_of_fixed_results() -> None:
    assert results_table(MEASURED) == TABLE


def test_ratios_are_those_of_the_same_round() -> None:
    assert ratios({"seconds": [1.0, 4.0]}, {"seconds": [3.0, 2.0]}) == [3.0, 0.5]


def test_ratios_of_different_rounds_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        ratios({"seconds": [1.0]}, {"seconds": [3.0, 2.0]})


def test_the_table_is_printed_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    file.write_text(json.dumps(MEASURED), encoding="utf-8")
    assert run("--table", str(file)) == TABLE


def test_contenders_take_turns() -> None:
    calls: list[str] = []
    contenders = {name: lambda name=name: calls.append(name) for name in "ab"}
    seconds = in_turn(contenders, 3)
    assert "".join(calls) == "ababab"
    assert [len(values) for values in seconds.values()] == [3, 3]


def test_a_peer_that_is_not_there_says_what_to_install() -> None:
    assert Engine("this", len, "benchmarks.speed", "this").missing == ""
    absent = Engine("absent", len, "no_such_module", "no-such-package")
    assert absent.missing == "not installed: pip install no-such-package"


def test_images_of_full_absorption_but_the_first_are_silent() -> None:
    work = one_pair(absorption=1.0)
    distance = math.sqrt(5.0)
    spectrum = np.fft.rfft(exact_responses(work)[0, 0], 4096)
    frequency = np.fft.rfftfreq(4096, 1.0 / work.sample_rate)
    expected = np.exp(-2j * np.pi * frequency * distance / work.speed_of_sound)
    band = (frequency > 50.0) & (frequency < 7000.0)
    amplitude = 4.0 * np.pi * distance
    assert np.max(np.abs(spectrum * amplitude - expected)[band]) < 1e-3


def test_images_are_those_of_the_slow_reference() -> None:
    work = one_pair()
    (source,), (microphone,) = work.sources, work.microphones
    slow = image_sources(work.size, work.absorption * 6, source, microphone, work.radius)
    assert num_images(work) == len(slow)


def test_the_error_is_relative_and_nothing_counts_outside_the_band() -> None:
    exact = exact_responses(one_pair())
    assert error_db(1.001 * exact, exact, 16_000) == pytest.approx(-60.0, abs=1e-6)
    alternating = 1e-4 * (-1.0) ** np.arange(exact.shape[-1]) * np.hanning(exact.shape[-1])
    assert error_db(exact + alternating, exact, 16_000) < -110.0


def test_where_a_response_is_cut_is_no_error() -> None:
    exact = exact_responses(one_pair())
    assert error_db(exact + np.eye(400)[-1], exact, 16_000) < -200.0


def test_simgen_is_near_the_exact_sum() -> None:
    work = one_pair()
    assert error_db(simgen_broadband(work), exact_responses(work), 16_000) < -75.0


def test_the_bands_are_those_of_the_engine() -> None:
    work = banded_work(0.2)
    assert octave_bands(work.sample_rate).tolist() == list(BAND_CENTERS)
    assert len(work.absorption) == len(work.air_absorption) == len(BAND_CENTERS)
    assert max(work.absorption) < 1.0


def test_the_whole_scene_is_in_the_same_room() -> None:
    scene, work = draw(0), broadband_work(T60)
    assert SCENE_FILE.is_file()
    assert scene.room.size == work.size
    assert scene.room.t60 == T60
    assert scene.source_positions().tolist() == [list(source) for source in SOURCES]
    assert scene.num_samples == 4 * work.sample_rate


@pytest.mark.slow
def test_the_plain_script_renders_the_same_scene(tmp_path: Path) -> None:
    scene = draw(0)
    pyroomacoustics_scene(scene, tmp_path)
    script, _ = soundfile.read(tmp_path / "scene.wav")
    ours = render(scene).signals["table"]
    assert script.T.shape == ours.shape
    for channel, peer in zip(ours, script.T, strict=True):
        assert np.corrcoef(channel, peer)[0, 1] > 0.99
    assert len(json.loads((tmp_path / "scene.json").read_text(encoding="utf-8"))) == 4


@pytest.mark.slow
def test_a_quick_run_measures_every_row(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    printed = run("--quick", "--rounds", "1", "--scenes", "2", "--out", str(file))
    results = json.loads(file.read_text(encoding="utf-8"))
    assert results_table(results) == printed
    for row in results["rows"]:
        assert row.get("missing") or (len(row["seconds"]) == 1 and row["seconds"][0] > 0.0)
    measured = {(row["work"], row["engine"]) for row in results["rows"] if not row.get("missing")}
    assert measured >= {
        ("broadband walls", "simgen"),
        ("octave bands and air", "simgen"),
        ("whole scene on disk", "simgen"),
        ("simgen render, two jobs", "2 jobs"),
        ("simgen render, two jobs", "1 job"),
    }
    assert {row["engine"] for row in results["errors"]} >= {"simgen"}
    assert "cpu" in results["machine"]
    assert set(results["versions"]) >= {"python", "numpy", "simgen"}
