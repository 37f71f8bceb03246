"""Items that submissions name: which are missing, and which there are not."""

import re
from collections.abc import Collection, Iterator
from difflib import SequenceMatcher
from typing import Final

from simgen.benchmark.json_files import LEAST_LIKENESS, printable
from simgen.benchmark.suite import Split

__all__ = ["missing_faults", "unknown_fault"]

_MOST_NAMED: Final = 10
"""Missing items that are named: of more of them, the number tells more."""

_LONGEST: Final = 100
"""Characters that are looked at to guess which item was meant; no name has more."""

_LAST_NUMBER: Final = re.compile("([0-9]{1,6})[^0-9]*$")


def missing_faults(
    items: Collection[str], split: Split, *, at: tuple[str, ...] = (), remedy: str
) -> Iterator[str]:
    """Yield the first items of a split that are not answered, and how many more there are.

    Parameters
    ----------
    items
        Those that are answered.
    split
        The split.
    at
        Keys that lead to the items in their file.
    remedy
        What to write where nothing is heard.
    """
    missing = [item for item in split.items if item not in items]
    for item in missing[:_MOST_NAMED]:
        yield f"{'.'.join((*at, item))}: is missing; {remedy}"
    if more := len(missing[_MOST_NAMED:]):
        yield f"and {more} more {'item is' if more == 1 else 'items are'} missing"


def unknown_fault(item: str, split: Split, *, at: tuple[str, ...] = ()) -> str:
    """Say that a split has no such item, and which one was probably meant."""
    meant = _meant(item[:_LONGEST], split)
    hint = "" if meant is None else f'; did you mean "{meant}"?'
    return f"{printable('.'.join((*at, item)))}: is not an item of {split.path}{hint}"


def _meant(item: str, split: Split) -> str | None:
    """Return the item of the same number, if what stands before that resembles the split's name."""
    number = _LAST_NUMBER.search(item)
    if number is None or int(number[1]) >= len(split.items):
        return None
    before = item[: number.start()]
    likeness = SequenceMatcher(None, before, f"{split.name}-").ratio()
    return split.items[int(number[1])] if likeness >= LEAST_LIKENESS or not before else None
