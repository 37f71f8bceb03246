"""The base of every record: frozen, strict, and exact through JSON."""

from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
)

__all__ = ["Digest", "GrownRecord", "Point", "Record", "kind_by_key"]

Point = tuple[float, float, float]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Record(BaseModel):
    """A frozen record of plain finite numbers that JSON round-trips exactly."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    def to_json(self) -> str:
        """Return the record as one line of JSON with its keys in declaration order."""
        return self.model_dump_json()

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the record that ``to_json`` wrote."""
        return cls.model_validate_json(text, strict=True)


class GrownRecord(Record):
    """A record that gained fields after files were written of it.

    What it gained is not written where it has its default, so that a scene which was written
    before has the same text, and the same digest, as the one that is drawn today.

    Attributes
    ----------
    gained
        The names of these fields.
    """

    gained: ClassVar[tuple[str, ...]] = ()

    @model_serializer(mode="wrap")
    def _without_what_was_gained(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields = type(self).model_fields
        defaults = {
            name: fields[name].get_default(call_default_factory=True) for name in self.gained
        }
        # By repr, since 0.0 == -0.0.
        silent = {name for name in defaults if repr(getattr(self, name)) == repr(defaults[name])}
        return {name: value for name, value in write(self).items() if name not in silent}


def kind_by_key(*keys: str) -> Discriminator:
    """Tell the kinds of a union apart by the key that only one of them has.

    Each kind of the union carries the tag ``<key>``.
    """

    def kind(value: Any) -> str | None:
        found = (
            value if isinstance(value, dict) else vars(value) if isinstance(value, Record) else ()
        )
        return next((f"<{key}>" for key in keys if key in found), None)

    return Discriminator(
        kind,
        custom_error_type="bad_value",
        custom_error_message="must be a mapping with one of the keys " + ", ".join(keys),
    )
