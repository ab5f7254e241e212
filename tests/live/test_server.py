"""The server around the front: descriptors, threads, the accept loop. Its caps: test_front."""

from __future__ import annotations

import errno
import socket
import threading
from typing import Any

import pytest
from werkzeug.serving import ThreadedWSGIServer

from app.live.server import FrontServer, listen, raise_file_limit
from app.protocol.client import SAMPLE_KEY
from app.protocol.handshake import write_request

REQUEST = write_request("localhost", "/ws/demo", SAMPLE_KEY)


def connect(server: FrontServer) -> socket.socket:
    return socket.create_connection(server.server_address[:2], 5)


def test_without_descriptors_peers_are_told_and_the_server_recovers(
    server: FrontServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhausted(self: object) -> Any:
        raise OSError(errno.EMFILE, "too many open files")

    with monkeypatch.context() as patched:
        patched.setattr(ThreadedWSGIServer, "get_request", exhausted)
        with connect(server) as peer:
            assert peer.recv(1000).startswith(b"HTTP/1.1 503 ")
    with connect(server) as peer:
        peer.sendall(REQUEST)
        assert peer.recv(1000).startswith(b"HTTP/1.1 101 ")


def test_without_threads_peers_are_told(server: FrontServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(self: object) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", none_left)
        peer = connect(server)
        assert peer.recv(1000).startswith(b"HTTP/1.1 503 ")
        peer.close()


def test_connections_that_end_leave_nothing_behind(server: FrontServer) -> None:
    before = threading.active_count()
    peers = [connect(server) for _ in range(30)]
    for peer in peers:
        peer.sendall(REQUEST)
        assert peer.recv(1000).startswith(b"HTTP/1.1 101 ")
    assert threading.active_count() >= before + 30
    for peer in peers:
        peer.close()
    for connection in server.hub.sessions.named("demo").connections():
        assert connection.closed.wait(5)
    pause = threading.Event()
    for _ in range(200):
        if threading.active_count() <= before:
            return
        pause.wait(0.02)
    raise AssertionError("threads are left over")


def test_a_defect_is_logged_and_a_lost_peer_is_not(server: FrontServer, caplog: pytest.LogCaptureFixture) -> None:
    for error in (ConnectionResetError(), ValueError("a defect")):
        try:
            raise error
        except (OSError, ValueError):
            server.handle_error(None, None)
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ValueError]


def test_listening_needs_a_free_port() -> None:
    with listen("127.0.0.1", 0) as first, pytest.raises(OSError):
        listen("127.0.0.1", first.getsockname()[1])


def test_the_file_limit_is_only_ever_raised() -> None:
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    raise_file_limit()
    after = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert after[1] == before[1] and (before[0] < 0 or after[0] >= before[0])
