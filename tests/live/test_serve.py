"""`socketscope serve` as a process: one sentence when it cannot begin, and out within five seconds when told to."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.protocol.client import SAMPLE_KEY
from app.protocol.handshake import write_request

PROGRAM = "import sys; from app.live.serve import serve; serve(sys.argv[1], int(sys.argv[2]))"


def start(host: str, port: int, **environ: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, host, str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environ},
    )


def refused(host: str, port: int, **environ: str) -> str:
    process = start(host, port, **environ)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 1 and said.count("\n") == 1
    return said


@contextmanager
def running(host: str = "127.0.0.1") -> Iterator[tuple[subprocess.Popen[str], int]]:
    process = start(host, 0)
    try:
        assert process.stdout is not None
        yield process, int(process.stdout.readline().split(":")[2].split()[0])
    finally:
        process.kill()
        process.communicate()


def test_a_busy_port_is_said_plainly() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"Port {port} is in use" in refused("127.0.0.1", port)


def test_a_bad_setting_is_said_plainly() -> None:
    assert "SOCKETSCOPE_CONNECTIONS" in refused("127.0.0.1", 0, SOCKETSCOPE_CONNECTIONS="many")


def test_the_debugger_stays_at_home() -> None:
    assert "debugger" in refused("0.0.0.0", 0, FLASK_DEBUG="1")


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_1001_within_five_seconds(sign: signal.Signals) -> None:
    with running() as (process, port), socket.create_connection(("127.0.0.1", port), 5) as peer:
        peer.sendall(write_request("localhost", "/ws/echo", SAMPLE_KEY))
        assert peer.recv(1000).startswith(b"HTTP/1.1 101 ")
        began = time.monotonic()
        process.send_signal(sign)
        assert peer.recv(100) == bytes.fromhex("880203e9")
        assert process.wait(5) == 0 and time.monotonic() - began < 5
        assert process.stderr is not None and "Traceback" not in process.stderr.read()


def test_the_network_is_warned_about() -> None:
    with running("0.0.0.0") as (process, _):
        assert process.stderr is not None and "Warning" in process.stderr.readline()
