"""The socket loop of one connection. It needs a connected stream socket and an engine, and knows no server.

One thread runs it and alone touches the socket. Inbound bytes are recorded when they are read, outbound bytes when
they are sent. It keeps reading while units are held, so that the peer's close is noticed, until too much has piled up;
then it leaves the rest to TCP's back-pressure.
"""

from __future__ import annotations

import socket
import threading
from collections import deque
from collections.abc import Iterable
from time import monotonic

from app.live.alarm import Alarm
from app.live.connection import Connection, Engine
from app.live.cutter import Cutter
from app.live.unit import Unit
from app.live.watch import GONE, HANG_UP, IN, OUT, watch

READ = 65_536
DRAIN_SECONDS = 2.0
"""How long the peer's remaining bytes are read after our half of TCP is closed, so that it is not answered by RST."""
CLOSE_FRAME = b"\x88"


class Endpoint:
    """`run` returns when the connection is over and its socket closed."""

    def __init__(self, sock: socket.socket, engine: Engine, connection: Connection) -> None:
        self._sock, self._engine, self._connection = sock, engine, connection
        self._settings = connection.session.settings
        self._gate = connection.gate
        self._alarm = Alarm(engine)
        self._now = connection.session.now
        self._cutter = Cutter(connection.trace, self._settings.message_bytes)
        self._outbox: deque[memoryview] = deque()
        self._unsent = 0
        self._stuck: float | None = None  # since when the peer takes nothing
        self._closing: float | None = None  # since when its half of the closing handshake is awaited
        self._reading = True
        self._eof_due = False  # the engine has still to hear of the peer's FIN
        self._reset = False
        self._mask = 0
        self._poll = watch()
        self._waker_fd = connection.waker.fileno()
        self._done: list[threading.Event] = []

    def run(self, pieces: Iterable[tuple[int, bytes]] = (), head_end: int = 0) -> None:
        """Serve the connection; `pieces` were read before, with times, and begin with `head_end` bytes of head."""
        try:
            self._sock.setblocking(False)
            self._poll.register(self._connection.waker, IN)
            self._poll.register(self._sock, 0)
            self._begin(list(pieces), head_end)
            self._serve()
            self._finish()
        except OSError:
            self._lost()
        finally:
            self._sock.close()
            self._tell()
            self._connection.end()

    def _begin(self, pieces: list[tuple[int, bytes]], head_end: int) -> None:
        self._cutter.head_end = head_end
        for at, data in pieces:
            self._connection.heard += len(data)
            self._connection.record(at, "client", data)
        if pieces:
            self._consume(b"".join(data for _, data in pieces))

    def _serve(self) -> None:
        connection, gate, cutter = self._connection, self._gate, self._cutter
        while True:
            if connection.jobs:
                self._work()
            self._answer(self._alarm.ring())
            if self._eof_due or cutter.waiting or not gate.open:
                self._release()
            if self._outbox:
                self._flush()
            if self._done:
                self._tell()
            if self._over():
                return
            if self._plain():
                self._converse()
            else:
                self._wait()

    def _plain(self) -> bool:
        """Whether there is nothing to see to but what the peer says next, as nearly always."""
        return (
            self._gate.open
            and not self._outbox
            and self._reading
            and self._closing is None
            and not self._cutter.waiting
            and not self._alarm.set
            and not self._engine.finished
        )

    def _converse(self) -> None:
        """Read and answer without looking left or right, until there is something else to see to."""
        self._watch(IN)
        poll, waker_fd = self._poll.poll, self._waker_fd
        while True:
            for fd, _ in poll():
                if fd == waker_fd:
                    self._connection.waker.recv(4096)
                    return
            self._read()
            if not self._plain():
                return

    def _over(self) -> bool:
        if self._connection.abandoned or self._reset:
            return True
        return self._engine.finished and not self._outbox and not self._gate.holds(inbound=False)

    def _work(self) -> None:
        """Do what other threads asked for."""
        jobs = self._connection.jobs
        while jobs:
            job = jobs.popleft()
            self._done.append(job.done)
            try:
                units = job.act(self._engine)
            except Exception as error:  # it belongs to whoever asked, who raises it again
                job.error = error
                continue
            job.sent = sum(map(len, units))
            self._answer(units)

    def _tell(self) -> None:
        for event in self._done:
            event.set()
        self._done.clear()

    # in

    def _wait(self) -> None:
        paused = self._unsent + self._gate.size > self._settings.held_bytes
        mask = (HANG_UP if paused else IN) if self._reading else 0
        if self._outbox:
            mask |= OUT
        self._watch(mask)
        waker = self._connection.waker
        for fd, event in self._poll.poll(self._alarm.sooner(self._patience())):
            if fd == self._waker_fd:
                waker.recv(4096)
            elif not self._reading:
                if event & GONE:
                    self._lost()
            elif event & (IN | HANG_UP | GONE):
                self._read()

    def _watch(self, mask: int) -> None:
        if mask != self._mask:
            self._poll.modify(self._sock, mask)
            self._mask = mask

    def _patience(self) -> float | None:
        """Milliseconds to wait at most; None without a limit. Gives the connection up when its time is over."""
        if self._closing is None and self._stuck is None:
            soonest = None if self._gate.open else self._gate.left()
            return None if soonest is None else soonest * 1000 + 1
        soonest = self._gate.left()
        for since, limit in ((self._stuck, self._settings.send_seconds), (self._closing, self._settings.close_seconds)):
            if since is not None:
                left = max(since + limit - monotonic(), 0)
                self._connection.abandoned = self._connection.abandoned or not left
                soonest = left if soonest is None else min(left, soonest)
        return None if soonest is None else soonest * 1000 + 1

    def _read(self) -> None:
        try:
            data = self._sock.recv(READ)
        except BlockingIOError:
            return
        at = self._now()
        if not data:
            self._reading, self._eof_due = False, True
            self._connection.record(at, "client", b"", "fin")
            return
        self._connection.heard += len(data)
        self._connection.record(at, "client", data)
        self._consume(data)

    def _consume(self, data: bytes) -> None:
        """Give bytes to the engine at once, or as units to the gate."""
        if self._gate.open and not self._cutter.waiting:
            self._cutter.given += len(data)
            self._answer(self._engine.receive(data))
            return
        for unit in self._cutter.cut(data):
            self._gate.offer(unit)
        self._connection.touch()

    # through the gate

    def _release(self) -> None:
        """Let go what the gate allows, oldest first; part of a unit goes too when holding ends or no more can come."""
        if self._eof_due or self._gate.open:
            for part in self._cutter.rest():
                self._gate.offer(part)
        version = self._gate.version
        while (piece := self._gate.take()) is not None:
            if piece.unit.inbound:
                self._answer(self._engine.receive(piece.data))
            else:
                if piece.last:
                    self._note_close(piece.unit.data)
                self._send(piece.data)
        if self._gate.version != version:
            self._connection.touch()
        if self._eof_due and not self._gate.holds(inbound=True):
            self._eof_due = False
            self._answer(self._engine.eof())

    def _answer(self, units: list[bytes]) -> None:
        if not units:
            return
        if self._gate.open or (self._gate.mode == "run" and not self._gate.holds(inbound=False)):
            self._note_close(units[-1])
            self._send(units[0] if len(units) == 1 else b"".join(units))
            return
        start = self._connection.sent + self._unsent + self._gate.waiting_out()
        for data in units:
            self._gate.offer(Unit("server", False, data[:5] == b"HTTP/", start, data))
            start += len(data)
        self._connection.touch()

    # out

    def _note_close(self, unit: bytes) -> None:
        if unit[:1] == CLOSE_FRAME and self._closing is None:
            self._closing = monotonic()
            self._gate.answered = True

    def _send(self, data: bytes) -> None:
        size = 0 if self._outbox else self._put(data)
        if size < len(data):
            self._outbox.append(memoryview(data)[size:])
            self._unsent += len(data) - size

    def _flush(self) -> None:
        """Send what TCP takes by now and keep the rest."""
        outbox = self._outbox
        while outbox and (size := self._put(outbox[0])):
            self._unsent -= size
            if size == len(outbox[0]):
                outbox.popleft()
            else:
                outbox[0] = outbox[0][size:]

    def _put(self, data: bytes | memoryview) -> int:
        """Send what TCP takes and record that; how many bytes it is."""
        at = self._now()
        try:
            size = self._sock.send(data)
        except BlockingIOError:
            if self._stuck is None:
                self._stuck = monotonic()
            return 0
        self._stuck = None
        self._connection.sent += size
        self._connection.record(at, "server", bytes(data[:size]))
        return size

    # the end

    def _finish(self) -> None:
        """Close our half of TCP, read briefly what the peer still sends, then let go (RFC 6455 section 7.1.1)."""
        if self._reset:
            return
        self._sock.shutdown(socket.SHUT_WR)
        self._connection.record(self._now(), "server", b"", "fin")
        end = monotonic() + DRAIN_SECONDS
        self._poll.modify(self._sock, IN)
        while self._reading and not self._connection.abandoned and (left := end - monotonic()) > 0:
            for fd, _ in self._poll.poll(left * 1000):
                if fd == self._waker_fd:
                    self._connection.waker.recv(4096)
                else:
                    self._drain()
            self._refuse_jobs()

    def _drain(self) -> None:
        data = self._sock.recv(READ)
        self._connection.heard += len(data)
        self._connection.record(self._now(), "client", data, "data" if data else "fin")
        self._reading = bool(data)

    def _refuse_jobs(self) -> None:
        while self._connection.jobs:
            self._connection.jobs.popleft().done.set()

    def _lost(self) -> None:
        """The peer reset the connection: nobody is left to hold anything for."""
        if not self._reset:
            self._reset, self._reading = True, False
            self._connection.record(self._now(), "client", b"", "rst")
