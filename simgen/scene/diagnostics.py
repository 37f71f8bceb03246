"""Validation errors told in plain words, each at its place in the scene file."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import groupby
from typing import Any, Literal, NamedTuple, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from pydantic_core.core_schema import ErrorType

from simgen.errors import SceneError
from simgen.scene.document import Document, KeyPath
from simgen.scene.model_types import (
    Allowed,
    allowed_types,
    inside,
    keys_of,
    labelled,
    length_of,
    nouns_of,
)

__all__ = ["scene_error"]

Branches = tuple[tuple[KeyPath, str | int], ...]

_LONGEST_TEXT = 60
_MOST_PROBLEMS = 100
_LEAST_LIKENESS = 0.65  # the ratio of difflib; rt60 resembles t60_s, normal not uniform
_KEY_MARK = "[key]"  # how pydantic ends the location of a fault in a key itself

_WRONG_TYPES = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "float_parsing": "a number",
    "float_type": "a number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "list_type": "a list",
    "mapping_type": "a mapping",
    "model_attributes_type": "a mapping",
    "model_type": "a mapping",
    "none_required": "null",
    "string_type": "text",
    "tuple_type": "a list",
    "union_tag_invalid": "something else",
    "union_tag_not_found": "something else",
}
_RANGES = {
    "finite_number": "must be finite",
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "multiple_of": "must be a multiple of {multiple_of}",
    "string_too_long": "must have {max_length} or fewer characters",
    "string_too_short": "must have {min_length} or more characters",
    "too_long": "must hold {max_length} or fewer items",
    "too_short": "must hold {min_length} or more items",
}
_NO_MEMBER = frozenset({"union_tag_invalid", "union_tag_not_found"})
_BUILT_IN = frozenset(get_args(ErrorType))


class _Spot(NamedTuple):
    """Where an error lies in the document, and the value there.

    ``types`` may stand there, and ``options`` too before a union's member was chosen;
    ``branches`` are the members on the way, each with the path at which it was chosen.
    """

    path: KeyPath
    value: Any
    types: list[Allowed]
    options: list[Allowed]
    branches: Branches


@dataclass(frozen=True)
class _Fault:
    """One error in plain words; ``mismatch`` says that the value is of another kind altogether."""

    code: str
    message: str
    path: KeyPath
    of: Literal["key", "value"] = "value"
    suggestion: str | None = None
    mismatch: bool = False
    branches: Branches = ()


def scene_error(error: ValidationError, document: Document, model: type[BaseModel]) -> SceneError:
    """Translate a failed validation into problems with places.

    Parameters
    ----------
    error
        What validating ``document.data`` raised. A custom error keeps its message, and its type
        becomes the code; its context may hold ``path``, keys to go down from where it was
        raised, and ``suggestion``.
    document
        The document that was validated.
    model
        The model that it was validated against; its annotations tell what is allowed.

    Returns
    -------
    SceneError
        Every problem once; of a union's members only the one that the author meant.
    """
    found = [_fault(detail, document, model) for detail in error.errors(include_url=False)]
    problems = [
        document.problem(
            fault.code, fault.message, fault.path, of=fault.of, suggestion=fault.suggestion
        )
        for fault in _meant(_without_explained(found))[:_MOST_PROBLEMS]
    ]
    return SceneError(dict.fromkeys(problems), file=document.name)


def _locate(location: Iterable[str | int], document: Document, model: type[BaseModel]) -> _Spot:
    """Follow an error's location through the document, leaving out what is not in it."""
    value: Any = document.data
    types = options = allowed_types(model)
    path: KeyPath = ()
    branches: Branches = ()
    for element in location:
        if _holds(value, element):
            value, path = value[element], (*path, element)
            types = options = inside(types, element)
        elif below := inside(types, element):
            types = options = below
        else:
            branches = (*branches, (path, element))
            types = labelled(types, element) or types
    return _Spot(path, value, types, options, branches)


def _holds(value: Any, element: str | int) -> bool:
    """Tell whether a mapping has a key or a list an item."""
    if isinstance(element, int):
        return isinstance(value, list) and 0 <= element < len(value)
    return isinstance(value, dict) and element in value


