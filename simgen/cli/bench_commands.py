"""Commands on the benchmark suite: list, build, run, check, score, page."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from simgen.cli.dataset_commands import cores, report_run
from simgen.cli.output import Json, answer, progress_bar, say, write_text

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
    from simgen.baselines.catalogue import BASELINES
    from simgen.benchmark.suite import load_track, track_names

    tracks = [load_track(name) for name in track_names()]
    lines = []
    for track in tracks:
        lines.append(f"{track.track}: {track.title} (protocol {track.protocol})")
        lines += [
            f"  {track.track}/{name}: {split.description}" for name, split in track.splits.items()
        ]
    lines.append("baselines:")
    lines += [f"  {name}: {baseline.description}" for name, baseline in BASELINES.items()]
    data = {
        "tracks": [track.model_dump(mode="json") for track in tracks],
        "baselines": list(BASELINES),
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
    from simgen.cli.compiling import compile_engine
    from simgen.generate.run import generate
    from simgen.generate.sources import FrozenScenes

    frozen = load_split(split)
    directory = out or _built(split)
    scenes = FrozenScenes.from_jsonl(frozen.path.replace("/", "-"), frozen.lines)
    compile_engine()
    with progress_bar("building", len(frozen.items), quiet=as_json) as show:
        summary = generate(
            scenes,
            directory,
            count=len(frozen.items),
            jobs=jobs or cores(),
            on_progress=lambda progress: show(progress.done_scenes, progress.total_scenes),
        )
    again = ["simgen", "bench", "build", split, "--out", str(directory)]
    report_run(summary, shlex.join(again), as_json)


@app.command()
def run(
    baseline: Annotated[str, typer.Argument(help="Name of the baseline.")],
    split: SplitPath,
    data: Annotated[
        Path | None, typer.Option(help="The built split; built/TRACK-SPLIT if left out.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File; BASELINE-SPLIT.json if left out.")
    ] = None,
    oracle: Annotated[
        bool, typer.Option("--oracle", help="Tell the baseline the number of sources.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Let a baseline write a submission."""
    from simgen.baselines.catalogue import BASELINES
    from simgen.benchmark.suite import load_split
    from simgen.dataset.dataset import open_dataset
    from simgen.errors import DatasetError, ParameterError
    from simgen.evaluate.run import run_baseline

    if baseline not in BASELINES:
        allowed = ", ".join(BASELINES)
        raise ParameterError("there is no such baseline", value=baseline, allowed=allowed)
    frozen = load_split(split)
    directory = data or _built(split)
    if not directory.is_dir():
        raise DatasetError(
            f"{split} has not been built",
            where=str(directory),
            fix=f"Build it with: simgen bench build {split} --out {shlex.quote(str(directory))}",
        )
    done = 0
    with progress_bar(baseline, len(frozen.items), quiet=as_json) as show:

        def advance(_: str) -> None:
            nonlocal done
            done += 1
            show(done)

        submission = run_baseline(
            BASELINES[baseline],
            frozen,
            open_dataset(directory),
            knows_count=oracle,
            on_item=advance,
        )
    suffix = "-oracle" if oracle else ""
    file = out or Path(f"{baseline}{suffix}-{frozen.name}.json")
    write_text(file, submission.model_dump_json(indent=1) + "\n")
    say(f"wrote {file}; next: simgen bench score {shlex.quote(str(file))}")
    answer({"file": str(file), "items": len(submission.predictions)}, as_json)


@app.command()
def check(
    submission: Annotated[Path, typer.Argument(help="A submission's JSON file.")],
    as_json: Json = False,
) -> None:
    """Show every fault of a submission at once."""
    from simgen.benchmark.submission import read_submission
    from simgen.errors import SubmissionError

    try:
        answered = read_submission(submission)
    except SubmissionError as error:
        answer({"ok": False, "faults": list(error.faults)}, as_json)
        raise
    say(f"{submission}: ok, {len(answered.predictions)} items")
    answer({"ok": True, "faults": []}, as_json)


@app.command()
def score(
    submission: Annotated[Path, typer.Argument(help="A submission's JSON file.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Result file; not written if left out.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Score a submission, with 95 % intervals and a breakdown by condition."""
    from simgen.benchmark.submission import read_submission
    from simgen.benchmark.suite import load_split
    from simgen.cli.scores import score_table
    from simgen.evaluate.score import score_submission

    _refuse_overwriting(out, [submission])
    answered = read_submission(submission)
    result = score_submission(answered, load_split(f"{answered.track}/{answered.split}"))
    if out is not None:
        write_text(out, result.model_dump_json(indent=1) + "\n")
        say(f"wrote {out}")
    answer(result.to_dict(), as_json, score_table(result))


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


def _built(split: str) -> Path:
    """Return where a split is built unless told otherwise."""
    return Path("built") / split.replace("/", "-")
