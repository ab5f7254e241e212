"""Reads the frames of one direction (RFC 6455 section 5): messages and control frames out, every fault named.

How TCP cut the bytes changes nothing. A short loop takes the well-formed frames that are all there; anything else
leaves it for the complete path, which knows every rule and judges each bit as soon as it has arrived. That path stands
in the order of the RFC: header (5.2), masking (5.3), fragmentation (5.4), control frames (5.5).
"""

from __future__ import annotations

from array import array

from app.protocol import closing
from app.protocol.assembly import OpenFrame, OpenMessage, gather
from app.protocol.deflate import InflateError, TooBig, inflater, refusal
from app.protocol.extensions import Deflate
from app.protocol.fault import Fault, at_bytes
from app.protocol.frames import (
    BINARY,
    CLOSE,
    CONT,
    DATA,
    MAX_CONTROL,
    OPCODES,
    TEXT,
    Header,
    apply_mask,
    length_form,
    read_header,
)
from app.protocol.header_rules import Standing, judge_length, judge_start, looks_like_http
from app.protocol.items import Frame, Item, with_frames
from app.protocol.limits import Limits
from app.protocol.utf8 import find_error, is_utf8
from app.trace import Side

_LONG = (b"\x7f", b"\xff")
"""The second byte of a frame that is too long to be all in one read."""


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
        self._longest = min(self._limits.frame, self._limits.message)
        self._detail = detail
        self._rest = b""
        self._judged = 0
        self._open: OpenFrame | None = None
        self._message: OpenMessage | None = None
        self._inflater = inflater(side, deflate)

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
            if data[pos + 1 : pos + 2] not in _LONG and self._may_hurry():
                taken: list[Item] = []
                number, pos = len(self.index), self._fast(data, pos, taken)
                if self._detail:
                    taken = with_frames(data, self.offset, [*self.index[number:], self.offset + pos], number, taken)
                items += taken
                if pos == size:
                    break
            if (after := self._header(data, pos, items)) is None:
                break
            pos = after
        self.offset += pos
        if not self.lost:
            self._rest = data[pos:]
        return items

    def _may_hurry(self) -> bool:
        """Whether the next frame may be a plain one: not after a Close, not inside a message that needs care."""
        return not self.closed and not self._judged and (self._message is None or self._message.plain)

    def finish(self) -> list[Item]:
        """The stream has ended: what that leaves unfinished."""
        end, frame = self.offset + len(self._rest), self._open
        if self.lost or (frame is not None and frame.header.length > self._limits.frame):
            return []  # refused already
        if frame is not None:
            return [at_bytes("frm.truncated", frame.start, end, "the payload is cut off")]
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

    @property
    def unfinished(self) -> tuple[Header, int] | None:
        """The header of a frame whose payload is not complete, and how many bytes of that have come."""
        return (self._open.header, self._open.got) if self._open is not None else None

    # The short loop: whole frames with nothing special about them.

    def _fast(self, data: bytes, pos: int, items: list[Item]) -> int:
        """Take frames as long as they are plain and complete; the position of the first that is not."""
        size, offset, xor = len(data), self.offset, apply_mask
        flip, head = (0x80, 6) if self._masked else (0, 2)
        limit = self._longest
        add, mark, number = items.append, self.index.append, len(self.index)
        message, squeezed = self._message, self._inflater is not None
        while size - pos >= head:
            first = data[pos]
            length = data[pos + 1] ^ flip
            start = pos + head
            if length == 126 and size > start + 2:
                length = data[pos + 2] << 8 | data[pos + 3]
                start += 2
                if length < 126:
                    break
            elif length > 125:
                break
            end = start + length
            if end > size or length > limit:
                break
            payload = xor(data[start:end], data[start - 4 : start]) if flip else data[start:end]
            if message is None and first == 0x81:
                if not payload.isascii() and not is_utf8(payload):
                    break
                add((1, payload, number, number))
            elif message is None and first == 0x82:
                add((2, payload, number, number))
            elif message is None and squeezed and (first == 0xC1 or first == 0xC2):
                self._whole(first & 15, payload, number, (offset + start, offset + end), items)
            elif length and 0 < first < 3 if message is None else length and not first & 0x7F:
                if message is None:
                    message = OpenMessage(first, number, False)
                if message.takes(payload, self._limits):
                    self._message = message
                    if first & 0x80:
                        add((message.opcode, b"".join(message.parts), message.first, number))
                        message = self._message = None
                else:
                    break
            else:
                break
            mark(offset + pos)
            number += 1
            pos = end
        return pos

    def _whole(self, opcode: int, payload: bytes, number: int, place: tuple[int, int], items: list[Item]) -> None:
        """A compressed message that is all in one frame."""
        assert self._inflater is not None
        if self._inflater.broken:
            return
        try:
            plain = self._inflater.message(payload, self._limits.message)
        except (InflateError, TooBig) as error:
            items.append(refusal(error, place, self._limits.message))
        else:
            if opcode == TEXT and not plain.isascii() and (bad := find_error(plain)):
                items.append(at_bytes("msg.utf8", *place, bad.note))
            else:
                items.append((opcode, plain, number, number))

    # Section 5.2, the complete path: a header, judged bit by bit in the order in which the bits arrive.

    def _header(self, data: bytes, pos: int, items: list[Item]) -> int | None:
        """Judge what is there of a header; the position after it, or None while bytes are missing."""
        start = self.offset + pos
        header = read_header(data, pos)
        if header is not None and self._ordinary(data[pos], header):
            number = len(self.index)
            self.index.append(start)
            self._open, self._message = OpenFrame(header, number, start), OpenMessage(header.opcode, number, False)
            return pos + header.size
        if len(data) - pos >= 2 and self._judged < 1:
            standing = Standing(self._masked, self._inflater is not None, self.closed, self._message is not None)
            faults = judge_start(data[pos], data[pos + 1], start * 8, standing)
            if faults and (http := looks_like_http(data[pos : pos + 5])) != "no":
                self.lost = http == "yes"
                items += [at_bytes("frm.parse", start, start + 4, "HTTP text where a frame must start")] * self.lost
                return None
            self._judged = 1
            items += faults
        length_end = pos + {126: 4, 127: 10}.get(data[pos + 1] & 0x7F, 2) if len(data) - pos >= 2 else len(data) + 1
        if self._judged == 1 and length_end <= len(data):
            self._judged = 2
            items += self._length(data[pos:length_end], start)
            if self.lost:
                return None
        if header is None:
            return None
        self._judged = 0
        opened = self._begin(header, start, items)
        if header.length == 0:
            self._complete(opened, start + header.size, items)
        return pos + header.size

    def _ordinary(self, first: int, header: Header) -> bool:
        """Whether no rule can be broken: a whole message in one frame, which is only too long to be all here yet."""
        return (
            (first == 0x81 or first == 0x82)
            and 125 < header.length <= self._longest
            and header.masked == self._masked
            and header.form == length_form(header.length)
            and self._message is None
            and not self.closed
            and not self._judged
        )

    def _length(self, head: bytes, start: int) -> list[Fault]:
        length, place, faults = judge_length(head, start * 8)
        self.lost = length >> 63 == 1
        if not self.lost and (length > self._limits.frame or self._over(head[0], length)):
            faults.append(Fault("frm.limits", *place, f"{length} bytes announced"))
        return faults

    def _over(self, first: int, length: int) -> bool:
        """Whether a frame takes its message past the limit; what it inflates to is judged while it arrives."""
        message, opcode = self._message, first & 15
        if opcode in (TEXT, BINARY):
            compressed = bool(first & 0x40) and self._inflater is not None
            return not compressed and length > self._limits.message
        if opcode != CONT or message is None or message.compressed or message.spoiled:
            return False
        return message.size + length > self._limits.message

    def _begin(self, header: Header, start: int, items: list[Item]) -> OpenFrame:
        frame = self._open = OpenFrame(header, len(self.index), start)
        self.index.append(start)
        if header.opcode in DATA and not self.closed:
            self._fragment(frame, items)
        return frame

    # Section 5.3: the payload, unmasked as it arrives.

    def _payload(self, data: bytes, pos: int, items: list[Item]) -> int:
        """Unmask what is there of the payload; the position after it. Byte i goes with byte i mod 4 of the key."""
        frame = self._open
        assert frame is not None
        header = frame.header
        key, length, got = header.key, header.length, frame.got
        piece, turn = memoryview(data)[pos : pos + length - got], got & 3
        plain = apply_mask(piece, key[turn:] + key[:turn]) if key is not None else bytes(piece)
        size, message = len(plain), self._message
        if message is not None and message.raw and header.opcode in DATA:
            gather(message.parts, plain)
            message.size += size
        elif length <= self._limits.frame:
            self._take(frame, plain, self.offset + pos, items)
        frame.got = got + size
        if frame.got == length:
            self._complete(frame, self.offset + pos + size, items)
        return pos + size

    def _take(self, frame: OpenFrame, plain: bytes, at: int, items: list[Item]) -> None:
        message, opcode = self._message, frame.header.opcode
        if opcode >= CLOSE:
            gather(frame.parts, plain)
        elif message is not None and opcode in DATA and not self.closed:
            if message.compressed:
                gather(frame.parts, plain)
            elif not message.spoiled:
                self._append(message, plain, frame, at, items)

    def _complete(self, frame: OpenFrame, end: int, items: list[Item]) -> None:
        """The frame is all there: what is wrong with it, the frame, and what it completes, in this order."""
        self._open = None
        before, opcode = len(items), frame.header.opcode
        if opcode >= CLOSE:
            self._control(frame, items)
        elif opcode in DATA and not self.closed:
            self._end_fragment(frame, items)
        if self._detail:
            carries = len(items) > before and not isinstance(items[-1], Fault)
            items.insert(len(items) - carries, Frame(frame.header, frame.start, end))

    # Section 5.4: fragments become messages.

    def _fragment(self, frame: OpenFrame, items: list[Item]) -> None:
        """A data frame begins: the first of a message, or a continuation of the one that is open."""
        header, start = frame.header, frame.start
        if self._message is None or header.opcode != CONT:
            if self._message is not None:
                self._give_up(self._message)
            compressed = bool(header.rsv1) and self._inflater is not None
            self._message = OpenMessage(header.opcode, frame.number, compressed)
            if header.opcode == CONT:
                self._message.spoil()  # nothing says what it would have continued
        message = self._message
        many = not message.counts(header.length == 0 and not header.fin, self._limits)
        if many and not message.spoiled:
            items.append(at_bytes("frm.limits", start, start + 2, f"{message.count} fragments in one message"))
        if many or header.length > self._limits.frame or self._over(header.opcode | header.rsv1 << 6, header.length):
            self._give_up(message)

    def _give_up(self, message: OpenMessage) -> None:
        """A message that will not be delivered; the window it would have left is lost with it."""
        message.spoil()
        if message.compressed and self._inflater is not None:
            self._inflater.abandon()

    def _end_fragment(self, frame: OpenFrame, items: list[Item]) -> None:
        """A data frame is complete; with FIN its message is."""
        message = self._message
        assert message is not None
        if message.compressed:
            self._inflate(message, frame, items)
        if frame.header.fin:
            self._end_message(message, frame, items)

    def _append(self, message: OpenMessage, plain: bytes, frame: OpenFrame, at: int | None, items: list[Item]) -> None:
        """Add payload to the message; `at` is its place in the stream, None where it was inflated."""
        message.size += len(plain)
        if message.spoiled:
            return
        gather(message.parts, plain)
        if bad := message.check(plain):
            # A character that began in the frame before is marked where it breaks.
            place = frame.place if at is None else (max(at + bad.start, frame.place[0]), at + bad.end)
            message.spoil()
            items.append(at_bytes("msg.utf8", *place, bad.note))

    def _end_message(self, message: OpenMessage, frame: OpenFrame, items: list[Item]) -> None:
        if message.utf8 and not message.spoiled and (bad := message.utf8.finish()):
            message.spoil()
            start, end = frame.place
            if not message.compressed and frame.header.length:
                start = max(end + bad.start, start)
            items.append(at_bytes("msg.utf8", start, end, bad.note))
        self._message = None
        if not message.spoiled:
            items.append((message.opcode, b"".join(message.parts), message.first, frame.number))

    # Section 5.5: control frames.

    def _control(self, frame: OpenFrame, items: list[Item]) -> None:
        """A control frame is complete. It may stand between the fragments of a message, and changes nothing there."""
        header, payload = frame.header, b"".join(frame.parts)
        if header.opcode not in OPCODES or header.length > MAX_CONTROL:
            return
        if header.opcode == CLOSE:
            items += closing.judge(payload, frame.start + header.size)
            if self.closed:
                return
            self.closed = True
            self._message = None
        items.append((header.opcode, payload, frame.number, frame.number))

    # RFC 7692 section 6.2: compressed messages.

    def _inflate(self, message: OpenMessage, frame: OpenFrame, items: list[Item]) -> None:
        """Inflate a whole frame: piece by piece, it would depend on TCP how far one gets before an error."""
        assert self._inflater is not None
        if self._inflater.broken:
            message.spoil()
            return
        inflate = self._inflater.message if frame.header.fin else self._inflater.feed
        try:
            plain = inflate(b"".join(frame.parts), max(self._limits.message - message.size, 0))
        except (InflateError, TooBig) as error:
            if not message.spoiled:
                items.append(refusal(error, frame.place, self._limits.message))
            message.spoil()
        else:
            self._append(message, plain, frame, None, items)
