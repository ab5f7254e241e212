"""What is fuzzed, each with the property that must hold for any bytes whatsoever."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from app.anatomy import explain
from app.anatomy.text import render
from app.protocol.answering import judge_response
from app.protocol.apps import APPS
from app.protocol.client import SAMPLE_KEY, SAMPLE_MASK, Client
from app.protocol.conversation import Conversation
from app.protocol.events import Event, event_json
from app.protocol.extensions import Deflate
from app.protocol.fault import Fault
from app.protocol.handshake import parse_request, parse_response, write_request
from app.protocol.limits import Limits
from app.protocol.opening import judge_request
from app.protocol.reader import FrameReader
from app.protocol.server import Server
from app.trace import SIDES, Trace, TraceError, read_jsonl

LIMITS = Limits(head=4096, frame=65_536, message=65_536, fragments=64, empty_fragments=16)


def _pieces(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The input as a first byte that steers, and pieces whose lengths are in the bytes before them."""
    pos = 0
    while pos + 1 < len(data):
        size = data[pos + 1] + 1
        yield data[pos], data[pos + 2 : pos + 2 + size]
        pos += 2 + size


def heads(data: bytes) -> None:
    """Parsing and judging a head never raises, and every fault lies inside it."""
    request, response = parse_request(data), parse_response(data)
    for fault in [*judge_request(request), *judge_response(response, request)]:
        assert 0 <= fault.start <= len(data) * 8 and fault.bits >= 0, fault


def reader(data: bytes) -> None:
    """The short loop and the complete path agree, however the bytes are cut."""
    if not data:
        return
    deflate = Deflate(client_no_context_takeover=True) if data[0] & 1 else None
    side = SIDES[data[0] >> 1 & 1]
    whole = FrameReader(side, deflate=deflate, limits=LIMITS)
    found = _plain([*whole.feed(data[1:]), *whole.finish()])
    cut = FrameReader(side, deflate=deflate, limits=LIMITS, detail=True)
    step = data[0] >> 2 or 1
    items = [item for at in range(1, len(data), step) for item in cut.feed(data[at : at + step])]
    assert found == _plain([*items, *cut.finish()]), (found, items)
    assert whole.index == cut.index


def _plain(items: list[object]) -> list[object]:
    return [item for item in items if isinstance(item, Fault) or type(item) is tuple]


def conversation(data: bytes) -> None:
    """Folding, explaining and printing any trace never raises, and fields tile every space."""
    trace, fold, events = Trace("fuzz"), Conversation(LIMITS), []
    for at, (steer, piece) in enumerate(_pieces(data)):
        trace.add(at, SIDES[steer & 1], piece, kind="fin" if steer & 0xF0 == 0xF0 else "data")
    for record in trace.records:
        events += fold.feed(record)
    for event in [*events, *fold.close()]:
        _explained(event, trace)


def _explained(event: Event, trace: Trace) -> None:
    event_json(event, trace)
    explanation = explain(event, trace)
    for _ in render(explanation, fields=True):
        pass
    for space in explanation.spaces if event.kind in ("request", "response", "frame") else ():
        at = 0
        for field in space.fields:
            assert field.start == at, (event, field)
            at = field.end
        assert at == len(space.data) * 8


def server(data: bytes) -> None:
    """The server half never raises, and says nothing once it has finished."""
    half = Server(APPS["echo"](), limits=LIMITS)
    half.receive(write_request("x", "/ws/a", SAMPLE_KEY, [("Sec-WebSocket-Extensions", "permessage-deflate")]))
    for _, piece in _pieces(data):
        done = half.finished
        said = half.receive(piece)
        assert not (done and said)


def client(data: bytes) -> None:
    """The client half never raises on whatever a server says."""
    half = Client("x", "/", key=SAMPLE_KEY, mask=lambda: SAMPLE_MASK, limits=LIMITS)
    half.request()
    for _, piece in _pieces(data):
        half.receive(piece)


def jsonl(data: bytes) -> None:
    """A trace file is read, or refused with a TraceError."""
    try:
        read_jsonl(data.decode("utf-8", "replace").splitlines())
    except TraceError:
        pass


TARGETS: dict[str, Callable[[bytes], None]] = {
    "heads": heads,
    "reader": reader,
    "conversation": conversation,
    "server": server,
    "client": client,
    "jsonl": jsonl,
}
