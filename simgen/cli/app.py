"""The command ``simgen``: its commands and exit codes.

Heavy imports happen inside the commands, so that ``simgen --help`` answers at once.
"""

import atexit
import errno
import gc
import signal
import sys
import tempfile
import traceback
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

from simgen.cli import (
    bench_commands,
    compare_commands,
    dataset_commands,
    export_commands,
    page_commands,
    plot_commands,
    reproduce_commands,
    scene_commands,
    seal_commands,
    train_commands,
)
from simgen.cli.output import say
from simgen.errors import (
    ParameterError,
    RenderError,
    SimgenError,
    SubmissionLimitError,
    VerificationError,
)

__all__ = ["app", "main"]

NOT_RENDERED = 1
"""Scenes failed, or no worker process lived long enough to render them."""
USAGE = 2
INVALID = 3
NOT_AS_PROMISED = 4
REFUSED = 5
"""By a limit."""
INPUT_OUTPUT = 6
INTERNAL = 70
STOPPED = (130, 143)
"""For SIGINT and SIGTERM: 128 and the signal's number."""

MOST_LINES = 200
"""Most lines of an error that are shown."""

app = typer.Typer(
    name="simgen",
    help="Acoustic scenes: write them, render them, score what is heard in them.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for module in (scene_commands, dataset_commands, plot_commands, export_commands):
    for command in module.COMMANDS:
        app.command()(command)
for command in (
    *compare_commands.COMMANDS,
    *page_commands.COMMANDS,
    *reproduce_commands.COMMANDS,
    *seal_commands.COMMANDS,
    *train_commands.COMMANDS,
):
    bench_commands.app.command()(command)
app.add_typer(bench_commands.app, name="bench")


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"simgen {version('simgen')}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    pass


def main() -> NoReturn:
    """Run the command line and exit with the documented code."""
    _leave_on_signals()
    atexit.register(gc.freeze)  # to free what was imported, one by one, takes a fifth of a second
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except ParameterError as error:
        _exit(USAGE, _cut(f"error: {error}"))
    except RenderError as error:
        _exit(NOT_RENDERED, _cut(f"error: {error}"))
    except VerificationError as error:
        _exit(NOT_AS_PROMISED, _cut(f"error: {error}"))
    except SubmissionLimitError as error:
        _exit(REFUSED, _cut(f"error: {error}"))
    except SimgenError as error:
        _exit(INVALID, _cut(f"error: {error}"))
    except SystemExit as leaving:
        if leaving.code in STOPPED:
            say("stopped; the same command goes on from here")
        raise
    except OSError as error:
        if error.errno is None:
            _report_bug()
        _exit(INPUT_OUTPUT, f"error: {_describe(error)}")
    except Exception:
        _report_bug()
    sys.exit(0)


def _leave_on_signals() -> None:
    """Leave on Ctrl-C and SIGTERM, unless whoever started this process has them ignored."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _leave)


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    """Leave through the clean-up of whatever runs."""
    raise SystemExit(128 + number)


def _cut(message: str) -> str:
    """Cut a message that a terminal is no place for."""
    lines = message.splitlines()
    more = [f"  and {len(lines) - MOST_LINES} lines more"] if len(lines) > MOST_LINES else []
    return "\n".join(lines[:MOST_LINES] + more)


def _describe(error: OSError) -> str:
    """Say what failed and on which file."""
    file = f"{error.filename}: " if error.filename else ""
    hint = "; free some space, and the same command resumes" if error.errno == errno.ENOSPC else ""
    return f"{file}{error.strerror}{hint}"


def _report_bug() -> NoReturn:
    """Write the traceback to a log and say where it is."""
    trace = traceback.format_exc()
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="simgen-", suffix=".log", delete=False, encoding="utf-8"
        ) as log:
            log.write(trace)
    except OSError:
        _exit(INTERNAL, f"this is a bug in simgen:\n{trace}")
    _exit(INTERNAL, f"this is a bug in simgen; its traceback is in {Path(log.name)}")


def _exit(code: int, message: str) -> NoReturn:
    """Say why and exit."""
    say(message)
    sys.exit(code)
