"""The timing harness: that it runs and tells what it measured, not how fast anything is."""

import json
import math
import subprocess
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from benchmarks.speed import ears, rounds
from benchmarks.speed.error import THIRDS, error_db, exact_responses, num_images
from benchmarks.speed.peers import (
    Engine,
    pyroomacoustics,
    pyroomacoustics_responses,
    pyroomacoustics_spared,
    simgen_broadband,
)
from benchmarks.speed.rounds import in_turn
from benchmarks.speed.scenes import SCENE_FILE, T60, draw, pyroomacoustics_scene
from benchmarks.speed.table import ratios, results_table
from benchmarks.speed.work import (
    ARRAY_CENTER,
    BAND_CENTERS,
    EARS_T60,
    SIZE,
    SOURCES,
    Work,
    banded_work,
    broadband_work,
    least_order,
)
from simgen.acoustics.bands import octave_bands
from simgen.acoustics.reverberation import sabine_t60_bands
from simgen.render.render import render
from simgen.scene.geometry import decay_time
from tests.references.image_sources import image_sources

ROOT = Path(__file__).parents[2]

NOTE = "one thread"

MEASURED = {
    "rows": [
        {"work": "walls", "engine": "absent", "missing": "not installed: pip install absent"},
        {
            "work": "walls",
            "engine": "simgen",
            "t60_s": 0.2,
            "seconds": [0.1, 0.2, 0.1],
            "ns_per_image": 2.52,
        },
        {
            "work": "walls",
            "engine": "slow",
            "t60_s": 0.2,
            "seconds": [2.0, 3.0, 1.0],
            "ns_per_image": 50.4,
            "note": NOTE,
        },
        {"work": "walls", "engine": "simgen", "t60_s": 0.4, "seconds": [1.0, 1.0, 1.0]},
        {"work": "walls", "engine": "slow", "t60_s": 0.4, "seconds": [1.5, 0.5, 2.0], "note": NOTE},
        {"work": "alone", "engine": "simgen", "t60_s": 0.4, "seconds": [1.0, 3.0, 2.0]},
    ],
    "errors": [
        {"engine": "simgen", "t60_s": 0.2, "error_db": -90.1, "thirds_db": {"below 2 kHz": -88.0}},
        {"engine": "absent", "t60_s": 0.2, "missing": "not installed: pip install absent"},
    ],
}

TABLE = """\
| Work | T60 (s) | simgen (s) | Peer | Peer (s) | Peer / simgen: median (least to most) \
| ns per image: simgen | peer |
| :-- | --: | --: | :-- | --: | --: | --: | --: |
| walls | | | absent | not installed: pip install absent | | | |
| walls | 0.2 | 0.1 | slow | 2 | **15** (10 to 20) | 2.5 | 50 |
| walls | 0.4 | 1 | slow | 1.5 | **1.50** (0.50 to 2.00) | | |
| alone | 0.4 | 2 | | | | | |

* walls; slow: one thread.

| Engine | T60 (s) | Error against the exact sum (dB) | below 2 kHz |
| :-- | --: | --: | --: |
| simgen | 0.2 | -90.1 | -88.0 |
| absent | 0.2 | not installed: pip install absent | |
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


def test_contenders_take_turns_and_short_work_is_repeated(monkeypatch) -> None:
    clock, calls = [0.0], []

    def run(name: str, seconds: float) -> None:
        calls.append(name)
        clock[0] += seconds

    monkeypatch.setattr(rounds, "time", SimpleNamespace(perf_counter=lambda: clock[0]))
    long = rounds.SHORTEST_TURN
    contenders = {"a": partial(run, "a", long), "b": partial(run, "b", long / 4.0)}
    assert in_turn(contenders, 3) == {"a": [long] * 3, "b": [pytest.approx(long / 4.0)] * 3}
    assert "".join(calls) == 3 * "abbbb"


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


def test_the_error_of_a_third_is_of_that_third_alone() -> None:
    exact = exact_responses(one_pair())
    low = np.fft.rfft(exact, 800)
    low[..., np.fft.rfftfreq(800, 1.0 / 16_000) > 2500.0] = 0.0
    wrong = exact + 0.01 * np.fft.irfft(low, 800)[..., :400]
    below, between, above = (error_db(wrong, exact, 16_000, x) for x in THIRDS.values())
    assert below == pytest.approx(-40.0, abs=0.5)
    assert between < -45.0
    assert above < -80.0


def test_the_order_misses_no_image_and_is_the_least_that_does_not() -> None:
    radius = 40.0
    rng = np.random.default_rng(0)
    for _ in range(10):
        source, microphone = rng.uniform(0.0, SIZE, (2, 3))
        walls, distance = lattice(source, microphone)
        most = walls[distance <= radius].max()
        assert least_order(SIZE, source[None], microphone[None], radius) == most


def lattice(source: np.ndarray, microphone: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return walls met by, and distance of, the images some tens of rooms around."""
    rooms = np.arange(-50, 51)
    x, y, z = np.meshgrid(
        *(
            rooms * side + np.where(rooms % 2 == 1, side - s, s) - m
            for side, s, m in zip(SIZE, source, microphone, strict=True)
        ),
        indexing="ij",
        sparse=True,
    )
    walls = np.abs(rooms)
    return walls[:, None, None] + walls[:, None] + walls, np.sqrt(x * x + y * y + z * z)


