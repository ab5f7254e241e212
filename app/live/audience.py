"""The log of a session's news: encoded once, shared by all who follow, with a cursor for each of them."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from itertools import islice
from typing import NamedTuple


class Batch(NamedTuple):
    """What a follower gets next, and where it is then. With `gap` it missed news and needs a summary instead."""

    position: int
    gap: bool
    news: list[str]


class Log:
    """News as JSON texts, the newest `keep` of them. Positions rise across restarts: an old one is never mistaken."""

    def __init__(self, keep: int) -> None:
        self.end = time.time_ns() // 1_000_000
        self._keep = keep
        self._items: deque[str] = deque()
        self._changed = threading.Condition()
        self._listeners: Counter[Callable[[], None]] = Counter()
        self._cached: tuple[int, int, bytes] = (0, 0, b"")

    def append(self, news: list[str]) -> None:
        """Add news and tell everybody who waits."""
        if not news:
            return
        with self._changed:
            self._items.extend(news)
            self.end += len(news)
            while len(self._items) > self._keep:
                self._items.popleft()
            listeners = list(self._listeners)
            self._changed.notify_all()
        for tell in listeners:
            tell()

    def read(self, after: int) -> Batch:
        """Everything behind a position."""
        with self._changed:
            missing = self.end - after
            if not 0 <= missing <= len(self._items):
                return Batch(self.end, True, [])
            return Batch(self.end, False, list(islice(self._items, len(self._items) - missing, None)))

    def message(self, after: int) -> tuple[int, bool, bytes]:
        """Everything behind a position as one message; followers at the same position share its bytes."""
        with self._changed:
            start, end, message = self._cached
            if (start, end) == (after, self.end):
                return end, False, message
        batch = self.read(after)
        message = encode(batch)
        if not batch.gap:
            with self._changed:
                self._cached = (after, batch.position, message)
        return batch.position, batch.gap, message

    def wait(self, after: int, seconds: float) -> bool:
        """Wait until there is something behind a position."""
        with self._changed:
            return self._changed.wait_for(lambda: self.end != after, seconds)

    def listen(self, tell: Callable[[], None]) -> None:
        """Call `tell` once after every change, however many followers asked for it."""
        with self._changed:
            self._listeners[tell] += 1

    def leave(self, tell: Callable[[], None]) -> None:
        """Stop calling `tell`."""
        with self._changed:
            self._listeners[tell] -= 1
            self._listeners += Counter()  # drops what nobody waits for any more


def encode(batch: Batch) -> bytes:
    """A message of the feed. The news are JSON already."""
    gap = "true" if batch.gap else "false"
    return f'{{"position":{batch.position},"gap":{gap},"news":[{",".join(batch.news)}]}}'.encode()
