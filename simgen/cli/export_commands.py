"""The command that writes datasets in other tools' formats."""

import os
import shlex
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simgen.cli.output import Json, answer, progress_bar, say

if TYPE_CHECKING:
    from simgen.dataset.dataset import Dataset

__all__ = ["COMMANDS"]

FORMATS = ("sofa",)


def export(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The dataset.")],
    to: Annotated[str, typer.Option(metavar="FORMAT", help=f"One of: {', '.join(FORMATS)}.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the files.")],
    as_json: Json = False,
) -> None:
    """Write what listeners hear of loudspeakers in another format; the same again resumes."""
    from simgen.dataset.dataset import open_dataset
    from simgen.errors import ParameterError
    from simgen.exchange.sofa_write import reproducible_date

    if to not in FORMATS:
        raise ParameterError("--to is unknown", value=to, allowed=", ".join(FORMATS))
    date = reproducible_date(os.environ)
    dataset = open_dataset(directory)
    failures = dataset.failures()
    expected = _expected_files(dataset, failures)
    written = []
    out.mkdir(parents=True, exist_ok=True)
    with progress_bar("exporting", expected, quiet=as_json) as show:
        for done, (name, content) in enumerate(_sofa_files(dataset, failures, date), 1):
            if _write_new(out / name, content):
                written.append(name)
            show(done)
    _report(out, expected, written, failures, as_json)


def _expected_files(dataset: "Dataset", failures: dict[int, str]) -> int:
    """Return how many files there will be; refuse a dataset without ear responses."""
    from simgen.errors import DatasetError
    from simgen.exchange.sofa_export import sofa_names

    scenes = (dataset.scene(index) for index in range(len(dataset)) if index not in failures)
    count = sum(len(sofa_names(scene)) for scene in scenes)
    if not count:
        raise DatasetError(
            "holds no ear responses, which are what is exported",
            where=str(dataset.path),
            fix="Give the scene file devices and listeners, and render it again.",
        )
    return count


def _sofa_files(
    dataset: "Dataset", failures: dict[int, str], date: datetime
) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of every file of a dataset."""
    from simgen.exchange.sofa_export import sofa_files

    for index in range(len(dataset)):
        if index not in failures:
            yield from sofa_files(dataset[index], date=date)


def _write_new(path: Path, content: bytes) -> bool:
    """Write a file that is not there yet; refuse to replace another one."""
    from simgen.dataset.atomic import write_atomically
    from simgen.errors import DatasetError

    if not path.exists():
        write_atomically(path, content)
        return True
    if path.read_bytes() != content:
        raise DatasetError(
            "exists already, with another content",
            where=str(path),
            fix="Export into a new folder, or remove the file.",
        )
    return False


def _report(
    out: Path, expected: int, written: list[str], failures: dict[int, str], as_json: bool
) -> None:
    """Say what was written and what has no files."""
    resumed = expected - len(written)
    was = "was" if resumed == 1 else "were"
    there = f" ({resumed} {was} there already)" if resumed else ""
    files = "1 file" if expected == 1 else f"{expected} files"
    say(f"{files}{there} in {shlex.quote(str(out))}")
    for index in failures:
        say(f"  nothing of scene {index}, which failed")
    answer(
        {
            "path": str(out),
            "files": expected,
            "written": written,
            "resumed": resumed,
            "failed": sorted(failures),
        },
        as_json,
    )


COMMANDS = (export,)
