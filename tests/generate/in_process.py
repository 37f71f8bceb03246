"""Render in the test's own process, where worker processes are not what is tested."""

from concurrent.futures import Future
from contextlib import contextmanager
from importlib import import_module
from unittest.mock import patch

work, rounds = (import_module(f"simgen.generate.{name}") for name in ("work", "rounds"))


class AtOnce:
    """A pool of no workers: what is submitted is done before it returns."""

    def __init__(self, job=None):
        self.job = job

    def submit(self, do, *args, **options):
        future = Future()
        with patch.object(work, "_job", self.job):
            try:
                future.set_result(do(*args, **options))
            except Exception as error:
                future.set_exception(error)
        return future


@contextmanager
def at_once(_number, *, initargs=(None,), **_options):
    """Lend such a pool as `simgen.generate.rounds` lends its workers."""
    yield AtOnce(initargs[0])


def without_workers():
    """Start no process within: a worker costs a second or two before it renders."""
    return patch.object(rounds, "_workers", at_once)
