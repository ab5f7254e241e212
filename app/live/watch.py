"""Waiting for several sockets: `select.poll` where the system has it, `select.select` elsewhere (Windows).

Both are used through the few calls of `select.poll`. With `select.select` a broken connection shows as readable, and
the end of what a peer sends is noticed only while it is being read.
"""

from __future__ import annotations

import select
from typing import Protocol

IN = getattr(select, "POLLIN", 1)
OUT = getattr(select, "POLLOUT", 4)
GONE = getattr(select, "POLLERR", 8) | getattr(select, "POLLHUP", 16)
HANG_UP = getattr(select, "POLLRDHUP", 0)
"""Linux tells that the peer stopped sending even while unread bytes wait; 0 elsewhere."""


class Watched(Protocol):
    """A socket."""

    def fileno(self) -> int:
        """Its descriptor."""


class Watch(Protocol):
    """The part of `select.poll` objects that is used here; times in milliseconds."""

    def register(self, sock: Watched, mask: int, /) -> None:
        """Watch a socket for IN and OUT; GONE needs no asking."""

    def modify(self, sock: Watched, mask: int, /) -> None:
        """Watch it for something else."""

    def poll(self, timeout: float | None = None, /) -> list[tuple[int, int]]:
        """What has happened, at least one thing unless the time has passed: descriptors and masks."""


class SelectWatch:
    """The same calls over `select.select`."""

    def __init__(self) -> None:
        self._masks: dict[int, int] = {}

    def register(self, sock: Watched, mask: int) -> None:
        """Watch a socket."""
        self._masks[sock.fileno()] = mask

    modify = register

    def poll(self, timeout: float | None = None) -> list[tuple[int, int]]:
        """Wait; empty also when a watched socket has been closed meanwhile, so that its owner looks at it."""
        wanted = {mask: [fd for fd, asked in self._masks.items() if asked & mask] for mask in (IN, OUT)}
        try:
            ready = select.select(wanted[IN], wanted[OUT], (), None if timeout is None else timeout / 1000)
        except (OSError, ValueError):
            return []
        return [(fd, IN) for fd in ready[0]] + [(fd, OUT) for fd in ready[1]]


def watch() -> Watch:
    """A new, empty one."""
    return select.poll() if hasattr(select, "poll") else SelectWatch()
