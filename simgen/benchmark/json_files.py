"""JSON files from strangers: bounded, parsed strictly, every fault in plain words.

Nothing in such a file is run, and nothing of it reaches a terminal as it stands.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from simgen.benchmark.bounded_files import read_bounded
from simgen.errors import SubmissionError, SubmissionLimitError

__all__ = [
    "LEAST_LIKENESS",
    "MOST_VALUES",
    "faults_of",
    "parse_json",
    "printable",
    "read_json",
    "shown",
]

MOST_VALUES: Final = 1_000_000
"""Most values in a file, each of which takes up to 240 bytes of memory: room for 64 azimuths for
each of 10,000 scenes."""

LEAST_LIKENESS: Final = 0.65
"""Least ratio of difflib between what was written and what may have been meant, as in scene files:
splits resembles split, systematic not system."""

_MOST_GUESSES: Final = 10
"""Unknown keys for which the one that was meant is looked for, which takes time."""

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
        If the file cannot be read or is not JSON; a SubmissionLimitError if it is too large.
    """
    return parse_json(read_bounded(path), path.name)


def parse_json(content: bytes, name: str) -> tuple[Any, list[str]]:
    """Parse the content of a file; return it with a fault for every key that stands twice.

    Raises
    ------
    SubmissionError
        If it is not JSON.
    SubmissionLimitError
        If it holds too many values.
    """
    if sum(map(content.count, (b",", b"[", b"{"))) > MOST_VALUES:  # before memory is spent on them
        raise SubmissionLimitError([f"holds more than {MOST_VALUES} values"], where=name)
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


def faults_of(
    error: ValidationError, *, at: tuple[str, ...] = (), known: Collection[str] = ()
) -> Iterator[str]:
    """Yield a line for each fault that the validation of a stranger's record found.

    Parameters
    ----------
    error
        What the validation raised.
    at
        Keys that lead to the record.
    known
        Keys of the record, one of which an unknown one may have been meant for.
    """
    for number, found in enumerate(error.errors(include_url=False)):
        place = (*at, *found["loc"])
        keys = [f"[{key}]" if isinstance(key, int) else f".{key}" for key in place]
        path = printable("".join(keys).removeprefix("."))
        meant = _meant(found, known) if number < _MOST_GUESSES else ""
        yield f"{path or 'top level'}: {_explain(found)}{meant}"


def _meant(found: Mapping[str, Any], known: Collection[str]) -> str:
    """Ask whether an unknown key was meant for one that resembles it."""
    if found["type"] != "extra_forbidden" or len(found["loc"]) != 1:
        return ""
    near = get_close_matches(found["loc"][0][:_SHOWN], known, n=1, cutoff=LEAST_LIKENESS)
    return f'; did you mean "{near[0]}"?' if near else ""


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
    return f"{reason}, got {shown(found['input'])}"


def shown(value: Any) -> str:
    """Show a value of a JSON file, cut short."""
    if isinstance(value, dict):
        return f"an object of {len(value)}"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    start = value[:_SHOWN] if isinstance(value, str) else value
    return printable(json.dumps(start, ensure_ascii=False, default=repr)[: _SHOWN + 2])


def printable(text: str) -> str:
    """Replace what a terminal or page could take for a command, and cut what is long."""
    return "".join(
        char if char.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for char in text[:_LONGEST_SHOWN]
    )
