"""https and wss on the port of http and ws: both layers recorded, and peers that misbehave block nobody."""

from __future__ import annotations

import io
import socket
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from app import create_app
from app.live.connection import Connection
from app.live.secure import Secure
from app.live.server import FrontServer, background
from app.live.tls import DEBT, TlsSocket, Writer
from app.protocol.client import SAMPLE_KEY
from app.protocol.handshake import write_request
from app.protocol.tls.decrypt import decrypt
from app.protocol.tls.keylog import read_keylog
from app.settings import Settings
from app.trace import SIDES, Trace
from tests.tls_pairs import certificate

WAIT = 5
V12, V13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


@pytest.fixture(scope="module")
def server() -> Iterator[FrontServer]:
    with background(create_app()) as running:
        yield running


def anyone(version: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    """A client that trusts every certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if version:
        context.minimum_version = context.maximum_version = version
    return context


def newest(server: FrontServer, session: str) -> Connection:
    found = server.hub.sessions.get(session)
    assert found is not None
    connection = found.connection(None)
    assert connection is not None
    return connection


def recorded(server: FrontServer, session: str) -> Connection:
    connection = newest(server, session)
    assert connection.closed.wait(WAIT)
    return connection


def stray(server: FrontServer, name: tuple[str, int]) -> Connection:
    strays = server.hub.sessions.strays()
    assert strays is not None
    connection = strays.find_peer("{}:{}".format(*name), WAIT)
    assert connection is not None and connection.closed.wait(WAIT)
    return connection


def same_both_ways(connection: Connection) -> None:
    """Deciphering what was recorded below gives what was recorded above, byte for byte."""
    trace = connection.trace
    found = decrypt(trace, read_keylog(connection.keylog))
    assert found.problems == ()
    for side in SIDES:
        assert trace.size(side, "tls") > trace.size(side) > 0
        assert found.trace.bytes(side) == trace.bytes(side)
        assert [r.at for r in trace.records if r.side == side and r.layer == "tls"] == sorted(
            r.at for r in trace.records if r.side == side and r.layer == "tls"
        )


@pytest.mark.parametrize("version", [V12, V13])
def test_both_layers_are_recorded_and_agree(server: FrontServer, version: ssl.TLSVersion) -> None:
    dice, name = Random(7), f"both-{version.value}"
    with connect(f"wss://127.0.0.1:{server.port}/ws/{name}", ssl=anyone(version)) as peer:
        for size in (0, 1, 125, 126, 16_384, 70_000, *(dice.randrange(3_000) for _ in range(10))):
            data = dice.randbytes(size)
            peer.send(data)
            assert peer.recv(WAIT) == data
    connection = recorded(server, name)
    same_both_ways(connection)
    assert connection.tls and connection.tls["version"] == version.name.replace("_", ".")


def test_who_trusts_the_authority_trusts_the_server(server: FrontServer, state_folder: Path) -> None:
    urllib.request.urlopen(f"https://127.0.0.1:{server.port}/api/sessions", context=anyone()).close()
    context = ssl.create_default_context(cafile=str(state_folder / "authority.pem"))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    for host in ("localhost", "127.0.0.1"):
        with urllib.request.urlopen(f"https://{host}:{server.port}/api/sessions", context=context) as answer:
            assert answer.status == 200 and answer.read()
    with connect(f"wss://localhost:{server.port}/ws/trusted", ssl=context) as peer:
        peer.send("x")
        assert peer.recv(WAIT) == "x"


def test_pages_know_that_they_are_secure(server: FrontServer) -> None:
    call = urllib.request.Request(
        f"https://127.0.0.1:{server.port}/api/sessions", b"{}", {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(call, context=anyone()) as answer:
        assert b"wss://127.0.0.1" in answer.read()


def test_the_feed_works_over_tls(server: FrontServer) -> None:
    origin = f"https://127.0.0.1:{server.port}"
    with connect(f"wss://127.0.0.1:{server.port}/ws/followed", ssl=anyone()) as peer:
        peer.send("x")
        peer.recv(WAIT)
        with connect(f"wss://127.0.0.1:{server.port}/feed/followed", ssl=anyone(), origin=origin) as feed:
            feed.send('{"after":0}')
            assert "news" in str(feed.recv(WAIT))
            for number in range(20):
                peer.send(f"more {number}")
                peer.recv(WAIT)
            assert "events" in str(feed.recv(WAIT))


def test_alpn_is_http_1_1(server: FrontServer) -> None:
    context = anyone()
    context.set_alpn_protocols(["h2", "http/1.1"])
    with socket.create_connection(("127.0.0.1", server.port), WAIT) as raw, context.wrap_socket(raw) as peer:
        assert peer.selected_alpn_protocol() == "http/1.1"


def test_ws_and_wss_at_the_same_time(server: FrontServer) -> None:
    def talk(number: int) -> bool:
        secure = number % 2 == 0
        url = f"{'wss' if secure else 'ws'}://127.0.0.1:{server.port}/ws/mixed-{number}"
        with connect(url, ssl=anyone() if secure else None) as peer:
            for turn in range(10):
                peer.send(f"{number} {turn}" * 100)
                assert peer.recv(WAIT) == f"{number} {turn}" * 100
        return True

    with ThreadPoolExecutor(10) as pool:
        assert all(pool.map(talk, range(20)))
    for number in range(20):
        connection = recorded(server, f"mixed-{number}")
        if number % 2 == 0:
            same_both_ways(connection)
        else:
            assert connection.tls is None and connection.trace.size("client", "tls") == 0


def test_a_large_echo_to_a_slow_reader_arrives_whole(server: FrontServer) -> None:
    data = Random(1).randbytes(3_000_000)
    with connect(f"wss://127.0.0.1:{server.port}/ws/slow", ssl=anyone(), max_size=None, compression=None) as peer:
        sender = threading.Thread(target=peer.send, args=(data,))
        sender.start()
        assert peer.recv(30) == data
        sender.join(WAIT)
    same_both_ways(recorded(server, "slow"))


def test_the_peers_close_notify_is_its_end(server: FrontServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), WAIT) as raw:
        peer = anyone().wrap_socket(raw)
        peer.sendall(write_request("127.0.0.1", "/ws/notified", SAMPLE_KEY))
        assert peer.recv(1000).endswith(b"\r\n\r\n")
        peer.unwrap().close()
    connection = recorded(server, "notified")
    ends = [(r.side, r.layer) for r in connection.trace.records if r.kind == "fin"]
    assert ("client", "wire") in ends and ("server", "tls") in ends


def test_a_request_and_a_close_notify_in_one_go_are_noticed(server: FrontServer) -> None:
    inward, outward, context = ssl.MemoryBIO(), ssl.MemoryBIO(), anyone()
    peer = context.wrap_bio(inward, outward)
    with socket.create_connection(("127.0.0.1", server.port), WAIT) as raw:
        while True:
            try:
                peer.do_handshake()
                break
            except ssl.SSLWantReadError:
                raw.sendall(outward.read())
                inward.write(raw.recv(65_536))
        peer.write(write_request("127.0.0.1", "/ws/at-once", SAMPLE_KEY))
        with pytest.raises(ssl.SSLError):
            peer.unwrap()
        raw.sendall(outward.read())
        connection_ended = b""
        while piece := raw.recv(65_536):
            connection_ended += piece
    assert connection_ended
    assert recorded(server, "at-once").trace.bytes("client").startswith(b"GET /ws/at-once")


@pytest.mark.parametrize("first", [b"\x16", b"\x16\x03\x01", b"\x16\x03\x01\x02\x00\x01\x00\x01"])
def test_who_begins_tls_and_falls_silent_is_let_go_and_blocks_nobody(first: bytes) -> None:
    with background(create_app(replace(Settings(), head_seconds=0.3))) as server:
        with socket.create_connection(("127.0.0.1", server.port), WAIT) as silent:
            silent.sendall(first)
            with connect(f"wss://127.0.0.1:{server.port}/ws/other", ssl=anyone()) as peer:
                peer.send("x")
                assert peer.recv(WAIT) == "x"
            silent.settimeout(WAIT)
            while silent.recv(100):
                pass


def test_who_shakes_hands_and_says_nothing_is_let_go() -> None:
    with background(create_app(replace(Settings(), head_seconds=0.3))) as server:
        with socket.create_connection(("127.0.0.1", server.port), WAIT) as raw, anyone().wrap_socket(raw) as peer:
            assert peer.recv(100) == b""


JUNK = {
    "a hello of zeros": bytes.fromhex("16030100c8010000c40303") + bytes(200),
    "HTTP behind the first byte": b"\x16GET / HTTP/1.1\r\n\r\n",
    "a record without end": b"\x16\x03\x01\xff\xff" + bytes(70_000),
    "random": b"\x16" + Random(3).randbytes(500),
}


@pytest.mark.parametrize("case", JUNK)
def test_junk_is_answered_in_tls_or_not_at_all_and_kept_with_the_strays(server: FrontServer, case: str) -> None:
    with socket.create_connection(("127.0.0.1", server.port), WAIT) as peer:
        name = peer.getsockname()
        peer.sendall(JUNK[case])
        answer = b""
        try:
            peer.shutdown(socket.SHUT_WR)
            while piece := peer.recv(1000):
                answer += piece
        except OSError:
            pass  # unread junk makes TCP reset
        kept = stray(server, name).trace.bytes("client", layer="tls")
    assert answer[:2] in (b"", b"\x15\x03")
    assert kept and JUNK[case].startswith(kept)


def test_a_client_that_refuses_the_certificate_is_kept_with_the_strays(server: FrontServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), WAIT) as raw:
        name = raw.getsockname()
        with pytest.raises(ssl.SSLError):
            ssl.create_default_context().wrap_socket(raw, server_hostname="localhost")
    connection = stray(server, name)
    found = decrypt(connection.trace, read_keylog(connection.keylog))
    assert any("gave up" in problem for problem in found.problems)


def test_junk_inside_an_open_connection_ends_it(server: FrontServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), WAIT) as raw:
        peer = anyone().wrap_socket(raw)
        peer.sendall(write_request("127.0.0.1", "/ws/broken", SAMPLE_KEY))
        assert peer.recv(9) == b"HTTP/1.1 "
        socket.socket.sendall(peer, b"\x17\x03\x03\x00\x20" + bytes(32))
        with pytest.raises((ssl.SSLError, ConnectionResetError)):
            while peer.recv(1000):
                pass
        peer.close()
    kinds = [(r.side, r.kind) for r in recorded(server, "broken").trace.records if r.layer == "wire"]
    assert ("client", "rst") in kinds


def test_what_is_held_is_released_and_the_end_is_told_over_tls_too() -> None:
    with background(create_app()) as server:
        server.hub.sessions.named("held").set_mode("hold")
        opened = threading.Event()

        def wait_for_the_end() -> int | None:
            with connect(f"wss://127.0.0.1:{server.port}/ws/held", ssl=anyone()) as peer:
                opened.set()
                with pytest.raises(ConnectionClosed) as closed:
                    peer.recv(WAIT)
                return closed.value.rcvd.code if closed.value.rcvd else None

        with ThreadPoolExecutor(1) as pool:
            code = pool.submit(wait_for_the_end)
            session = server.hub.sessions.named("held")
            while not (session.connections() and session.connections()[0].gate.held()):
                assert not code.done()
            assert not opened.is_set()
            session.set_mode("run")
            assert opened.wait(WAIT)
            server.hub.stop()
            assert code.result() == 1001


def test_no_key_log_where_others_can_reach_us() -> None:
    with background(create_app(bind=("0.0.0.0", 0))) as server:
        with connect(f"wss://127.0.0.1:{server.port}/ws/outside", ssl=anyone()) as peer:
            peer.send("x")
            peer.recv(WAIT)
        connection = recorded(server, "outside")
        assert connection.keylog == b"" and connection.trace.size("client", "tls")


def test_without_a_certificate_the_answer_is_an_alert(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.live.secure.can_make", lambda: False)
    with background(create_app()) as server, socket.create_connection(("127.0.0.1", server.port), WAIT) as peer:
        peer.sendall(JUNK["a hello of zeros"])
        assert peer.recv(100).startswith(b"\x15\x03\x01")


def test_a_folder_that_cannot_be_written_is_told_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with background(create_app(replace(Settings(), state_dir="/proc/nowhere"))) as server:
        with socket.create_connection(("127.0.0.1", server.port), WAIT) as peer:
            peer.sendall(JUNK["a hello of zeros"])
            assert peer.recv(100).startswith(b"\x15\x03\x01")
    assert "TLS is not possible" in caplog.text


def test_ones_own_certificate_is_shown(tmp_path: Path) -> None:
    own = tmp_path / "own.pem"
    own.write_bytes(certificate())
    with background(create_app(replace(Settings(), cert=str(own)))) as server:
        shown = ssl.get_server_certificate(("127.0.0.1", server.port), timeout=WAIT)
    assert shown.strip().encode() in certificate()


class Ends:
    """A TlsSocket over a socketpair, and its peer."""

    def __init__(self, tmp_path: Path) -> None:
        self.peer, raw = socket.socketpair()
        self.peer.settimeout(WAIT)
        own = tmp_path / "own.pem"
        own.write_bytes(certificate())
        self.below = raw
        self.tls = Secure(replace(Settings(), cert=str(own)), "127.0.0.1", trusted=True).wrap(raw, ())
        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(self.tls.handshake, WAIT)
            self.peer = anyone().wrap_socket(self.peer)
            assert done.result()

    def close(self) -> None:
        self.peer.close()
        self.tls.close()


@pytest.fixture
def ends(tmp_path: Path) -> Iterator[Ends]:
    made = Ends(tmp_path)
    yield made
    made.close()


def test_a_full_pipe_is_a_blocking_error_and_nothing_is_sent_twice(ends: Ends) -> None:
    ends.tls.setblocking(False)
    data, sent = Random(2).randbytes(2_000_000), 0
    got = bytearray()
    while sent < len(data):
        try:
            sent += ends.tls.send(memoryview(data)[sent:])
        except BlockingIOError:
            got += ends.peer.recv(65_536)
    ends.tls.shutdown(socket.SHUT_WR)
    while piece := ends.peer.recv(65_536):
        got += piece
    assert got == data


def test_what_does_not_fit_a_buffer_is_there_at_the_next_call(ends: Ends) -> None:
    ends.peer.sendall(b"0123456789")
    ends.tls.settimeout(WAIT)
    buffer = bytearray(4)
    seen = b""
    while len(seen) < 10:
        seen += bytes(buffer[: ends.tls.recv_into(memoryview(buffer))])
    assert seen == b"0123456789"
    ends.tls.settimeout(0.05)
    with pytest.raises(TimeoutError):
        ends.tls.recv(1)


def test_reading_goes_on_after_our_own_end(ends: Ends) -> None:
    ends.tls.settimeout(WAIT)
    ends.tls.shutdown(socket.SHUT_WR)
    ends.tls.shutdown(socket.SHUT_WR)
    ends.peer.sendall(b"still here")
    assert ends.tls.recv(100) == b"still here"
    assert ends.peer.recv(100) == b""
    ends.peer.close()
    assert ends.tls.recv(100) == b""


def test_a_writer_writes_all(ends: Ends) -> None:
    ends.tls.settimeout(WAIT)
    writer = Writer(ends.tls)
    assert isinstance(writer, io.IOBase) and writer.writable() and writer.write(b"page") == 4
    assert ends.peer.recv(10) == b"page"


def test_what_nobody_wants_is_forgotten(ends: Ends) -> None:
    assert isinstance(ends.tls, TlsSocket) and ends.tls.keylog and DEBT
    ends.tls.forget()
    assert ends.tls.keylog == b""


def test_the_trace_goes_out_and_in_with_both_layers(server: FrontServer) -> None:
    with connect(f"wss://127.0.0.1:{server.port}/ws/layers", ssl=anyone()) as peer:
        peer.send("x")
        peer.recv(WAIT)
    connection = recorded(server, "layers")
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/api/sessions/layers/keylog") as answer:
        assert answer.read() == connection.keylog and answer.headers["Cache-Control"] == "no-store"
    trace: Trace = connection.trace
    assert {record.layer for record in trace.records} == {"wire", "tls"}
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"http://127.0.0.1:{server.port}/api/sessions/layers/keylog?connection=c9")
