"""One thread for each worker process: the last digits of threaded sums depend on their number."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["THREAD_PINS"]

THREAD_PINS: Final[Mapping[str, str]] = MappingProxyType(
    {
        f"{library}_NUM_THREADS": "1"
        for library in ("OMP", "MKL", "OPENBLAS", "BLIS", "NUMBA", "NUMEXPR", "PRA")
    }
    | {"VECLIB_MAXIMUM_THREADS": "1"}
)
"""Environment that libraries read when they are imported."""
