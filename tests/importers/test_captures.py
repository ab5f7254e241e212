"""Real captures give exactly the frames that were sent, and no rule is said to be broken that was kept."""

import gzip
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from app.importers import capture, read
from app.importers.fold import fold
from app.importers.source import Source
from app.protocol.events import Event, Violation, frame_payload
from app.protocol.frames import Header
from app.trace import Trace

CAPTURES = Path(__file__).parents[1] / "examples" / "captures"
FRAMES: dict[str, dict[str, dict[str, list[list[Any]]]]] = json.loads((CAPTURES / "frames.json").read_text())
ENCRYPTED = {name for name in FRAMES if name.startswith("s4")}
CLEAR = sorted(FRAMES.keys() - ENCRYPTED)
CLEAN = [name for name in CLEAR if not name.startswith("s6")]


def load(name: str) -> Source:
    return read((CAPTURES / name).read_bytes())


def row(event: Event, trace: Trace) -> list[Any]:
    """A frame as frames.json has it."""
    head = event.detail
    assert isinstance(head, Header)
    key = head.key.hex() if head.key is not None else None
    digest = sha256(frame_payload(event, trace)).hexdigest()[:16]
    rsv = head.rsv1 << 2 | head.rsv2 << 1 | head.rsv3
    return [head.opcode, head.fin, rsv, head.masked, key, head.length, digest]


@pytest.mark.parametrize("name", CLEAR)
def test_every_frame_is_there(name: str) -> None:
    folded = {trace.connection: (trace, events) for trace, events in fold(load(name))}
    for connection, sides in FRAMES[name].items():
        trace, events = folded[connection]
        for side, frames in sides.items():
            assert [row(event, trace) for event in events if event.kind == "frame" and event.side == side] == frames


@pytest.mark.parametrize("name", CLEAN)
def test_no_false_alarm(name: str) -> None:
    for _, events in fold(load(name)):
        assert not [
            event for event in events if isinstance(event.detail, Violation) and event.detail.severity == "error"
        ]


def test_a_request_cut_into_many_segments_is_read() -> None:
    (_, events), *_ = fold(load("s3-split-in-headers.pcapng"))
    assert sum(event.kind == "frame" for event in events) == 12


@pytest.mark.parametrize("name", sorted(ENCRYPTED | {"s4-chromium-wss-tls13.pcapng"}))
def test_ciphertext_is_called_encrypted(name: str) -> None:
    """This is what the capture alone gives, before anybody looks for keys."""
    source = capture.read((CAPTURES / name).read_bytes())
    assert "encrypted" in {known.what for known in source.known.values()}
    assert not [event for _, events in fold(source) for event in events if event.kind in ("frame", "request")]
    assert any(trace.size("client", "tls") for trace in source.traces)
    assert not any(trace.size("client") for trace in source.traces)


def test_key_logs_inside_a_capture_are_kept() -> None:
    assert (
        b"CLIENT_TRAFFIC_SECRET_0"
        in capture.read((CAPTURES / "s4-wss-tls13-deflate-dsb.pcapng").read_bytes()).secrets[0]
    )


def test_times_begin_with_the_first_packet() -> None:
    source = load("s2-pyws-aiohttp-close-codes.pcap")
    times = [[record.at for record in trace.records] for trace in source.traces]
    assert all(each == sorted(each) and each[0] > 0 for each in times)
    assert len(source.traces) == 12 and source.known["3"].server == "127.0.0.1:50267"


def test_a_page_load_is_listed_and_not_explained() -> None:
    source = load("s1-chromium-nodews-plain.pcap")
    assert [source.knows(trace).what for trace in source.traces] == ["http", "websocket"]
    assert [bool(events) for _, events in fold(source)] == [False, True]


def test_gzip_is_unpacked() -> None:
    data = (CAPTURES / "s3-coalesced-with-handshake-tail.pcap").read_bytes()
    packed, plain = read(gzip.compress(data)), read(data)
    assert packed.traces[0].records == plain.traces[0].records
    assert "gzip" in packed.assumptions[0]
    assert any("cut off" in note for note in read(gzip.compress(data, 0)[:-900]).assumptions)


HEX = sorted((CAPTURES / "hex" / "client-frames").glob("*.txt"))
TRUTH = (CAPTURES / "hex" / "client-frames" / "truth.bin").read_bytes()
CUT = {"node-buffer-inspect": 50}


@pytest.mark.parametrize("path", HEX, ids=lambda path: path.stem)
def test_every_text_form_gives_the_same_bytes(path: Path) -> None:
    source = read(path.read_bytes())
    assert source.traces[0].bytes("client") == TRUTH[: CUT.get(path.stem, len(TRUTH))]
    assert source.traces[0].size("server") == 0
    assert (path.stem in CUT) == any("198 bytes more" in note for note in source.assumptions)


@pytest.mark.parametrize(
    "path", sorted((CAPTURES / "hex" / "whole-connection").glob("*.txt")), ids=lambda path: path.stem
)
def test_text_of_both_sides_gives_both_sides(path: Path) -> None:
    [trace], [truth] = read(path.read_bytes()).traces, load("s2-pyws-aiohttp-basic.pcapng").traces
    assert trace.bytes("client") == truth.bytes("client")
    assert trace.bytes("server") == truth.bytes("server")


def test_messages_of_a_browser_have_no_frames() -> None:
    for name, first in (("chrome-devtools.har", 0), ("playwright.har", 0), ("websocket-plain.mitm", 0)):
        source = read((CAPTURES / name).read_bytes())
        [(trace, events)] = fold(source)
        assert source.fidelity == trace.fidelity == "payload"
        assert {event.kind for event in events} == {"message"}
        assert (events[first].side, events[first].detail.payload) == ("client", b"Hello")
        assert all(0 <= event.at < 60_000_000_000 for event in events)
        assert trace.size("client") == 0
