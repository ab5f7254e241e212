"""Reads the frames of one direction (RFC 6455 section 5): messages and control frames out, every fault named.

How TCP cut the bytes changes nothing. A short loop takes the well-formed frames that are all there; anything else
leaves it for the complete path, which knows every rule and judges each bit as soon as it has arrived.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import NamedTuple

from app.protocol import closing
from app.protocol.deflate import InflateError, Inflater, TooBig
from app.protocol.extensions import Deflate
from app.protocol.fault import Fault, at_bytes
from app.protocol.frames import (
    DATA,
    MAX_CONTROL,
    OPCODES,
    Header,
    Opcode,
    apply_mask,
    is_control,
    length_form,
    read_header,
)
from app.protocol.limits import Limits
from app.protocol.utf8 import Utf8
from app.trace import Side

Received = tuple[int, bytes, int, int]
"""A message or control frame: opcode, payload (unmasked, inflated), numbers of its first and last frame."""


class Frame(NamedTuple):
    """A complete frame: its header and where it starts and ends, in bytes of the stream."""

    header: Header
    start: int
    end: int


Item = Received | Frame | Fault

_HTTP = (b"GET ", b"HTTP/", b"POST ", b"PUT ", b"HEAD ")


class _Open:
    """The frame whose payload is arriving."""

    __slots__ = ("got", "header", "number", "parts", "start")

    def __init__(self, header: Header, number: int, start: int) -> None:
        self.header = header
        self.number = number
        self.start = start
        self.got = 0
        self.parts: list[bytes] = []


class _Message:
    """The data message that is being put together, over one or more frames."""

    __slots__ = ("compressed", "count", "empty", "first", "opcode", "parts", "size", "spoiled", "utf8")

    def __init__(self, opcode: int, first: int, compressed: bool) -> None:
        self.opcode = opcode
        self.first = first
        self.compressed = compressed
        self.parts: list[bytes] = []
        self.size = 0
        self.count = 0
        self.empty = 0
        self.spoiled = False
        self.utf8 = Utf8() if opcode == Opcode.TEXT else None


class FrameReader:
    """One direction of a connection, from the first byte after the opening handshake.

    `side` is who sends these bytes, `offset` the place of the first one in that side's stream. With `detail` every
    frame is reported as well (Frame), which the explanation needs and the server does not. `index` holds where each
    frame starts: 8 bytes a frame.
    """

    def __init__(
        self,
        side: Side,
        *,
        offset: int = 0,
        deflate: Deflate | None = None,
        limits: Limits | None = None,
        detail: bool = False,
    ) -> None:
        self.side: Side = side
        self.index = array("Q")
        self.offset = offset
        self.lost = False
        """True once the next frame cannot be found; what follows is not read."""
        self.closed = False
        """True once this side has sent a Close frame."""
        self._masked = side == "client"
        self._limits = limits or Limits()
        self._detail = detail
        self._rest = b""
        self._judged = 0
        self._open: _Open | None = None
        self._message: _Message | None = None
        self._inflater = self._make_inflater(deflate)
        self._fast: Callable[[bytes, int, list[Item]], int] | None = None
        if not detail:
            self._fast = self._fast_client if self._masked else self._fast_server

    def _make_inflater(self, deflate: Deflate | None) -> Inflater | None:
        if deflate is None:
            return None
        if self._masked:
            return Inflater(deflate.client_max_window_bits, not deflate.client_no_context_takeover)
        return Inflater(deflate.server_max_window_bits, not deflate.server_no_context_takeover)

    def feed(self, data: bytes) -> list[Item]:
        """Take the next bytes; what became complete or turned out wrong, in order."""
        items: list[Item] = []
        if self._rest:
            data = self._rest + data
            self._rest = b""
        pos, size = 0, len(data)
        while pos < size and not self.lost:
            if self._open is not None:
                pos = self._payload(data, pos, items)
                continue
            if self._fast and self._message is None and not self.closed:
                pos = self._fast(data, pos, items)
                if pos == size:
                    break
            after = self._header(data, pos, items)
            if after is None:
                break
            pos = after
        self.offset += pos
        if not self.lost:
            self._rest = data[pos:]
        return items

    def finish(self) -> list[Item]:
        """The stream has ended: what that leaves unfinished."""
        end = self.offset + len(self._rest)
        if self.lost:
            return []
        if self._open is not None:
            return [at_bytes("frm.truncated", self._open.start, end, "the payload is cut off")]
        if self._rest:
            return [at_bytes("frm.truncated", self.offset, end, "the header is cut off")]
        if self._message is not None and not self.closed:
            start = self.index[self._message.first]
            return [at_bytes("msg.send.frame", start, end, "the last fragment never came")]
        return []

    @property
    def partial(self) -> tuple[int, int] | None:
        """Start and end, in bytes of the stream, of a frame that has begun and is not complete."""
        if self._open is not None:
            return self._open.start, self.offset
        return (self.offset, self.offset + len(self._rest)) if self._rest else None

    # The short loop: single frames, nothing special about them, all of it there.

    def _fast_client(self, data: bytes, pos: int, items: list[Item]) -> int:
        size, offset, xor = len(data), self.offset, apply_mask
        limit = min(self._limits.frame, self._limits.message)
        add, mark, number = items.append, self.index.append, len(self.index)
        while size - pos >= 6:
            first = data[pos]
            length = data[pos + 1] ^ 0x80
            if length < 126:
                start = pos + 6
            elif length == 126 and size - pos >= 8:
                length = data[pos + 2] << 8 | data[pos + 3]
                start = pos + 8
                if length < 126:
                    break
            else:
                break
            end = start + length
            if end > size or length > limit:
                break
            if first == 0x81:
                payload = xor(data[start:end], data[start - 4 : start])
                if not payload.isascii() and not _is_utf8(payload):
                    break
                add((1, payload, number, number))
            elif first == 0x82:
                add((2, xor(data[start:end], data[start - 4 : start]), number, number))
            else:
                break
            mark(offset + pos)
            number += 1
            pos = end
        return pos

    def _fast_server(self, data: bytes, pos: int, items: list[Item]) -> int:
        size, offset = len(data), self.offset
        limit = min(self._limits.frame, self._limits.message)
        add, mark, number = items.append, self.index.append, len(self.index)
        while size - pos >= 2:
            first = data[pos]
            length = data[pos + 1]
            if length < 126:
                start = pos + 2
            elif length == 126 and size - pos >= 4:
                length = data[pos + 2] << 8 | data[pos + 3]
                start = pos + 4
                if length < 126:
                    break
            else:
                break
            end = start + length
            if end > size or length > limit:
                break
            payload = data[start:end]
            if first == 0x81:
                if not payload.isascii() and not _is_utf8(payload):
                    break
                add((1, payload, number, number))
            elif first == 0x82:
                add((2, payload, number, number))
            else:
                break
            mark(offset + pos)
            number += 1
            pos = end
        return pos

    # The complete path: a header, judged bit by bit in the order of section 5.2.

    def _header(self, data: bytes, pos: int, items: list[Item]) -> int | None:
        """Judge what is there of a header; the position after it, or None while bytes are missing."""
        start = self.offset + pos
        if len(data) - pos >= 2 and self._judged < 1:
            self._judged = 1
            faults = list(self._judge_first(data[pos], data[pos + 1], start))
            if faults and data[pos : pos + 5].startswith(_HTTP):
                self.lost = True
                items.append(at_bytes("frm.parse", start, start + 4, "HTTP text where a frame must start"))
                return None
            items += faults
        header = read_header(data, pos)
        length_end = pos + {126: 4, 127: 10}.get(data[pos + 1] & 0x7F, 2) if len(data) - pos >= 2 else len(data) + 1
        if self._judged == 1 and length_end <= len(data):
            self._judged = 2
            items += self._judge_length(data[pos:length_end], start)
            if self.lost:
                return None
        if header is None:
            return None
        self._judged = 0
        self._begin(header, start, items)
        if header.length == 0:
            self._complete(start + header.size, items)
        return pos + header.size

    def _judge_first(self, first: int, second: int, start: int) -> list[Fault]:
        bit, opcode, faults = start * 8, first & 15, []
        control = is_control(opcode)
        faults += self._judge_rsv(first, bit, control)
        if opcode not in OPCODES:
            faults.append(Fault("frm.opcode", bit + 4, 4, f"opcode {opcode}"))
        if control and opcode in OPCODES and not first & 0x80:
            faults.append(Fault("ctl.fin", bit, 1, "FIN is 0 on a control frame"))
        if control and opcode in OPCODES and second & 0x7F > MAX_CONTROL:
            faults.append(Fault("ctl.len", bit + 9, 7, f"length {second & 0x7F} on a control frame"))
        if self._masked and not second & 0x80:
            faults.append(Fault("frm.mask.client", bit + 8, 1, "MASK is 0"))
        if not self._masked and second & 0x80:
            faults.append(Fault("frm.mask.server", bit + 8, 1, "MASK is 1"))
        if self.closed and opcode in OPCODES:
            rule = "cls.once" if opcode == Opcode.CLOSE else "cls.no-data-after"
            if opcode == Opcode.CLOSE or not control:
                faults.append(Fault(rule, bit + 4, 4, "after this side's Close frame"))
        elif opcode == Opcode.CONT and self._message is None:
            faults.append(Fault("msg.start", bit + 4, 4, "nothing to continue"))
        elif opcode in (Opcode.TEXT, Opcode.BINARY) and self._message is not None:
            faults.append(Fault("msg.no-interleave", bit + 4, 4, "the message before is not finished"))
        return faults

    def _judge_rsv(self, first: int, bit: int, control: bool) -> list[Fault]:
        rsv = first >> 4 & 7
        if self._inflater is None or not rsv & 4:
            return [Fault("frm.rsv", bit + n, 1, f"RSV{n} is 1") for n in (1, 2, 3) if rsv >> (3 - n) & 1]
        faults = [Fault("frm.rsv", bit + n, 1, f"RSV{n} is 1") for n in (2, 3) if rsv >> (3 - n) & 1]
        if control:
            faults.insert(0, Fault("pmd.rsv1.control", bit + 1, 1, "RSV1 is 1 on a control frame"))
        elif first & 15 == Opcode.CONT:
            faults.insert(0, Fault("pmd.rsv1.first", bit + 1, 1, "RSV1 is 1 on a continuation"))
        return faults

    def _judge_length(self, head: bytes, start: int) -> list[Fault]:
        size = len(head)
        length = int.from_bytes(head[2:], "big") if size > 2 else head[1] & 0x7F
        form = {2: 7, 4: 16, 10: 64}[size]
        place = (start * 8 + 9, 7) if form == 7 else (start * 8 + 16, form)
        if length >> 63:
            self.lost = True
            return [Fault("frm.len.msb", start * 8 + 16, 1, "the first bit of a 64-bit length is 1")]
        faults = []
        if form > length_form(length):
            faults.append(Fault("frm.len.minimal", *place, f"{length} in the {form}-bit form"))
        if length > self._limits.frame or self._over(length):
            faults.append(Fault("frm.limits", *place, f"{length} bytes announced"))
        return faults

    def _over(self, length: int) -> bool:
        """Whether a frame takes its message past the limit; what it inflates to is judged while it arrives."""
        message = self._message
        return message is not None and not message.compressed and message.size + length > self._limits.message

    def _begin(self, header: Header, start: int, items: list[Item]) -> None:
        number = len(self.index)
        self.index.append(start)
        self._open = _Open(header, number, start)
        if header.opcode not in DATA or self.closed:
            return
        if self._message is None or header.opcode != Opcode.CONT:
            compressed = bool(header.rsv1) and self._inflater is not None
            self._message = _Message(header.opcode, number, compressed)
            self._message.spoiled = header.opcode == Opcode.CONT  # nothing says what it would have continued
        message = self._message
        message.count += 1
        message.empty = message.empty + 1 if header.length == 0 and not header.fin else 0
        if message.count > self._limits.fragments or message.empty > self._limits.empty_fragments:
            items.append(at_bytes("frm.limits", start, start + 2, f"{message.count} fragments in one message"))

    # The payload, as it arrives.

    def _payload(self, data: bytes, pos: int, items: list[Item]) -> int:
        frame = self._open
        assert frame is not None
        header = frame.header
        piece = data[pos : pos + header.length - frame.got]
        if header.key is not None:
            turn = frame.got & 3
            plain = apply_mask(piece, header.key[turn:] + header.key[:turn])
        else:
            plain = piece
        if header.length <= self._limits.frame:
            self._take(frame, plain, self.offset + pos, items)
        frame.got += len(piece)
        if frame.got == header.length:
            self._complete(self.offset + pos + len(piece), items)
        return pos + len(piece)

    def _take(self, frame: _Open, plain: bytes, at: int, items: list[Item]) -> None:
        message = self._message
        if is_control(frame.header.opcode):
            frame.parts.append(plain)
        elif frame.header.opcode in DATA and message is not None and not message.spoiled and not self.closed:
            if message.compressed:
                self._inflate(message, plain, frame, items)
            else:
                self._append(message, plain, at, items)

    def _inflate(self, message: _Message, data: bytes, frame: _Open, items: list[Item], final: bool = False) -> None:
        assert self._inflater is not None
        room = self._limits.message - message.size
        start = frame.start + frame.header.size
        end = start + frame.header.length
        try:
            plain = self._inflater.finish(room) if final else self._inflater.feed(data, room)
        except InflateError as error:
            message.spoiled = True
            items.append(at_bytes("pmd.deflate.valid", start, end, str(error)))
        except TooBig:
            message.spoiled = True
            items.append(at_bytes("pmd.bomb", start, end, f"inflates to more than {self._limits.message} bytes"))
        else:
            self._append(message, plain, None, items, (start, end))

    def _append(
        self,
        message: _Message,
        plain: bytes,
        at: int | None,
        items: list[Item],
        whole: tuple[int, int] = (0, 0),
    ) -> None:
        """Add payload to the message; `at` is its place in the stream, None where it has none (`whole` stands in)."""
        message.size += len(plain)
        message.parts.append(plain)
        if message.utf8 and (bad := message.utf8.feed(plain)):
            message.spoiled = True
            start, end = whole if at is None else (max(at + bad.start, self.index[message.first]), at + bad.end)
            items.append(at_bytes("msg.utf8", start, end, bad.note))

    def _complete(self, end: int, items: list[Item]) -> None:
        frame = self._open
        assert frame is not None
        self._open = None
        header = frame.header
        if is_control(header.opcode):
            self._control(frame, items)
            if self._detail:
                self._insert_frame(Frame(header, frame.start, end), items)
            return
        if self._detail:
            items.append(Frame(header, frame.start, end))
        if header.fin and header.opcode in DATA and not self.closed:
            self._end_message(frame, end, items)

    def _insert_frame(self, frame: Frame, items: list[Item]) -> None:
        """A frame is reported before what it carries."""
        last = items[-1] if items else None
        at = len(items) - 1 if last is not None and not isinstance(last, Fault | Frame) else len(items)
        items.insert(at, frame)

    def _control(self, frame: _Open, items: list[Item]) -> None:
        header, payload = frame.header, b"".join(frame.parts)
        if header.opcode not in OPCODES or header.length > MAX_CONTROL:
            return
        if header.opcode == Opcode.CLOSE:
            items += closing.judge(payload, frame.start + header.size)
            if self.closed:
                return
            self.closed = True
        items.append((header.opcode, payload, frame.number, frame.number))

    def _end_message(self, frame: _Open, end: int, items: list[Item]) -> None:
        message = self._message
        assert message is not None
        if message.compressed and not message.spoiled:
            self._inflate(message, b"", frame, items, final=True)
        if message.utf8 and not message.spoiled and (bad := message.utf8.finish()):
            message.spoiled = True
            first = self.index[message.first]
            start = frame.start if message.compressed else max(end + bad.start, first)
            items.append(at_bytes("msg.utf8", start, end, bad.note))
        self._message = None
        if not message.spoiled:
            items.append((message.opcode, b"".join(message.parts), message.first, frame.number))


def _is_utf8(payload: bytes) -> bool:
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return True
