"""Commands on datasets: render, verify, inspect, listen."""

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simgen.cli.output import Json, answer, progress_bar, say

if TYPE_CHECKING:
    from simgen.dataset.dataset import Dataset
    from simgen.generate.run import Summary

__all__ = ["COMMANDS", "MISMATCH", "cores", "report_run"]

SOME_FAILED = 1
MISMATCH = 4


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def render(
    file: Annotated[Path, typer.Argument(help="The scene file.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Directory of the dataset.")],
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="Number of scenes.")],
    seed: Annotated[int, typer.Option("--seed", "-s", help="What the scenes are drawn with.")] = 0,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, help="Worker processes; 0 = one per core.")
    ] = 0,
    keep: Annotated[
        str, typer.Option(metavar="KIND[,KIND]", help="Store also images, noise or responses.")
    ] = "",
    shard: Annotated[
        str, typer.Option(metavar="I/N", help="Render only part I of N, to share the work.")
    ] = "1/1",
    base: Annotated[
        Path | None,
        typer.Option(
            help="Folder that relative paths in the file start from; the file's own if left out."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Render scenes into a dataset; the same command again resumes."""
    from simgen.api import generate, load, require_readable
    from simgen.cli.compiling import compile_engine

    part = _part(shard)
    scene_file = load(file, base=base)
    require_readable(scene_file)
    compile_engine()
    with progress_bar("rendering", count, quiet=as_json) as show:
        summary = generate(
            scene_file,
            out,
            count=count,
            seed=seed,
            jobs=jobs or cores(),
            keep=frozenset(filter(None, keep.split(","))),
            part=part,
            on_progress=lambda progress: show(progress.done_scenes, progress.total_scenes),
        )
    again = ["simgen", "render", str(file), "--count", str(count), "--seed", str(seed)]
    again += ["--keep", keep] if keep else []
    again += ["--base", str(base)] if base else []
    reproduce = shlex.join([*again, "--out", str(out)])
    report_run(summary, reproduce, as_json, is_audible=bool(scene_file.arrays))


def report_run(
    summary: "Summary",
    reproduce: str,
    as_json: bool,
    *,
    is_audible: bool,
    also: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Say where a rendered dataset is, how to look at it and how to make it again.

    What holds no microphone array cannot be heard, but drawn. The answer holds ``also`` too.
    """
    from importlib.metadata import version

    place = shlex.quote(str(summary.path))
    rate = f", {summary.rendered / summary.seconds:.2f} scenes/s" if summary.rendered else ""
    was = "was" if summary.resumed == 1 else "were"
    resumed = f" ({summary.resumed} {was} there already)" if summary.resumed else ""
    state = "" if summary.finished else ": this part is done, others are missing"
    done = summary.rendered + summary.resumed
    whole = f"{done} of " if done < summary.count else ""
    say(
        f"{whole}{_count(summary.count, 'scene')}{resumed} in {summary.path}{state}: "
        f"{summary.bytes / 1e6:.1f} MB, {summary.seconds:.1f} s{rate}"
    )
    for index, reason in summary.failed:
        say(f"  failed: scene {index}: {reason}")
    if summary.finished:
        say(f"look:      simgen inspect {place}")
        if is_audible:
            say(f"listen:    simgen listen {place} 0 -o scene-0.wav")
        else:
            say(f"plot:      simgen plot {place} -o scene-0.png")
        say(f"verify:    simgen verify {place}")
    say(f"reproduce: {reproduce}    # simgen {version('simgen')}")
    answer(
        {
            "path": str(summary.path),
            "count": summary.count,
            "rendered": summary.rendered,
            "resumed": summary.resumed,
            "failed": [{"index": index, "reason": reason} for index, reason in summary.failed],
            "seconds": summary.seconds,
            "bytes": summary.bytes,
            "finished": summary.finished,
            "reproduce": reproduce,
            **also,
        },
        as_json,
    )
    if summary.failed:
        sys.exit(SOME_FAILED)


def verify(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The dataset.")],
    deep: Annotated[
        int, typer.Option(min=0, help="Render this many scenes again and compare.")
    ] = 0,
    base: Annotated[
        Path, typer.Option(help="Folder that relative paths in the scene file start from.")
    ] = Path(),
    as_json: Json = False,
) -> None:
    """Check every byte of a dataset against its digests."""
    from functools import partial

    from simgen.api import render
    from simgen.dataset.verify import verify_dataset
    from simgen.generate.rounds import Pinned

    pinned = Pinned(partial(render, base=base.resolve()))
    report = verify_dataset(directory, deep=deep, render=pinned)
    for problem in report.problems:
        say(f"{problem.file}: {problem.what}")
    again = f", {_count(len(report.scenes), 'scene')} rendered again" if report.scenes else ""
    verdict = "ok" if report.ok else _count(len(report.problems), "problem")
    say(f"{directory}: {verdict} ({_count(report.num_files, 'file')}{again})")
    answer(
        {
            "ok": report.ok,
            "files": report.num_files,
            "scenes": list(report.scenes),
            "problems": [vars(problem) for problem in report.problems],
        },
        as_json,
    )
    if not report.ok:
        sys.exit(MISMATCH)


def inspect(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The dataset.")],
    index: Annotated[int | None, typer.Argument(help="A scene; all of them if left out.")] = None,
    as_json: Json = False,
) -> None:
    """Show what a dataset or one of its scenes holds."""
    from simgen.cli.inspection import describe_dataset, describe_scene
    from simgen.dataset.dataset import open_dataset

    dataset = open_dataset(directory)
    if index is None:
        data, text = describe_dataset(dataset)
    else:
        data, text = describe_scene(dataset[_scene(index, dataset)])
    answer(data, as_json, text)


def listen(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The dataset.")],
    index: Annotated[int, typer.Argument(help="The scene.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="WAV file to write.")],
    array: Annotated[str | None, typer.Option(help="The array; the first one if left out.")] = None,
    as_json: Json = False,
) -> None:
    """Write the two microphones farthest apart as a WAV file, scaled to a peak of -1 dB."""
    from simgen.dataset.dataset import open_dataset
    from simgen.errors import ParameterError
    from simgen.exchange.listening import write_preview

    dataset = open_dataset(directory)
    recording = dataset[_scene(index, dataset)]
    name = array or next(iter(recording.signals), "")
    if not recording.signals:
        raise ParameterError("the scene has no arrays to listen to", where=str(directory))
    preview = write_preview(recording, name, out)
    left, right = preview.microphones
    say(
        f"wrote {out}: microphones {left} (left) and {right} (right) of {name}, "
        f"scaled by {preview.gain_db:+.1f} dB"
    )
    answer(
        {
            "file": str(out),
            "array": name,
            "microphones": [left, right],
            "gain_db": preview.gain_db,
        },
        as_json,
    )


def _count(number: int, noun: str) -> str:
    """Return a number of things."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _scene(index: int, dataset: "Dataset") -> int:
    """Refuse the index of a scene that the dataset does not have."""
    from simgen.arrays import require_between

    require_between(index, "scene", 0, len(dataset) - 1)
    return index


def _part(text: str) -> tuple[int, int]:
    """Parse ``I/N``, counted from 1."""
    from simgen.errors import ParameterError

    number, _, total = text.partition("/")
    if not (number.isdecimal() and total.isdecimal() and 1 <= int(number) <= int(total)):
        raise ParameterError("--shard is not a part", value=text, allowed="I/N with 1 <= I <= N")
    return int(number) - 1, int(total)


COMMANDS = (render, verify, inspect, listen)
