"""Take turns: every contender once per round, so that a busy machine is unfair to none."""

import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.speed import ears, loudspeakers, scenes
from benchmarks.speed.error import THIRDS, error_db, exact_responses, num_images
from benchmarks.speed.peers import BANDED, BROADBAND, CHECKED, Engine
from benchmarks.speed.work import ARRAY_CENTER, Work, banded_work, broadband_work

__all__ = [
    "in_turn",
    "measure_ears",
    "measure_errors",
    "measure_jobs",
    "measure_loudspeakers",
    "measure_responses",
    "measure_scenes",
]

Row = dict[str, Any]

SHORTEST_TURN = 0.25
"""Least time in s of a contender's turn; the mean counts, as in Python's own timeit."""

BROADBAND_WALLS = "broadband walls"
OCTAVE_BANDS = "octave bands and air"
MEASURED_EARS = f"ears of a measured head, order {ears.MAX_ORDER}"
WHOLE_SCENE = "whole scene on disk"
TWO_JOBS = "simgen render, two jobs against one"

SCENE_NOTES = {
    "pyroomacoustics": "the same banded walls and air, the least order that misses no image "
    "within the reverberation time; labels are directions and distances alone",
    "pyroomacoustics, inverse_sabine": "likewise, with the order of inverse_sabine, which misses "
    "3 % of the images within the reverberation time",
}


