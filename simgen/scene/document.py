"""A YAML text with the place of each of its keys and values."""

import stat
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Literal, NoReturn

from simgen.errors import SceneError, SceneProblem
from simgen.scene.yaml_nodes import (
    MOST_PROBLEMS,
    Entry,
    KeyPath,
    Node,
    Place,
    Source,
    dotted,
    read_nodes,
)
from simgen.scene.yaml_scalars import BAD_CHARACTER, describe_character

__all__ = ["Document", "KeyPath", "Place", "dotted", "parse_document", "read_document"]

_MOST_BYTES = 2**20


@dataclass(frozen=True)
class Document(Source):
    """A parsed text that knows where each of its keys and values stands.

    Attributes
    ----------
    name
        File name as messages show it.
    text
        The text, without a byte order mark.
    data
        The content as plain dicts, lists, strings, numbers, booleans and None.
    """

    data: dict[str, Any]
    root: Node = field(repr=False)

    def place(self, path: KeyPath, *, of: Literal["key", "value"] = "value") -> Place:
        """Return where a key or its value begins.

        Parameters
        ----------
        path
            Keys and list indices from the top; where it leaves the document, its nearest
            ancestor in the document counts.
        of
            Whether the key or its value is wanted; list items have only values.

        Returns
        -------
        Place
            Line and column; for an alias, the place where it is used.
        """
        entry = Entry(self.root.place, self.root)
        for element in path:
            found = entry.node.child(element)
            if found is None:
                break
            entry = found
        return entry.key_place if of == "key" else entry.node.place

    def problem(
        self,
        code: str,
        message: str,
        path: KeyPath,
        *,
        of: Literal["key", "value"] = "value",
        suggestion: str | None = None,
    ) -> SceneProblem:
        """Return a problem of a key or value with its place and source line.

        Parameters
        ----------
        code, message, suggestion
            As in `SceneProblem`.
        path, of
            What the problem concerns, as in `place`.
        """
        return self.problem_at(code, message, self.place(path, of=of), path, suggestion)


def read_document(path: Path) -> Document:
    """Read a YAML file.

    Parameters
    ----------
    path
        The file; messages show it as it is given here.

    Raises
    ------
    SceneError
        If the file cannot be read or is not one plain YAML mapping.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            _refuse("unreadable-file", "this is not a regular file", str(path))
        _check_size(status.st_size, str(path))
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        _refuse("unreadable-file", "there is no such file", str(path))
    except OSError as error:
        _refuse("unreadable-file", error.strerror or "the file cannot be read", str(path))
    return parse_document(content, str(path))


def parse_document(text: str | bytes, name: str) -> Document:
    """Parse a YAML text into plain data with places.

    Parameters
    ----------
    text
        The text; bytes are read as UTF-8.
    name
        File name for messages.

    Raises
    ------
    SceneError
        With every problem that one reading can find: syntax, duplicate keys, explicit tags,
        keys that are not text, numbers that are not finite, and sizes beyond the limits.
    """
    source = Source(name, _decode(text, name).removeprefix("\ufeff"))
    _check_characters(source)
    root = read_nodes(source)
    return Document(name, source.text, root.plain(), root)


def _refuse(code: str, message: str, name: str) -> NoReturn:
    """Report a problem of the file as a whole."""
    raise SceneError([SceneProblem(code, message)], file=name)


def _check_size(size: int, name: str) -> None:
    if size > _MOST_BYTES:
        _refuse("too-large", f"the file must be at most {_MOST_BYTES} bytes, got {size}", name)


def _decode(text: str | bytes, name: str) -> str:
    """Return the text of bytes in UTF-8."""
    content = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    _check_size(len(content), name)
    if isinstance(text, str):
        return text
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        good = Source(name, text[: error.start].decode("utf-8").removeprefix("\ufeff"))
        message = f"the file must be UTF-8 text, got the byte 0x{text[error.start]:02x}"
        problem = good.problem_at("not-utf8", message, good.place_at(len(good.text)), ())
        raise SceneError([problem], file=name) from None


def _check_characters(source: Source) -> None:
    """Refuse control characters, line breaks other than newlines, and lone surrogates."""
    problems = [
        source.problem_at(
            "bad-character", describe_character(found[0]), source.place_at(found.start()), ()
        )
        for found in islice(BAD_CHARACTER.finditer(source.text), MOST_PROBLEMS)
    ]
    if problems:
        raise SceneError(problems, file=source.name)
