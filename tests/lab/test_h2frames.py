from hypothesis import given
from hypothesis import strategies as st

from app.lab.h2frames import PREFACE, Part, Splitter, WebSocketParts, route
from app.protocol.frames import Opcode, write_frame


def frame(kind: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3) + bytes([kind, 0]) + (1).to_bytes(4) + payload


STREAM = PREFACE + frame(4, b"") + frame(1, b"head") + frame(0, b"payload") + frame(8, b"\0\0\0\1")


def joined(pieces: list[bytes]) -> list[Part]:
    splitter, found = Splitter(websocket=False, preface=True), []
    route((part for piece in pieces for part in splitter.feed(piece)), lambda layer, data: found.append((layer, data)))
    return found


@given(st.lists(st.integers(0, len(STREAM))))
def test_every_byte_finds_its_layer_however_the_stream_is_cut(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(STREAM)]
    found = joined([STREAM[a:b] for a, b in zip(places, places[1:], strict=False)])
    assert b"".join(data for _, data in found) == STREAM
    assert [data for layer, data in found if layer == "payload"] == [b"payload"]
    assert [data for layer, data in found if layer == "headers"] == [frame(1, b"head")]


@given(st.lists(st.integers(0, 40)))
def test_websocket_frames_inside_are_told_from_their_payload(cuts: list[int]) -> None:
    stream = write_frame(Opcode.TEXT, b"hello", key=b"abcd") + write_frame(Opcode.PING, b"you") + write_frame(2, b"!")
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    parts = WebSocketParts()
    found = [part for a, b in zip(places, places[1:], strict=False) for part in parts.feed(stream[a:b])]
    assert b"".join(data for _, data in found) == stream
    assert sum(len(data) for layer, data in found if layer == "payload") == 6
