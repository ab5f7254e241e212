"""Writing to followers: one thread for all of them, whole frames only, and nobody waits for a slow one."""

from __future__ import annotations

import logging
import socket
import threading
from collections import deque
from collections.abc import Callable
from time import monotonic

from app.live.watch import IN, OUT, watch
from app.protocol.frames import write_close

QUEUE_LIMIT = 64
"""Pongs and Close frames that may wait for one follower; one that asks for more without reading is cut off."""

log = logging.getLogger("socketscope.live")


class Outlet:
    """The socket that flask-sock gets instead of the real one.

    Its library may call `send` from two threads, forgets to look at the count, and ends with a plain HTTP response;
    so everything written goes into one queue, whole. `glued` is what came with the request; `source` gives the next
    frame when the queue is empty.
    """

    def __init__(self, sock: socket.socket, pump: Pump, glued: bytes = b"") -> None:
        self.sock = sock
        self.source: Callable[[], bytes | None] | None = None
        self.over = threading.Event()
        self._pump = pump
        self._glued = glued
        self._queue: deque[bytes] = deque()
        self._rest: memoryview | None = None
        self._stuck: float | None = None
        self._said_close = False
        sock.setblocking(False)
        pump.add(self)

    # what the library uses

    def send(self, data: bytes) -> int:
        """Queue bytes that end at a frame boundary."""
        if self.over.is_set():
            raise BrokenPipeError
        if data and not self._said_close:
            if len(self._queue) >= QUEUE_LIMIT:
                self.cut()
            self._said_close = data[:1] == b"\x88"
            self._queue.append(bytes(data))
            self._pump.wake()
        return len(data)

    def recv(self, size: int) -> bytes:
        """Wait for bytes from the follower; first come those that were sent together with its request."""
        if self._glued:
            data, self._glued = self._glued[:size], self._glued[size:]
            return data
        poll = watch()
        poll.register(self.sock, IN)
        while True:
            poll.poll()
            try:
                return self.sock.recv(size)
            except BlockingIOError:
                continue

    def fileno(self) -> int:
        """For the library's selector."""
        return self.sock.fileno()

    def close(self) -> None:
        """The library has finished reading: the conversation is over."""
        self.over.set()
        self._pump.wake()

    # the other side

    def say_close(self, code: int) -> None:
        """Start the closing handshake."""
        if not self.over.is_set():
            self.send(write_close(code))

    def cut(self) -> None:
        """Give the follower up."""
        self.source = None
        self.over.set()
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it was gone already

    def finish(self, seconds: float) -> None:
        """Wait until the conversation is over and what is queued has been sent, then let go of the socket."""
        self.over.wait(seconds)
        self.source = None
        deadline = monotonic() + seconds
        while (self._queue or self._rest) and monotonic() < deadline and self in self._pump:
            self._pump.idle.wait(0.05)
        self._pump.remove(self)

    # the pump's thread

    def write(self, patience: float) -> bool:
        """Send what the peer takes; True when something is left for later."""
        try:
            while data := self._next():
                size = self.sock.send(data)
                self._stuck = None
                self._rest = data[size:] if size < len(data) else None
        except BlockingIOError:
            self._stuck = self._stuck or monotonic()
            if monotonic() - self._stuck > patience:
                self.cut()
            return True
        except OSError:
            self._queue.clear()
            self._rest = None
            self.cut()
        return False

    def _next(self) -> memoryview | None:
        if self._rest is None:
            data = self._queue.popleft() if self._queue else self.source() if self.source else None
            self._rest = memoryview(data) if data else None
        return self._rest


class Pump:
    """Its thread starts with the first outlet. `patience`: seconds a follower may take nothing."""

    def __init__(self, patience: float) -> None:
        self.idle = threading.Event()
        self._patience = patience
        self._lock = threading.Lock()
        self._outlets: dict[int, Outlet] = {}
        self._awake = False
        self._stopped = False
        self._thread: threading.Thread | None = None
        self._waker: socket.socket
        self._wake_end: socket.socket

    def __contains__(self, outlet: Outlet) -> bool:
        return outlet in self._outlets.values()

    def __len__(self) -> int:
        return len(self._outlets)

    def add(self, outlet: Outlet) -> None:
        """Write to one more follower."""
        with self._lock:
            self._outlets[outlet.fileno()] = outlet
            if self._thread is None:
                self._waker, self._wake_end = socket.socketpair()
                self._waker.setblocking(False)
                self._wake_end.setblocking(False)
                self._thread = threading.Thread(target=self._run, name="pump", daemon=True)
                self._thread.start()

    def remove(self, outlet: Outlet) -> None:
        """Write to it no more."""
        with self._lock:
            self._outlets = {fd: other for fd, other in self._outlets.items() if other is not outlet}
        self.wake()

    def wake(self) -> None:
        """There may be something to write."""
        if self._thread and not self._awake:
            self._awake = True
            try:
                self._wake_end.send(b"\0")
            except OSError:
                pass  # it is awake, or stopped

    def stop(self, code: int) -> None:
        """Say goodbye to every follower and end the thread once they are gone, or after a second."""
        outlets = list(self._outlets.values())
        for outlet in outlets:
            outlet.source = None
            outlet.say_close(code)
        deadline = monotonic() + 1
        for outlet in outlets:
            outlet.over.wait(max(deadline - monotonic(), 0))
        self._stopped = True
        self.wake()
        if self._thread:
            self._thread.join(1)
            self._waker.close()
            self._wake_end.close()

    def _run(self) -> None:
        blocked: list[Outlet] = []
        while not self._stopped:
            self._wait(blocked)
            with self._lock:
                outlets = list(self._outlets.values())
            self.idle.clear()
            blocked = [outlet for outlet in outlets if self._write(outlet)]
            self.idle.set()

    def _write(self, outlet: Outlet) -> bool:
        try:
            return outlet.write(self._patience)
        except Exception:
            log.exception("a follower could not be written to")
            outlet.cut()
            return False

    def _wait(self, blocked: list[Outlet]) -> None:
        poll = watch()
        poll.register(self._waker, IN)
        for outlet in blocked:
            if outlet.fileno() >= 0:
                poll.register(outlet.sock, OUT)
        for fd, _ in poll.poll(min(self._patience, 1) * 1000 if blocked else None):
            if fd == self._waker.fileno():
                self._waker.recv(4096)
        self._awake = False