def _fault(detail: ErrorDetails, document: Document, model: type[BaseModel]) -> _Fault:
    """Return one of pydantic's errors in plain words."""
    kind, location = detail["type"], detail["loc"]
    if kind == "extra_forbidden":
        return _unknown_key(_locate(location[:-1], document, model), str(location[-1]))
    if kind == "missing":
        return _missing(_locate(location[:-1], document, model), location[-1], detail["input"])
    if location[-1:] == (_KEY_MARK,):
        spot = _locate(location[:-1], document, model)
        return _Fault("bad-value", _say(detail), spot.path, of="key", branches=spot.branches)
    spot = _locate(location, document, model)
    if _is_stray(spot, detail):
        return _unknown_key(spot, next(iter(spot.value)))
    if kind in _NO_MEMBER and _is_told_by_key(spot, detail):
        return _wrong_kind(spot, detail["ctx"])
    if kind in _WRONG_TYPES:
        return _wrong_type(spot, detail)
    if kind in ("literal_error", "enum"):
        return _bad_choice(spot, detail)
    return _other(spot, detail)


def _unknown_key(spot: _Spot, key: str) -> _Fault:
    known = keys_of(spot.types)
    suggestion = _closest(key, [name for name in known if not _holds(spot.value, name)])
    message = "no such key here"
    if suggestion is None and known:
        message += f" (allowed: {', '.join(known)})"
    path = (*spot.path, key)
    return _Fault("unknown-key", message, path, "key", suggestion, branches=spot.branches)


def _missing(spot: _Spot, key: str | int, value: Any) -> _Fault:
    """Return the fault of a key that is not there, or of a list that is too short."""
    if isinstance(key, int):
        return _wrong_length(spot, value)
    path = (*spot.path, key)
    return _Fault("missing-key", "this key is required", path, "key", branches=spot.branches)


def _wrong_length(spot: _Spot, value: Any) -> _Fault:
    message = f"must hold {length_of(spot.types) or 'more'} items, got {len(value)}"
    return _Fault("out-of-range", message, spot.path, branches=spot.branches)


def _is_stray(spot: _Spot, detail: ErrorDetails) -> bool:
    """Tell whether a mapping has none of the keys by which a tagged union knows its members."""
    if len(spot.types) < 2 or detail["type"] in _BUILT_IN - _NO_MEMBER:
        return False
    known = set(keys_of(spot.types))
    keys = set(spot.value) if isinstance(spot.value, dict) else set()
    return bool(known and keys) and known.isdisjoint(keys)


def _is_told_by_key(spot: _Spot, detail: ErrorDetails) -> bool:
    """Tell whether a mapping's key, not a function, was to choose the union's member."""
    return isinstance(spot.value, dict) and detail["ctx"]["discriminator"].startswith("'")


def _wrong_kind(spot: _Spot, context: dict[str, Any]) -> _Fault:
    """Return the fault of the field that tells a union's members apart."""
    key = context["discriminator"].strip("'")
    if key not in spot.value:
        return _missing(spot, key, spot.value)
    choices = context["expected_tags"].replace("'", "").split(", ")
    message = f"must be {_either(choices)}, got {_describe(spot.value[key])}"
    suggestion = _closest(str(spot.value[key]), choices)
    path = (*spot.path, key)
    return _Fault("bad-choice", message, path, "value", suggestion, branches=spot.branches)


def _wrong_type(spot: _Spot, detail: ErrorDetails) -> _Fault:
    nouns = nouns_of(spot.options) or [_WRONG_TYPES[detail["type"]]]
    message = f"must be {_either(nouns)}, got {_describe(detail['input'])}"
    return _Fault("wrong-type", message, spot.path, mismatch=True, branches=spot.branches)


def _bad_choice(spot: _Spot, detail: ErrorDetails) -> _Fault:
    """Return the fault of a value that is not among those listed."""
    value, expected = detail["input"], detail["ctx"]["expected"]
    choices = re.findall(r"'([^']*)'", expected)
    nouns = nouns_of(spot.options) if len(spot.options) > 1 else []
    allowed = _either(nouns) if nouns else expected.replace("'", '"')
    message = f"must be {allowed}, got {_describe(value)}"
    suggestion = _closest(value, choices) if isinstance(value, str) else None
    return _Fault("bad-choice", message, spot.path, "value", suggestion, True, spot.branches)


