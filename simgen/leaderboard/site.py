"""A web site of results: plain files that need no server and load nothing from elsewhere.

Pages are written by templates that escape whatever is put into them, charts by elements; so no
name becomes markup. That is what jinja2 is for: with strings joined by hand, one call of an escape
forgotten is a hole. The pages forbid all scripts and styles but their own two files.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from simgen.benchmark.sealed import SealedSplit
from simgen.benchmark.tracks import Track
from simgen.dataset.atomic import write_atomically
from simgen.errors import ParameterError
from simgen.leaderboard import figures
from simgen.leaderboard.boards import Board, Entry, boards
from simgen.leaderboard.charts.svg import Element, Series, element, marker
from simgen.leaderboard.spreadsheet import board_csv
from simgen.leaderboard.standings import Result, score_of
from simgen.leaderboard.table import number_text
from simgen.leaderboard.visible_text import visible_line

__all__ = ["write_site"]

_STATIC: Final = ("style.css", "page.js", "icon.svg")

_NAME_DIGITS: Final = 32
"""Hexadecimal digits of a secret's digest in the name of a sealed split."""

_OURS: Final = '<meta name="generator" content="simgen">'
"""What tells a folder that may be written over from any other."""

Files = Iterator[tuple[str, str]]
"""Paths inside the site and what is written there."""


@dataclass(frozen=True)
class Row:
    """One system on all splits of a track.

    Attributes
    ----------
    name, uses_oracle
        Which system.
    cells
        For each board its entries of that name.
    """

    name: str
    uses_oracle: bool
    cells: tuple[tuple[Board, tuple[Entry, ...]], ...]


@dataclass(frozen=True)
class Overview:
    """One track on the first page.

    Attributes
    ----------
    track, boards
        The task and its boards.
    rows
        Its systems, the best first.
    bars
        Where there is one board, each entry's score and interval by its page.
    """

    track: Track
    boards: tuple[Board, ...]
    rows: tuple[Row, ...]
    bars: Mapping[str, Element]


def write_site(
    results: Sequence[Result],
    folder: Path,
    *,
    baselines: Mapping[str, Collection[str]],
    sealed: Sequence[SealedSplit] = (),
) -> Path:
    """Write the site of some results.

    Parameters
    ----------
    results
        As `simgen.benchmark.result.read_result` gives them, as plain values.
    folder
        Where to; what an earlier site left there and this one has not is removed.
    baselines
        Names of the suite's own systems by track, whose pages tell how to run them.
    sealed
        Sealed splits, whose digests are shown so that they cannot be changed unseen.

    Returns
    -------
    Path
        The first page.

    Raises
    ------
    ParameterError
        If the folder is a file, or holds anything but an earlier site, or a sealed split is not
        named after its secret; or as `simgen.leaderboard.boards.boards` does.
    """
    _require_ours(folder)
    for each in sealed:
        _require_named_after_secret(each)
    made = dict(_site(boards(results, baselines), sealed))
    for path, text in made.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, text.encode())
    for file in [*folder.glob("*.html"), *folder.glob("submissions/*"), *folder.glob("data/*")]:
        if file.relative_to(folder).as_posix() not in made:
            file.unlink()
    return folder / "index.html"


def _require_ours(folder: Path) -> None:
    """Refuse a folder in which files of somebody else could be lost."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    index = folder / "index.html"
    if not index.is_file() or _OURS not in index.read_text(encoding="utf-8", errors="replace"):
        raise ParameterError(
            "the folder holds something else than an earlier site",
            value=str(folder),
            fix="Choose another one, or FILE.md for Markdown.",
        )


def _require_named_after_secret(sealed: SealedSplit) -> None:
    """Refuse a record that could pass for another's: boards and records are joined by name."""
    name = f"sealed-{sealed.secret_sha256[:_NAME_DIGITS]}"
    if sealed.split != name:
        raise ParameterError(
            "the sealed split is not named after the digest of its secret",
            value=visible_line(sealed.split),
            allowed=name,
        )


def _site(made: Sequence[Board], sealed: Sequence[SealedSplit]) -> Files:
    """Yield every file of the site."""
    package = files("simgen.leaderboard") / "static"
    for name in _STATIC:
        yield name, (package / name).read_text(encoding="utf-8")
    pages = _environment([next(of).track for _, of in groupby(made, lambda each: each.track.track)])
    yield "index.html", _index(pages, made, sealed)
    for board in made:
        yield f"{board.stem}.html", _board_page(pages, board, made)
        yield f"data/{board.stem}.csv", board_csv(board)
        yield f"data/{board.stem}.json", _json([entry.result for entry in board.entries])
        for entry in board.entries:
            yield f"submissions/{entry.page}.html", _submission_page(pages, board, entry)
            yield f"data/{entry.page}.json", _json(entry.result)


