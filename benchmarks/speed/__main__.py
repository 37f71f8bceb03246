"""Measure simgen and its peers: ``python -m benchmarks.speed``.

It needs the extra ``bench``, and ``pip install --no-deps spatialaudiometrics`` for the measured
head that ships in it; a peer that is not installed is named in the results and left out.
``python -m benchmarks.speed --table results.json`` makes Markdown of what was measured.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.speed.table import results_table
from simgen.generate.work import KEPT_MEMORY
from simgen.threads import THREAD_PINS

HERE = Path(__file__).parent

SCENES, QUICK_SCENES = 1000, 20
"""Scenes for one job against two: start-up is a small part of the time of the many."""

POSES, QUICK_POSES = None, 2
"""Poses of the listener before the loudspeakers: all, or few."""

SPLIT, QUICK_SPLIT = "crosstalk/test", "crosstalk/mini"
"""What filters are scored on."""

PARTS = ("responses", "ears", "scenes", "jobs", "loudspeakers", "errors")

ENVIRONMENT = {**THREAD_PINS, **KEPT_MEMORY}
"""What a worker of ``simgen render`` runs with: one thread, and memory kept. All contenders do."""

PACKAGES = (
    "simgen",
    "numpy",
    "scipy",
    "numba",
    "pyroomacoustics",
    "rir-generator",
    "python-sofa",
    "spatialaudiometrics",
)


def main() -> None:
    """Measure, print and write; or print the table of an earlier run."""
    options = _options()
    if options.table:
        print(results_table(json.loads(options.table.read_text(encoding="utf-8"))), end="")
        return
    # glibc and the pools of threads read their settings when a process starts.
    if any(os.environ.get(name) != value for name, value in ENVIRONMENT.items()):
        command = [sys.executable, "-m", "benchmarks.speed", *sys.argv[1:]]
        sys.exit(subprocess.run(command, env=os.environ | ENVIRONMENT).returncode)
    if options.part:
        print(json.dumps(_rows(options.part, options)))
        return
    results = _measure(options)
    options.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(results_table(results), end="")


def _options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="times that each contender runs")
    parser.add_argument(
        "--quick", action="store_true", help="only a reverberation time of 0.2 s, and few scenes"
    )
    parser.add_argument("--scenes", type=int, help="scenes for one job against two")
    parser.add_argument("--part", choices=PARTS, help="print the rows of one part as JSON instead")
    parser.add_argument("--out", type=Path, default=HERE / "results.json", help="file to write")
    parser.add_argument("--table", type=Path, help="print the table of this file instead")
    return parser.parse_args()


def _measure(options: argparse.Namespace) -> dict[str, Any]:
    """Run every part in a process of its own: none finds the memory that another left in pieces."""
    from benchmarks.speed.work import description

    rows: dict[str, list[Any]] = {}
    for part in PARTS:
        command = [sys.executable, "-m", "benchmarks.speed", *sys.argv[1:], "--part", part]
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        rows[part] = json.loads(printed)
    errors = rows.pop("errors")
    return {
        "machine": {"cpu": _cpu(), "processors": os.cpu_count(), "threads": 1},
        "environment": ENVIRONMENT,
        "versions": _versions(),
        "rounds": options.rounds,
        "work": description(),
        "rows": [row for part in rows.values() for row in part],
        "errors": errors,
    }


def _rows(part: str, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Measure one part; imported here, as a table needs none of it."""
    from benchmarks.speed import rounds as turns
    from benchmarks.speed.work import EARS_T60, T60S

    rounds, quick = options.rounds, options.quick
    t60s = T60S[:1] if quick else T60S
    if part == "responses":
        return turns.measure_responses(t60s, rounds)
    if part == "ears":
        return turns.measure_ears(EARS_T60, rounds)
    if part == "scenes":
        return turns.measure_scenes(rounds)
    if part == "jobs":
        return turns.measure_jobs(options.scenes or (QUICK_SCENES if quick else SCENES), rounds)
    if part == "loudspeakers":
        split, poses = (QUICK_SPLIT, QUICK_POSES) if quick else (SPLIT, POSES)
        return turns.measure_loudspeakers(split, rounds, poses=poses)
    return turns.measure_errors(t60s[0])


def _versions() -> dict[str, str]:
    """Return the versions of Python and of what takes part."""
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "not installed"
    return versions


def _cpu() -> str:
    """Return the processor's name."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


if __name__ == "__main__":
    main()
