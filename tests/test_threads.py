import os
import threading

from simgen.evaluate.workers import spread
from simgen.threads import THREAD_PINS, quiet_threads


def test_every_library_with_threads_of_its_own_is_pinned_to_one():
    assert set(THREAD_PINS.values()) == {"1"}
    for library in ("OMP", "MKL", "OPENBLAS", "NUMBA", "PRA"):
        assert f"{library}_NUM_THREADS" in THREAD_PINS


def test_workers_are_started_with_the_pins():
    assert list(spread(os.getenv, THREAD_PINS, jobs=1)) == ["1"] * len(THREAD_PINS)


def test_threads_are_silent_within_and_heard_again_after(monkeypatch):
    heard = []
    monkeypatch.setattr(threading, "excepthook", heard.append)
    failing = (threading.Thread(target=int, args=("no number",)) for _ in range(2))
    with quiet_threads():
        thread = next(failing)
        thread.start()
        thread.join()
    assert heard == []
    thread = next(failing)
    thread.start()
    thread.join()
    assert [each.exc_type for each in heard] == [ValueError]
