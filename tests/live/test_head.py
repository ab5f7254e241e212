"""Reading a head: bounded, kept as it came, and never an exception."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

import pytest

from app.live.head import Cut, Head, read_head

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


def read(pair: Pair, data: bytes, *, seconds: float = 5, end: bool = True) -> Head:
    pair[1].sendall(data)
    if end:
        pair[1].shutdown(socket.SHUT_WR)
    return read_head(pair[0], 1000, seconds)


def test_a_whole_head_with_what_was_glued_to_it(pair: Pair) -> None:
    head = read(pair, b"GET / HTTP/1.1\r\n\r\nmore", end=False)
    assert head.end == 18 and head.data[head.end :] == b"more" and head.cut == ""
    assert b"".join(piece for _, piece in head.pieces) == head.data


@pytest.mark.parametrize(
    ("data", "cut"),
    [
        (b"", "eof"),
        (b"GET / HTTP/1.1\r\n", "eof"),
        (b"\x16\x03\x01", "tls"),
        (b"\x81\x85", "junk"),
        (b"\r\n\x00", "junk"),
        (b"GET /" + b"x" * 2000, "long"),
        (b"GET /" + b"x" * 980 + b" HTTP/1.1\r\nHost: a\r\n\r\n", "long"),
    ],
)
def test_why_there_is_no_whole_head(pair: Pair, data: bytes, cut: Cut) -> None:
    head = read(pair, data)
    assert head.cut == cut and head.end is None and head.data == data[:1001]


def test_time_runs_out(pair: Pair) -> None:
    assert read(pair, b"GET", seconds=0.01, end=False).cut == "slow"


def test_a_reset_is_no_exception() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        server, _ = listener.accept()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        assert read_head(server, 1000, 5).cut == "reset"
        server.close()
