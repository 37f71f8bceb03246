"""What commands say: talk on stderr, data on stdout."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = [
    "Json",
    "answer",
    "progress_bar",
    "refuse_overwriting",
    "require_writable",
    "say",
    "write_text",
]

Json = Annotated[bool, typer.Option("--json", help="Print a JSON object on stdout.")]
"""The option that every command takes."""


def say(text: str) -> None:
    """Tell the person at the terminal."""
    typer.echo(text, err=True)


def answer(data: Any, as_json: bool, text: str | None = None) -> None:
    """Print a command's answer on stdout: as ASCII JSON if asked, else as the text."""
    if as_json:
        typer.echo(json.dumps(data))
    elif text is not None:
        typer.echo(text)


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    from simgen.dataset.atomic import write_atomically

    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, text.encode())


def refuse_overwriting(out: Path | None, inputs: Iterable[Path]) -> None:
    """Refuse an output that is one of the inputs, under whatever name."""
    from simgen.errors import ParameterError

    if out is None or not out.exists():
        return
    if any(file.exists() and out.samefile(file) for file in inputs):
        raise ParameterError(
            "--out is a file that is read", value=str(out), fix="Choose another name."
        )


def require_writable(out: Path | None, *, is_folder: bool) -> None:
    """Refuse an output that cannot be written, before any work is done for it.

    Raises
    ------
    ParameterError
        If it is a folder where a file is written, or the other way round, or a device, or lies in
        a file.
    OSError
        If nothing can be written where it is to be.
    """
    from tempfile import TemporaryFile

    from simgen.errors import ParameterError

    if out is None:
        return
    if out.exists() and not (out.is_dir() if is_folder else out.is_file()):
        raise ParameterError(f"--out is no {'folder' if is_folder else 'file'}", value=str(out))
    places = [out, *out.parents] if is_folder else [*out.parents]
    place = next(place for place in places if place.exists())
    if not place.is_dir():
        raise ParameterError("--out lies in what is no folder", value=str(out))
    try:
        # Only trying tells: permissions say nothing of file systems that take no files.
        with TemporaryFile(dir=place):
            pass
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(out)) from None


@contextmanager
def progress_bar(what: str, total: int, *, quiet: bool = False) -> Iterator[Callable[..., None]]:
    """Show a bar with the time left on stderr; yields a function of done and total."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as progress:
        task = progress.add_task(what, total=total)

        def show(done: int, of: int = total) -> None:
            progress.update(task, completed=done, total=of)

        yield show
