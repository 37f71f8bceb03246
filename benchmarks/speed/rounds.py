"""Take turns: every contender once per round, so that a busy machine is unfair to none."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.speed import scenes
from benchmarks.speed.error import error_db, exact_responses, num_images
from benchmarks.speed.peers import BANDED, BROADBAND, Engine, pyroomacoustics
from benchmarks.speed.work import Work, banded_work, broadband_work

__all__ = ["in_turn", "measure_errors", "measure_jobs", "measure_responses", "measure_scenes"]

Row = dict[str, Any]

BROADBAND_WALLS = "broadband walls"
OCTAVE_BANDS = "octave bands and air"
WHOLE_SCENE = "whole scene on disk"
TWO_JOBS = "simgen render, two jobs"


def in_turn(contenders: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Time every contender once per round.

    Returns
    -------
    Seconds of each, by round.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            started = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - started)
    return seconds


def measure_responses(t60s: tuple[float, ...], rounds: int) -> list[Row]:
    """Time responses alone, for broadband walls and by octave bands."""
    rows: list[Row] = []
    for name, engines, make_work in (
        (BROADBAND_WALLS, BROADBAND, broadband_work),
        (OCTAVE_BANDS, BANDED, banded_work),
    ):
        rows += [_row(name, engine.name, missing=engine.missing) for engine in _missing(engines)]
        for engine in _installed(engines):
            _require_shape(engine, make_work(t60s[0]))
        for t60 in t60s:
            rows += _measure_work(name, engines, make_work(t60), t60, rounds)
    return rows


def _measure_work(
    name: str, engines: tuple[Engine, ...], work: Work, t60: float, rounds: int
) -> list[Row]:
    """Time the engines on the same work."""
    able = [engine for engine in _installed(engines) if t60 <= engine.longest_t60]
    seconds = in_turn({engine.name: lambda e=engine: e.responses(work) for engine in able}, rounds)
    images = num_images(work)
    return [
        _row(
            name,
            engine.name,
            t60_s=t60,
            images=images,
            seconds=seconds[engine.name],
            note=engine.note,
        )
        for engine in able
    ]


def measure_scenes(rounds: int) -> list[Row]:
    """Time a whole scene in one process with one thread."""
    contenders = {"simgen": scenes.simgen_scene}
    rows = []
    (peer,) = (engine for engine in BROADBAND if engine.name == "pyroomacoustics")
    if peer.missing:
        rows.append(_row(WHOLE_SCENE, peer.name, missing=peer.missing))
    else:
        pyroomacoustics()
        contenders[peer.name] = scenes.pyroomacoustics_scene
    with TemporaryDirectory() as folder:
        runs = {
            name: lambda r=run: r(scenes.draw(0), Path(folder)) for name, run in contenders.items()
        }
        in_turn(runs, 1)  # warm up: compile, import, read the corpus's index
        seconds = in_turn(runs, rounds)
    notes = {"pyroomacoustics": "order from inverse_sabine; labels are directions alone"}
    rows += [
        _row(WHOLE_SCENE, name, t60_s=scenes.T60, seconds=seconds[name], note=notes.get(name, ""))
        for name in contenders
    ]
    return rows


def measure_jobs(count: int, rounds: int) -> list[Row]:
    """Time ``simgen render`` with one and two worker processes, start-up included."""
    seconds: dict[str, list[float]]
    with TemporaryDirectory() as folder:
        tries = iter(range(10**6))
        runs = {
            f"{jobs} job{'s' * (jobs > 1)}": lambda j=jobs: scenes.render_with_jobs(
                j, count, _new(Path(folder), next(tries))
            )
            for jobs in (2, 1)
        }
        seconds = in_turn(runs, rounds)
    note = f"{count} scenes by the command line, start-up included"
    return [
        _row(
            TWO_JOBS,
            name,
            t60_s=scenes.T60,
            seconds=seconds[name],
            note=note if name == "1 job" else "",
        )
        for name in runs
    ]


def measure_errors(t60: float) -> list[Row]:
    """Compare every engine's responses with the exact band-limited sum."""
    work = broadband_work(t60)
    exact = exact_responses(work)
    return [
        {"engine": engine.name, "t60_s": t60, "missing": engine.missing}
        if engine.missing
        else {
            "engine": engine.name,
            "t60_s": t60,
            "error_db": round(error_db(engine.responses(work), exact, work.sample_rate), 1),
        }
        for engine in BROADBAND
    ]


def _row(work: str, engine: str, **entries: Any) -> Row:
    """Return a row of the results file, without what is empty."""
    return {"work": work, "engine": engine} | {key: x for key, x in entries.items() if x != ""}


def _installed(engines: tuple[Engine, ...]) -> list[Engine]:
    return [engine for engine in engines if not engine.missing]


def _missing(engines: tuple[Engine, ...]) -> list[Engine]:
    return [engine for engine in engines if engine.missing]


def _require_shape(engine: Engine, work: Work) -> None:
    """Warm an engine up, and make sure that it gives what was asked."""
    shape = engine.responses(work).shape
    if shape != work.shape:
        raise RuntimeError(f"{engine.name} gave {shape} instead of {work.shape}")


def _new(folder: Path, number: int) -> Path:
    """Return a fresh folder."""
    fresh = folder / str(number)
    fresh.mkdir()
    return fresh
