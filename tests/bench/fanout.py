"""One event to many followers: our feed, a bare loop of sends, and flask-sock's own sending, in one process each."""

from __future__ import annotations

import contextlib
import json
import selectors
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from app import create_app
from app.live.server import background, raise_file_limit
from app.protocol.client import SAMPLE_KEY
from app.protocol.frames import Opcode, write_frame
from app.protocol.handshake import write_request
from tests.bench import table

FOLLOWERS = (30, 100, 500)
ROUNDS = 9
BURST = 100
EVENT = {"kind": "events", "connection": "c1", "text": "x" * 250}
KEY = bytes(4)
PAGE_BYTES = 4096


class Line(NamedTuple):
    """Something to publish with, and those who follow."""

    publish: Callable[[str], None]
    clients: list[socket.socket]


@contextlib.contextmanager
def feed(count: int) -> Iterator[Line]:
    """The real feed: followers of one session of a running server."""
    with background(create_app()) as server:
        session, _ = server.hub.sessions.create()
        clients = []
        for _ in range(count):
            client = socket.create_connection(("127.0.0.1", server.port), 10)
            request = write_request("localhost", f"/feed/{session.id}", SAMPLE_KEY)
            client.sendall(request + write_frame(Opcode.TEXT, b'{"after":0}', key=KEY))
            clients.append(client)
        _until(clients, b'"news":[]}')
        yield Line(lambda text: session.log.append([text]), clients)
        for client in clients:
            client.close()


@contextlib.contextmanager
def bare(count: int) -> Iterator[Line]:
    """Nothing but the sends: one frame, made once, to every socket in turn."""
    pairs = [socket.socketpair() for _ in range(count)]

    def publish(text: str) -> None:
        frame = write_frame(Opcode.TEXT, text.encode())
        for ours, _ in pairs:
            ours.sendall(frame)

    yield Line(publish, [theirs for _, theirs in pairs])
    for ours, theirs in pairs:
        ours.close()
        theirs.close()


@contextlib.contextmanager
def flask_sock(count: int) -> Iterator[Line]:
    """`ws.send` for each follower in turn, as an application of flask-sock does it."""
    from simple_websocket import Server

    pairs = [socket.socketpair() for _ in range(count)]
    environ = {
        "HTTP_HOST": "localhost",
        "HTTP_UPGRADE": "websocket",
        "HTTP_CONNECTION": "Upgrade",
        "HTTP_SEC_WEBSOCKET_KEY": SAMPLE_KEY,
        "HTTP_SEC_WEBSOCKET_VERSION": "13",
    }
    servers = [Server({**environ, "werkzeug.socket": ours}) for ours, _ in pairs]
    clients = [theirs for _, theirs in pairs]
    _until(clients, b"\r\n\r\n")

    def publish(text: str) -> None:
        for server in servers:
            server.send(text)

    yield Line(publish, clients)
    for client in clients:
        client.close()
    for server in servers:
        server.thread.join(5)


def _until(clients: list[socket.socket], mark: bytes) -> None:
    """Read until every client has seen the mark."""
    waiting = selectors.DefaultSelector()
    for client in clients:
        waiting.register(client, selectors.EVENT_READ, bytearray())
    missing = len(clients)
    while missing:
        for key, _ in waiting.select(30):
            seen: bytearray = key.data
            seen += key.fileobj.recv(1 << 18)  # type: ignore[union-attr]
            if mark in seen:
                waiting.unregister(key.fileobj)
                missing -= 1
            del seen[: -len(mark)]
    waiting.close()


def _publish(line: Line, events: int) -> float:
    """Seconds until everybody has the last of so many events."""
    number = time.perf_counter_ns()
    mark = f'"last":{number}'
    texts = [json.dumps(EVENT)] * (events - 1) + [json.dumps({**EVENT, "last": number}, separators=(",", ":"))]

    def publish() -> None:
        for text in texts:
            line.publish(text)

    publisher = threading.Thread(target=publish)  # nobody who publishes also reads
    start = time.perf_counter()
    publisher.start()
    _until(line.clients, mark.encode())
    taken = time.perf_counter() - start
    publisher.join()
    return taken


def _memory() -> int:
    """Bytes of memory that this process uses; 0 where the system does not tell."""
    with contextlib.suppress(OSError), open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * PAGE_BYTES
    return 0


LINES = {"bare loop of sends": bare, "Socketscope's feed": feed, "flask-sock, ws.send": flask_sock}


def run() -> None:
    """Print a table for each number of followers."""
    raise_file_limit()
    for make in LINES.values():
        _measure(make, 2)  # what is loaded once does not count
    for count in FOLLOWERS:
        measured = {name: _measure(make, count) for name, make in LINES.items()}
        base = measured["flask-sock, ws.send"].rate
        rows = [
            [name, f"{one.seconds * 1000:.1f}", table.rate(1, 1 / one.rate), f"{one.rate / base:.1f}", one.memory]
            for name, one in measured.items()
        ]
        header = [f"{count} followers", "one event, ms", "events/s in bursts", "x flask-sock", "KiB a follower"]
        table.show("Fan-out of one event to all (goal: 20 times flask-sock)", header, rows)


class Measured(NamedTuple):
    """Seconds for one event to reach all, events a second in bursts, and memory."""

    seconds: float
    rate: float
    memory: str


def _measure(make: Callable[[int], contextlib.AbstractContextManager[Line]], count: int) -> Measured:
    before = _memory()
    with make(count) as line:
        used = _memory() - before
        _publish(line, 1)
        single = statistics.median(_publish(line, 1) for _ in range(ROUNDS))
        burst = statistics.median(_publish(line, BURST) for _ in range(3))
        return Measured(single, BURST / burst, f"{used / count / 1024:.0f}" if used > 0 else "-")
