"""The socket loop, played over a socketpair."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from dataclasses import replace

import pytest

from app.live.session import Session
from app.live.sessions import Sessions
from app.protocol.apps import Say
from app.protocol.frames import Opcode, write_close, write_frame
from app.settings import Settings

from .conftest import ACCEPT, REQUEST, WAIT, Play

KEY = bytes.fromhex("37fa213d")
HELLO = bytes.fromhex("818537fa213d7f9f4d5158")
HELLO_BACK = bytes.fromhex("810548656c6c6f")
Start = Callable[..., Play]


def test_an_echo_is_recorded_byte_for_byte(play: Start) -> None:
    run = play() >> REQUEST << ACCEPT >> HELLO << HELLO_BACK >> write_close(1000, key=KEY) << write_close(1000)
    run.ends()
    assert run.connection.trace.bytes("client") == REQUEST + HELLO + write_close(1000, key=KEY)
    assert run.connection.trace.bytes("server") == ACCEPT + HELLO_BACK + write_close(1000)
    assert run.kinds()[-2:] == ["server fin", "client fin"]


@pytest.mark.parametrize("size", [1, 7, 64])
def test_how_tcp_cuts_the_bytes_changes_nothing(play: Start, size: int) -> None:
    run = play()
    data = REQUEST + HELLO
    for start in range(0, len(data), size):
        run >> data[start : start + size]
    run << ACCEPT + HELLO_BACK


def test_frames_glued_to_the_head_are_kept(play: Start) -> None:
    play(pieces=(REQUEST[:50], REQUEST[50:])) >> HELLO << ACCEPT << HELLO_BACK


def test_what_is_answered_to_one_read_is_sent_at_once(play: Start) -> None:
    run = play() >> REQUEST << ACCEPT >> HELLO * 50 << HELLO_BACK * 50
    blocks = [r for r in run.connection.trace.records if r.side == "server"]
    assert len(blocks) < 50


def test_a_fin_ends_the_connection(play: Start) -> None:
    run = play() >> REQUEST << ACCEPT
    run.client.shutdown(socket.SHUT_WR)
    run.ends()
    assert run.kinds()[-2:] == ["client fin", "server fin"]


def test_a_reset_is_recorded(session: Session, play: Start) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(listener.getsockname())
    server, _ = listener.accept()
    listener.close()
    run = play()
    run.client.close()
    run.thread.join(WAIT)
    from app.live.endpoint import Endpoint
    from app.protocol.apps import APPS
    from app.protocol.server import Server

    connection = session.connect("test:2", "echo")
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    Endpoint(server, Server(APPS["echo"]()), connection).run()
    assert [r.kind for r in connection.trace.records] == ["rst"]


def test_other_threads_make_the_server_speak(play: Start) -> None:
    run = play() >> REQUEST << ACCEPT
    job = run.connection.post(lambda server: server.send(Say(Opcode.TEXT, b"Hello")))
    run << HELLO_BACK
    assert job.done.wait(WAIT) and job.sent == len(HELLO_BACK)


def test_a_job_that_fails_tells_who_asked(play: Start) -> None:
    run = play() >> REQUEST << ACCEPT

    def fail(server: object) -> list[bytes]:
        raise KeyError("no")

    job = run.connection.post(fail)
    assert job.done.wait(WAIT) and isinstance(job.error, KeyError)
    run >> HELLO << HELLO_BACK


def test_jobs_for_a_closed_connection_do_not_wait(play: Start) -> None:
    run = play() >> REQUEST << ACCEPT
    run.client.shutdown(socket.SHUT_WR)
    run.ends()
    assert run.connection.post(lambda server: []).done.wait(0)


def impatient(**changes: float) -> Session:
    return Sessions(replace(Settings(), **changes), trusted=True).named("short")  # type: ignore[arg-type]


def test_a_large_message_comes_back_whole(play: Start) -> None:
    payload = bytes(range(256)) * 16384
    run = play() >> REQUEST << ACCEPT
    run >> write_frame(Opcode.BINARY, payload, key=KEY) << write_frame(Opcode.BINARY, payload)


def test_a_peer_that_never_reads_is_given_up(play: Start) -> None:
    run = play(on=impatient(send_seconds=0.05)) >> REQUEST << ACCEPT
    run >> write_frame(Opcode.BINARY, bytes(2**20), key=KEY)
    assert run.connection.closed.wait(WAIT)


def test_a_close_that_is_not_answered_is_not_waited_for(play: Start) -> None:
    run = play(on=impatient(close_seconds=0.05)) >> REQUEST << ACCEPT
    run.connection.post(lambda server: server.shutdown(1001))
    run << write_close(1001)
    run.ends()


def test_back_pressure_stops_reading_and_still_notices_the_end(play: Start) -> None:
    session = impatient(held_bytes=20_000)
    session.set_mode("hold")
    run = play(on=session) >> REQUEST
    run.holding("client head")
    block = write_frame(Opcode.BINARY, bytes(10_000), key=KEY)
    run.client.setblocking(False)
    sent = 0
    try:
        while sent < 64 * 2**20:
            sent += run.client.send(block)
    except BlockingIOError:
        pass
    run.settled()
    assert run.connection.gate.size < 100_000 < sent
    run.client.close()
    run.until(lambda: any(r.kind in ("fin", "rst") for r in run.connection.trace.records) or not run.connection.open)


def test_past_the_budget_recording_stops_and_the_engine_goes_on(play: Start) -> None:
    run = play(on=impatient(trace_connection=600)) >> REQUEST << ACCEPT
    for _ in range(10):
        run >> HELLO << HELLO_BACK
    assert run.connection.trace.stopped is not None
    assert run.connection.heard == len(REQUEST) + 10 * len(HELLO)
