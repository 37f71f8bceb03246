"""What an unquoted YAML value means: the core schema of YAML 1.2, with limits.

So ``yes``, ``12:30`` and ``2026-01-01`` are text, ``1e3`` is a number and ``010`` is ten.
"""

import re

__all__ = ["BAD_CHARACTER", "Scalar", "describe_character", "resolve"]

Scalar = str | int | float | bool | None

_LONGEST_NUMBER = 100
_LARGEST_INTEGER = 2**63 - 1

_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_BASES = {"0o": 8, "0x": 16}


# Control characters, line breaks that editors do not count, and halves of surrogate pairs.
BAD_CHARACTER = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]"
)


def describe_character(character: str) -> str:
    """Return the message about a character that ``BAD_CHARACTER`` found."""
    return f"the character U+{ord(character):04X} is not allowed"


def resolve(text: str) -> Scalar:
    """Return what an unquoted value means in the YAML 1.2 core schema.

    Raises
    ------
    ValueError
        If it is a number that is too long, too large or not finite.

    References
    ----------
    YAML Ain't Markup Language, version 1.2.2, section 10.3.2.
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"a number must be finite, got {text}")
    integer, number = _INTEGER.fullmatch(text), _FLOAT.fullmatch(text)
    if (integer or number) and len(text) > _LONGEST_NUMBER:
        raise ValueError(f"a number may have {_LONGEST_NUMBER} characters, got {len(text)}")
    if integer:
        return _integer(text)
    return _float(text) if number else text


def _integer(text: str) -> int:
    base = _BASES.get(text[:2], 10)
    value = int(text if base == 10 else text[2:], base)
    if abs(value) > _LARGEST_INTEGER:
        raise ValueError(f"a whole number must be at most {_LARGEST_INTEGER} in size, got {text}")
    return value


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"a number must be below 1.8e308 in size, got {text}")
    return value
