"""Commands on the benchmark suite: list, build, run, check, score, page."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from simgen.cli.dataset_commands import cores, report_run
from simgen.cli.output import Json, answer, say, write_text
from simgen.cli.splits import build_split, built_place, cached_split, counting, open_built

__all__ = ["app"]

app = typer.Typer(
    help="The fixed benchmark suite: build a split, run a baseline, score a submission.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

SplitPath = Annotated[str, typer.Argument(metavar="TRACK/SPLIT", help="Such as localization/mini.")]


@app.command("list")
def list_splits(as_json: Json = False) -> None:
    """Show the tracks, their splits and the baselines."""
    from simgen.benchmark.suite import load_track, track_names
    from simgen.evaluate.kinds import kind_of

    tracks = [load_track(name) for name in track_names()]
    lines = []
    for track in tracks:
        lines.append(f"{track.track}: {track.title} (protocol {track.protocol})")
        lines += [
            f"  {track.track}/{name}: {split.description}" for name, split in track.splits.items()
        ]
        baselines = kind_of(track.protocol).baselines
        lines += [f"  baseline {name}: {each.description}" for name, each in baselines.items()]
    data = {
        "tracks": [track.model_dump(mode="json") for track in tracks],
        "baselines": {track.track: [*kind_of(track.protocol).baselines] for track in tracks},
    }
    answer(data, as_json, "\n".join(lines))


@app.command()
def build(
    split: SplitPath,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Directory; built/TRACK-SPLIT if left out.")
    ] = None,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, help="Worker processes; 0 = one per core.")
    ] = 0,
    as_json: Json = False,
) -> None:
    """Render a frozen split; the same command again resumes."""
    from simgen.benchmark.suite import load_split
    from simgen.errors import ParameterError

    frozen = load_split(split)
    if not frozen.scenes:
        raise ParameterError("there is nothing to render in this split", value=split)
    directory = out or built_place(split)
    summary = build_split(frozen, directory, jobs=jobs or cores(), quiet=as_json)
    again = ["simgen", "bench", "build", split, "--out", str(directory)]
    is_audible = bool(frozen.scenes[0].arrays)
    report_run(summary, shlex.join(again), as_json, is_audible=is_audible)


@app.command()
def run(
    baseline: Annotated[str, typer.Argument(help="Name of the baseline.")],
    split: SplitPath,
    data: Annotated[
        Path | None,
        typer.Option(
            help="What the baseline hears, as built; if left out, built/TRACK-SPLIT, or what "
            "is quickly built from the cache."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="File or folder; named after the baseline if left out."),
    ] = None,
    oracle: Annotated[
        bool, typer.Option("--oracle", help="Tell the baseline the number of sources.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Let a baseline write a submission."""
    from simgen.benchmark.suite import load_split
    from simgen.errors import ParameterError
    from simgen.evaluate.kinds import kind_of

    frozen = load_split(split)
    kind = kind_of(frozen.track.protocol)
    if baseline not in kind.baselines:
        allowed = ", ".join(kind.baselines)
        raise ParameterError("there is no such baseline", value=baseline, allowed=allowed)
    heard = kind.heard_by_baselines(frozen)
    dataset = None
    if heard is not None and data is None and kind.is_built_on_demand:
        dataset = cached_split(heard, jobs=cores(), quiet=as_json)
    elif heard is not None:
        dataset = open_built(heard, data or built_place(heard.path))
    with counting(baseline, kind.num_parts(frozen), quiet=as_json) as advance:
        submission = kind.run(baseline, frozen, dataset, is_told=oracle, advance=advance)
    suffix = "-oracle" if oracle else ""
    place = out or Path(f"{baseline}{suffix}-{frozen.name}{submission.suffix}")
    submission.write(place)
    say(f"wrote {place}; next: simgen bench score {shlex.quote(str(place))}")
    answer({"file": str(place), "items": submission.num_items}, as_json)


SubmissionPath = Annotated[
    Path, typer.Argument(help="A submission: a JSON file, or a folder with submission.json.")
]


