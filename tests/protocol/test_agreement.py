"""Where the engine and two other libraries differ on purpose: who is right, and by which clause.

Every row is run against all three, so the table cannot say what is not so. What is not in it, they agree on: the tests
of reader, server and client compare random conversations.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest
from websockets.extensions.permessage_deflate import PerMessageDeflate as Websockets
from websockets.frames import Frame
from websockets.protocol import OPEN, Protocol
from websockets.server import ServerProtocol
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Message, Ping, TextMessage
from wsproto.extensions import PerMessageDeflate as Wsproto
from wsproto.utilities import RemoteProtocolError

from app.protocol.apps import Echo
from app.protocol.client import SAMPLE_KEY
from app.protocol.deflate import Deflater
from app.protocol.frames import Opcode, apply_mask, read_header, write_frame, write_header
from app.protocol.handshake import write_request
from app.protocol.server import Server

KEY = bytes.fromhex("9c4b07e2")
FINAL = bytes.fromhex("f348cdc9c9070000")
"""RFC 7692 section 7.2.3.4: "Hello" in a block with BFINAL = 1."""


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, rsv1: bool = False, form: int | None = None) -> bytes:
    head = write_header(opcode, len(payload), fin=fin, rsv1=rsv1, key=KEY, form=form)
    return head + apply_mask(payload, KEY)


def announced(length: int) -> bytes:
    return write_header(Opcode.BINARY, length, key=KEY, form=64)


HELLO = Deflater().message(b"Hello")

Answer = str
"""What a client is answered: messages as they are echoed, "pong", or "close CODE"; "waits" for nothing at all."""


class Row(NamedTuple):
    name: str
    sent: bytes
    ours: Answer
    wsproto: Answer
    websockets: Answer
    why: str
    deflate: bool = False


ROWS = [
    Row(
        "a length of 5 in the 16-bit form",
        frame(Opcode.TEXT, b"Hello", form=16),
        "close 1002",
        "close 1002",
        "Hello",
        "5.2: the shortest form must be used",
    ),
    Row(
        "a length of 5 in the 64-bit form",
        frame(Opcode.TEXT, b"Hello", form=64),
        "close 1002",
        "close 1002",
        "Hello",
        "5.2: the shortest form must be used",
    ),
    Row(
        "a Ping of 5 bytes in the 16-bit form",
        frame(Opcode.PING, b"Hello", form=16),
        "close 1002",
        "close 1002",
        "pong Hello",
        "5.5: a control frame has a 7-bit length",
    ),
    Row(
        "a 64-bit length with its first bit set",
        announced(2**63),
        "close 1002",
        "close 1002",
        "close 1009",
        "5.2: that bit must be 0, so there is no length to be too big",
    ),
    Row(
        "bad UTF-8 in a fragment that is not the last",
        frame(Opcode.TEXT, b"\xff", fin=False),
        "close 1007",
        "close 1007",
        "waits",
        "8.1: nothing can follow that would make it valid",
    ),
    Row(
        "close code 1014",
        frame(Opcode.CLOSE, b"\x03\xf6"),
        "close 1014",
        "close 1002",
        "close 1014",
        "7.4.2 and the registry: 1014 has been assigned",
    ),
    Row(
        "a Ping between two compressed fragments",
        frame(Opcode.TEXT, HELLO[:3], fin=False, rsv1=True) + frame(Opcode.PING) + frame(Opcode.CONT, HELLO[3:]),
        "pong, Hello",
        "pong, close 1007",
        "pong, Hello",
        "5.4 and RFC 7692 6.2: control frames may come in between",
        deflate=True,
    ),
    Row(
        "a message after one whose last block is marked as final",
        frame(Opcode.TEXT, FINAL, rsv1=True) + frame(Opcode.TEXT, HELLO, rsv1=True),
        "Hello, Hello",
        "Hello, close 1007",
        "Hello, ",
        "RFC 7692 7.2.3.4: a final block ends no stream",
        deflate=True,
    ),
    Row(
        "a compressed payload that is no DEFLATE",
        frame(Opcode.TEXT, b"\xff\xff\xff", rsv1=True),
        "close 1007",
        "close 1007",
        "close 1002",
        "7.4.1: the payload is not consistent with its type; either code is allowed",
        deflate=True,
    ),
    Row(
        "a Close in the middle of a message",
        frame(Opcode.TEXT, b"Hel", fin=False) + frame(Opcode.CLOSE, b"\x03\xe8"),
        "close 1000",
        "close 1000",
        "close 1002",
        "5.4: a control frame may interrupt a message, and a Close is one",
    ),
]


def _told(units: list[bytes]) -> Answer:
    """Server frames as an Answer."""
    said: list[str] = []
    inflate = Websockets(False, False, 15, 15)
    for unit in units:
        header = read_header(unit)
        assert header is not None
        payload = unit[header.size :]
        if header.opcode == Opcode.CLOSE:
            said.append(f"close {int.from_bytes(payload[:2], 'big')}")
        elif header.opcode == Opcode.PONG:
            said.append(f"pong {payload.decode()}".strip())
        else:
            plain = Frame(header.opcode, payload, rsv1=bool(header.rsv1))  # type: ignore[arg-type]
            said.append(bytes(inflate.decode(plain).data if header.rsv1 else payload).decode())
    return ", ".join(said) if said else "waits"


def ours(row: Row) -> Answer:
    offer = (("Sec-WebSocket-Extensions", "permessage-deflate"),) if row.deflate else ()
    server = Server(Echo())
    server.receive(write_request("x", "/ws/x", SAMPLE_KEY, offer))
    return _told(server.receive(row.sent))


def wsproto(row: Row) -> Answer:
    extension = Wsproto()
    extension._enabled = True
    peer = Connection(ConnectionType.SERVER, extensions=[extension] if row.deflate else [])
    said = []
    try:
        peer.receive_data(row.sent)
        for event in peer.events():
            if isinstance(event, Ping):
                said.append(f"pong {bytes(event.payload).decode()}".strip())
            elif isinstance(event, TextMessage | BytesMessage) and event.message_finished:
                said.append(event.data if isinstance(event.data, str) else bytes(event.data).decode())
            elif isinstance(event, CloseConnection):
                said.append(f"close {int(event.code)}")
            else:
                assert isinstance(event, Message)
    except RemoteProtocolError as error:
        said.append(f"close {error}")
    return ", ".join(said) if said else "waits"


def websockets(row: Row) -> Answer:
    peer = ServerProtocol()
    peer.state = OPEN
    peer.extensions = [Websockets(False, False, 15, 15)] if row.deflate else []
    peer.parser = Protocol.parse(peer)
    next(peer.parser)
    peer.receive_data(row.sent)
    said, text = [], b""
    answers = [data for data in peer.data_to_send() if data]
    for event in peer.events_received():
        assert isinstance(event, Frame)
        if event.opcode in (Opcode.TEXT, Opcode.CONT):
            text += bytes(event.data)
            if event.fin:
                said.append(text.decode())
                text = b""
        elif event.opcode == Opcode.PING:
            said.append(f"pong {bytes(event.data).decode()}".strip())
    closes = [data for data in answers if data[0] & 15 == Opcode.CLOSE]
    said += [f"close {int.from_bytes(data[2:4], 'big')}" for data in closes]
    return ", ".join(said) if said else "waits"


@pytest.mark.peer
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_they_differ_as_the_table_says(row: Row) -> None:
    assert (ours(row), wsproto(row), websockets(row)) == (row.ours, row.wsproto, row.websockets)


def test_every_difference_has_a_reason() -> None:
    assert all(len({row.ours, row.wsproto, row.websockets}) > 1 and ":" in row.why for row in ROWS)


def test_the_writer_makes_what_the_table_sends() -> None:
    assert frame(Opcode.TEXT, b"Hello") == write_frame(Opcode.TEXT, b"Hello", key=KEY)
