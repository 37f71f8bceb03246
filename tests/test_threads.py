import os

from simgen.evaluate.workers import spread
from simgen.threads import THREAD_PINS


def test_every_library_with_threads_of_its_own_is_pinned_to_one():
    assert set(THREAD_PINS.values()) == {"1"}
    for library in ("OMP", "MKL", "OPENBLAS", "NUMBA", "PRA"):
        assert f"{library}_NUM_THREADS" in THREAD_PINS


def test_workers_are_started_with_the_pins():
    assert list(spread(os.getenv, THREAD_PINS, jobs=1)) == ["1"] * len(THREAD_PINS)