@app.command()
def check(submission: SubmissionPath, as_json: Json = False) -> None:
    """Show every fault of a submission at once."""
    from simgen.errors import SubmissionError
    from simgen.evaluate.kinds import read_submission

    try:
        answered = read_submission(submission)
    except SubmissionError as error:
        answer({"ok": False, "faults": list(error.faults)}, as_json)
        raise
    say(f"{submission}: ok, {answered.answers}")
    answer({"ok": True, "faults": []}, as_json)


@app.command()
def score(
    submission: SubmissionPath,
    data: Annotated[
        Path | None,
        typer.Option(help="The split as built, if scoring needs it; from the cache if left out."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Result file; not written if left out.")
    ] = None,
    measured: Annotated[
        Path | None,
        typer.Option(
            help="Score on the ear responses of this SOFA file instead, without a rank; the "
            "submission may then be a .npy file of filters (driver, input, tap)."
        ),
    ] = None,
    device: Annotated[
        str | None,
        typer.Option(
            help="Whose filters are scored on --measured; the only ones that fit if left out."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Score a submission, with 95 % intervals and a breakdown by condition."""
    from simgen.benchmark.suite import load_split
    from simgen.cli.scores import score_table
    from simgen.evaluate.kinds import kind_of, read_submission

    _refuse_overwriting(out, [submission, *submission.glob("*"), *([measured] if measured else [])])
    if measured is not None:
        _score_measured(submission, measured, device=device, out=out, as_json=as_json)
        return
    _refuse_without_measured(device)
    answered = read_submission(submission)
    frozen = load_split(f"{answered.track}/{answered.split}")
    kind = kind_of(frozen.track.protocol)
    dataset = None
    if kind.needs_recordings and data is None:
        dataset = cached_split(frozen, jobs=cores(), quiet=as_json)
    elif data is not None and kind.needs_recordings:
        dataset = open_built(frozen, data)
    quiet = as_json or dataset is None
    with counting("scoring", len(frozen.items), quiet=quiet) as advance:
        result = kind.score(answered, frozen, dataset, advance=advance)
    if out is not None:
        write_text(out, result.model_dump_json(indent=1) + "\n")
        say(f"wrote {out}")
    answer(result.to_dict(), as_json, score_table(result))


def _refuse_without_measured(device: str | None) -> None:
    """Refuse to choose a device where all of them are scored."""
    from simgen.errors import ParameterError

    if device is not None:
        raise ParameterError("--device goes with --measured alone", value=device)


def _score_measured(
    submission: Path, measured: Path, *, device: str | None, out: Path | None, as_json: bool
) -> None:
    """Score filters on a SOFA file."""
    import json

    from simgen.cli.measured_scores import measured_score, measured_table

    result = measured_score(submission, measured, device=device)
    if out is not None:
        write_text(out, json.dumps(result, indent=1) + "\n")
        say(f"wrote {out}")
    answer(result, as_json, measured_table(result))


@app.command()
def page(
    results: Annotated[list[Path], typer.Argument(help="Result files, or folders of them.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Markdown file; stdout if left out.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Rank results in a table for each split and protocol."""
    from simgen.benchmark.result import read_result
    from simgen.errors import ParameterError
    from simgen.leaderboard.table import grouped_results, ranking_page

    files = [
        file
        for path in results
        for file in (sorted(path.glob("*.json")) if path.is_dir() else [path])
    ]
    if not files:
        raise ParameterError("there are no results", value=" ".join(map(str, results)))
    _refuse_overwriting(out, files)
    rows = [read_result(file).to_dict() for file in files]
    tables = ranking_page(rows)
    if out is not None:
        write_text(out, tables)
        say(f"wrote {out}")
    listed = [row for group in grouped_results(rows) for row in group]
    answer({"results": listed}, as_json, None if out else tables.rstrip("\n"))


def _refuse_overwriting(out: Path | None, inputs: list[Path]) -> None:
    """Refuse an output that is one of the inputs, under whatever name."""
    from simgen.errors import ParameterError

    if out is None or not out.exists():
        return
    if any(file.exists() and out.samefile(file) for file in inputs):
        raise ParameterError(
            "--out is a file that is read", value=str(out), fix="Choose another name."
        )
