"""Tables of azimuths from strangers: CSV with a row for each azimuth of each item."""

import csv
import math
import re
from io import StringIO
from typing import Final

from simgen.benchmark.items import unknown_fault
from simgen.benchmark.json_files import printable
from simgen.benchmark.submission import MOST_FAULTS
from simgen.benchmark.suite import Split
from simgen.errors import SubmissionError, SubmissionLimitError

__all__ = ["MOST_ROWS", "parse_azimuth_rows"]

MOST_ROWS: Final = 650_000
"""Most lines: 64 azimuths for each of 10,000 scenes, a heading, and some that are blank."""

_COLUMNS: Final = ["item", "azimuth_deg"]
_DECIMAL: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_SHOWN: Final = 60

_Azimuths = dict[str, list[float]]


def parse_azimuth_rows(
    content: bytes, name: str, *, split: Split | None, most: int, limit: float
) -> tuple[_Azimuths, list[str]]:
    """Parse the content of a CSV file; return azimuths by item, and every fault with its line.

    Parameters
    ----------
    content
        ``item,azimuth_deg``, then a row for each azimuth of each item in any order. An item where
        nothing is heard has one row, in which the azimuth is empty.
    name
        Of the file, for errors.
    split
        The one that is answered; none if any items may be.
    most
        Most azimuths of an item.
    limit
        Largest absolute azimuth in degrees.

    Raises
    ------
    SubmissionError
        If it is no text, or has another heading.
    SubmissionLimitError
        If it has too many lines.
    """
    try:
        rows = csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    except UnicodeDecodeError as error:
        raise SubmissionError([f"is not UTF-8 at byte {error.start}"], where=name) from None
    table = _Table(split, most, limit)
    faults: list[str] = []
    try:
        _require_heading(next(rows, []), name)
        for row in rows:
            if rows.line_num > MOST_ROWS:
                raise SubmissionLimitError([f"has more than {MOST_ROWS} lines"], where=name)
            fault = table.fault_of(row) if row else None
            if fault is not None:
                faults.append(f"line {rows.line_num}: {fault}")
            if len(faults) > MOST_FAULTS:
                break
    except csv.Error as error:
        faults.append(f"line {rows.line_num}: is not CSV: {error}")
    return table.azimuths, faults


def _require_heading(row: list[str], name: str) -> None:
    """Refuse a table of other columns, of which no row can be understood."""
    if [field.strip() for field in row] == _COLUMNS:
        return
    fault = f"must be {','.join(_COLUMNS)}"
    if any(";" in field for field in row):
        fault = f"columns are divided by semicolons; commas are needed: {','.join(_COLUMNS)}"
    raise SubmissionError([f"line 1: {fault}"], where=name)


class _Table:
    """Azimuths by item, as row after row tells them."""

    def __init__(self, split: Split | None, most: int, limit: float) -> None:
        self._split, self._most, self._limit = split, most, limit
        self._items = frozenset(split.items if split else ())
        self.azimuths: _Azimuths = {}

    def fault_of(self, row: list[str]) -> str | None:
        """Take a row, and return what is wrong with it."""
        if len(row) != len(_COLUMNS):
            return f"has {len(row)} fields (allowed: {len(_COLUMNS)})"
        item, azimuth = (field.strip() for field in row)
        if self._split is not None and item not in self._items:
            return unknown_fault(item, self._split)
        fault = self._fault_of_item(item, azimuth)
        return None if fault is None else f"{printable(item)}: {fault}"

    def _fault_of_item(self, item: str, azimuth: str) -> str | None:
        """Take an azimuth, or the word that there is none, and return what is wrong with it."""
        if item in self.azimuths and not (azimuth and self.azimuths[item]):
            return "has an empty azimuth_deg, which says that nothing is heard, and other rows"
        told = self.azimuths.setdefault(item, [])
        if not azimuth:
            return None
        told.append(float(azimuth) if _DECIMAL.fullmatch(azimuth) else math.nan)
        if len(told) == self._most + 1:
            return f"has more than {self._most} azimuths"
        if not math.isfinite(told[-1]):
            return f'azimuth_deg must be a finite number, got "{printable(azimuth[:_SHOWN])}"'
        if abs(told[-1]) > self._limit:
            allowed = f"from -{self._limit:.0f} to {self._limit:.0f}"
            return f"azimuth_deg must be {allowed}, got {told[-1]:g}"
        return None
