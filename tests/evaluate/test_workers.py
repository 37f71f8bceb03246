import os
import time
from functools import partial

import pytest
from joblib import Parallel, delayed

from simgen.errors import ParameterError, ShapeError, SimgenError
from simgen.evaluate.workers import spread


def squared(number):
    return number * number


def slow_first(number):
    time.sleep(0.2 if number == 0 else 0.0)
    return number


def refused(number):
    raise ShapeError("item is none", value=number)


def killed(number):
    os._exit(number)


def where(_, name):
    return os.getpid(), os.environ.get(name)


@pytest.mark.parametrize("jobs", [1, 2])
def test_answers_come_in_the_order_of_items(jobs):
    assert list(spread(squared, range(7), jobs=jobs)) == [0, 1, 4, 9, 16, 25, 36]
    assert list(spread(slow_first, range(4), jobs=jobs)) == [0, 1, 2, 3]


def test_there_may_be_nothing_to_do():
    assert list(spread(squared, [], jobs=2)) == []


@pytest.mark.parametrize("name", ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"])
def test_one_job_is_a_process_of_one_thread_too(name, monkeypatch):
    monkeypatch.setenv(name, "7")
    [(process, threads)] = spread(partial(where, name=name), [0], jobs=1)
    assert process != os.getpid()
    assert threads == "1"


def test_an_error_of_the_work_comes_through():
    with pytest.raises(ShapeError, match="item is none, got 0"):
        list(spread(refused, range(3), jobs=2))


def test_a_killed_worker_is_an_error_with_a_remedy():
    with pytest.raises(SimgenError, match=r"killed.*fewer --jobs"):
        list(spread(killed, [3], jobs=1))


@pytest.mark.parametrize("jobs", [0, -1])
def test_there_is_at_least_one_job(jobs):
    with pytest.raises(ParameterError, match="jobs"):
        list(spread(squared, [1], jobs=jobs))


def test_workers_stay_for_the_next_call():
    first = list(spread(partial(where, name=""), [0], jobs=1))
    assert list(spread(partial(where, name=""), [0], jobs=1)) == first


def test_joblib_has_workers_of_its_own_beside():
    assert list(spread(squared, range(3), jobs=2)) == [0, 1, 4]
    assert Parallel(n_jobs=2)(map(delayed(squared), range(3))) == [0, 1, 4]
    assert list(spread(squared, range(3), jobs=2)) == [0, 1, 4]


@pytest.mark.parametrize("error", [KeyboardInterrupt, GeneratorExit])
def test_interrupted_workers_are_killed(error):
    answers = spread(partial(where, name=""), range(300), jobs=1)
    process, _ = next(answers)
    with pytest.raises(error):
        answers.throw(error)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    assert list(spread(squared, [3], jobs=1)) == [9]
