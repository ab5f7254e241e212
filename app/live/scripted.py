"""Clients inside the server: they connect to our own port over real loopback, so that their bytes are real too."""

from __future__ import annotations

import logging
import os
import socket
import struct
import threading
from base64 import b64encode
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import NamedTuple

from app.live.watch import IN, OUT, watch
from app.protocol.client import Client
from app.protocol.frames import Opcode

CONNECT_SECONDS = 5
PACE_SECONDS = 0.15
"""After each thing it says a client listens this long for an answer, so that cause and effect stay in order."""
QUIET_SECONDS = 1.0
"""A script that has been played leaves when nothing has come for this long."""
LIFE_SECONDS = 3600
READ = 65_536

log = logging.getLogger("socketscope.live")


class Say(NamedTuple):
    """Something to send once `after` messages have come from the server; then a `rest` of so many seconds.

    `leave` is how to go at this point: `fin` without a word, `rst` at once.
    """

    act: Callable[[Client], bytes]
    after: int = 0
    rest: float = 0.0
    leave: str = ""


class Crowded(Exception):
    """There are as many scripted clients as there may be."""


class ScriptedClient:
    """One client with a thread of its own. `leave`: it goes once it has said everything and all is quiet."""

    def __init__(self, client: Client, address: tuple[str, int], plan: list[Say], *, leave: bool) -> None:
        self.ended = threading.Event()
        self._client, self._plan, self._leave = client, deque(plan), leave
        self._lock = threading.Lock()
        self._outbox = bytearray(client.request())
        self._messages = 0
        self._not_before = self._rests_until = 0.0
        self._heard_at = self._began = monotonic()
        self._sock = socket.create_connection(address, CONNECT_SECONDS)
        self._sock.setblocking(False)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._waker, self._wake_end = socket.socketpair()
        self._waker.setblocking(False)
        host, port = self._sock.getsockname()[:2]
        self.name = f"{host}:{port}"
        threading.Thread(target=self._run, name="scripted", daemon=True).start()

    def say(self, act: Callable[[Client], bytes]) -> int:
        """Send something as soon as the handshake allows; how many bytes it is."""
        with self._lock:
            data = act(self._client)
            self._plan.append(Say(lambda client: data, 0))
        self._wake()
        return len(data)

    def stop(self) -> None:
        """Leave at once."""
        self._began = -LIFE_SECONDS
        self._wake()

    def _wake(self) -> None:
        try:
            self._wake_end.send(b"\0")
        except OSError:
            pass  # it has left

    def _run(self) -> None:
        poll = watch()
        poll.register(self._waker, IN)
        poll.register(self._sock, IN)
        try:
            while not self._over():
                self._speak()
                poll.modify(self._sock, IN | (OUT if self._outbox else 0))
                for fd, event in poll.poll(self._patience()):
                    if fd == self._waker.fileno():
                        self._waker.recv(4096)
                    elif event & ~OUT and not self._listen():
                        return
        except OSError as error:
            log.debug("a scripted client lost its connection: %s", error)
        finally:
            self._sock.close()
            self._waker.close()
            self._wake_end.close()
            self.ended.set()

    def _over(self) -> bool:
        now = monotonic()
        if now - self._began > LIFE_SECONDS:
            return True
        quiet = now - max(self._heard_at, self._not_before, self._rests_until) > QUIET_SECONDS
        failed = self._client.closed and not self._client.opened
        done = self._client.opened and not self._plan
        return self._leave and (failed or done) and not self._outbox and quiet

    def _patience(self) -> float:
        """Milliseconds until there may be something to say or a reason to leave."""
        if self._plan and self._client.opened and self._messages >= self._plan[0].after:
            return max(self._not_before - monotonic(), self._rests_until - monotonic(), 0) * 1000 + 1
        return QUIET_SECONDS * 1000 if self._leave else 60_000

    def _speak(self) -> None:
        with self._lock:
            plan = self._plan
            ready = self._client.opened and plan and self._messages >= plan[0].after
            now = monotonic()
            if ready and now >= max(self._not_before, self._rests_until):
                say = plan.popleft()
                self._outbox += say.act(self._client)
                self._not_before, self._rests_until = now + PACE_SECONDS * self._leave, now + say.rest
                if say.leave:
                    self._go(say.leave)
        if self._outbox:
            try:
                del self._outbox[: self._sock.send(self._outbox)]
            except BlockingIOError:
                pass  # the server reads slowly; POLLOUT will tell

    def _go(self, how: str) -> None:
        """The script ends here: without a Close frame, or even without a FIN."""
        if how == "rst":
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._began = -LIFE_SECONDS

    def _listen(self) -> bool:
        """Read what came and answer it; False at the end of the connection."""
        try:
            data = self._sock.recv(READ)
        except BlockingIOError:
            return True
        if not data:
            return False
        with self._lock:
            for answer in self._client.receive(data):
                self._outbox += answer
            self._messages += sum(heard[0] in (Opcode.TEXT, Opcode.BINARY) for heard in self._client.heard)
            self._client.heard.clear()
            self._not_before = 0.0
        self._heard_at = monotonic()
        return True


def _speaker(host: str, session: str) -> Client:
    """A client of `echo` that draws key and masks as it should."""
    key = b64encode(os.urandom(16)).decode()
    return Client(host, f"/ws/{session}?app=echo", key=key, mask=lambda: os.urandom(4))


class ScriptedClients:
    """All of them; `address` is where our own server listens."""

    def __init__(self, limit: int) -> None:
        self.address = ("127.0.0.1", 0)
        self._limit = limit
        self._lock = threading.Lock()
        self._running: list[ScriptedClient] = []
        self._speaking: dict[str, ScriptedClient] = {}

    def start(self, session: str, make: Callable[[str], Client], plan: list[Say]) -> ScriptedClient:
        """Connect the client that `make` gives for our host, and play a plan.

        Raises Crowded, or OSError when our own port does not answer.
        """
        return self._connect(make, plan, leave=True)

    def speaker(self, session: str) -> ScriptedClient:
        """The client of a session that says what it is told to; connected on first use. Raises as `start` does."""
        client = self._speaking.get(session)
        if client is None or client.ended.is_set():
            client = self._speaking[session] = self._connect(lambda host: _speaker(host, session), [], leave=False)
        return client

    def _connect(self, make: Callable[[str], Client], plan: list[Say], *, leave: bool) -> ScriptedClient:
        host, port = self.address
        shown = f"[{host}]" if ":" in host else host
        client = make(f"{shown}:{port}")
        with self._lock:
            self._running = [other for other in self._running if not other.ended.is_set()]
            self._speaking = {id: other for id, other in self._speaking.items() if not other.ended.is_set()}
            if len(self._running) >= self._limit:
                raise Crowded("There are too many scripted clients just now; please try again in a minute.")
            scripted = ScriptedClient(client, self.address, plan, leave=leave)
            self._running.append(scripted)
            return scripted

    def stop(self) -> None:
        """End all of them."""
        for client in self._running:
            client.stop()
        for client in self._running:
            client.ended.wait(0.5)
