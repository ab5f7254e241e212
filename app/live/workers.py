"""Few threads for work that may take long: two explanations at a time, a short queue, and an answer in time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class Busy(Exception):
    """There is no room for more work, or it was not done in time; trying again helps."""


class Workers:
    """At most `threads` pieces of work are done at a time and `waiting` more wait; nobody waits longer than `seconds`.

    Work that is late goes on nevertheless: what it has folded by then is there when it is asked for again.
    """

    def __init__(self, threads: int, waiting: int, seconds: float) -> None:
        self._pool = ThreadPoolExecutor(threads, "explain")
        self._room = threading.Semaphore(threads + waiting)
        self._seconds = seconds

    def run(self, work: Callable[[], T]) -> T:
        """What the work returns or raises. Raises Busy."""
        if not self._room.acquire(blocking=False):
            raise Busy("Too much is being explained just now; please try again in a few seconds.")
        try:
            future = self._pool.submit(work)
        except RuntimeError:  # the pool has been shut down
            self._room.release()
            raise Busy("The server is shutting down.") from None
        future.add_done_callback(self._done)
        try:
            return future.result(self._seconds)
        except TimeoutError:
            if future.done():
                raise  # it is the work's own
            future.cancel()
            raise Busy("This takes longer than usual; please try again in a few seconds.") from None

    def _done(self, future: Future[T]) -> None:
        self._room.release()

    def stop(self) -> None:
        """Take no more work; what has begun ends with the process."""
        self._pool.shutdown(wait=False, cancel_futures=True)