def _other(spot: _Spot, detail: ErrorDetails) -> _Fault:
    """Return the fault of a value of the right type."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind not in _BUILT_IN:
        path = (*spot.path, *context.get("path", ()))
        code, suggestion = kind.replace("_", "-"), context.get("suggestion")
        return _Fault(code, detail["msg"], path, suggestion=suggestion, branches=spot.branches)
    if kind == "too_long" and length_of(spot.types) is not None:
        return _wrong_length(spot, detail["input"])
    code = "out-of-range" if kind in _RANGES else "bad-value"
    return _Fault(code, _say(detail), spot.path, branches=spot.branches)


def _say(detail: ErrorDetails) -> str:
    """Return the message about a value that is wrong in itself."""
    kind, context, value = detail["type"], detail.get("ctx", {}), detail["input"]
    if kind in ("value_error", "assertion_error"):
        return str(context["error"])
    if kind == "string_pattern_mismatch":
        return f"must match the pattern {context['pattern']}, got {_describe(value)}"
    if kind in _RANGES:
        limits = {name: _number(limit) for name, limit in context.items()}
        got = f"{len(value)}" if hasattr(value, "__len__") else _describe(value)
        return f"{_RANGES[kind].format(**limits)}, got {got}"
    return f"{detail['msg'][:1].lower()}{detail['msg'][1:]}, got {_describe(value)}"


def _number(value: Any) -> str:
    """Return a limit as people write it: 0 for 0.0."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _either(nouns: list[str]) -> str:
    *most, last = nouns
    return f"{', '.join(most)} or {last}" if most else last


def _describe(value: Any) -> str:
    """Return what a value is, in words."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping" if value else "an empty mapping"
    if isinstance(value, list | tuple):
        return "a list" if value else "an empty list"
    if isinstance(value, str):
        shown = value if len(value) <= _LONGEST_TEXT else value[: _LONGEST_TEXT - 3] + "..."
        return f"the text {json.dumps(shown, ensure_ascii=False)}"
    return json.dumps(value) if isinstance(value, bool | int | float) else type(value).__name__


def _closest(word: str, known: list[str]) -> str | None:
    """Return the known word that a word resembles, in whatever case it is written."""
    spelt = {name.lower(): name for name in known}
    found = get_close_matches(word.lower(), spelt, n=1, cutoff=_LEAST_LIKENESS)
    return spelt[found[0]] if found else None


def _without_explained(faults: list[_Fault]) -> list[_Fault]:
    """Leave out the missing keys that a misspelt key accounts for."""
    explained = {
        (fault.branches, (*fault.path[:-1], fault.suggestion))
        for fault in faults
        if fault.code == "unknown-key" and fault.suggestion is not None
    }
    return [
        fault
        for fault in faults
        if fault.code != "missing-key" or (fault.branches, fault.path) not in explained
    ]


def _meant(faults: list[_Fault], depth: int = 0) -> list[_Fault]:
    """Keep at each union the faults of one member, the one that the author meant."""
    kept: list[_Fault] = []
    sites: dict[KeyPath, list[_Fault]] = {}
    for fault in faults:
        if len(fault.branches) > depth:
            sites.setdefault(fault.branches[depth][0], []).append(fault)
        else:
            kept.append(fault)
    for site, members in sites.items():
        kept += _likeliest(members, site, depth)
    return kept


def _likeliest(faults: list[_Fault], site: KeyPath, depth: int) -> list[_Fault]:
    """Return the faults of the member with the fewest; one fault if no member fits at all."""
    groups = [
        list(group) for _, group in groupby(faults, key=lambda fault: fault.branches[depth][1])
    ]
    foreign = [fault for fault in faults if fault.mismatch and fault.path == site]
    fitting = [group for group in groups if not any(fault in foreign for fault in group)]
    if fitting or len(groups) == 1:
        return _meant(min(fitting or groups, key=_unlikeliness), depth + 1)
    return [max(foreign, key=lambda fault: (fault.suggestion is not None, fault.code))]


def _unlikeliness(faults: list[_Fault]) -> tuple[int, int, int]:
    """Rank a union's member by its wrong keys, its faults, and those with no known remedy."""
    keys = sum(fault.code in ("unknown-key", "missing-key") for fault in faults)
    return keys, len(faults), sum(fault.suggestion is None for fault in faults)