def in_turn(contenders: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Time every contender once per round.

    Returns
    -------
    Seconds of each, by round.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            seconds[name].append(_mean_time(run))
    return seconds


def _mean_time(run: Callable[[], object]) -> float:
    """Return how long something takes in s; what is short is repeated for a turn's length.

    Else it would be charged for filling the caches that the contender before it emptied.
    """
    started, passed, times = time.perf_counter(), 0.0, 0
    while passed < SHORTEST_TURN:
        run()
        times, passed = times + 1, time.perf_counter() - started
    return passed / times


def measure_responses(t60s: tuple[float, ...], rounds: int) -> list[Row]:
    """Time responses alone, for broadband walls and by octave bands."""
    rows: list[Row] = []
    for name, engines, make_work in (
        (BROADBAND_WALLS, BROADBAND, broadband_work),
        (OCTAVE_BANDS, BANDED, banded_work),
    ):
        rows += [
            _row(name, engine.name, missing=engine.missing) for engine in engines if engine.missing
        ]
        able = [engine for engine in engines if not engine.missing]
        for engine in able:
            _require_shape(engine, make_work(t60s[0]))
        for t60 in t60s:
            rows += _measure_work(name, able, make_work(t60), t60, rounds)
    return rows


def _measure_work(
    name: str, engines: list[Engine], work: Work, t60: float, rounds: int
) -> list[Row]:
    """Time the engines on the same work."""
    able = [engine for engine in engines if t60 <= engine.longest_t60]
    seconds = in_turn({one.name: partial(one.responses, work) for one in able}, rounds)
    images = num_images(work)
    return [
        _row(name, one.name, t60_s=t60, **_timing(seconds[one.name], images), note=one.note)
        for one in able
    ]


def measure_ears(t60: float, rounds: int) -> list[Row]:
    """Time the responses to both ears of a measured head."""
    if absent := ears.missing():
        return [_row(MEASURED_EARS, "pyroomacoustics", missing=absent)]
    work = broadband_work(t60)
    engines = {
        "simgen": ears.SimgenEars(ARRAY_CENTER),
        "pyroomacoustics": ears.PyroomacousticsEars(ARRAY_CENTER, work.sample_rate),
    }
    differences = ears.ear_difference(*(one(work) for one in engines.values()), work.sample_rate)
    seconds = in_turn({name: partial(one, work) for name, one in engines.items()}, rounds)
    images = ears.num_images(work)
    note = (
        "one thread, the same SOFA file and nearest directions, read and resampled before; "
        f"direct sounds differ by up to {differences['itd_us']} us and "
        f"{differences['ild_db']} dB between the ears, decays by up to {differences['decay_db']} dB"
    )
    rows = [
        _row(MEASURED_EARS, name, t60_s=t60, **_timing(seconds[name], images)) for name in engines
    ]
    rows[1] |= {"note": note, "differences": differences}
    return rows


def measure_scenes(rounds: int) -> list[Row]:
    """Time a whole scene in one process with one thread."""
    contenders: dict[str, Callable[..., None]] = {"simgen": scenes.simgen_scene}
    rows = []
    (peer,) = (engine for engine in BROADBAND if engine.name == "pyroomacoustics")
    if peer.missing:
        rows.append(_row(WHOLE_SCENE, peer.name, missing=peer.missing))
    else:
        contenders["pyroomacoustics"] = scenes.pyroomacoustics_scene
        contenders["pyroomacoustics, inverse_sabine"] = (
            scenes.pyroomacoustics_scene_of_inverse_sabine
        )
    with TemporaryDirectory() as folder:
        runs = {
            name: lambda r=run: r(scenes.draw(0), Path(folder)) for name, run in contenders.items()
        }
        in_turn(runs, 1)  # warm up: compile, import, read the corpus's index
        seconds = in_turn(runs, rounds)
    rows += [
        _row(
            WHOLE_SCENE,
            name,
            t60_s=scenes.T60,
            seconds=seconds[name],
            note=SCENE_NOTES.get(name, ""),
        )
        for name in contenders
    ]
    return rows


def measure_jobs(num_scenes: int, rounds: int) -> list[Row]:
    """Time ``simgen render`` with one and two worker processes, start-up included."""
    with TemporaryDirectory() as folder:
        tries = iter(range(10**6))
        runs = {
            name: lambda j=jobs: scenes.render_with_jobs(j, num_scenes, _new(folder, tries))
            for name, jobs in (("2 jobs", 2), ("1 job", 1))
        }
        seconds = in_turn(runs, rounds)
    notes = {"1 job": f"{num_scenes} scenes by the command line, start-up included"}
    return [
        _row(
            TWO_JOBS,
            name,
            t60_s=scenes.T60,
            seconds=seconds[name],
            scenes=num_scenes,
            note=notes.get(name, ""),
        )
        for name in runs
    ]


def measure_loudspeakers(split: str, rounds: int, *, poses: int | None = None) -> list[Row]:
    """Time ear responses in one process with one thread, and the scoring of a submission."""
    loudspeakers.ear_responses(loudspeakers.draw_device(poses=1))  # warm up
    scene = loudspeakers.draw_device(poses)
    heard = f"five drivers, two ears, {len(scene.listeners['seat'].poses)} poses"
    scored = f"simgen bench score, {split}"
    with TemporaryDirectory() as folder:
        loudspeakers.prepare(Path(folder), split)
        runs = {
            heard: partial(loudspeakers.ear_responses, scene),
            scored: partial(loudspeakers.score, Path(folder)),
        }
        seconds = in_turn(runs, rounds)
    t60s = {heard: loudspeakers.T60, scored: ""}
    notes = {
        heard: "drivers are caps on spheres, in octave bands; 16 kHz, one thread",
        scored: "by the command line, start-up included; the split was built before",
    }
    return [
        _row(work, "simgen", t60_s=t60s[work], seconds=times, note=notes[work])
        for work, times in seconds.items()
    ]


def measure_errors(t60: float) -> list[Row]:
    """Compare every engine's responses with the exact band-limited sum."""
    work = broadband_work(t60)
    exact = exact_responses(work)
    return [
        {"engine": engine.name, "t60_s": t60, "missing": engine.missing}
        if engine.missing
        else {"engine": engine.name, "t60_s": t60, **_errors(engine, work, exact)}
        for engine in CHECKED
    ]


def _errors(engine: Engine, work: Work, exact: Any) -> Row:
    """Return an engine's error over the whole band and in its thirds."""
    responses, rate = engine.responses(work), work.sample_rate
    return {
        "error_db": round(error_db(responses, exact, rate), 1),
        "thirds_db": {
            name: round(error_db(responses, exact, rate, limits), 1)
            for name, limits in THIRDS.items()
        },
    }


def _timing(seconds: list[float], images: int) -> Row:
    """Return what was measured, and the median by image source and pair."""
    return {
        "seconds": seconds,
        "images": images,
        "ns_per_image": round(median(seconds) / images * 1e9, 2),
    }


def _row(work: str, engine: str, **entries: Any) -> Row:
    """Return a row of the results file, without what is empty."""
    return {"work": work, "engine": engine} | {key: x for key, x in entries.items() if x != ""}


def _require_shape(engine: Engine, work: Work) -> None:
    """Warm an engine up, and make sure that it gives what was asked."""
    shape = engine.responses(work).shape
    if shape != work.shape:
        raise RuntimeError(f"{engine.name} gave {shape} instead of {work.shape}")


def _new(folder: str, numbers: Iterator[int]) -> Path:
    """Return a fresh folder."""
    fresh = Path(folder) / str(next(numbers))
    fresh.mkdir()
    return fresh
