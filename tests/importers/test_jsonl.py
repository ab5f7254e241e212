"""Saved traces come back as they were."""

import pytest

from app.importers import Unreadable
from app.importers.jsonl import read, sniff
from app.trace import Trace, write_jsonl


def test_a_header_may_say_what_had_to_be_assumed() -> None:
    header = (
        '{"trace":1,"clock":"ns","started":"","connections":{"a":{"fidelity":"wire","stopped":null,"opened":true}}}'
    )
    record = '{"connection":"a","at":0,"side":"client","layer":"wire","kind":"data","data":"8100"}'
    source = read(f"{header}\n{record}\n".encode())
    assert source.known["a"].opened
    assert "opening handshake is missing" in source.assumptions[0]


def saved() -> bytes:
    first, second = Trace("a"), Trace("b", fidelity="frames")
    first.add(5, "client", b"GET")
    first.add(7, "server", b"HTTP")
    first.add(9, "client", kind="fin")
    second.add(1, "server", b"\x81\x00")
    return "".join(write_jsonl([first, second], "2024-01-01T00:00:00Z")).encode()


def test_a_trace_is_recognised_and_read() -> None:
    assert sniff(saved())
    source = read(saved())
    assert [trace.connection for trace in source.traces] == ["a", "b"]
    assert (source.format, source.bytes, source.fidelity, source.knows(source.traces[0]).opened) == (
        "trace",
        9,
        "frames",
        False,
    )


def test_one_side_can_be_taken_alone() -> None:
    source = read(saved(), "client")
    assert [record.kind for record in source.traces[0].records] == ["data", "fin"]
    assert source.bytes == 3
    assert "server" in source.assumptions[0]


@pytest.mark.parametrize("data", [b'{"trace": 2}\n', b"\xff\xfe", saved() + b'{"at": 1}\n{}\n'])
def test_a_broken_trace_is_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(Unreadable, match=r"trace .*\.$"):
        read(data)


def test_other_json_is_not_a_trace() -> None:
    assert not sniff(b'{"log": {}}') and not sniff(b"8105")
