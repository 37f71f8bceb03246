"""Scores as the plain values that JSON has."""

from collections.abc import Collection, Mapping
from dataclasses import is_dataclass
from typing import Any, Final

import numpy as np

__all__ = ["plain_values"]

_DECIMALS: Final = 9
"""Decimals written out: beyond any meaning, and short of what differs between machines."""


def plain_values(value: Any, *, leave_out: Collection[str] = ()) -> Any:
    """Return nested records, mappings, arrays and numbers as JSON has them, rounded.

    Parameters
    ----------
    value
        A score, whose fields keep their order.
    leave_out
        Names of fields that are not written, wherever they are.

    Examples
    --------
    >>> plain_values({"gain_db": np.float64(0.1) + 0.2, "powers": [1]}, leave_out=["powers"])
    {'gain_db': 0.3}
    """
    if is_dataclass(value):
        value = vars(value)
    if isinstance(value, Mapping):
        kept = ((key, inner) for key, inner in value.items() if key not in leave_out)
        return {key: plain_values(inner, leave_out=leave_out) for key, inner in kept}
    if isinstance(value, np.ndarray):
        return np.round(value, _DECIMALS).tolist()
    return round(float(value), _DECIMALS) if isinstance(value, float) else value
