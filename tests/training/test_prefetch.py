import threading

import pytest

from simgen.training.prefetch import prefetched


@pytest.mark.parametrize("threads", [1, 3])
def test_what_is_made_comes_in_order(threads):
    assert list(prefetched(lambda n: n * n, range(20), threads=threads)) == [
        n * n for n in range(20)
    ]


def test_nothing_comes_of_nothing():
    assert list(prefetched(str, [])) == []


def test_no_more_is_made_ahead_than_asked_for():
    made = []
    coming = prefetched(lambda n: made.append(n) or n, range(100), ahead=3)
    assert next(coming) == 0
    coming.close()
    assert len(made) <= 4


def test_it_is_made_in_another_thread():
    (thread,) = prefetched(lambda _: threading.current_thread(), [1])
    assert thread is not threading.current_thread()


def test_an_error_comes_in_its_turn():
    def make(number):
        if number == 2:
            raise ValueError("two")
        return number

    coming = prefetched(make, range(5))
    assert [next(coming), next(coming)] == [0, 1]
    with pytest.raises(ValueError, match="two"):
        next(coming)
