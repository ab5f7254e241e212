"""Writing to followers. With the library and a browser's view of it: tests/web/test_feed."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from app.live.pump import QUEUE_LIMIT, Outlet, Pump

Line = tuple[Outlet, socket.socket]


@pytest.fixture
def pump() -> Iterator[Pump]:
    made = Pump(patience=0.05)
    yield made
    made.stop(1001)


@pytest.fixture
def line(pump: Pump) -> Iterator[Line]:
    ours, theirs = socket.socketpair()
    theirs.settimeout(5)
    yield Outlet(ours, pump), theirs
    ours.close()
    theirs.close()


def read(peer: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size and (piece := peer.recv(size - len(got))):
        got += piece
    return got


def test_frames_from_many_threads_stay_whole(line: Line) -> None:
    outlet, peer = line
    threads = [threading.Thread(target=outlet.send, args=(bytes([n]) * 10_000,)) for n in range(8)]
    for thread in threads:
        thread.start()
    data = read(peer, 80_000)
    assert sorted(data[start] for start in range(0, 80_000, 10_000)) == list(range(8))
    assert all(len(set(data[start : start + 10_000])) == 1 for start in range(0, 80_000, 10_000))


def test_the_source_is_asked_when_the_queue_is_empty(pump: Pump, line: Line) -> None:
    outlet, peer = line
    frames = [b"one", b"two"]
    outlet.source = lambda: frames.pop(0) if frames else None
    pump.wake()
    assert read(peer, 6) == b"onetwo"


def test_what_came_with_the_request_is_read_first(pump: Pump) -> None:
    ours, theirs = socket.socketpair()
    outlet = Outlet(ours, pump, b"glued")
    theirs.sendall(b"later")
    assert (outlet.recv(3), outlet.recv(9), outlet.recv(9)) == (b"glu", b"ed", b"later")
    pump.remove(outlet)
    ours.close()
    theirs.close()


def test_nothing_follows_a_close(line: Line) -> None:
    outlet, peer = line
    outlet.say_close(1001)
    outlet.send(b"\x81\x00")
    outlet.close()
    outlet.finish(1)
    outlet.sock.close()
    assert peer.recv(100) == bytes.fromhex("880203e9") and peer.recv(1) == b""


def test_who_takes_nothing_is_cut_off(line: Line) -> None:
    outlet, peer = line
    outlet.source = lambda: bytes(100_000)
    outlet.send(b"begin")
    assert outlet.over.wait(5)
    with pytest.raises(BrokenPipeError):
        outlet.send(b"more")


def test_who_only_asks_is_cut_off_too(pump: Pump) -> None:
    ours, theirs = socket.socketpair()
    outlet = Outlet(ours, pump)
    pump.remove(outlet)
    for _ in range(QUEUE_LIMIT):
        outlet.send(b"\x8a\x00")
    assert not outlet.over.is_set()
    outlet.send(b"\x8a\x00")
    assert outlet.over.is_set()
    ours.close()
    theirs.close()


def test_one_that_fails_does_not_stop_the_others(pump: Pump, line: Line, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> bytes:
        raise RuntimeError("a defect")

    outlet, peer = line
    ours, theirs = socket.socketpair()
    bad = Outlet(ours, pump)
    bad.source = fail
    pump.wake()
    assert bad.over.wait(5)
    outlet.send(b"still here")
    assert read(peer, 10) == b"still here"
    pump.remove(bad)
    ours.close()
    theirs.close()
