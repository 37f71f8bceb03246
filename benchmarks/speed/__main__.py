"""Measure simgen and its peers: ``python -m benchmarks.speed``.

It needs the extra ``bench``; a peer that is not installed is named in the results and left out.
``python -m benchmarks.speed --table results.json`` makes Markdown of what was measured.
"""

import argparse
import json
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.speed.table import results_table

HERE = Path(__file__).parent

THREAD_LIMITS = ("OMP", "MKL", "OPENBLAS", "BLIS", "NUMBA", "NUMEXPR", "PRA")
"""Libraries that read NAME_NUM_THREADS before they are imported."""

PACKAGES = ("simgen", "numpy", "scipy", "numba", "pyroomacoustics", "rir-generator")


def main() -> None:
    """Measure, print and write; or print the table of an earlier run."""
    options = _options()
    if options.table:
        print(results_table(json.loads(options.table.read_text(encoding="utf-8"))), end="")
        return
    os.environ.update({f"{library}_NUM_THREADS": "1" for library in THREAD_LIMITS})
    results = _measure(options.rounds, options.quick, options.scenes)
    options.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(results_table(results), end="")


def _options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="times that each contender runs")
    parser.add_argument("--quick", action="store_true", help="only a reverberation time of 0.2 s")
    parser.add_argument("--scenes", type=int, default=64, help="scenes for one job against two")
    parser.add_argument("--out", type=Path, default=HERE / "results.json", help="file to write")
    parser.add_argument("--table", type=Path, help="print the table of this file instead")
    return parser.parse_args()


def _measure(rounds: int, quick: bool, num_scenes: int) -> dict[str, Any]:
    """Run everything; imported here, after the numbers of threads are set."""
    from benchmarks.speed import rounds as turns
    from benchmarks.speed.work import T60S, description

    t60s = T60S[:1] if quick else T60S
    return {
        "machine": {"cpu": _cpu(), "processors": os.cpu_count(), "threads": 1},
        "versions": _versions(),
        "rounds": rounds,
        "work": description(),
        "rows": [
            *turns.measure_responses(t60s, rounds),
            *turns.measure_scenes(rounds),
            *turns.measure_jobs(num_scenes, rounds),
        ],
        "errors": turns.measure_errors(t60s[0]),
    }


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
