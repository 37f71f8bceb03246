"""The command ``simgen bench reproduce``: every baseline on every split, against what ships."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simgen.cli.bench_commands import scored_recordings
from simgen.cli.dataset_commands import MISMATCH, cores
from simgen.cli.output import Json, answer, say, write_text
from simgen.cli.splits import build_split, built_place, cached_split, counting, open_built

if TYPE_CHECKING:
    from simgen.benchmark.result import Result
    from simgen.benchmark.suite import Split
    from simgen.benchmark.tracks import Track
    from simgen.dataset.dataset import Dataset
    from simgen.evaluate.reproduction import Run

__all__ = ["COMMANDS"]


def reproduce(
    track: Annotated[str, typer.Argument(help="Such as localization.")],
    split: Annotated[
        list[str] | None, typer.Option(help="Only this split; may be given several times.")
    ] = None,
    baseline: Annotated[
        list[str] | None, typer.Option(help="Only this baseline; may be given several times.")
    ] = None,
    talkers: Annotated[
        Path | None,
        typer.Option(help="Folder of the recordings that a split needs and that do not ship."),
    ] = None,
    write: Annotated[
        Path | None, typer.Option(help="Write results into this folder instead of comparing.")
    ] = None,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, help="Worker processes; 0 = one per core.")
    ] = 0,
    as_json: Json = False,
) -> None:
    """Build splits, run baselines, score them, and compare with the results that ship."""
    from simgen.benchmark.suite import load_track

    splits = _chosen_splits(load_track(track), split, has_talkers=talkers is not None)
    runs = [(frozen, _chosen_runs(frozen, baseline)) for frozen in splits]
    reports = []
    for frozen, wanted in runs:
        heard = _heard(frozen, talkers=talkers, jobs=jobs or cores(), quiet=as_json)
        for run in wanted:
            started = time.perf_counter()
            result = _result(run, heard, jobs=jobs or cores(), quiet=as_json)
            if write is not None:
                text = result.model_dump_json(indent=1) + "\n"
                write_text(write / f"{run.name}.json", text)
            seconds = round(time.perf_counter() - started, 1)
            reports.append(_report(run, result, seconds, compare=write is None))
            say(_line(reports[-1]))
    different = [report["run"] for report in reports if report["agrees"] is False]
    answer({"runs": reports, "different": different}, as_json)
    if different:
        say(f"{len(different)} of {len(reports)} runs differ from what ships")
        sys.exit(MISMATCH)
    say(f"{len(reports)} runs" + (", all as published" if write is None else f" in {write}"))


def _chosen_splits(track: "Track", names: list[str] | None, *, has_talkers: bool) -> list["Split"]:
    """Return the splits to run on: those asked for, or all that can be built."""
    from simgen.benchmark.recordings import needed_recordings
    from simgen.benchmark.suite import load_split

    if names:
        return [load_split(f"{track.track}/{name}") for name in names]
    scored = (name for name, record in track.splits.items() if record.is_scored)
    splits = [load_split(f"{track.track}/{name}") for name in scored]
    if has_talkers:
        return splits
    lacking = [each.path for each in splits if needed_recordings(each)]
    for path in lacking:
        say(f"left out: {path}, which needs --talkers")
    return [each for each in splits if each.path not in lacking]


def _chosen_runs(split: "Split", baselines: list[str] | None) -> list["Run"]:
    """Return the runs on a split."""
    from simgen.errors import ParameterError
    from simgen.evaluate.reproduction import runs_of

    runs = list(runs_of(split))
    known = {run.baseline for run in runs}
    for name in baselines or []:
        if name not in known:
            allowed = ", ".join(sorted(known))
            raise ParameterError("there is no such baseline", value=name, allowed=allowed)
    return [run for run in runs if not baselines or run.baseline in baselines]


def _heard(split: "Split", *, talkers: Path | None, jobs: int, quiet: bool) -> "Dataset | None":
    """Return what baselines hear of a split, which is built where it is not yet."""
    from simgen.benchmark.recordings import needed_recordings
    from simgen.errors import DatasetError
    from simgen.evaluate.kinds import kind_of

    kind = kind_of(split.track.protocol)
    heard = kind.heard_by_baselines(split)
    if heard is None:
        return None
    if kind.is_built_on_demand:
        return cached_split(heard, jobs=jobs, quiet=quiet)
    place = built_place(heard.path)
    folder = talkers if needed_recordings(heard) else None
    summary = build_split(heard, place, jobs=jobs, quiet=quiet, talkers=folder)
    for number, reason in summary.failed:
        raise DatasetError(f"scene {number} cannot be rendered: {reason}", where=heard.path)
    return open_built(heard, place)


def _result(run: "Run", heard: "Dataset | None", *, jobs: int, quiet: bool) -> "Result":
    """Run a baseline and score it."""
    from simgen.evaluate.kinds import kind_of

    kind = kind_of(run.split.track.protocol)
    with counting(run.name, kind.num_parts(run.split), quiet=quiet) as advance:
        submission = kind.run(
            run.baseline, run.split, heard, is_told=run.is_told, jobs=jobs, advance=advance
        )
    dataset = scored_recordings(run.split, None, quiet=quiet)
    return kind.score(submission, run.split, dataset, advance=lambda _: None)


def _report(run: "Run", result: "Result", seconds: float, *, compare: bool) -> dict[str, Any]:
    """Return what a run gave, and how it differs from what ships."""
    from simgen.benchmark.score_sheets import sheet_of
    from simgen.evaluate.reproduction import committed_result, differences

    ranking = sheet_of(result.protocol).ranking.score
    report: dict[str, Any] = {
        "run": run.name,
        "score": ranking,
        "value": result.scores[ranking]["value"],
        "seconds": seconds,
        "agrees": None,
        "differences": {},
    }
    committed = committed_result(run) if compare else None
    if committed is not None:
        found = differences(result, committed)
        report |= {"agrees": not found, "differences": found}
    return report


def _line(report: dict[str, Any]) -> str:
    """Say what a run gave."""
    words = {True: "as published", False: "DIFFERS", None: ""}
    if report["agrees"] is None:
        words[None] = "nothing to compare with"
    line = (
        f"{report['run']:<40}{report['score']} {report['value']:8.3f}  "
        f"{words[report['agrees']]}, {report['seconds']} s"
    )
    listed = (f"\n    {name}: {a}, published {b}" for name, (a, b) in report["differences"].items())
    return line + "".join(listed)


COMMANDS = (reproduce,)
