"""Sources become events, also when the handshake is missing."""

from app.importers import read
from app.importers.fold import fold
from app.protocol.events import tag


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
