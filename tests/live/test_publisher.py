"""When news are published: the first at once, more in batches, and never twice at a time."""

from __future__ import annotations

import logging
import threading
from typing import Any, cast

import pytest

from app.live.publisher import COALESCE, Publisher
from app.live.session import Session


class Pretend:
    """Something to publish; `told` is released once for every batch."""

    def __init__(self, *, fails: bool = False) -> None:
        self.told = threading.Semaphore(0)
        self.fails = fails
        self.count = 0

    def publish(self) -> None:
        self.count += 1
        self.told.release()
        if self.fails:
            raise RuntimeError("a defect")


def session(**options: Any) -> tuple[Session, Pretend]:
    made = Pretend(**options)
    return cast(Session, made), made


def test_marking_publishes() -> None:
    publisher = Publisher()
    marked, made = session()
    publisher.mark(marked)
    assert made.told.acquire(timeout=5)
    publisher.stop()


def test_marks_in_quick_succession_become_one_batch() -> None:
    publisher = Publisher()
    marked, made = session()
    publisher.mark(marked)
    assert made.told.acquire(timeout=5)
    for _ in range(100):
        publisher.mark(marked)
    assert made.told.acquire(timeout=5)
    assert not made.told.acquire(timeout=COALESCE * 2) and made.count == 2
    publisher.stop()


def test_a_failure_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    publisher = Publisher()
    bad, failing = session(fails=True)
    good, made = session()
    publisher.mark(bad)
    assert failing.told.acquire(timeout=5)
    publisher.mark(good)
    assert made.told.acquire(timeout=5)
    publisher.stop()


def test_after_the_end_nothing_is_published() -> None:
    publisher = Publisher()
    publisher.stop()
    marked, made = session()
    publisher.mark(marked)
    assert made.count == 0