def _environment(tracks: Sequence[Track]) -> Environment:
    """Return the templates, which escape all that they show."""
    made = Environment(
        loader=PackageLoader("simgen.leaderboard"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    made.filters["svg"] = _svg
    made.globals |= {"tracks": tracks, "number": _number, "score_of": score_of, "swatch": _swatch}
    made.globals["has_errors"] = figures.has_errors
    return made


def _svg(drawn: Element) -> Markup:
    """Write an element as markup, in which every text is escaped."""
    return Markup(ElementTree.tostring(drawn, encoding="unicode"))


def _number(value: float | None, decimals: int) -> str:
    """Write a number with a true minus sign, or a dash."""
    shown = number_text(value, decimals=decimals, missing="\N{EN DASH}")
    return shown.replace("-", "\N{MINUS SIGN}")


def _swatch(series: Series) -> Element:
    """Draw the line and the mark of a series for a legend."""
    return element(
        "svg",
        element("line", x1=0, x2=28, y1=6, y2=6, class_=f"line {series.css_class}"),
        marker(series, 14.0, 6.0, tip=series.name),
        class_="swatch",
        viewBox="0 0 28 12",
        width=28,
        height=12,
        aria_hidden="true",
    )


def _json(value: Any) -> str:
    """Write plain values as JSON in ASCII, so that nothing in it turns a reader's text round."""
    return json.dumps(value, indent=1) + "\n"


def _index(pages: Environment, made: Sequence[Board], sealed: Sequence[SealedSplit]) -> str:
    """Write the first page."""
    overviews = [_overview([*of]) for _, of in groupby(made, key=lambda board: board.track.track)]
    return pages.get_template("index.html").render(
        root="",
        overviews=overviews,
        num_submissions=sum(len(board.entries) for board in made),
        num_splits=len({board.path for board in made}),
        sealed=[
            (visible_line(f"{each.track}/{each.split}"), each, _board_of(each, made))
            for each in sealed
        ],
    )


def _board_of(sealed: SealedSplit, made: Iterable[Board]) -> Board | None:
    """Return the board of a split that was sealed, if its secret is out."""
    path = f"{sealed.track}/{sealed.split}"
    return next((board for board in made if board.path == path), None)


def _overview(of: Sequence[Board]) -> Overview:
    """Line up the systems of a track over its splits: those on most splits first, then the best."""
    keys = dict.fromkeys((entry.name, entry.uses_oracle) for board in of for entry in board.entries)
    rows = (Row(*key, cells=tuple((board, _named(board, *key)) for board in of)) for key in keys)
    bars = figures.intervals(of[0]) if len(of) == 1 else {}
    return Overview(of[0].track, tuple(of), tuple(sorted(rows, key=_place)), bars)


def _named(board: Board, name: str, uses_oracle: bool) -> tuple[Entry, ...]:
    """Return the entries of a board that show a name."""
    return tuple(
        entry for entry in board.entries if (entry.name, entry.uses_oracle) == (name, uses_oracle)
    )


def _place(row: Row) -> tuple[int, float, str]:
    """Sort key of a system: how many splits it lacks, its mean over the others, its name."""
    signed = [
        -value if board.sheet.more_is_better else value
        for board, entries in row.cells
        for entry in entries[:1]
        if (value := board.score(entry)["value"]) is not None
    ]
    mean = sum(signed) / len(signed) if signed else 0.0
    return len(row.cells) - len(signed), mean, row.name


def _board_page(pages: Environment, board: Board, made: Iterable[Board]) -> str:
    """Write the page of a split."""
    return pages.get_template("board.html").render(
        root="",
        board=board,
        siblings=[other for other in made if other.track.track == board.track.track],
        bars=figures.intervals(board),
        systems=figures.shown(board),
        recall=figures.recall(board),
        panels=figures.panels(figures.shown(board), board.sheet),
    )


def _submission_page(pages: Environment, board: Board, entry: Entry) -> str:
    """Write the page of a submission."""
    scores = entry.result["scores"]
    return pages.get_template("submission.html").render(
        root="../",
        board=board,
        entry=entry,
        histogram=figures.histogram(entry),
        region_map=figures.region_map(board, entry),
        systems=figures.compared(board, entry),
        panels=figures.panels(figures.compared(board, entry), board.sheet),
        scores=[
            (figures.quantity(name, board.sheet), score_of(entry.result, name)) for name in scores
        ],
        coverage=[
            (figures.quantity(name, board.sheet), count)
            for name, count in (entry.result.get("coverage") or {}).items()
        ],
    )
