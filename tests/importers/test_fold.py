"""Sources become events, also when the handshake is missing."""

import base64

from app.importers import read
from app.importers.fold import fold, objects
from app.protocol.events import tag
from app.protocol.frames import Opcode, write_frame
from app.protocol.handshake import write_request


def tags(hexadecimal: str) -> list[str]:
    [(_, events)] = fold(read(hexadecimal.encode()))
    return [tag(event) for event in events if event.kind in ("request", "response", "frame", "message")]


def test_frames_without_a_handshake() -> None:
    """RFC 6455 5.7: a masked text frame, then an unmasked one split in two."""
    assert tags("818537fa213d7f9f4d5158") == ["TEXT", "TEXT"]
    assert tags("010348656c 80026c6f") == ["TEXT", "CONT", "TEXT"]


def test_compressed_frames_without_a_handshake() -> None:
    """RFC 7692 7.2.3.1."""
    [(_, events)] = fold(read(b"c107f248cdc9c90700"))
    assert [event.detail.payload for event in events if event.kind == "message"] == [b"Hello"]
    assert not any(event.violations for event in events)


def test_the_half_of_the_client_alone() -> None:
    """A request without its answer, and frames after it: the answer is taken as 101, and nobody spoke too early."""
    request = write_request("a", "/", base64.b64encode(bytes(16)))
    [(_, events)] = fold(read(request + write_frame(Opcode.PING, b"", key=bytes(4)), side="client"))
    assert [tag(event) for event in events if event.kind in ("request", "frame")] == ["GET", "PING"]
    assert "req.no-early-data" not in {violation.rule for event in events for violation in event.violations}


def test_a_frame_that_is_cut_off_is_told_at_the_end() -> None:
    [(_, events)] = fold(read(b"8105c3"))
    assert [event.detail.partial for event in events if event.kind == "end"] == [(0, 3)]
    assert not [event for event in events if event.kind == "violation"]


def test_objects_begin_with_the_source() -> None:
    read_from = read(b"8100")
    folded = list(fold(read_from))
    source, *events = objects(read_from, folded)
    assert source["kind"] == "source"
    assert [event["kind"] for event in events] == ["frame", "message", "end"]
    assert "spaces" not in events[0]
    _, frame, *_ = objects(read_from, folded, fields=True)
    assert [field["name"] for field in frame["spaces"][0]["fields"]][:2] == ["fin", "rsv"]
