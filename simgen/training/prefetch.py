"""Work done ahead of its use, in threads beside the one that uses it."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

__all__ = ["prefetched"]

Made = TypeVar("Made")


def prefetched(
    make: Callable[[int], Made], numbers: Iterable[int], *, ahead: int = 4, threads: int = 1
) -> Iterator[Made]:
    """Yield what is made of each number, in their order, and make what comes next meanwhile.

    Parameters
    ----------
    make
        Makes one; runs in other threads.
    numbers
        What is to be made.
    ahead
        How many are made before they are asked for, at most.
    threads
        How many are made at once.
    """
    coming: deque[Future[Made]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="loader") as pool:
        try:
            for number in numbers:
                coming.append(pool.submit(make, number))
                if len(coming) > ahead:
                    yield coming.popleft().result()
            while coming:
                yield coming.popleft().result()
        finally:
            for future in coming:
                future.cancel()
