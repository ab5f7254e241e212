"""A run of an example without a socket: who would say what, and what would fire. Pure; the clock is made up."""

from __future__ import annotations

from app.protocol.apps import Program, programs
from app.protocol.client import Client
from app.protocol.server import Server
from app.reference.replay import ClientScript
from app.trace import Trace

NS = 1_000_000_000
TURN = 5_000_000
BROWSER = (
    b"GET /chat HTTP/1.1\r\nHost: localhost:5000\r\nConnection: Upgrade\r\nPragma: no-cache\r\n"
    b"Cache-Control: no-cache\r\nUser-Agent: Mozilla/5.0\r\nUpgrade: websocket\r\nOrigin: http://localhost:5000\r\n"
    b"Sec-WebSocket-Version: 13\r\nAccept-Encoding: gzip, deflate, br\r\nAccept-Language: en\r\n"
    b"Sec-WebSocket-Key: dGhpcyBpcyBhIG5vbmNlIQ==\r\n"
    b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
)


def browser_head(protocols: list[str]) -> bytes:
    """What a browser asks when a page opens a connection."""
    offer = f"Sec-WebSocket-Protocol: {', '.join(protocols)}\r\n".encode() if protocols else b""
    return BROWSER + offer + b"\r\n"


def endpoint(script: ClientScript) -> Trace:
    """The client's side of an example, said to our own server."""
    server = Server.running(Program(programs()["echo"].make))
    trace, at = Trace("c1"), 0
    at = _deliver(trace, at, server, script.head)
    for chunk in script.chunks:
        if server.finished and trace.records[-1].kind == "fin":
            break
        at += round(chunk.rest * NS) + TURN
        if chunk.leave:
            trace.add(at, "client", b"", "rst" if chunk.leave == "rst" else "fin")
            server.eof()
            break
        at = _deliver(trace, at, server, chunk.data)
    at += TURN
    _end(trace, at)
    return trace


def _deliver(trace: Trace, at: int, server: Server, data: bytes) -> int:
    trace.add(at, "client", data)
    for unit in server.receive(data):
        at += TURN
        trace.add(at, "server", unit)
    if server.finished:
        trace.add(at + TURN, "server", b"", "fin")
    return at + TURN


def _end(trace: Trace, at: int) -> None:
    for side in ("server", "client"):
        if not any(record.side == side and record.kind != "data" for record in trace.records):
            trace.add(at, side, b"", "fin")


def victim(player: Server, head: bytes) -> Trace:
    """A script played to a client that keeps to the rules: a browser, or our own."""
    keys = [bytes.fromhex(text) for text in ("5a3c91e7", "c4081fb2", "17d96a40", "e05b8c33")]
    client = Client("", "", key="", mask=lambda: keys[len(trace.records) % 4], head=head)
    trace, at = Trace("c1"), 0
    trace.add(at, "client", head)
    units = player.receive(head)
    while units or not player.finished:
        at += TURN
        if not units:
            if player.wake_in is None:
                break
            at += round(player.wake_in * NS)
            units = player.wake()
            continue
        unit = units.pop(0)
        trace.add(at, "server", unit)
        for answer in client.receive(unit):
            at += TURN
            trace.add(at, "client", answer)
            units += player.receive(answer)
    _end(trace, at + TURN)
    return trace
