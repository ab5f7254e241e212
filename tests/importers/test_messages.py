"""Sources without wire bytes: HAR and mitmproxy give messages, and damage is refused in words."""

import json
from typing import Any

import pytest

from app.importers import Unreadable, read
from app.importers.fold import fold
from app.importers.tnetstring import BadNetstring, parse
from app.trace import Trace, read_jsonl, write_jsonl


def har(*messages: dict[str, Any], **entry: Any) -> bytes:
    return json.dumps({"log": {"entries": [{"_webSocketMessages": list(messages), **entry}]}}).encode()


def message(**changed: Any) -> dict[str, Any]:
    return {"type": "send", "time": 1700000000.5, "opcode": 1, "data": "é"} | changed


def test_seconds_and_milliseconds() -> None:
    for first, second in ((1700000000.25, 1700000000.5), (1700000000250, 1700000000500)):
        source = read(har(message(time=first), message(time=second, type="receive", opcode=2, data="AAE=")))
        records = source.traces[0].records
        assert [(record.at, record.side, record.opcode, record.data) for record in records] == [
            (0, "client", 1, "é".encode()),
            (250_000_000, "server", 2, b"\0\1"),
        ]


def test_what_the_handshake_said_is_told_in_words() -> None:
    response = {"status": 101, "headers": [{"name": "Sec-WebSocket-Extensions", "value": "permessage-deflate"}]}
    source = read(har(message(), request={"url": "ws://a/b"}, response=response))
    assert source.known["0"].target == "ws://a/b"
    assert "permessage-deflate" in " ".join(source.assumptions)
    assert {event.kind for _, events in fold(source) for event in events} == {"message"}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (har(message())[:-4], "cannot be read as JSON"),
        (b'{"log": {"entries": 5}}', "no list of objects"),
        (b'{"log": {"entries": []}}', "None of the 0 requests"),
        (har(message(type="ping")), "not send, not receive"),
        (har(message(time="noon")), "no time"),
        (har(message(time=-5)), "no time"),
        (har(message(opcode=9)), "no opcode 1 or 2"),
        (har(message(opcode=2, data="!")), "not in base64"),
    ],
)
def test_a_damaged_har_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read(data, "har")


def tnet(value: Any) -> bytes:
    """A tagged netstring."""
    if isinstance(value, dict):
        body, tag = b"".join(tnet(key) + tnet(item) for key, item in value.items()), b"}"
    elif isinstance(value, list):
        body, tag = b"".join(map(tnet, value)), b"]"
    elif isinstance(value, bool):
        body, tag = (b"true" if value else b"false"), b"!"
    elif value is None:
        body, tag = b"", b"~"
    elif isinstance(value, bytes):
        body, tag = value, b","
    else:
        body, tag = str(value).encode(), {str: b";", int: b"#", float: b"^"}[type(value)]
    return b"%d:%b%b" % (len(body), body, tag)


VALUE = {"a": [1, 2.5, True, False, None, "é", b"\xff"], "b": {}}
REQUEST = {"host": "a", "path": b"/x", "scheme": b"https", "port": 443}


def flow(*messages: list[Any], **socket: Any) -> bytes:
    return tnet({"websocket": {"messages": list(messages), **socket}, "request": REQUEST})


def test_netstrings() -> None:
    assert parse(tnet(VALUE)) == (VALUE, len(tnet(VALUE)))
    for bad in (b"", b"x", b"5:ab,", b"3:abc?", b"1:x#", b"4:3:a,]", b"1:x~", tnet([[]] * 1)[:3]):
        with pytest.raises(BadNetstring):
            parse(bad)
    deep = b""
    for _ in range(100):
        deep = tnet([deep]) if not deep else b"%d:%b]" % (len(deep), deep)
    with pytest.raises(BadNetstring):
        parse(deep)


def test_flows() -> None:
    data = flow(
        [1, True, b"Hi", 10.5], [2, False, b"\0", 11.0], close_code=1000, close_reason="bye", closed_by_client=True
    )
    source = read(data + tnet({"other": 1}))
    assert (source.format, source.fidelity, source.known["0"].target) == ("mitm", "payload", "wss://a:443/x")
    assert [(record.at, record.side, record.data) for record in source.traces[0].records] == [
        (0, "client", b"Hi"),
        (500_000_000, "server", b"\0"),
    ]
    assert "the client closed it with 1000 'bye'" in " ".join(source.assumptions)
    assert "damaged" in " ".join(read(data + b"99:x").assumptions)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (flow([1, True, b"Hi", 10.5])[:-9], "cannot be read"),
        (tnet({"websocket": None}), "None of the 1 flows"),
        (flow([9, True, b"Hi", 10.5]), "not known"),
        (flow([1, True]), "not known"),
        (tnet({"websocket": {"messages": []}}), "not known"),
    ],
)
def test_damaged_flows_are_refused(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read(data, "mitm")


def test_messages_survive_saving() -> None:
    trace = Trace("0", fidelity="payload")
    trace.add(3, "client", b"Hi", "message", opcode=2)
    [again] = read_jsonl("".join(write_jsonl([trace])).splitlines())
    assert (again.records, again.fidelity) == (trace.records, "payload")
    bad = "".join(write_jsonl([trace])).replace('"opcode":2', '"opcode":99') + "{}\n"
    with pytest.raises(ValueError, match="opcode"):
        read_jsonl(bad.splitlines())
    [(_, events)] = fold(read("".join(write_jsonl([trace])).encode()))
    assert [(event.kind, event.side, event.at, event.detail.opcode) for event in events] == [
        ("message", "client", 3, 2)
    ]
