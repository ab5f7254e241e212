"""Other implementations speak with the endpoint through a recording relay: the trace holds the same bytes, no error."""

from __future__ import annotations

import asyncio
import http.client
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import aiohttp
import pytest
from websockets.sync.client import connect

from app import create_app
from app.live.server import FrontServer, background
from app.protocol.conversation import Conversation
from app.trace import Trace, read_jsonl
from tests.relay import Relay

NODE_SCRIPT = Path(__file__).with_name("peer.mjs")
TEXT, BINARY = "Grüße €", bytes([7]) * 300


def python_websockets(url: str) -> None:
    with connect(url) as ws:
        for message in (TEXT, BINARY):
            ws.send(message)
            assert ws.recv() == message


def python_aiohttp(url: str) -> None:
    async def talk() -> None:
        async with aiohttp.ClientSession() as session, session.ws_connect(url, compress=15) as ws:
            await ws.send_str(TEXT)
            assert (await ws.receive()).data == TEXT
            await ws.send_bytes(BINARY)
            assert (await ws.receive()).data == BINARY

    asyncio.run(talk())


def node_builtin(url: str) -> None:
    _node(url, "builtin")


def node_ws(url: str) -> None:
    """node's ws package, where SOCKETSCOPE_NODE_WS says it is (its wrapper.mjs)."""
    where = os.environ.get("SOCKETSCOPE_NODE_WS")
    if not where:
        pytest.skip("SOCKETSCOPE_NODE_WS does not name the ws package")
    _node(url, where)


def _node(url: str, kind: str) -> None:
    node = shutil.which("node")
    if not node:
        pytest.skip("no node here")
    flags = ["--experimental-websocket"] if kind == "builtin" else []
    call = [node, *flags, str(NODE_SCRIPT), url, kind]
    done = subprocess.run(call, capture_output=True, text=True, timeout=30, check=False)
    if "bad option" in done.stderr:
        pytest.skip("this node has no WebSocket of its own")
    assert done.returncode == 0, done.stderr


@contextmanager
def relayed() -> Iterator[tuple[FrontServer, Relay]]:
    with background(create_app()) as server:
        relay = Relay(server.port)
        try:
            yield server, relay
        finally:
            relay.close()


def _traced(server: FrontServer, name: str) -> Trace:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    with closing(connection):
        connection.request("GET", f"/api/sessions/{name}/trace")
        (trace,) = read_jsonl(connection.getresponse().read().decode().splitlines())
    return trace


@pytest.mark.peer
@pytest.mark.parametrize("peer", [python_websockets, python_aiohttp, node_builtin, node_ws])
def test_the_trace_is_what_the_relay_saw(peer: Callable[[str], None]) -> None:
    with relayed() as (server, relay):
        peer(f"ws://127.0.0.1:{relay.port}/ws/peer")
        (link,) = relay.websockets()
        trace = _traced(server, "peer")
        assert trace.bytes("client") == bytes(link.client)
        assert trace.bytes("server") == bytes(link.server)
        conversation = Conversation()
        events = [event for record in trace.records for event in conversation.feed(record)]
        wrong = [v.rule for event in events for v in event.violations if v.severity == "error"]
        assert not wrong
        assert sum(event.kind == "message" for event in events) == 4
