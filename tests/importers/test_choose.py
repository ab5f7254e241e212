"""One connection of many, or what happened around a time."""

import pytest

from app.importers import Unreadable
from app.importers.choose import about, around, only, time_of
from app.importers.source import Known, Source
from app.protocol.events import End, Event
from app.trace import Trace


def source() -> Source:
    traces = [Trace("0"), Trace("1")]
    traces[1].add(0, "client", b"abc")
    known = {"0": Known("http", "1.1.1.1:5", "2.2.2.2:80"), "1": Known(target="ws://a/b")}
    return Source("pcap", 3, traces, known=known)


def test_one_connection() -> None:
    chosen = only(source(), "1")
    assert ([trace.connection for trace in chosen.traces], chosen.bytes) == (["1"], 3)
    with pytest.raises(Unreadable, match="no connection 7; there are: 0, 1"):
        only(source(), "7")


def test_a_connection_in_one_line() -> None:
    assert about(source(), "0").startswith("Connection 0 1.1.1.1:5 to 2.2.2.2:80: HTTP without an upgrade")
    assert about(source(), "1") == "Connection 1 ws://a/b: WebSocket; 3 bytes from the client, 0 back"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("12.5", 12_500_000_000),
        ("3s", 3_000_000_000),
        ("1:02", 62_000_000_000),
        ("1:00:00.000000001", 3_600_000_000_001),
    ],
)
def test_times(text: str, at: int) -> None:
    assert time_of(text) == at


@pytest.mark.parametrize("text", ["", "noon", "-1", "1.", "1:2:3:4"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="is no time"):
        time_of(text)


def test_around_a_time() -> None:
    end = End("fin", None, True)
    events = [Event(at, at * 10**8, "client", "end", 0, 0, {}, end) for at in range(100)]
    assert [event.seq for event in around(events, 5_000_000_000)] == list(range(40, 61))
    assert [event.seq for event in around(events[::20], 5_000_000_000)] == [0, 20, 40, 60, 80]
    assert [event.seq for event in around(events, 10**12)] == list(range(95, 100))
