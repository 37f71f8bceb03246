"""What a pydantic model allows at each place of its data, as far as its annotations tell."""

import json
from collections.abc import Iterable, Mapping
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, RootModel, Tag

__all__ = ["Allowed", "allowed_types", "inside", "keys_of", "labelled", "length_of", "nouns_of"]

_NOUNS: dict[Any, str] = {
    bool: "true or false",
    dict: "a mapping",
    float: "a number",
    int: "a whole number",
    list: "a list",
    Mapping: "a mapping",
    NoneType: "null",
    str: "text",
    tuple: "a list",
}


class Allowed(NamedTuple):
    """One type that may stand at a place, and its tag in a tagged union."""

    kind: Any
    tag: str | None = None


def allowed_types(annotation: Any, tag: str | None = None) -> list[Allowed]:
    """Return the types that an annotation allows, each member of a union on its own.

    Examples
    --------
    >>> [allowed.kind for allowed in allowed_types(Annotated[float, "in m"] | None)]
    [<class 'float'>, <class 'NoneType'>]
    """
    origin = get_origin(annotation)
    if hasattr(annotation, "__value__"):
        return allowed_types(annotation.__value__, tag)
    if origin is Annotated:
        inner, *notes = get_args(annotation)
        tags = (str(note.tag) for note in notes if isinstance(note, Tag))
        return allowed_types(inner, next(tags, tag))
    if origin in (Union, UnionType):
        return [found for member in get_args(annotation) for found in allowed_types(member, tag)]
    if _is_model(annotation) and issubclass(annotation, RootModel):
        return allowed_types(annotation.model_fields["root"].annotation, tag)
    return [Allowed(annotation, tag)]


def inside(types: Iterable[Allowed], element: str | int) -> list[Allowed]:
    """Return the types allowed below a key or index."""
    return [found for allowed in types for found in _inside(allowed.kind, element)]


def labelled(types: Iterable[Allowed], label: str | int) -> list[Allowed]:
    """Return the types that pydantic means by the label of a union's member."""
    return [allowed for allowed in types if label in _labels(allowed)]


def keys_of(types: Iterable[Allowed]) -> list[str]:
    """Return the keys that the models among the types declare, each once."""
    return list(dict.fromkeys(key for allowed in types for key in _fields(allowed.kind)))


def length_of(types: Iterable[Allowed]) -> int | None:
    """Return the length of the only list of fixed length among the types."""
    lengths = {
        len(get_args(allowed.kind))
        for allowed in types
        if get_origin(allowed.kind) is tuple and Ellipsis not in get_args(allowed.kind)
    }
    return lengths.pop() if len(lengths) == 1 else None


def nouns_of(types: Iterable[Allowed]) -> list[str]:
    """Return what to call the types in a message; nothing if one of them has no name."""
    nouns = [_noun(allowed) for allowed in types]
    return list(dict.fromkeys(noun for noun in nouns if noun)) if all(nouns) else []


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _fields(kind: Any) -> dict[str, Any]:
    """Return the annotations of a model's fields by the names used in files."""
    fields = kind.model_fields.items() if _is_model(kind) else ()
    return {field.alias or name: field.annotation for name, field in fields}


def _inside(kind: Any, element: str | int) -> list[Allowed]:
    if isinstance(element, str) and element in (fields := _fields(kind)):
        return allowed_types(fields[element])
    arguments, origin = get_args(kind), get_origin(kind)
    if isinstance(element, str):
        return allowed_types(arguments[1]) if origin in (dict, Mapping) else []
    if origin is tuple and Ellipsis not in arguments:
        return allowed_types(arguments[element]) if element < len(arguments) else []
    return allowed_types(arguments[0]) if arguments and origin not in (dict, Mapping) else []


def _labels(allowed: Allowed) -> set[Any]:
    """Return what pydantic may write for a union's member: tag, type name or fixed value."""
    fixed = (get_args(field) for field in _fields(allowed.kind).values() if _is_literal(field))
    name = getattr(allowed.kind, "__name__", None)
    return {allowed.tag, name, *(value for values in fixed for value in values)} - {None}


def _is_literal(annotation: Any) -> bool:
    return get_origin(annotation) is Literal


def _noun(allowed: Allowed) -> str | None:
    kind = allowed.kind
    if _is_literal(kind):
        return " or ".join(json.dumps(value, ensure_ascii=False) for value in get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return " or ".join(json.dumps(member.value, ensure_ascii=False) for member in kind)
    if _is_model(kind):
        key = (allowed.tag or "").strip("<>")
        return f"{{{key}: ...}}" if key in _fields(kind) else "a mapping"
    return _NOUNS.get(get_origin(kind) or kind)
