"""Commands on the benchmark suite: list, build, run, check, score."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simgen.cli.dataset_commands import MISMATCH, cores, report_run
from simgen.cli.output import (
    Json,
    answer,
    refuse_overwriting,
    require_writable,
    say,
    write_text,
)
from simgen.cli.splits import (
    build_split,
    built_place,
    cached_split,
    compare_with_fingerprints,
    counting,
    open_built,
)

if TYPE_CHECKING:
    from simgen.benchmark.suite import Split
    from simgen.benchmark.tracks import Track
    from simgen.dataset.dataset import Dataset

__all__ = ["app", "scored_recordings"]

app = typer.Typer(
    help="The fixed benchmark suite: build a split, run a baseline, score a submission.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

SplitPath = Annotated[str, typer.Argument(metavar="TRACK/SPLIT", help="Such as localization/mini.")]


@app.command("list")
def list_splits(
    track: Annotated[str | None, typer.Argument(help="Only this one; all if left out.")] = None,
    as_json: Json = False,
) -> None:
    """Show the tracks, their splits and the baselines."""
    from simgen.benchmark.suite import load_track, track_names
    from simgen.evaluate.kinds import kind_of

    tracks = [load_track(name) for name in ([track] if track else track_names())]
    data = {
        "tracks": [each.model_dump(mode="json") for each in tracks],
        "baselines": {each.track: [*kind_of(each.protocol).baselines] for each in tracks},
    }
    answer(data, as_json, "\n\n".join(map(_track_in_words, tracks)))


def _track_in_words(track: "Track") -> str:
    """Return a track with its splits and its baselines as text."""
    from simgen.evaluate.kinds import kind_of

    splits = {f"{track.track}/{name}": each for name, each in track.splits.items()}
    baselines = kind_of(track.protocol).baselines
    lines = [f"{track.track}: {track.title} (protocol {track.protocol})"]
    for heading, listed in (("splits", splits), ("baselines", baselines)):
        width = max(map(len, listed))
        rows = (f"    {name:<{width}}  {each.description}" for name, each in listed.items())
        lines += [f"  {heading}", *rows]
    return "\n".join(lines)


@app.command()
def build(
    split: SplitPath,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Directory; built/TRACK-SPLIT if left out.")
    ] = None,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, help="Worker processes; 0 = one per core.")
    ] = 0,
    talkers: Annotated[
        Path | None,
        typer.Option(help="Folder of the recordings that a split needs and that do not ship."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Render a frozen split and compare its sound with the frozen one; a second call resumes."""
    from simgen.benchmark.suite import load_split
    from simgen.errors import ParameterError

    frozen = load_split(split)
    if not frozen.scenes:
        raise ParameterError("there is nothing to render in this split", value=split)
    directory = out or built_place(split)
    require_writable(directory, is_folder=True)
    summary = build_split(frozen, directory, jobs=jobs or cores(), quiet=as_json, talkers=talkers)
    again = ["simgen", "bench", "build", split, "--out", str(directory)]
    again += ["--talkers", str(talkers)] if talkers else []
    agreed = None
    if not summary.failed:
        agreed = compare_with_fingerprints(frozen, directory, quiet=as_json)
    told = agreed.to_dict() if agreed else None
    is_audible = bool(frozen.scenes[0].arrays)
    report_run(
        summary, shlex.join(again), as_json, is_audible=is_audible, also={"fingerprints": told}
    )
    if agreed:
        say(f"compared:  {agreed}")
        if not agreed.ok:
            sys.exit(MISMATCH)


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
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, help="Worker processes; 0 = one per core.")
    ] = 0,
    as_json: Json = False,
) -> None:
    """Let a baseline write a submission."""
    from simgen.benchmark.suite import load_split
    from simgen.benchmark.tracks import ArrayTrack
    from simgen.errors import ParameterError
    from simgen.evaluate.kinds import kind_of

    frozen = load_split(split)
    kind = kind_of(frozen.track.protocol)
    if baseline not in kind.baselines:
        allowed = ", ".join(kind.baselines)
        raise ParameterError("there is no such baseline", value=baseline, allowed=allowed)
    is_folder = isinstance(frozen.track, ArrayTrack)
    name = f"{baseline}{'-oracle' if oracle else ''}-{frozen.name}{'' if is_folder else '.json'}"
    place = out or Path(name)
    require_writable(place, is_folder=is_folder)
    heard = kind.heard_by_baselines(frozen)
    dataset = None
    if heard is not None and data is None and kind.is_built_on_demand:
        dataset = cached_split(heard, jobs=jobs or cores(), quiet=as_json)
    elif heard is not None:
        dataset = open_built(heard, data or built_place(heard.path))
    with counting(baseline, kind.num_parts(frozen), quiet=as_json) as advance:
        submission = kind.run(
            baseline, frozen, dataset, is_told=oracle, jobs=jobs or cores(), advance=advance
        )
    submission.write(place)
    say(f"wrote {place}; next: simgen bench score {shlex.quote(str(place))}")
    answer({"file": str(place), "items": submission.num_items}, as_json)


SubmissionPath = Annotated[
    Path,
    typer.Argument(help="A submission: a folder or zip with submission.json, or one JSON file."),
]


@app.command()
def check(
    submission: SubmissionPath,
    sealed: Annotated[
        Path | None,
        typer.Option(help="Folder of a sealed split as handed out, which is to be answered."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show every fault of a submission at once."""
    from simgen.benchmark.sealed import handed_out_split, read_sealed
    from simgen.errors import SubmissionError
    from simgen.evaluate.kinds import read_submission

    split = None if sealed is None else handed_out_split(read_sealed(sealed))
    try:
        answered = read_submission(submission, sealed=split)
    except SubmissionError as error:
        answer({"ok": False, "faults": list(error.faults)}, as_json)
        raise
    say(f"{submission}: ok, {answered.answers}")
    for doubt in answered.doubts:
        say(f"warning: {doubt}")
    answer({"ok": True, "faults": [], "warnings": list(answered.doubts)}, as_json)


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

    refuse_overwriting(out, [submission, *submission.glob("*"), *([measured] if measured else [])])
    require_writable(out, is_folder=False)
    if measured is not None:
        _score_measured(submission, measured, device=device, out=out, as_json=as_json)
        return
    _refuse_without_measured(device)
    answered = read_submission(submission)
    frozen = load_split(f"{answered.track}/{answered.split}")
    kind = kind_of(frozen.track.protocol)
    dataset = scored_recordings(frozen, data, quiet=as_json)
    quiet = as_json or dataset is None
    with counting("scoring", len(frozen.items), quiet=quiet) as advance:
        result = kind.score(answered, frozen, dataset, advance=advance)
    if out is not None:
        write_text(out, result.model_dump_json(indent=1) + "\n")
        say(f"wrote {out}")
    answer(result.to_dict(), as_json, score_table(result))


def scored_recordings(split: "Split", data: Path | None, *, quiet: bool) -> "Dataset | None":
    """Open what a split is scored on, from the cache if no place is named; if it needs any."""
    from simgen.evaluate.kinds import kind_of

    if not kind_of(split.track.protocol).needs_recordings:
        return None
    if data is None:
        return cached_split(split, jobs=cores(), quiet=quiet)
    return open_built(split, data)


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
