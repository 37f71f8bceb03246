"""The room of a scene file: its size, its walls and its air."""

import difflib
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from simgen.acoustics.materials import material_names
from simgen.scene.distributions import Distribution, within
from simgen.scene.record import Record

__all__ = ["WALLS", "AirSpec", "RoomSpec", "WallsSpec"]

WALLS = ("back", "front", "right", "left", "floor", "ceiling")
"""The walls x=0, x=length, y=0, y=width, floor and ceiling, as seen looking along x."""


def _known_material(name: str) -> str:
    """Return the name of a material, or refuse it."""
    if name not in material_names():
        close = difflib.get_close_matches(name, material_names(), n=1)
        raise PydanticCustomError(
            "bad_name",
            'there is no material "{name}"; the command "simgen schema" lists them',
            {"name": name, "suggestion": close[0] if close else None},
        )
    return name


def _list_materials(schema: dict[str, Any]) -> None:
    """Add the names of all materials to a JSON schema."""
    schema["enum"] = list(material_names())


Material = Annotated[str, AfterValidator(_known_material), Field(json_schema_extra=_list_materials)]
Absorption = Annotated[Distribution, within(0.0, 1.0, above=True)]
Wall = Annotated[
    Annotated[Material, Tag("<material>")] | Annotated[Absorption, Tag("<absorption>")],
    Discriminator(lambda value: "<material>" if isinstance(value, str) else "<absorption>"),
]


class AirSpec(Record):
    """The air in the room; it absorbs sound once its humidity is given."""

    temperature_celsius: Annotated[Distribution, within(-20.0, 50.0)] = 20.0
    humidity_percent: Annotated[Distribution, within(10.0, 100.0)] | None = None
    pressure_kpa: Annotated[Distribution, within(50.0, 200.0)] = 101.325


class WallsSpec(Record):
    """Materials by name or energy absorptions; ``rest`` stands for the walls not named.

    Looking along x, ``front`` is at x = length and ``back`` at x = 0, ``left`` at y = width and
    ``right`` at y = 0.
    """

    back: Wall | None = None
    front: Wall | None = None
    right: Wall | None = None
    left: Wall | None = None
    floor: Wall | None = None
    ceiling: Wall | None = None
    rest: Wall | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        bare = [wall for wall in WALLS if getattr(self, wall) is None]
        if bare and self.rest is None:
            raise PydanticCustomError(
                "missing_key", "says nothing of {bare}; add rest: ...", {"bare": ", ".join(bare)}
            )
        return self


class RoomSpec(Record):
    """A box room and how much it reverberates."""

    box_m: tuple[
        Annotated[Distribution, within(0.5, 500.0)],
        Annotated[Distribution, within(0.5, 500.0)],
        Annotated[Distribution, within(0.5, 500.0)],
    ]
    t60_s: Annotated[Distribution, within(0.0, 20.0)] | None = None
    t60_formula: Literal["sabine", "eyring"] = "sabine"
    absorption: Absorption | None = None
    walls: WallsSpec | None = None
    air: AirSpec = AirSpec()
    image_jitter_m: Annotated[Distribution, within(0.0, 0.5)] = 0.0

    @model_validator(mode="after")
    def _reverberates(self) -> Self:
        given = [key for key in ("t60_s", "absorption", "walls") if getattr(self, key) is not None]
        if not given:
            raise PydanticCustomError(
                "missing_key", "needs t60_s (0 for anechoic), absorption or walls"
            )
        if len(given) > 1:
            raise PydanticCustomError(
                "bad_value",
                "{first} says already how the room reverberates; keep one of the two",
                {"first": given[0], "path": (given[1],)},
            )
        return self
