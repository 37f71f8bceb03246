"""The command that makes pages of results: ``bench page``."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from simgen.cli.output import Json, answer, refuse_overwriting, say, write_text

__all__ = ["COMMANDS", "page"]

_MARKDOWN: Final = (".md", ".markdown")
"""Ends of an output's name that make it one file of Markdown instead of a site."""

_ONE_PAGE: Final = (".html", ".htm")
"""Ends of a name that nobody gives to a folder."""


def page(
    results: Annotated[list[Path], typer.Argument(help="Result files, or folders of them.")],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="Folder for a web site, or FILE.md for Markdown; Markdown on stdout if left out.",
        ),
    ] = None,
    sealed: Annotated[
        list[Path] | None,
        typer.Option(
            help="Folder of a sealed split as handed out, whose digests the site shows; repeatable."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Rank results in a table for each split and protocol: a web site, or Markdown."""
    from simgen.benchmark.result import read_result
    from simgen.errors import ParameterError
    from simgen.leaderboard.standings import grouped_results

    files = _result_files(results)
    refuse_overwriting(out, files)
    if out is not None and out.suffix in _ONE_PAGE:
        fix = "Give a folder, or FILE.md for Markdown."
        raise ParameterError("a web site is a folder", value=str(out), fix=fix)
    rows = [read_result(file).to_dict() for file in files]
    listed = [row for group in grouped_results(rows) for row in group]
    if out is None or out.suffix in _MARKDOWN:
        if sealed:
            raise ParameterError("--sealed goes with a web site alone", fix="Give a folder as -o.")
        text = _write_markdown(rows, out)
        answer({"results": listed}, as_json, text)
    else:
        opened = _write_site(rows, out, sealed or [])
        say(f"wrote {out}; open {opened} in a browser")
        answer({"results": listed, "site": str(opened)}, as_json)


def _result_files(results: Iterable[Path]) -> list[Path]:
    """List the files, and those in the folders."""
    from simgen.errors import ParameterError

    files = [
        file
        for path in results
        for file in (sorted(path.glob("*.json")) if path.is_dir() else [path])
    ]
    if not files:
        raise ParameterError("there are no results", value=" ".join(map(str, results)))
    return files


def _write_markdown(rows: Sequence[dict[str, Any]], out: Path | None) -> str | None:
    """Write tables to a file, or return them."""
    from simgen.leaderboard.table import ranking_page

    tables = ranking_page(rows)
    if out is None:
        return tables.rstrip("\n")
    write_text(out, tables)
    say(f"wrote {out}")
    return None


def _write_site(rows: Sequence[dict[str, Any]], out: Path, sealed: Sequence[Path]) -> Path:
    """Write the site and return its first page."""
    from simgen.benchmark.sealed import read_sealed
    from simgen.benchmark.suite import load_track
    from simgen.evaluate.kinds import kind_of
    from simgen.leaderboard.site import write_site

    tracks = {row["track"] for row in rows}
    baselines = {track: [*kind_of(load_track(track).protocol).baselines] for track in tracks}
    published = [read_sealed(folder) for folder in sealed]
    return write_site(rows, out, baselines=baselines, sealed=published)


COMMANDS = (page,)
