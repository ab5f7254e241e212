"""A role-neutral fold over a trace: records in, events out. It watches both sides and is neither.

Live endpoint, capture and lesson all go through it, so they are explained by the same rules. Bytes from the wire
never make it raise.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy

from app.protocol.answering import agreed_deflate, judge_response
from app.protocol.direction import Direction, Seen
from app.protocol.events import Detail, End, Event, EventKind, Message, State, Violation
from app.protocol.extensions import Deflate
from app.protocol.fault import Fault, at_bytes
from app.protocol.frames import DATA, Opcode
from app.protocol.handshake import EndOfHead, Request, Response, parse_request, parse_response
from app.protocol.history import Past
from app.protocol.items import Frame, Item, Received
from app.protocol.limits import Limits
from app.protocol.opening import START, judge_request, not_http
from app.protocol.profiles import STRICT_PROFILE, Profile
from app.protocol.reader import FrameReader
from app.protocol.relations import Finding, Relations, Sight
from app.protocol.states import advance
from app.trace import SIDES, Record, Side


class Conversation:
    """Folds the records of one connection into events, as they come.

    With `assume_open` the opening handshake is taken to have happened before the first record, with `deflate` agreed
    in it; so a capture that begins in the middle can be read. With `assume_answer` the request is taken to have been
    accepted, for bytes of the client alone; with `assume_request` the request is missing and its answer is not.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        assume_open: bool = False,
        assume_answer: bool = False,
        assume_request: bool = False,
        deflate: Deflate | None = None,
        profile: Profile = STRICT_PROFILE,
    ) -> None:
        self.profile = profile
        self.limits = limits or Limits()
        self.request: Request | None = None
        self.response: Response | None = None
        self.deflate: Deflate | None = deflate
        self.seq = 0
        self.states: dict[Side, State] = {"client": "CONNECTING", "server": "CONNECTING"}
        self._sides = {side: Direction() for side in SIDES}
        self._events: list[Event] = []
        self._at = 0
        self._assume_answer = assume_answer
        self._relations = Relations(self.limits)
        if assume_open:
            self._open()
        elif assume_request:
            self._sides["client"].phase = "waiting"

    def feed(self, record: Record) -> list[Event]:
        """The events that this record completes."""
        self._at = record.at
        self._found(self._relations.time(record.at))
        if record.layer == "tls" and record.data:
            self._found(self._relations.tls(record.side, record.data))
        elif record.layer == "wire":
            if record.kind == "data" and record.data:
                self._relations.sent(record.side, len(record.data))
                self._data(record.side, record.data)
            elif record.kind in ("fin", "rst"):
                self._end(record.side, record.kind)
            elif record.kind == "gap":
                self._lose(record.side)
            elif record.kind == "message":
                self._told(record.side, record.opcode, record.data)
        return self._taken()

    def close(self) -> list[Event]:
        """The trace has ended: sides that have not stopped sending are reported as stopped here."""
        for side in SIDES:
            if not self._sides[side].ended and (self.request or self._sides[side].size):
                self._end(side, "stop")
        return self._taken()

    def preview(self, side: Side, data: bytes) -> list[Event]:
        """What these bytes would become if `side` sent them now. Leaves the conversation as it is."""
        return deepcopy(self).feed(Record(self._at, side, "wire", "data", data))

    def _taken(self) -> list[Event]:
        events, self._events = self._events, []
        return events

    def _emit(self, side: Side, kind: EventKind, start: int, end: int, detail: Detail, space: str = "wire") -> Event:
        event = Event(self.seq, self._at, side, kind, start, end, self.states, detail, [], space)
        self.seq += 1
        self._events.append(event)
        return event

    def _violate(self, side: Side, fault: Fault, space: str = "wire") -> Violation:
        violation = Violation.of(fault, self.seq, self.profile)
        self._emit(side, "violation", fault.start, fault.start + fault.bits, violation, space)
        return violation

    def _found(self, findings: Iterable[Finding]) -> list[Violation]:
        return [self._violate(*finding) for finding in findings]

    def _data(self, side: Side, data: bytes) -> None:
        direction = self._sides[side]
        if direction.phase == "frames" and direction.reader:
            direction.recent.add(data)
            self._items(side, direction.reader.feed(data))
            direction.recent.keep(direction.reader, self.limits.frame)
        elif direction.phase == "other":
            self._found(self._relations.stray(side, data, direction.offset))
            direction.offset += len(data)
        else:
            if direction.phase == "waiting":
                self._found(self._relations.early(data, direction.offset + len(direction.buffer)))
            direction.buffer += data
            if direction.phase == "head":
                self._head(side)

    def _head(self, side: Side) -> None:
        direction = self._sides[side]
        if (bad := not_http(direction.buffer[:START], response=side == "server")) is not None:
            self._found(self._relations.junk(side, bytes(direction.buffer[: bad + 1]), direction.offset))
            direction.phase = "other"
            direction.offset += len(direction.buffer)
            direction.buffer.clear()
            return
        end = direction.end_of_head.find(direction.buffer)
        if end is None and len(direction.buffer) <= self.limits.head:
            return
        if end is None or end > self.limits.head:
            start = direction.offset
            self._violate(side, at_bytes("frm.limits", start, start + self.limits.head, "a head without an end"))
            direction.phase = "other"
            direction.offset += len(direction.buffer)
            direction.buffer.clear()
            return
        direction.end_of_head = EndOfHead()
        raw = bytes(direction.buffer[:end])
        rest = bytes(direction.buffer[end:])
        direction.buffer.clear()
        start, direction.offset = direction.offset, direction.offset + end
        if side == "client":
            self._request(raw, start)
        else:
            self._response(raw, start)
        if rest:
            self._data(side, rest)

    def _request(self, raw: bytes, start: int) -> None:
        request = self.request = parse_request(raw)
        self._sides["client"].phase = "waiting"
        faults = [fault._replace(start=fault.start + start * 8) for fault in judge_request(request)]
        event = self._emit("client", "request", start * 8, (start + len(raw)) * 8, request)
        event.violations = [self._violate("client", fault) for fault in faults]
        self._relations.request(request, faults)
        if self.response is not None:
            self._answered()
        elif self._assume_answer:
            self._open()

    def _response(self, raw: bytes, start: int) -> None:
        response = parse_response(raw)
        tunnel = self.request is not None and self.request.method == b"CONNECT" and 200 <= response.status < 300
        if tunnel or (100 <= response.status < 200 and response.status != 101):
            self._emit("server", "response", start * 8, (start + len(raw)) * 8, response)
            if tunnel:
                self._enter_tunnel()
            return
        self.response = response
        self.states = advance(self.states, "server", "101" if response.status == 101 else "refusal")
        event = self._emit("server", "response", start * 8, (start + len(raw)) * 8, response)
        faults = [fault._replace(start=fault.start + start * 8) for fault in judge_response(response, self.request)]
        event.violations = [self._violate("server", fault) for fault in faults]
        event.violations += self._found(self._relations.response(response, faults, start))
        self._answered()

    def _enter_tunnel(self) -> None:
        """A proxy has opened the way: the handshake itself follows on the same connection."""
        client = self._sides["client"]
        waiting = bytes(client.buffer)
        self.request, client.phase = None, "head"
        client.buffer.clear()
        if waiting:
            self._data("client", waiting)

    def _answered(self) -> None:
        """The answer is known: what follows on each side is frames, or is not ours to read."""
        assert self.response is not None
        accepted = self.response.status == 101
        if accepted:
            self.deflate = agreed_deflate(self.response)
        for side in SIDES:
            direction = self._sides[side]
            if side == "client" and direction.phase == "head":
                continue
            waiting = bytes(direction.buffer)
            direction.buffer.clear()
            if accepted:
                self._open_frames(side)
            else:
                direction.phase = "other"
            if waiting:
                self._data(side, waiting)

    def _open(self) -> None:
        """Nobody has seen the answer, and it was 101."""
        self.states = {"client": "OPEN", "server": "OPEN"}
        for side in SIDES:
            self._open_frames(side)

    def _open_frames(self, side: Side) -> None:
        direction = self._sides[side]
        direction.phase = "frames"
        direction.recent.begin(direction.offset)
        self._relations.opened(self.deflate)
        direction.reader = FrameReader(
            side, offset=direction.offset, deflate=self.deflate, limits=self.limits, detail=True
        )

    def _items(self, side: Side, items: list[Item]) -> None:
        direction = self._sides[side]
        for item in items:
            if isinstance(item, Fault):
                direction.faults.append(self._violate(side, item))
                direction.faults += self._found(self._relations.fault(side, item))
            elif isinstance(item, Frame):
                self._frame(side, item)
            elif item[0] in (Opcode.TEXT, Opcode.BINARY):
                self._message(side, item)

    def _frame(self, side: Side, frame: Frame) -> None:
        direction = self._sides[side]
        if frame.header.opcode == Opcode.CLOSE:
            self.states = advance(self.states, side, "close")
        event = self._emit(side, "frame", frame.start * 8, frame.end * 8, frame.header)
        event.violations, direction.faults = direction.faults, []
        if frame.header.opcode in DATA:
            direction.remember(frame.header, Seen(event.seq, event.start, event.end), self.limits.fragments)
            history = self._relations.scene.histories.get(side)
            event.past = Past(history, len(history)) if history is not None and direction.squeezed else None
        event.violations += self._found(self._relations.frame(Sight(side, *frame, direction.recent.read)))

    def _message(self, side: Side, item: Received) -> None:
        frames, squeezed = self._sides[side].frames, self._sides[side].squeezed
        compressed = self.deflate is not None and squeezed
        message = Message(item[0], item[1], tuple(frame.seq for frame in frames), compressed)
        event = self._emit(side, "message", frames[0].start, frames[-1].end, message, "message")
        if compressed:
            history = self._relations.scene.histories[side]
            event.past = Past(history, len(history) - 1)

    def _told(self, side: Side, opcode: int, payload: bytes) -> None:
        """A message of a source that has no wire bytes: it has no frames, its place counts payload alone."""
        direction = self._sides[side]
        start, direction.offset = direction.offset, direction.offset + len(payload)
        self._emit(side, "message", start * 8, direction.offset * 8, Message(opcode, payload, (), False), "message")

    def _lose(self, side: Side) -> None:
        """Bytes are missing: what follows cannot be cut into frames."""
        self._sides[side].phase = "other"
        self._relations.lost()

    def _end(self, side: Side, how: str) -> None:
        direction = self._sides[side]
        if direction.ended:
            return
        direction.ended = True
        partial = direction.partial
        reader = direction.reader
        # A recording that just ends breaks no rule: the rest of a frame may have followed.
        self._items(side, reader.finish() if reader and direction.phase == "frames" and how != "stop" else [])
        clean = reader is not None and reader.closed
        if how == "rst" or all(self._sides[each].ended for each in SIDES):
            self.states = advance(self.states, side, "ends")
        at = direction.size * 8
        event = self._emit(side, "end", at, at, End(how, partial, clean))
        framed = reader if direction.phase == "frames" else None
        cut = framed is not None and (partial is not None or framed.lost)
        event.violations = self._found(self._relations.end(side, how, cut, framed.unfinished if framed else None))
