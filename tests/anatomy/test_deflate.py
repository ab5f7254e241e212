"""Inside compressed messages: every bit, with zlib as the oracle."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from app.anatomy import explain
from app.anatomy.deflate import MOST, deflate_spaces, symbols, unpack
from app.anatomy.deflate.readings import code, in_order, number, raw
from app.anatomy.field import Field, Origin
from app.anatomy.text import render
from app.protocol.conversation import Conversation
from app.protocol.deflate import TAIL
from app.protocol.events import Event
from app.protocol.extensions import Deflate
from app.protocol.frames import Opcode, write_frame
from app.protocol.history import History, Past
from app.protocol.inflate_walk import WalkError
from app.protocol.relations.compressed import inflate
from app.trace import Trace

RNG = random.Random(7692)
STRATEGIES = (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE, zlib.Z_FIXED)
ORIGIN = Origin("wire", 2)
RFC = {  # RFC 7692 section 7.2.3
    "one message": (["f248cdc9c90700"], [b"Hello"]),
    "two with takeover": (["f248cdc9c90700", "f200110000"], [b"Hello", b"Hello"]),
    "stored": (["000500faff48656c6c6f00"], [b"Hello"]),
    "final block": (["f348cdc9c9070000"], [b"Hello"]),
    "two blocks": (["f248050000 00ffffcac9c90700".replace(" ", "")], [b"Hello"]),
}


class Stream(NamedTuple):
    """The messages of one connection as they were and as they were sent."""

    plain: list[bytes]
    sent: list[bytes]
    bits: int
    forgets: bool


def words() -> bytes:
    some = [RNG.randbytes(RNG.randint(1, 9)) for _ in range(6)] + [b"the ", b"frame ", b'{"id":', b"\0" * 40]
    return b"".join(RNG.choice(some) for _ in range(RNG.randint(0, 40)))


def streams(count: int) -> Iterator[Stream]:
    """Connections of every kind: levels, strategies, windows, takeover, several flushes in a message."""
    for _ in range(count):
        bits, forgets = RNG.randint(9, 15), RNG.random() < 0.4
        settings = RNG.randint(0, 9), zlib.DEFLATED, -bits, RNG.randint(1, 9), RNG.choice(STRATEGIES)
        machine = zlib.compressobj(*settings)
        plain, sent = [words() for _ in range(RNG.randint(1, 4))], []
        for message in plain:
            half = len(message) // 2 if RNG.random() < 0.2 else 0
            out = machine.compress(message[:half])
            out += machine.flush(RNG.choice((zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH))) if half else b""
            out += machine.compress(message[half:]) + machine.flush(zlib.Z_SYNC_FLUSH)
            sent.append(out.removesuffix(TAIL))
            if forgets:
                machine = zlib.compressobj(*settings)
        yield Stream(plain, sent, bits, forgets)


def tiles(fields: tuple[Field, ...], bits: int) -> bool:
    """Whether the fields cover the bits without a gap, also inside each other."""
    at = 0
    for field in fields:
        if field.start != at or (field.children and not inside(field)):
            return False
        at = field.end
    return at == bits


def inside(field: Field) -> bool:
    at = field.start
    for child in field.children:
        if child.start != at:
            return False
        at = child.end
    return at == field.end


def outcome(payload: bytes, window: bytes) -> tuple[str, bytes]:
    out = bytearray()
    try:
        for symbol in symbols(payload, window):
            out += symbol.out
    except WalkError as error:
        return "cut" if error.cut else "bad", bytes(out)
    return "good", bytes(out)


@pytest.mark.parametrize("name", RFC)
def test_the_examples_of_the_rfc(name: str) -> None:
    history, window = History("server", 15, False), b""
    for n, (sent, plain) in enumerate(zip(*RFC[name], strict=True)):
        payload = bytes.fromhex(sent)
        unpacked = unpack(payload, Past(history, n), window)
        assert unpacked.out == plain and not unpacked.rest
        packed, inflated = deflate_spaces(unpacked, ORIGIN)
        assert tiles(packed.fields, len(packed.data) * 8) and tiles(inflated.fields, len(plain) * 8)
        history.add(0, 0, len(payload), len(plain), window)
        window += plain


def test_1200_generated_streams_are_what_zlib_made_of_them() -> None:
    messages = 0
    for stream in streams(1200):
        history, window = History("client", stream.bits, stream.forgets), b""
        for n, (plain, sent) in enumerate(zip(stream.plain, stream.sent, strict=True)):
            unpacked = unpack(sent, Past(history, n), window)
            assert unpacked.out == plain and not unpacked.rest and not unpacked.error
            packed, inflated = deflate_spaces(unpacked, ORIGIN)
            assert tiles(packed.fields, len(packed.data) * 8) and tiles(inflated.fields, len(plain) * 8)
            assert all(s.step.distance <= 1 << stream.bits for s in unpacked.symbols)
            history.add(0, 0, len(sent), len(plain), window)
            window = b"" if stream.forgets else window + plain
            messages += 1
    assert messages > 2000


def test_corrupted_ones_break_where_zlib_says_so() -> None:
    checked = 0
    for stream in streams(700):
        for sent in stream.sent:
            data = bytearray(sent)
            for _ in range(RNG.randint(1, 4)):
                if data:
                    data[RNG.randrange(len(data))] ^= 1 << RNG.randrange(8)
            payload, window = bytes(data[: RNG.randint(0, len(data))] if RNG.random() < 0.3 else data), words()
            said, ours = inflate(payload, window, 2**24), outcome(payload, window)
            assert not payload or said.state == ours[0], payload.hex()
            assert said.state == "bad" or not payload or said.out.startswith(ours[1])
            checked += 1
    assert checked > 1500


def test_any_bytes_at_all() -> None:
    for _ in range(4000):
        payload = RNG.randbytes(RNG.randint(1, 40))
        said, ours = inflate(payload, b"", 2**24), outcome(payload, b"")
        assert (said.state, said.out) == ours if said.state == "good" else said.state == ours[0], payload.hex()
        unpacked = unpack(payload, Past(History("client", 15, False), 0), b"")
        assert tiles(tuple(mark.field for mark in unpacked.marks), len(unpacked.data) * 8)
        assert list(deflate_spaces(unpacked, ORIGIN))


def test_only_the_beginning_is_annotated() -> None:
    plain = bytes(RNG.choice(b"abcdefgh") for _ in range(40_000))
    sent = zlib.compressobj(9, zlib.DEFLATED, -15)
    payload = sent.compress(plain) + sent.flush(zlib.Z_SYNC_FLUSH)[:-4]
    unpacked = unpack(payload, Past(History("client", 15, False), 0), b"")
    assert unpacked.rest == "rest" and MOST * 8 <= unpacked.end < (MOST + 300) * 8
    assert plain.startswith(unpacked.out) and unpacked.marks[-1].field.name == "deflate.rest"
    packed, inflated = deflate_spaces(unpacked, ORIGIN, plain)
    assert tiles(packed.fields, len(packed.data) * 8) and tiles(inflated.fields, len(plain) * 8)


class TestReadings:
    def test_both_directions(self) -> None:
        data = bytes.fromhex("f248")
        assert in_order(data, 0, 8) == "01001111"
        assert (number(data, 1, 3), code(data, 3, 11)) == (1, 0x78)
        assert raw(data, 0, 0) == "" and raw(bytes(40), 0, 320) == "00" * 32 + "…"


def second_hello(agreed: Deflate | None = None, pieces: int = 1) -> tuple[Trace, list[Event]]:
    trace = Trace("c1")
    for payload in map(bytes.fromhex, ("f248cdc9c90700", "f200110000")):
        parts = [payload] if pieces == 1 else [payload[:2], payload[2:]]
        for n, part in enumerate(parts):
            opcode = Opcode.CONT if n else Opcode.TEXT
            trace.add(0, "server", write_frame(opcode, part, fin=n == len(parts) - 1, rsv1=not n))
    conversation = Conversation(assume_open=True, deflate=agreed or Deflate())
    return trace, [event for record in trace.records for event in conversation.feed(record)]


class TestExplain:
    def test_a_copy_names_the_message_it_copies_from(self) -> None:
        trace, events = second_hello()
        explanation = explain([e for e in events if e.kind == "frame"][1], trace)
        assert [space.name for space in explanation.spaces] == ["wire", "deflate", "inflated"]
        inflated = explanation.spaces[2]
        assert inflated.data == b"Hello" and inflated.origin == Origin("deflate", 0, aligned=False)
        copied = inflated.find("inflated.copy")
        assert copied and copied.value == "“ello”" and copied.meaning.endswith("byte 1 of message 0")

    def test_what_is_known_of_the_agreement_and_what_it_saved(self) -> None:
        trace, events = second_hello(Deflate(server_max_window_bits=10))
        unpacked = explain(events[-1], trace).unpacked
        assert unpacked and unpacked.past.history.bits == 10 and unpacked.before == 5
        assert unpacked.tally() == (((0, 5, 7), (1, 5, 5)), 10, 12)

    def test_a_fragment_is_explained_with_its_message(self) -> None:
        trace, events = second_hello(pieces=2)
        frames = [explain(event, trace) for event in events if event.kind == "frame"]
        messages = [explain(event, trace) for event in events if event.kind == "message"]
        assert not any(frame.unpacked for frame in frames)
        assert [space.name for space in messages[1].spaces] == ["message", "deflate", "inflated"]
        assert messages[1].unpacked and messages[1].unpacked.payload == bytes.fromhex("f200110000")

    def test_a_masked_one_starts_from_the_unmasked_bytes(self) -> None:
        trace = Trace("c1")
        trace.add(0, "client", write_frame(Opcode.TEXT, bytes.fromhex("f248cdc9c90700"), rsv1=True, key=b"abcd"))
        conversation = Conversation(assume_open=True, deflate=Deflate())
        explanation = explain(conversation.feed(trace.records[0])[0], trace)
        assert [space.name for space in explanation.spaces] == ["wire", "unmasked", "deflate", "inflated"]
        assert explanation.spaces[2].origin == Origin("unmasked", 0) and explanation.spaces[3].data == b"Hello"

    def test_a_broken_one_is_explained_as_far_as_it_goes(self) -> None:
        trace = Trace("c1")
        trace.add(0, "server", write_frame(Opcode.TEXT, bytes.fromhex("f248cf"), rsv1=True))
        trace.add(0, "server", write_frame(Opcode.TEXT, b"\x07", rsv1=True))
        trace.add(0, "server", write_frame(Opcode.TEXT, b"", rsv1=True))
        conversation = Conversation(assume_open=True, deflate=Deflate())
        events = [event for record in trace.records for event in conversation.feed(record)]
        found = [explain(event, trace).unpacked for event in events if event.kind == "frame"]
        assert [each.rest for each in found if each] == ["cut", "bad", ""]

    def test_the_text_says_it_all_once(self) -> None:
        trace, events = second_hello()
        lines = [line for event in events for line in render(explain(event, trace), fields=True)]
        assert sum("deflate:" in line for line in lines) == 2
        assert any("so far 12 for 10; window 32768 bytes, kept" in line for line in lines)
