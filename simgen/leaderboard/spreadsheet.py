"""A board as comma-separated values that no spreadsheet takes for formulas."""

import csv
import io
from collections.abc import Iterator
from typing import Final

from simgen.leaderboard.boards import Board, Entry
from simgen.leaderboard.standings import score_of
from simgen.leaderboard.visible_text import visible_line

__all__ = ["board_csv"]

_FORMULA_STARTS: Final = (*"=+-@\t\r|%", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What spreadsheets take for the beginning of a formula (OWASP, "CSV Injection")."""

Cell = str | int | float | None


def board_csv(board: Board) -> str:
    """Return a board's entries, one line each after the headings, with every score's interval.

    Texts that a spreadsheet could take for a formula get an apostrophe before them, which
    spreadsheets do not show; numbers stay numbers.
    """
    names = sorted({name for entry in board.entries for name in entry.result["scores"]})
    scores = [f"{name}{end}" for name in names for end in ("", "_low", "_high")]
    headings = ["rank", "rank_low", "rank_high", "differs_from_rank_before"]
    headings += ["system", "uses_oracle", "training_data", "code", "track", "split", "edition"]
    headings += ["protocol", "split_sha256", "submission_sha256", "scorer"]
    headings += ["description", "parameters"]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*headings, *map(_neutral, scores)])
    for entry in board.entries:
        writer.writerow([_neutral(cell) for cell in (*_told(board, entry), *_scores(entry, names))])
    return text.getvalue()


def _told(board: Board, entry: Entry) -> Iterator[Cell]:
    """Yield what is said of an entry before its scores."""
    standing = entry.standing
    yield standing.rank
    yield from standing.ranks or (None, None)
    yield None if standing.is_tied is None else "no" if standing.is_tied else "yes"
    yield visible_line(str(entry.result["system"]), longest=None)
    yield "yes" if entry.uses_oracle else "no"
    yield from (entry.training_data, entry.code)
    yield from (board.track.track, board.split, board.track.edition, board.protocol)
    yield from (board.digest, entry.digest, entry.scorer, entry.description)
    yield "; ".join(f"{name}={value}" for name, value in entry.parameters)


def _scores(entry: Entry, names: list[str]) -> Iterator[Cell]:
    """Yield each score with the ends of its interval."""
    for name in names:
        score = score_of(entry.result, name)
        yield from (score["value"], score["low"], score["high"])


def _neutral(cell: Cell) -> Cell:
    """Mark a text as one where it could be taken for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell
