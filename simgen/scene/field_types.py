"""Types that several parts of a scene file share: names, whole numbers, coordinates, angles."""

import re
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, Discriminator, Field, Tag, WithJsonSchema
from pydantic_core import PydanticCustomError

from simgen.scene.distributions import Distribution, within

__all__ = ["Coordinate", "Elevation", "Metres", "Name", "NotEmpty", "Turn", "Whole"]

_NAME = r"[a-z][a-z0-9_-]{0,39}"


def _plain_name(text: str) -> str:
    """Refuse a name that could not be part of a path or of a file's name."""
    if not re.fullmatch(_NAME, text):
        raise PydanticCustomError(
            "bad_name",
            "a name is up to 40 lower-case letters, digits, _ or -, the first a letter",
            {
                "suggestion": re.sub(r"[^a-z0-9_-]+", "-", text.lower())
                .lstrip("-0123456789_")
                .rstrip("-_")[:40]
                or None
            },
        )
    return text


def _not_empty(items: tuple[Any, ...]) -> tuple[Any, ...]:
    """Refuse an empty list; pydantic's own minimum also counts items that are faulty."""
    if not items:
        raise PydanticCustomError("out_of_range", "must hold 1 or more items, got none")
    return items


Item = TypeVar("Item")
NotEmpty = Annotated[
    tuple[Item, ...], AfterValidator(_not_empty), Field(json_schema_extra={"minItems": 1})
]
Name = Annotated[
    str,
    Field(strict=True),
    AfterValidator(_plain_name),
    WithJsonSchema({"type": "string", "pattern": f"^{_NAME}$"}),
]
Whole = Annotated[int, Field(strict=True)]
Metres = Annotated[Distribution, within(-1000.0, 1000.0)]
Coordinate = Annotated[
    Annotated[Literal["center"], Tag("<center>")] | Annotated[Metres, Tag("<metres>")],
    Discriminator(lambda value: "<center>" if isinstance(value, str) else "<metres>"),
]
Turn = Annotated[Distribution, within(-360.0, 360.0)]
Elevation = Annotated[Distribution, within(-90.0, 90.0)]
