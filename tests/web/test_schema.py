"""What leaves the server is what the JSON Schema of events says: over the API, the feed and the command line."""

from __future__ import annotations

import json
import socket
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from websockets.sync.client import connect

from app.__main__ import main
from app.protocol.client import SAMPLE_KEY
from app.protocol.handshake import write_request

from .conftest import Caller

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "static" / "event.schema.json").read_text())
EXAMPLES = ROOT / "tests" / "examples"
READABLE = [*sorted((EXAMPLES / "rules").glob("*.jsonl")), *sorted((EXAMPLES / "captures").glob("*.pcap*"))]
BROKEN = bytes.fromhex("8180370ea1f0 c181370ea1f056 0380 00000000 81ff000000 0100")
"""A masked empty text, one with RSV1, an unknown opcode, and the beginning of a longer frame."""

conforms = Draft202012Validator(SCHEMA)


def wrong(event: Any) -> list[str]:
    """What does not conform, as sentences."""
    return [f"{error.json_path}: {error.message}" for error in conforms.iter_errors(event)]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_it_is_served(call: Caller) -> None:
    assert call("GET", "/static/event.schema.json").json == SCHEMA


def test_it_says_no() -> None:
    event = {"seq": 0, "kind": "frame"}
    assert len(wrong(event)) > 5


def talk(call: Caller) -> None:
    """A compressed conversation, a refused handshake, and one that breaks rules and ends within a frame."""
    with connect(call.url("/ws/schema")) as peer:
        for message in ("Grüße " * 50, b"\x07" * 300, ""):
            peer.send(message)
            peer.recv(timeout=5)
        peer.ping().wait(5)
    for sent in (b"GET /ws/schema HTTP/1.1\r\n\r\n", write_request("localhost", "/ws/schema", SAMPLE_KEY) + BROKEN):
        with closing(socket.create_connection(("127.0.0.1", call.port), 5)) as peer:
            peer.sendall(sent)
            peer.shutdown(socket.SHUT_WR)
            while peer.recv(4096):
                pass


def test_answers_of_the_api_conform(call: Caller) -> None:
    talk(call)
    kinds = set()
    for connection in ("c1", "c2", "c3"):
        found = call.server.hub.sessions.named("schema").connection(connection)
        assert found and found.closed.wait(5)
        for event in call("GET", f"/api/sessions/schema/events?connection={connection}").json["events"]:
            assert wrong(event) == []
            kinds.add(event["kind"])
    assert kinds == set(SCHEMA["properties"]["kind"]["enum"])


def test_news_of_the_feed_conform(call: Caller) -> None:
    talk(call)
    with connect(call.url("/feed/schema"), origin=call.origin) as feed:
        feed.send('{"after": 0}')
        news = json.loads(feed.recv(timeout=5))["news"]
    events = [event for item in news for event in item.get("events") or ()]
    assert events
    assert [wrong(event) for event in events if wrong(event)] == []


@pytest.mark.parametrize("path", READABLE, ids=lambda path: path.stem)
def test_explained_examples_conform(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every rule broken once, and captures of other implementations."""
    keys = path.with_suffix(".keylog")
    main(["explain", "--json", "--fields", *(["--keylog", str(keys)] if keys.exists() else []), str(path)])
    source, *events = map(json.loads, capsys.readouterr().out.splitlines())
    assert source["kind"] == "source"
    assert events
    assert [wrong(event) for event in events if wrong(event)] == []
