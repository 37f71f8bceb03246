"""Spread the items of a split over worker processes."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from functools import lru_cache
from typing import Any, Final, TypeVar

from simgen.arrays import require_between
from simgen.errors import SimgenError
from simgen.threads import THREAD_PINS, quiet_threads

__all__ = ["spread"]

_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")

_MOST_JOBS: Final = 4096

_PATIENCE_S: Final = 10
"""Time in s after which workers without work end; more are started when there is some."""


def spread(
    work: Callable[[_Item], _Answer], items: Iterable[_Item], *, jobs: int
) -> Iterator[_Answer]:
    """Yield the answers to items, in their order, as worker processes find them.

    One job is a process of its own too, since answers must not depend on their number. The
    workers stay for the next call, because they take a second to start.

    Parameters
    ----------
    work
        Answers one item; it is pickled for the workers, as are items and answers.
    items
        What is asked.
    jobs
        Number of worker processes.

    Raises
    ------
    ParameterError
        If ``jobs`` is below 1.
    SimgenError
        If a worker is killed.
    """
    # slow, and scoring needs no workers
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    require_between(jobs, "jobs", 1, _MOST_JOBS)
    pool = _pool(jobs)
    try:
        yield from _in_order(pool, work, items, ahead=2 * jobs)
    except TerminatedWorkerError as error:
        _pool.cache_clear()
        raise SimgenError(
            "a worker process was killed (out of memory?)",
            fix="Free memory or use fewer --jobs",
        ) from error
    except BaseException:
        _pool.cache_clear()
        with quiet_threads():
            pool.shutdown(wait=True, kill_workers=True)
        raise


@lru_cache(maxsize=1)
def _pool(jobs: int) -> Any:
    """Start worker processes, which stay for the next call that asks for as many.

    They are nobody else's: loky has a pool that all of a process may share, but joblib takes it
    for its own and fails if somebody else has started it.
    """
    from joblib.externals.loky import ProcessPoolExecutor

    return ProcessPoolExecutor(jobs, timeout=_PATIENCE_S, env=dict(THREAD_PINS))


def _in_order(
    pool: Executor, work: Callable[[_Item], _Answer], items: Iterable[_Item], *, ahead: int
) -> Iterator[_Answer]:
    """Yield answers in the order of items, of which no more than some are with the workers."""
    waiting: deque[Future[_Answer]] = deque()
    for item in items:
        if len(waiting) == ahead:
            yield waiting.popleft().result()
        waiting.append(pool.submit(work, item))
    while waiting:
        yield waiting.popleft().result()
