"""Strangers' texts as pages may show them."""

import unicodedata
from typing import Final
from urllib.parse import urlsplit

__all__ = ["LONGEST_NAME", "secure_link", "visible_line", "visible_text"]

LONGEST_NAME: Final = 60
"""Characters of a name that are shown; the rest becomes an ellipsis."""

_NAMELESS: Final = "(no name)"


def visible_line(text: str, *, longest: int | None = LONGEST_NAME) -> str:
    r"""Return a text in one line, cut where it is long.

    Control, format, surrogate, private and unassigned characters are replaced, and so are line
    breaks: none may hide, turn round or part what stands beside it.

    Examples
    --------
    >>> visible_line(" a\tb\u202e c") == "a\ufffdb\ufffd c"
    True
    """
    words = " ".join(_replaced(text).split()) or _NAMELESS
    return words if longest is None or len(words) <= longest else words[: longest - 1] + "…"


def visible_text(text: str) -> str:
    """Return a text of several lines, with its line feeds and nothing else that is not seen."""
    return "\n".join(_replaced(line) for line in text.replace("\r\n", "\n").split("\n"))


def secure_link(address: str) -> str | None:
    """Return an address that a page may link to, or None.

    Only https to a host in plain letters: no script, no file, no name and password, no host that
    looks like another.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        plain = parts.scheme == "https" and address.startswith("https://") and "." in host
    except ValueError:
        return None
    is_named = parts.username is not None or parts.password is not None
    is_seen = address.isascii() and address.isprintable() and " " not in address
    return address if plain and is_seen and not is_named and "\\" not in address else None


def _replaced(text: str) -> str:
    """Replace every character that is not seen."""
    return "".join("\N{REPLACEMENT CHARACTER}" if _is_unseen(char) else char for char in text)


def _is_unseen(char: str) -> bool:
    """Whether a character is a control, format, surrogate, private, unassigned or line break."""
    category = unicodedata.category(char)
    return category.startswith("C") or category in ("Zl", "Zp")
