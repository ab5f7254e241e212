"""Echo through the real program and through flask-sock, over loopback, client and server on one core."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from app.protocol.client import SAMPLE_KEY, SAMPLE_MASK
from app.protocol.frames import Opcode, write_frame
from app.protocol.handshake import find_end, write_request
from tests.bench import table

PAYLOAD = b"0123456789abcdef"
PING_PONGS = 4_000
PIPELINED = 60_000
ROUNDS = 5

FLASK_SOCK = """
import sys
from flask import Flask
from flask_sock import Sock
app = Flask(__name__)
app.config["SOCK_SERVER_OPTIONS"] = {"ping_interval": None}
sock = Sock(app)
@sock.route("/ws/echo")
def echo(ws):
    while True:
        ws.send(ws.receive())
from werkzeug.serving import make_server
server = make_server("127.0.0.1", 0, app, threaded=True)
print(f"http://127.0.0.1:{server.port}", flush=True)
server.serve_forever()
"""

RAW_NAME = "raw TCP"
RAW = """
import socket
from app.protocol.client import SAMPLE_KEY
from app.protocol.handshake import write_response
listener = socket.create_server(("127.0.0.1", 0))
print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
peer, _ = listener.accept()
peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
peer.recv(65536)
peer.sendall(write_response(101, []))
while data := peer.recv(65536):
    peer.sendall(data[:-4])
"""
"""What no WebSocket server in Python can beat: bytes back, unread, as many as an echo has."""

PEERS = {
    RAW_NAME: [sys.executable, "-c", RAW],
    "Socketscope, tracing": [sys.executable, "-m", "app", "serve", "--port", "0"],
    "flask-sock on werkzeug": [sys.executable, "-c", FLASK_SOCK],
}


@contextlib.contextmanager
def _server(call: list[str]) -> Iterator[int]:
    with subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            _pin(process.pid)
            assert process.stdout is not None
            found = next(match for line in process.stdout if (match := re.search(r"http://127\.0\.0\.1:(\d+)", line)))
            yield int(found[1])
        finally:
            process.terminate()


def _pin(pid: int) -> None:
    """One core for both, so that where the scheduler puts them is not what is measured."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(pid, {max(os.sched_getaffinity(0))})


def _connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(write_request(f"127.0.0.1:{port}", "/ws/echo", SAMPLE_KEY))
    head = b""
    while find_end(head) is None:
        head += connection.recv(4096)
    return connection


def _ping_pong(connection: socket.socket) -> float:
    frame = write_frame(Opcode.TEXT, PAYLOAD, key=SAMPLE_MASK)
    size = len(frame) - 4
    start = time.perf_counter()
    for _ in range(PING_PONGS):
        connection.sendall(frame)
        _read(connection, size)
    return PING_PONGS / (time.perf_counter() - start)


def _pipelined(connection: socket.socket) -> float:
    frame = write_frame(Opcode.TEXT, PAYLOAD, key=SAMPLE_MASK)
    batch = 2_000
    start = time.perf_counter()
    for _ in range(PIPELINED // batch):
        connection.sendall(frame * batch)
        _read(connection, (len(frame) - 4) * batch)
    return PIPELINED / (time.perf_counter() - start)


def _read(connection: socket.socket, size: int) -> None:
    while size > 0:
        size -= len(connection.recv(min(size, 1 << 18)))


def run() -> None:
    """Print the table."""
    before = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    _pin(0)
    rates: dict[str, tuple[float, float]] = {}
    try:
        for name, call in PEERS.items():
            with _server(call) as port, _connect(port) as connection:
                _ping_pong(connection)
                slow = statistics.median(_ping_pong(connection) for _ in range(ROUNDS))
                fast = statistics.median(_pipelined(connection) for _ in range(ROUNDS)) if name != RAW_NAME else 0
                rates[name] = slow, fast
    finally:
        if before:
            os.sched_setaffinity(0, before)
    base, raw = rates["flask-sock on werkzeug"], rates[RAW_NAME][0]
    rows = [
        [name, table.rate(1, 1 / slow), f"{slow / raw:.2f}", f"{slow / base[0]:.1f}", *_pipelining(fast, base[1])]
        for name, (slow, fast) in rates.items()
    ]
    header = ["16 B, one core", "ping-pong/s", "x raw TCP", "x flask-sock", "pipelined/s", "x flask-sock"]
    table.show("Echo through the real program (goals: 0.75 and 2 in ping-pong, 10 pipelined)", header, rows)


def _pipelining(rate: float, base: float) -> list[str]:
    return [table.rate(1, 1 / rate), f"{rate / base:.1f}"] if rate else ["-", "-"]
