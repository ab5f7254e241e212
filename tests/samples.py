"""Bytes that many tests share: vectors printed in the RFCs, small conversations, and generated streams."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from hypothesis import strategies as st

from app.protocol.apps import App, Echo
from app.protocol.conversation import Conversation
from app.protocol.events import Event
from app.protocol.frames import write_frame, write_header, xor_pure
from app.protocol.handshake import write_request, write_response
from app.protocol.limits import Limits
from app.protocol.server import Server
from app.trace import Record, Side, Trace

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
MASK = bytes.fromhex("37fa213d")

REQUEST = write_request("server.example.com", "/chat", KEY)
DEFLATE_REQUEST = write_request(
    "server.example.com", "/chat", KEY, [("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")]
)
_AGREED = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", ACCEPT)]
RESPONSE = write_response(101, _AGREED)
DEFLATE_RESPONSE = write_response(101, [*_AGREED, ("Sec-WebSocket-Extensions", "permessage-deflate")])


def client_frame(opcode: int, payload: bytes = b"", *, fin: bool = True, rsv1: bool = False) -> bytes:
    """A frame as a client sends it, masked with the key of the RFC's examples."""
    return write_frame(opcode, payload, fin=fin, rsv1=rsv1, key=MASK)


def oddity(opcode: int, payload: bytes = b"", *, first: int = 0, form: int | None = None, mask: bool = True) -> bytes:
    """A frame that no well-behaved writer writes: `first` flips bits of the first byte, `form` forces a length form."""
    key = MASK if mask else None
    head = bytearray(write_header(opcode & 15, len(payload), key=key, form=form))
    head[0] ^= first
    return bytes(head) + (xor_pure(payload, MASK) if mask else payload)


def squeeze(payload: bytes, bits: int = 15) -> bytes:
    """A message's payload as permessage-deflate sends it, compressed on its own."""
    machine = zlib.compressobj(9, zlib.DEFLATED, -bits)
    return (machine.compress(payload) + machine.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\x00\x00\xff\xff")


def opened(request: bytes = REQUEST, app: App | None = None, limits: Limits | None = None) -> Server:
    """A server whose opening handshake is done."""
    server = Server(app or Echo(), limits=limits)
    assert server.receive(request)[0].startswith(b"HTTP/1.1 101")
    return server


def trace_of(*blocks: tuple[Side, bytes], connection: str = "c1") -> Trace:
    """A trace of these blocks, one nanosecond apart."""
    trace = Trace(connection)
    for at, (side, data) in enumerate(blocks):
        trace.add(at, side, data)
    return trace


def events_of(trace: Trace, conversation: Conversation | None = None) -> list[Event]:
    """Everything a conversation makes of a trace."""
    conversation = conversation or Conversation()
    return [event for record in trace.records for event in conversation.feed(record)] + conversation.close()


def converse(
    side: Side, pieces: Iterable[bytes], conversation: Conversation | None = None, *, end: bool = True
) -> list[Event]:
    """The events of one side's bytes after the opening handshake, all at the same moment."""
    conversation = conversation or Conversation(assume_open=True)
    records = [Record(0, side, "wire", "data", piece) for piece in pieces]
    records += [Record(0, side, "wire", "fin", b"")] if end else []
    return [event for record in records for event in conversation.feed(record)]


def chop(data: bytes, cuts: Iterable[int]) -> Iterator[bytes]:
    """The data in pieces, cut at the given places."""
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    yield from (data[a:b] for a, b in zip(places, places[1:], strict=False))


CUTS = st.lists(st.integers(0, 10_000), max_size=8)

_PAYLOADS = st.one_of(
    st.binary(max_size=24),
    st.text(max_size=12).map(str.encode),
    st.text(min_size=1, max_size=6).map(lambda text: text.encode()[:-1]),
    st.sampled_from([b"", b"\x03\xe8", b"\x03\xed", b"\xed\xa0\x80", "κόσμε".encode(), b"a" * 126, b"z" * 200]),
    st.binary(max_size=40).map(squeeze),
    st.text(max_size=20).map(str.encode).map(squeeze),
)
_OPCODES = st.sampled_from([0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 9, 10, 8, 3, 11])
_FLIPS = st.sampled_from([0, 0, 0, 0x80, 0x80, 0x40, 0x40, 0xC0, 0x20, 0x10])
_GOOD = st.builds(
    lambda opcode, payload, fin, rsv1: (opcode, payload, (0 if fin else 0x80) | (0x40 if rsv1 else 0), None, True),
    st.sampled_from([0, 0, 1, 1, 2]),
    _PAYLOADS,
    st.booleans(),
    st.booleans(),
)
_ANY = st.tuples(_OPCODES, _PAYLOADS, _FLIPS, st.sampled_from([None, None, None, 16, 64]), st.booleans())


def _odd(made: tuple[int, bytes, int, int | None, bool]) -> bytes:
    opcode, payload, first, form, mask = made
    if form == 16 and len(payload) > 65535:
        form = None
    return oddity(opcode, payload, first=first, form=form, mask=mask)


FRAMES = st.lists(st.one_of(_GOOD, _ANY).map(_odd), max_size=8).map(b"".join)
"""Frames of a client, right and wrong, one after the other."""

STREAMS = st.one_of(
    FRAMES,
    st.tuples(FRAMES, st.binary(max_size=30)).map(b"".join),
    st.tuples(FRAMES, st.sampled_from([b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"HEX"])).map(b"".join),
    st.binary(max_size=200),
)
"""Bytes that begin as frames and may end as anything."""

_LINES = st.sampled_from(
    REQUEST.split(b"\r\n")
    + DEFLATE_RESPONSE.split(b"\r\n")
    + [b" folded", b"Name : value", b"no colon", b": nameless", b"Sec-WebSocket-Protocol: a, b,, a", b"Host: \xff"]
    + [b'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits="10"', b"\x1b[2J / HTTP/1.1"]
)
HEADS = st.one_of(
    st.binary(max_size=120),
    st.lists(st.one_of(_LINES, st.binary(max_size=20)), max_size=10).map(
        lambda lines: b"\r\n".join([*lines, b"", b""])
    ),
    st.lists(_LINES, max_size=10).map(lambda lines: b"\n".join([REQUEST.split(b"\r\n")[0], *lines, b"", b""])),
)
"""Heads of the opening handshake, right, wrong and not heads at all."""
