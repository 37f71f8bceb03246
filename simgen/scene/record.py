"""The base of every record: frozen, strict, and exact through JSON."""

from typing import Self

from pydantic import BaseModel, ConfigDict

__all__ = ["Record"]


class Record(BaseModel):
    """A frozen record of plain finite numbers that JSON round-trips exactly."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    def to_json(self) -> str:
        """Return the record as one line of JSON with its keys in declaration order."""
        return self.model_dump_json()

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the record that ``to_json`` wrote."""
        return cls.model_validate_json(text)
