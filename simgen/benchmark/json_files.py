"""JSON files from strangers: bounded, parsed strictly, every fault in plain words.

Nothing in such a file is run, and nothing of it reaches a terminal as it stands.
"""

import json
import stat
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from simgen.errors import SubmissionError

__all__ = ["faults_of", "printable", "read_json"]

MOST_BYTES: Final = 16 * 2**20
"""Largest file read: room for 64 azimuths in full precision for each of 10,000 scenes."""

_LONGEST_SHOWN = 200
_SHOWN = 60
_LONGEST_INTEGER = 300
"""Digits of the longest whole number kept as one; a longer one overflows to infinity."""

_REASONS: Final = {
    "bool_type": "must be true or false",
    "dict_type": "must be an object",
    "finite_number": "must be a finite number",
    "float_type": "must be a number",
    "greater_than_equal": "must be at least {ge:.0f}",
    "less_than_equal": "must be at most {le:.0f}",
    "literal_error": "must be {expected}",
    "model_type": "must be an object",
    "string_type": "must be text",
    "tuple_type": "must be a list",
}
"""What pydantic's kinds of faults mean to the author of a JSON file."""


def read_json(path: Path) -> tuple[Any, list[str]]:
    """Read JSON; return it with a fault for every key that stands twice.

    Raises
    ------
    SubmissionError
        If the file cannot be read, is too large or is not JSON.
    """
    return _parse(_read(path), path.name)


def _read(path: Path) -> bytes:
    """Return a file's content if it is not too large."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise SubmissionError(["is not a regular file"], where=path.name)
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise SubmissionError([f"cannot be read: {error.strerror}"], where=path.name) from None
    if len(content) > MOST_BYTES:
        raise SubmissionError([f"is larger than {MOST_BYTES // 2**20} MiB"], where=path.name)
    return content


def _parse(content: bytes, name: str) -> tuple[Any, list[str]]:
    """Parse JSON; return it with a fault for every key that stands twice."""
    faults: list[str] = []

    def mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        unique = dict(pairs)
        if len(unique) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            twice = (key for key, count in counts.items() if count > 1)
            faults.extend(f'the key "{printable(key)}" stands twice' for key in twice)
        return unique

    try:
        text = content.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=mapping, parse_int=_integer), faults
    except UnicodeDecodeError as error:
        fault = f"is not UTF-8 at byte {error.start}"
    except json.JSONDecodeError as error:
        fault = f"line {error.lineno}, column {error.colno}: is not JSON: {error.msg}"
    except RecursionError:
        fault = "is nested too deeply"
    raise SubmissionError([fault], where=name)


def _integer(digits: str) -> int | float:
    """Parse a whole number; what no floating-point number can hold becomes infinite."""
    return int(digits) if len(digits) <= _LONGEST_INTEGER else float(digits)


def faults_of(error: ValidationError) -> Iterator[str]:
    """Yield a line for each fault that the validation of a stranger's record found."""
    for found in error.errors(include_url=False):
        keys = [f"[{key}]" if isinstance(key, int) else f".{key}" for key in found["loc"]]
        path = printable("".join(keys).removeprefix("."))
        yield f"{path or 'top level'}: {_explain(found)}"


def _explain(found: Mapping[str, Any]) -> str:
    """Say in plain words what is wrong with a value."""
    kind, context = found["type"], found.get("ctx", {})
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return "is not a key here"
    if kind == "value_error":
        reason = str(context["error"])
    elif kind in _REASONS:
        reason = _REASONS[kind].format(**context)
    else:
        reason = f"{found['msg'][0].lower()}{found['msg'][1:]}"
    return f"{reason}, got {_show(found['input'])}"


def _show(value: Any) -> str:
    """Show a value of a JSON file, cut short."""
    if isinstance(value, dict):
        return f"an object of {len(value)}"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    shown = value[:_SHOWN] if isinstance(value, str) else value
    return printable(json.dumps(shown, ensure_ascii=False, default=repr)[: _SHOWN + 2])


def printable(text: str) -> str:
    """Replace what a terminal or page could take for a command, and cut what is long."""
    return "".join(
        char if char.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for char in text[:_LONGEST_SHOWN]
    )
