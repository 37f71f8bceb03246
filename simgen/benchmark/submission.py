"""Submissions: what every one of them says of itself, whatever it is for.

A submission may come from anyone: plain JSON and plain arrays of bounded size, of which nothing
is run.
"""

import math
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import BeforeValidator, Field, StrictBool, ValidationError

from simgen.benchmark.json_files import faults_of, printable
from simgen.benchmark.suite import Split, load_split
from simgen.errors import ParameterError, SubmissionError
from simgen.scene.record import Record

__all__ = [
    "Header",
    "Name",
    "Parameters",
    "Submission",
    "Text",
    "made_for_faults",
    "named_split",
    "refuse",
    "require_at_most",
    "validated",
]

_Validated = TypeVar("_Validated", bound=Record)

_MOST_PARAMETERS = 100
_LONGEST_NAME = 100
_LONGEST_TEXT = 2000


def _require_name(value: Any) -> Any:
    """Refuse names that cannot be shown in a table or a terminal as they are."""
    if not (isinstance(value, str) and value.isprintable() and value.strip()):
        raise ValueError("must be printable text")
    if len(value) > _LONGEST_NAME:
        raise ValueError(f"must have at most {_LONGEST_NAME} characters")
    return value


def _require_text(value: Any) -> Any:
    """Refuse texts that are too long or no Unicode."""
    if not isinstance(value, str):
        raise ValueError("must be text")
    if len(value) > _LONGEST_TEXT:
        raise ValueError(f"must have at most {_LONGEST_TEXT} characters")
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise ValueError("must be Unicode text")
    return value


def _require_parameter(value: Any) -> Any:
    """Refuse what is neither a number nor a text."""
    if isinstance(value, str):
        return _require_text(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("must be a finite number or text")
    return value


def _require_version(value: Any) -> Any:
    """Refuse what Python takes for 1 and JSON does not."""
    if type(value) is not int:
        raise ValueError("must be 1")
    return value


def require_at_most(most: int, what: str) -> BeforeValidator:
    """Refuse a collection for its size before looking into it."""

    def check(value: Any) -> Any:
        if isinstance(value, list | tuple | dict) and len(value) > most:
            raise ValueError(f"must have at most {most} {what}")
        return tuple(value) if isinstance(value, list) else value

    return BeforeValidator(check)


Name = Annotated[str, BeforeValidator(_require_name)]
"""At most 100 printable characters."""

Text = Annotated[str, BeforeValidator(_require_text)]
"""At most 2000 characters of Unicode."""

Parameters = Annotated[
    dict[Name, Annotated[float | str, BeforeValidator(_require_parameter)]],
    require_at_most(_MOST_PARAMETERS, "parameters"),
]
"""Numbers and texts by name."""


class Header(Record):
    """What every submission says of itself.

    Attributes
    ----------
    submission
        Version of this record.
    system
        Name of the system.
    track, split, protocol
        What it was made for.
    uses_oracle
        Whether the system was told something a real one would not know, such as the number
        of sources or the rooms it is tested in.
    description, parameters
        What one has to know to repeat it.
    """

    submission: Annotated[Literal[1], BeforeValidator(_require_version)]
    system: Name
    track: Name
    split: Name
    protocol: Name
    uses_oracle: StrictBool = False
    description: Text = ""
    parameters: Parameters = Field(default={})


class Submission(Header):
    """A submission of any kind.

    Attributes
    ----------
    suffix
        Of the file it is written to; nothing for a folder.
    """

    suffix: ClassVar[str]

    @property
    @abstractmethod
    def answers(self) -> str:
        """How many answers it gives, and to what."""

    @property
    @abstractmethod
    def num_items(self) -> int:
        """Number of its answers."""

    @abstractmethod
    def sha256(self) -> str:
        """Return a digest of what it says, in whatever order."""

    @abstractmethod
    def write(self, path: Path) -> None:
        """Write it, whole or not at all."""


def validated(record: type[_Validated], data: Any, faults: list[str]) -> _Validated | None:
    """Return parsed JSON as a record, or none and add its faults."""
    try:
        return record.model_validate(data)
    except ValidationError as error:
        faults += faults_of(error)
        return None


def refuse(faults: Iterable[str], where: str) -> None:
    """Raise if there are faults.

    Raises
    ------
    SubmissionError
        With all of them.
    """
    found = tuple(faults)
    if found:
        raise SubmissionError(found, where=printable(where))


def named_split(data: Any, faults: list[str]) -> Split | None:
    """Return the split that parsed JSON names, if it does; or none and add the fault."""
    if not isinstance(data, dict):
        return None
    track, name = data.get("track"), data.get("split")
    if not (isinstance(track, str) and isinstance(name, str)):
        return None
    try:
        return load_split(f"{track}/{name}")
    except ParameterError as error:
        faults.append(f"track, split: {error}")
        return None


def made_for_faults(made_for: Mapping[str, Any], split: Split) -> Iterator[str]:
    """Yield which of ``track``, ``split`` and ``protocol`` are texts that do not fit a split."""
    wanted = {"track": split.track.track, "split": split.name, "protocol": split.track.protocol}
    for key, needed in wanted.items():
        given = made_for.get(key)
        if isinstance(given, str) and given != needed:
            yield f'{key}: is "{printable(given)}", but this split needs "{needed}"'
