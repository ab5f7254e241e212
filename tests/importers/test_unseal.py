"""Encrypted connections of captures and traces: opened with keys, and honest about what stays sealed."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from app.importers import read
from app.importers.fold import fold
from app.importers.source import Source
from app.importers.unseal import NO_LINES, NOT_NEEDED, is_sealed, wants_keys
from app.protocol.client import SAMPLE_KEY
from app.protocol.frames import write_frame
from app.protocol.handshake import write_request, write_response
from app.trace import Trace, write_jsonl
from tests.tls_pairs import HOST, Pair

CAPTURES = Path(__file__).parent.parent / "examples" / "captures"
CHROMIUM = (CAPTURES / "s4-chromium-wss-tls13.pcapng").read_bytes()
KEYS = (CAPTURES / "s4-chromium-wss-tls13.keylog").read_bytes()
DSB = (CAPTURES / "s4-wss-tls13-deflate-dsb.pcapng").read_bytes()


def tags(source: Source) -> list[tuple[str, str]]:
    return [(event.side, event.kind) for _, events in fold(source) for event in events]


def test_a_capture_with_its_keys_inside_is_opened() -> None:
    source = read(DSB)
    (trace,) = source.traces
    assert source.knows(trace).what == "websocket" and not wants_keys(source)
    assert "deciphered with the key log: TLS 1.3" in source.assumptions[-1]
    assert tags(source).count(("client", "frame")) == 6
    assert trace.size("client", "tls") > trace.size("client")
    assert source.about()["connections"][0]["bytes"]["client"] == trace.size("client", "tls")  # type: ignore[index]


def test_a_capture_and_a_key_log_beside_it() -> None:
    sealed, opened = read(CHROMIUM), read(CHROMIUM, keylog=KEYS)
    assert [sealed.knows(trace).what for trace in sealed.traces] == ["silent", "encrypted", "silent", "encrypted"]
    assert [opened.knows(trace).what for trace in opened.traces] == ["silent", "encrypted", "silent", "websocket"]
    assert wants_keys(sealed) and not wants_keys(opened)
    assert "without keys 7 records of the client" in sealed.assumptions[-1]
    assert "the server name localhost is in clear" in sealed.assumptions[-1]
    assert any("certificate_unknown" in note for note in opened.assumptions)


def test_one_side_alone_is_opened_too() -> None:
    source = read(DSB, side="client")
    seen = tags(source)
    assert seen.count(("client", "frame")) == 6 and {tag for tag in seen if tag[0] == "server"} <= {("server", "end")}
    assert ("client", "violation") not in seen
    assert tags(read(DSB, side="server")).count(("server", "response")) == 1


def test_a_trace_of_ours_is_opened_as_well() -> None:
    pair = Pair(ssl.TLSVersion.TLSv1_2).all(
        [
            ("client", write_request(HOST, "/ws/x", SAMPLE_KEY)),
            ("server", write_response(404, ())),
        ]
    )
    lines = "".join(write_jsonl([pair.trace])).encode()
    assert is_sealed(read(lines).traces[0])
    source = read(lines, keylog=pair.keylog)
    assert ("server", "response") in tags(source)


def test_what_is_inside_may_be_something_else() -> None:
    for said, what in ((b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "http"), (write_frame(1, b"x"), "other")):
        pair = Pair(ssl.TLSVersion.TLSv1_3).all([("client", said)])
        source = read("".join(write_jsonl([pair.trace])).encode(), keylog=pair.keylog)
        assert source.knows(source.traces[0]).what == what


@pytest.mark.parametrize(
    ("data", "keylog", "note"),
    [
        (b"818537fa213d7f9f4d5158", KEYS, NOT_NEEDED),
        (b"818537fa213d7f9f4d5158", b"hello", NO_LINES),
        (CHROMIUM, b"\0" * 99, NO_LINES),
    ],
)
def test_a_key_log_that_does_nothing_is_said(data: bytes, keylog: bytes, note: str) -> None:
    assert note in read(data, keylog=keylog).assumptions


def test_the_keys_of_others_change_nothing() -> None:
    other = Pair(ssl.TLSVersion.TLSv1_3).keylog
    source = read(CHROMIUM, keylog=other)
    assert any("no secrets for this connection" in note for note in source.assumptions)
    assert [source.knows(trace).what for trace in source.traces].count("websocket") == 0


def test_a_plain_trace_stays_as_it_is() -> None:
    trace = Trace("plain")
    trace.add(0, "client", b"x")
    assert not is_sealed(trace)