def test_inverse_sabine_misses_so_many_images_of_the_scene() -> None:
    scene = draw(0)
    time, speed = decay_time(scene.room), scene.room.speed_of_sound
    _, order = pyroomacoustics().inverse_sabine(time, scene.room.size, c=speed)
    walls, distance = lattice(scene.source_positions()[0], np.array(ARRAY_CENTER))
    within = distance <= time * speed
    assert np.mean(walls[within] > order) == pytest.approx(0.03, abs=0.005)


def test_sparing_pyroomacoustics_late_images_changes_nothing_within() -> None:
    work = one_pair(num_samples=600)
    documented, spared = pyroomacoustics_responses(work), pyroomacoustics_spared(work)
    assert documented.shape == spared.shape == work.shape
    # The filters of images that arrive after the end begin before it.
    np.testing.assert_allclose(documented[..., :540], spared[..., :540], atol=1e-6)


def test_images_up_to_an_order_are_counted() -> None:
    n = range(-ears.MAX_ORDER, ears.MAX_ORDER + 1)
    octahedron = sum(abs(i) + abs(j) + abs(k) <= ears.MAX_ORDER for i in n for j in n for k in n)
    assert ears.num_images(broadband_work(0.2)) == octahedron * len(SOURCES) * 2


def test_the_last_image_of_the_order_arrives() -> None:
    work = broadband_work(0.2)
    heard = ears.num_samples(work) / work.sample_rate * work.speed_of_sound
    assert heard > (ears.MAX_ORDER + 1) * max(SIZE)


def two_ears() -> np.ndarray:
    ears_heard = np.zeros((1, 2, 4000))
    ears_heard[..., 20] = 1.0
    ears_heard[..., 20:] += 0.01 * np.exp(-np.arange(3980) / 300.0)
    return ears_heard


def test_ears_that_differ_in_delay_and_level_alone_are_the_same() -> None:
    later = 3.0 * np.roll(two_ears(), 7, axis=-1)
    difference = ears.ear_difference(two_ears(), later, 16_000)
    assert list(difference.values()) == pytest.approx([0.0, 0.0, 0.0], abs=0.01)


def test_ears_that_differ_say_by_how_much() -> None:
    other = two_ears()
    other[0, 0] = 2.0 * np.roll(other[0, 0], 2)
    difference = ears.ear_difference(two_ears(), other, 16_000)
    assert difference["itd_us"] == pytest.approx(125.0, abs=5.0)
    assert difference["ild_db"] == pytest.approx(6.02, abs=0.1)


@pytest.mark.slow
@pytest.mark.skipif(ears.missing() != "", reason=ears.missing())
def test_both_engines_let_a_measured_head_hear_alike() -> None:
    work = broadband_work(EARS_T60)
    difference = ears.ear_difference(
        ears.SimgenEars(ARRAY_CENTER)(work),
        ears.PyroomacousticsEars(ARRAY_CENTER, work.sample_rate)(work),
        work.sample_rate,
    )
    assert difference["itd_us"] < 30.0
    assert difference["ild_db"] < 1.5
    assert difference["decay_db"] < 1.0


def test_the_whole_scene_is_in_the_same_room() -> None:
    scene, work = draw(0), broadband_work(T60)
    room = scene.room
    assert SCENE_FILE.is_file()
    assert room.size == work.size
    bands = sabine_t60_bands(room.size, room.absorption, room.speed_of_sound)
    assert len(bands) == len(room.air_absorption) == len(BAND_CENTERS)
    np.testing.assert_allclose(bands, T60, rtol=0.04)
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
        if "images" in row:
            nanoseconds = row["seconds"][0] / row["images"] * 1e9
            assert row["ns_per_image"] == pytest.approx(nanoseconds, abs=0.01)
    measured = {(row["work"], row["engine"]) for row in results["rows"] if not row.get("missing")}
    assert measured >= {
        ("broadband walls", "simgen"),
        ("octave bands and air", "simgen"),
        ("whole scene on disk", "simgen"),
        ("simgen render, two jobs against one", "2 jobs"),
        ("simgen render, two jobs against one", "1 job"),
        ("five drivers, two ears, 2 poses", "simgen"),
        ("simgen bench score, crosstalk/mini", "simgen"),
    }
    assert {row["engine"] for row in results["errors"]} >= {"simgen"}
    assert results["environment"]["OMP_NUM_THREADS"] == "1"
    assert "cpu" in results["machine"]
    assert set(results["versions"]) >= {"python", "numpy", "simgen"}
