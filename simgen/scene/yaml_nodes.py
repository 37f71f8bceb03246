"""Read YAML's events into nodes that know their places.

Values are built here from the library's events, never by its constructors: nothing in a text can
run code, grow without bound or silently replace an earlier key.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from simgen.errors import SceneError, SceneProblem
from simgen.scene.yaml_scalars import BAD_CHARACTER, Scalar, describe_character, resolve

__all__ = ["MOST_PROBLEMS", "Entry", "KeyPath", "Node", "Place", "Source", "dotted", "read_nodes"]

KeyPath = tuple[str | int, ...]
Event = Any  # the library's base class of events declares none of their attributes

MOST_PROBLEMS = 100
_MOST_NODES = 100_000
_DEEPEST = 32
_LONGEST_LINE = 160

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_PLAIN_KEY = re.compile(r"[\w-]+")
_HINTS = {
    "mapping values are not allowed here": 'text that holds ": " needs quotes',
    r"found character '\t' that cannot start any token": "indent with spaces, not with tabs",
}


class Place(NamedTuple):
    """A place in a text: line and column, both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Source:
    """A named text, its lines, and the form of the problems found in it."""

    name: str
    text: str = field(repr=False)

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends."""
        return _LINE_BREAK.split(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in _LINE_BREAK.finditer(self.text))]

    def place_at(self, index: int) -> Place:
        """Return the place of a character."""
        line = bisect_right(self._starts, index)
        return Place(line, index - self._starts[line - 1] + 1)

    def problem_at(
        self, code: str, message: str, place: Place, path: KeyPath, suggestion: str | None = None
    ) -> SceneProblem:
        """Return a problem that shows its line, unless that is too long to look at."""
        line = self.lines[place.line - 1] if place.column <= _LONGEST_LINE else ""
        return SceneProblem(
            code=code,
            message=message,
            line=place.line,
            column=place.column,
            key_path=dotted(path),
            source_line=_printable(line[:_LONGEST_LINE]),
            suggestion=suggestion,
        )


class Entry(NamedTuple):
    """The value of a mapping's key and the place of the key."""

    key_place: Place
    node: "Node"


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its place; ``size`` counts its nodes with aliases expanded."""

    place: Place
    content: "Scalar | list[Node] | dict[str, Entry]" = None
    size: int = 1
    height: int = 0

    def child(self, element: str | int) -> Entry | None:
        """Return a mapping's entry or a list's item, if there is one."""
        if isinstance(self.content, dict) and isinstance(element, str):
            return self.content.get(element)
        if isinstance(self.content, list) and isinstance(element, int):
            items = self.content[element : element + 1] if element >= 0 else []
            return Entry(items[0].place, items[0]) if items else None
        return None

    def plain(self) -> Any:
        """Return the data, with a copy of its own for each use of an alias."""
        if isinstance(self.content, dict):
            return {key: entry.node.plain() for key, entry in self.content.items()}
        if isinstance(self.content, list):
            return [item.plain() for item in self.content]
        return self.content


def read_nodes(source: Source) -> Node:
    """Return the mapping that a text holds; SceneError with every problem that can be found."""
    return _Reader(source).read()


def dotted(path: KeyPath) -> str:
    """Return a path as people write it.

    Examples
    --------
    >>> dotted(("rules", 0, "between", 1))
    'rules[0].between[1]'
    >>> dotted(("sources", "the talkers"))
    "sources['the talkers']"
    """
    return "".join(_step(element) for element in path).removeprefix(".")


def _step(element: str | int) -> str:
    plain = isinstance(element, str) and _PLAIN_KEY.fullmatch(element)
    return f".{element}" if plain else f"[{element!r}]"


def _printable(line: str) -> str:
    """Replace what a terminal would act upon, column by column."""
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for letter in line.replace("\t", " ")
    )


class _Reader:
    """Builds nodes from the events of a text and collects the problems on the way."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.events = self._parse()
        self.problems: list[SceneProblem] = []
        self.anchors: dict[str, Node | None] = {}
        self.path: list[str | int] = []
        self.count = 0

    def read(self) -> Node:
        """Return the root of the text's only document."""
        next(self.events)
        start = next(self.events)
        if isinstance(start, StreamEndEvent):
            self._stop("empty-file", "the file holds no keys", Place(1, 1))
        if start.version is not None or start.tags:
            self._report("directive", "YAML directives are not allowed", start)
        root = self._node(next(self.events), 0)
        self._check_root(root)
        next(self.events)
        if not isinstance(end := next(self.events), StreamEndEvent):
            self._report("several-documents", "the file must hold a single document", end)
        if self.problems:
            raise SceneError(self.problems, file=self.source.name)
        return root

    def _check_root(self, root: Node) -> None:
        """Refuse anything but a mapping with keys."""
        if self.problems or (isinstance(root.content, dict) and root.content):
            return
        if root.content in (None, {}):
            self._stop("empty-file", "the file holds no keys", root.place)
        self._stop("wrong-type", "the file must be a mapping of keys to values", root.place)

    def _node(self, event: Event, depth: int) -> Node:
        """Return the node that an event begins, inside ``depth`` collections."""
        if isinstance(event, AliasEvent):
            return self._alias(event, depth)
        self._add(1, event)
        self._check_tag(event)
        self._anchor(event, None)
        if isinstance(event, ScalarEvent):
            node = Node(self._place(event), self._scalar(event))
        else:
            node = self._collection(event, depth + 1)
        self._anchor(event, node)
        return node

    def _collection(self, event: Event, depth: int) -> Node:
        """Return the node of a list or mapping, measured by what it holds."""
        self._check_depth(depth, event)
        content: list[Node] | dict[str, Entry]
        if isinstance(event, SequenceStartEvent):
            nodes = content = self._items(depth)
        else:
            content = self._entries(depth)
            nodes = [entry.node for entry in content.values()]
        keys = len(content) if isinstance(content, dict) else 0
        size = 1 + keys + sum(node.size for node in nodes)
        height = 1 + max((node.height for node in nodes), default=0)
        return Node(self._place(event), content, size, height)

    def _items(self, depth: int) -> list[Node]:
        nodes: list[Node] = []
        for event in self._until(SequenceEndEvent):
            self.path.append(len(nodes))
            nodes.append(self._node(event, depth))
            self.path.pop()
        return nodes

    def _entries(self, depth: int) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        for event in self._until(MappingEndEvent):
            key, place = self._key(event, depth), self._place(event)
            self.path.append("?" if key is None else key)
            node = self._value(next(self.events), depth, place)
            if key in entries:
                message = f"this key stands already in line {entries[key].key_place.line}"
                self._report("duplicate-key", message, event)
            elif key is not None:
                entries[key] = Entry(place, node)
            self.path.pop()
        return entries

    def _value(self, event: Event, depth: int, key_place: Place) -> Node:
        """Return a key's value; one that is left empty stands where its key does."""
        node = self._node(event, depth)
        empty = isinstance(event, ScalarEvent) and event.start_mark.index == event.end_mark.index
        return replace(node, place=key_place) if empty else node

    def _key(self, event: Event, depth: int) -> str | None:
        """Return a mapping's key, or None after reporting one that is not text."""
        if not isinstance(event, ScalarEvent):
            self._report("bad-key", "a key must be text", event)
            self._node(event, depth)
            return None
        if event.value == "<<" and not event.style:
            self._report("merge-key", "merge keys (<<) are not allowed; write the keys out", event)
            return None
        faults = len(self.problems)
        key = self._node(event, depth).content
        if isinstance(key, str):
            return key
        if len(self.problems) == faults:
            message = f"a key must be text, got {event.value or 'nothing'}; put it in quotes"
            self._report("bad-key", message, event)
        return None

    def _alias(self, event: Event, depth: int) -> Node:
        """Return the node that an alias stands for, at the place of the alias."""
        target = self.anchors.get(event.anchor)
        if target is None:
            fault = "lies inside what it names" if event.anchor in self.anchors else "has no anchor"
            self._report("bad-alias", f"the alias *{event.anchor} {fault}", event)
            return Node(self._place(event))
        self._check_depth(depth + target.height, event)
        self._add(target.size, event)
        return replace(target, place=self._place(event))

    def _anchor(self, event: Event, node: Node | None) -> None:
        if event.anchor is not None:
            self.anchors[event.anchor] = node

    def _scalar(self, event: Event) -> Scalar:
        """Return a scalar's value, or None after reporting one that is not allowed."""
        text: str = event.value
        if found := BAD_CHARACTER.search(text):
            self._report("bad-character", describe_character(found[0]), event)
            return None
        try:
            return text if event.style else resolve(text)
        except ValueError as error:
            self._report("bad-number", str(error), event)
            return None

    def _until(self, end: type) -> Iterator[Event]:
        while not isinstance(event := next(self.events), end):
            yield event

    def _add(self, nodes: int, event: Event) -> None:
        self.count += nodes
        if self.count > _MOST_NODES:
            message = f"the file must hold at most {_MOST_NODES} values with its aliases expanded"
            self._stop("too-many-values", message, self._place(event))

    def _check_depth(self, depth: int, event: Event) -> None:
        if depth > _DEEPEST:
            message = f"values must be nested at most {_DEEPEST} deep"
            self._stop("too-deep", message, self._place(event))

    def _check_tag(self, event: Event) -> None:
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._report("explicit-tag", f"tags are not allowed, got {tag}", event)

    def _place(self, event: Event) -> Place:
        return self.source.place_at(event.start_mark.index)

    def _report(self, code: str, message: str, event: Event) -> None:
        """Note a problem and read on, unless there are too many to be of use."""
        place = self._place(event)
        self.problems.append(self.source.problem_at(code, message, place, tuple(self.path)))
        if len(self.problems) >= MOST_PROBLEMS:
            raise SceneError(self.problems, file=self.source.name)

    def _stop(self, code: str, message: str, place: Place) -> NoReturn:
        """Report a problem that ends the reading, with all those before it."""
        problem = self.source.problem_at(code, message, place, ())
        raise SceneError([*self.problems, problem], file=self.source.name)

    def _parse(self) -> Iterator[Event]:
        """Yield the text's events; the YAML library's own failures become syntax problems."""
        place = Place(1, 1)
        try:
            for event in YAML(typ="safe", pure=True).parse(self.source.text):
                place = self._place(event)
                yield event
        except MarkedYAMLError as error:
            self._stop("yaml-syntax", _explain(error), self._error_place(error))
        except Exception as error:
            self._stop("yaml-syntax", f"this is not valid YAML: {error}", place)

    def _error_place(self, error: MarkedYAMLError) -> Place:
        """Return where a syntax error is; what never ends is shown where it begins."""
        mark = error.problem_mark or error.context_mark
        if error.context_mark and mark.index >= len(self.source.text.rstrip()):
            mark = error.context_mark
        return self.source.place_at(mark.index)


def _explain(error: MarkedYAMLError) -> str:
    """Return a syntax error in one line, with the likely remedy."""
    message = ", ".join(part for part in (error.context, error.problem) if part)
    hint = _HINTS.get(error.problem)
    return message if hint is None else f"{message}; {hint}"
