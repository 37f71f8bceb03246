"""Threads of pools of processes: one in each worker, and one that watches them from outside.

A worker has one because the last digits of threaded sums depend on the number of threads.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final

__all__ = ["THREAD_PINS", "quiet_threads"]

THREAD_PINS: Final[Mapping[str, str]] = MappingProxyType(
    {
        f"{library}_NUM_THREADS": "1"
        for library in ("OMP", "MKL", "OPENBLAS", "BLIS", "NUMBA", "NUMEXPR", "PRA")
    }
    | {"VECLIB_MAXIMUM_THREADS": "1"}
)
"""Environment that libraries read when they are imported."""


@contextmanager
def quiet_threads() -> Iterator[None]:
    """Keep the thread of a pool that is shut down from reporting work that was taken from it."""
    report = threading.excepthook
    threading.excepthook = lambda _: None
    try:
        yield
    finally:
        threading.excepthook = report
