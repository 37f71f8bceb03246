"""Submissions: what every one of them says of itself, whatever it is for.

A submission may come from anyone: plain JSON, CSV and arrays of bounded size, of which nothing is
run. What it says of itself ends up in terminals, pages and tables of numbers, so texts that any of
these takes for more than text are refused.
"""

import math
import re
import unicodedata
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal, TypeVar

from pydantic import BeforeValidator, Field, StrictBool, ValidationError

from simgen.benchmark.json_files import faults_of, printable
from simgen.benchmark.suite import Split, load_split
from simgen.errors import ParameterError, SubmissionError
from simgen.scene.record import GrownRecord, Record

__all__ = [
    "MOST_FAULTS",
    "Header",
    "Label",
    "LabelOrNothing",
    "Link",
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

MOST_FAULTS: Final = 10_000
"""Most faults that are listed: all items of the largest split may be missing."""

_MOST_PARAMETERS = 100
_LONGEST_NAME = 100
_LONGEST_TEXT = 2000
_LONGEST_LINK = 200

_FORMULA_STARTS: Final = frozenset("=+-@")
"""What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection")."""

_TURNS_TEXT: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""What makes text run the other way (Unicode Standard Annex 9, section 2)."""

_LINK: Final = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~/?#=&%+,:;-]*)?")
"""No other scheme, no name and password, no quotes, brackets or spaces."""


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
    if any(char in _TURNS_TEXT or _is_control(char) for char in value):
        raise ValueError("must be text without control characters")
    return value


def _is_control(char: str) -> bool:
    """Tell whether a character is a command, other than to begin a line or a column."""
    return unicodedata.category(char) == "Cc" and char not in "\n\r\t"


def _require_label(value: Any) -> Any:
    """Refuse names that a spreadsheet takes for a formula."""
    name = _require_name(value)
    # Compatibility forms such as the full-width sign are taken for the plain one.
    if unicodedata.normalize("NFKC", name).lstrip()[:1] in _FORMULA_STARTS:
        raise ValueError("must not begin like a formula, with one of = + - @")
    return name


def _require_label_or_nothing(value: Any) -> Any:
    """Refuse what is neither a label nor empty."""
    return value if value == "" else _require_label(value)


def _require_link(value: Any) -> Any:
    """Refuse what is no plain link to a page."""
    if value == "":
        return value
    if not (isinstance(value, str) and len(value) <= _LONGEST_LINK and _LINK.fullmatch(value)):
        raise ValueError(f"must be a plain https:// link of at most {_LONGEST_LINK} characters")
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

Label = Annotated[str, BeforeValidator(_require_label)]
"""A name that may stand in a cell of a spreadsheet."""

LabelOrNothing = Annotated[str, BeforeValidator(_require_label_or_nothing)]
"""A label, or empty."""

Link = Annotated[str, BeforeValidator(_require_link)]
"""A link to a page by https; or nothing."""

Text = Annotated[str, BeforeValidator(_require_text)]
"""At most 2000 characters of Unicode, in lines, and none that is a command."""

Parameters = Annotated[
    dict[Name, Annotated[float | str, BeforeValidator(_require_parameter)]],
    require_at_most(_MOST_PARAMETERS, "parameters"),
]
"""Numbers and texts by name."""


class Header(GrownRecord):
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
    training_data
        What it learned from, in a few words, such as ``none`` or the name of a corpus.
    code
        A link to what it was made with.
    """

    gained: ClassVar[tuple[str, ...]] = ("training_data", "code")

    submission: Annotated[Literal[1], BeforeValidator(_require_version)]
    system: Label
    track: Name
    split: Name
    protocol: Name
    uses_oracle: StrictBool = False
    description: Text = ""
    parameters: Parameters = Field(default={})
    training_data: LabelOrNothing = ""
    code: Link = ""


class Submission(Header):
    """A submission of any kind."""

    @property
    @abstractmethod
    def answers(self) -> str:
        """How many answers it gives, and to what."""

    @property
    def doubts(self) -> tuple[str, ...]:
        """What is no fault, and yet hardly meant."""
        return ()

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


def validated(
    record: type[_Validated], data: Any, faults: list[str], *, at: tuple[str, ...] = ()
) -> _Validated | None:
    """Return parsed JSON, to which some keys lead, as a record; or none and add its faults."""
    try:
        return record.model_validate(data)
    except ValidationError as error:
        faults += faults_of(error, at=at, known=record.model_fields)
        return None


def refuse(faults: Iterable[str], where: str) -> None:
    """Raise if there are faults.

    Raises
    ------
    SubmissionError
        With all of them, or the first 10,000.
    """
    found = [*islice(faults, MOST_FAULTS + 1)]
    if len(found) > MOST_FAULTS:
        found[MOST_FAULTS] = f"and more: only the first {MOST_FAULTS} faults are listed"
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
