"""Work that may take long: bounded in number and in time."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from app.live.workers import Busy, Workers


@pytest.fixture
def workers() -> Iterator[Workers]:
    made = Workers(threads=1, waiting=0, seconds=0.05)
    yield made
    made.stop()


def test_what_the_work_says_is_passed_on(workers: Workers) -> None:
    assert workers.run(lambda: 7) == 7
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            workers.run(lambda: 1 // 0)


def test_a_time_out_of_the_work_itself_is_its_own(workers: Workers) -> None:
    def fail() -> None:
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        workers.run(fail)


def test_who_is_late_is_told_so_and_the_work_goes_on(workers: Workers) -> None:
    go, done = threading.Event(), threading.Event()

    def work() -> None:
        go.wait(5)
        done.set()

    with pytest.raises(Busy, match="longer"):
        workers.run(work)
    with pytest.raises(Busy, match="Too much"):
        workers.run(lambda: 1)
    go.set()
    assert done.wait(5)


def test_there_is_room_again_afterwards(workers: Workers) -> None:
    go, over = threading.Event(), threading.Event()
    with pytest.raises(Busy):
        workers.run(lambda: go.wait(5))
    workers._pool.submit(over.set)
    go.set()
    assert over.wait(5) and workers.run(lambda: 1) == 1


def test_after_the_end_there_is_none(workers: Workers) -> None:
    workers.stop()
    for _ in range(3):
        with pytest.raises(Busy, match="shutting down"):
            workers.run(lambda: 1)
