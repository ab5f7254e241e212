"""Selectors meet a trace: which event, which field, and what it says there."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate
from typing import NamedTuple, TypeVar

from app.anatomy import Explanation, explain
from app.anatomy.field import Field, Space
from app.lessons.computed import accept_steps
from app.lessons.script import Example
from app.lessons.selector import COUNTED, ENDS, EventName, Expect, Selector, SelectorError, parse
from app.lessons.values import FORMATS, Raw, Unresolved, compare
from app.protocol.events import End, Event, Message, Violation, frame_payload
from app.protocol.frames import Header, Opcode
from app.protocol.handshake import Request, Response
from app.trace import Trace

T = TypeVar("T")

_EVENT_KINDS = {"req": "request", "res": "response", "rule": "violation", "error": "violation", "msg": "message"}
_EVENT_KINDS |= dict.fromkeys(ENDS, "end")
_OPCODES = {
    "text": Opcode.TEXT,
    "binary": Opcode.BINARY,
    "cont": Opcode.CONT,
    "close": Opcode.CLOSE,
    "ping": Opcode.PING,
    "pong": Opcode.PONG,
}
_LEN7 = {16: 126, 64: 127}
_FILTERS: dict[str, Callable[[Header], int]] = {
    "fin": lambda header: header.fin,
    "rsv1": lambda header: header.rsv1,
    "opcode": lambda header: header.opcode,
    "mask": lambda header: header.masked,
    "len7": lambda header: _LEN7.get(header.form, header.length),
}


class Found(NamedTuple):
    """A field and the space it stands in."""

    space: Space
    field: Field

    @property
    def bits(self) -> str:
        """The field as 0 and 1."""
        first, last = self.field.start // 8, (self.field.start + self.field.bits + 7) // 8
        whole = "".join(f"{byte:08b}" for byte in self.space.data[first:last])
        return whole[self.field.start % 8 :][: self.field.bits]

    @property
    def data(self) -> bytes:
        """The field as bytes; fields that are not whole bytes have none."""
        if self.field.start % 8 or self.field.bits % 8:
            raise Unresolved(f"`{self.field.name}` is {self.field.bits} bits, not whole bytes; ask for .bits or .width")
        return self.space.data[self.field.start // 8 :][: self.field.bits // 8]


class Resolver:
    """Looks selectors up in the connections of a lesson. Explains each event at most once.

    `typed` and `given` are what the reader of a task gave and was given. A name without a part means the connection
    `first`.
    """

    def __init__(
        self,
        example: Example,
        first: str | None = None,
        *,
        typed: str | None = None,
        given: Mapping[str, str] | None = None,
    ) -> None:
        self.example = example
        self.first = next(iter(example.traces), "") if first is None else first
        self._typed = typed
        self._given = given or {}
        self._explained: dict[int, Explanation] = {}

    def event(self, name: EventName) -> Event:
        """The event of that name. Raises Unresolved."""
        if name.kind in ("answer", "given") or name.pick == COUNTED:
            raise Unresolved(f"`{name}` is no event")
        matching = self._matching(name)
        skip = name.pick if isinstance(name.pick, int) else 0
        for event in matching:
            if not skip:
                return event
            skip -= 1
        raise Unresolved(f"there is no `{name}` in this conversation")

    def _matching(self, name: EventName) -> Iterator[Event]:
        part = name.part or self.first
        if part not in self.example.traces:
            raise Unresolved(f"there is no connection `{part}`; there are {', '.join(self.example.traces)}")
        kind = _EVENT_KINDS.get(name.kind, "frame")
        for event in self.example.events:
            mine = self.example.owners[event.seq] == part
            if mine and event.kind == kind and event.side == (name.side or event.side) and _is(event, name):
                yield event

    def trace_of(self, event: Event) -> Trace:
        """The trace that an event belongs to."""
        return self.example.trace_of(event.seq)

    def _request_of(self, event: Event) -> Request | None:
        """The request of the same connection."""
        owner = self.example.owners[event.seq]
        details = (e.detail for e in self.example.events if self.example.owners[e.seq] == owner)
        return next((detail for detail in details if isinstance(detail, Request)), None)

    def explained(self, event: Event) -> Explanation:
        """The anatomy of an event."""
        if event.seq not in self._explained:
            self._explained[event.seq] = explain(event, self.trace_of(event))
        return self._explained[event.seq]

    def fields(self, event: Event) -> dict[str, Found]:
        """Every field of an event by name; in a derived space with the name of the space: `payload.unmasked`."""
        found: dict[str, Found] = {}
        for space in self.explained(event).spaces:
            for top in space.fields:
                for field in top.walk():
                    name = field.name if space.name == "wire" else f"{field.name}.{space.name}"
                    found.setdefault(name, Found(space, field))
        request = self._request_of(event) if isinstance(event.detail, Response) else None
        if request and (key := request.get("Sec-WebSocket-Key")) is not None:
            found |= {name: Found(*step) for name, step in accept_steps(key).items()}
        return found

    def field(self, event: Event, name: str) -> Found:
        """One field of an event. Raises Unresolved."""
        fields = self.fields(event)
        if name not in fields:
            raise Unresolved(f"this event has no field `{name}`; it has {', '.join(fields)}")
        return fields[name]

    def value(self, selector: Selector) -> Raw:
        """What a selector says. Raises Unresolved."""
        if selector.event.kind in ("answer", "given") and not selector.event.part:
            return self._of_task(selector)
        if selector.prop == "count" and not selector.field:
            return sum(1 for _ in self._matching(selector.event))
        event = self.event(selector.event)
        if selector.field:
            found = self.field(event, selector.field)
            if selector.byte is not None:
                return _byte(found.data, selector.byte)
            return _pick(_OF_FIELD, selector.prop or "value")(self, event, found)
        if selector.byte is not None:
            return _byte(self.trace_of(event).bytes(event.side, event.start // 8, event.end // 8), selector.byte)
        return _pick(_OF_EVENT, selector.prop)(self, event)

    def _of_task(self, selector: Selector) -> Raw:
        if selector.event.kind == "answer":
            if self._typed is None or selector.field or selector.prop:
                raise Unresolved("`answer` alone is what the reader types in a task of one answer")
            return self._typed
        name = ".".join(filter(None, (selector.field, selector.prop)))
        if name not in self._given:
            raise Unresolved(f"nothing is given as `{name}`; there is {', '.join(self._given) or 'nothing'}")
        return self._given[name]

    def text(self, selector: Selector) -> str:
        """What a selector says, printed in its format. Raises Unresolved."""
        return FORMATS[selector.format](self.value(selector))

    def say(self, name: str) -> str:
        """The text of a selector that is still text; text that is none, or finds nothing, stays as it is."""
        try:
            return self.text(parse(name))
        except (SelectorError, Unresolved):
            return name

    def text_of(self, event: Event) -> str:
        """What an event says in words: its payload as text, or the sentence that explains it."""
        detail = event.detail
        if isinstance(detail, Header):
            whole = self._inflated(event) if detail.rsv1 else None
            return (whole or frame_payload(event, self.trace_of(event))).decode("utf-8", "replace")
        if isinstance(detail, Message):
            return detail.payload.decode("utf-8", "replace")
        return detail.text if isinstance(detail, Violation) else self.explained(event).title

    def _inflated(self, event: Event) -> bytes | None:
        """What a compressed message of one frame says."""
        messages = (e.detail for e in self.example.events if isinstance(e.detail, Message))
        return next((message.payload for message in messages if message.frames == (event.seq,)), None)

    def holds(self, expect: Expect) -> str | None:
        """None when the expectation holds, else what is there instead. Raises Unresolved."""
        if expect.op in ("found", "missing"):
            return self._there(expect)
        if expect.op == "before":
            assert isinstance(expect.right, Selector)
            first, second = self.event(expect.left.event), self.event(expect.right.event)
            return None if first.seq < second.seq else f"`{expect.left}` comes after `{expect.right}`"
        left = self.text(expect.left)
        right = self.text(expect.right) if isinstance(expect.right, Selector) else expect.right
        return None if compare(left, expect.op, right) else f"`{expect.left}` is {left}"

    def _there(self, expect: Expect) -> str | None:
        try:
            if expect.left.field or expect.left.prop:
                self.value(expect.left)
            else:
                self.event(expect.left.event)
        except Unresolved as error:
            return str(error) if expect.op == "found" else None
        return f"`{expect.left}` is there" if expect.op == "missing" else None


def _is(event: Event, name: EventName) -> bool:
    detail = event.detail
    if isinstance(detail, Violation):
        if name.kind == "error":
            return detail.severity == "error"
        return name.pick in (COUNTED, detail.rule)
    if isinstance(detail, End):
        return detail.how == name.kind
    if isinstance(detail, Header):
        kind = name.kind == "frame" or detail.opcode == _OPCODES[name.kind]
        return kind and (not isinstance(name.pick, tuple) or _FILTERS[name.pick[0]](detail) == name.pick[1])
    return True


def _byte(data: bytes, index: int) -> bytes:
    if index >= len(data):
        raise Unresolved(f"there are {len(data)} bytes, so no byte[{index}]; bytes are counted from 0")
    return data[index : index + 1]


def _size(resolver: Resolver, event: Event) -> int:
    return len(event.detail.payload) if isinstance(event.detail, Message) else (event.end - event.start) // 8


def _pieces(resolver: Resolver, event: Event) -> range:
    """Which reads or writes of TCP carried an event, counted from 0 on its side."""
    mine = (event.side, "wire")
    records = resolver.trace_of(event).records
    edges = list(accumulate(len(each.data) for each in records if (each.side, each.layer) == mine and each.data))
    return range(bisect_right(edges, event.start // 8), bisect_left(edges, event.end // 8) + 1)


def _violation(event: Event) -> Violation:
    if isinstance(event.detail, Violation):
        return event.detail
    raise Unresolved("only a broken rule has this property; write rule[id]")


def _meant(resolver: Resolver, event: Event, found: Found) -> Found:
    """The field as the sender wrote it: unmasked, where it travelled masked."""
    return resolver.fields(event).get(f"{found.field.name}.unmasked", found)


_OF_EVENT: dict[str, Callable[[Resolver, Event], Raw]] = {
    "size": _size,
    "start": lambda _, event: event.start // 8,
    "text": lambda resolver, event: resolver.text_of(event),
    "characters": lambda resolver, event: len(resolver.text_of(event)),
    "units": lambda resolver, event: len(resolver.text_of(event).encode("utf-16-le")) // 2,
    "piece": lambda resolver, event: _pieces(resolver, event).start,
    "pieces": lambda resolver, event: len(_pieces(resolver, event)),
    "meaning": lambda resolver, event: resolver.explained(event).title,
    "section": lambda _, event: _violation(event).section,
    "close_code": lambda _, event: _violation(event).close_code or "",
}
_OF_FIELD: dict[str, Callable[[Resolver, Event, Found], Raw]] = {
    "value": lambda _, __, found: found.field.value,
    "number": lambda resolver, event, found: int(_meant(resolver, event, found).bits or "0", 2),
    "bits": lambda _, __, found: found.bits,
    "raw": lambda _, __, found: found.field.raw,
    "meaning": lambda _, __, found: found.field.meaning,
    "section": lambda _, __, found: found.field.section,
    "width": lambda _, __, found: found.field.bits,
    "size": lambda _, __, found: len(found.data),
    "start": lambda _, __, found: found.field.start // 8,
    "text": lambda resolver, event, found: _meant(resolver, event, found).data.decode("utf-8", "replace"),
}


def _pick(table: dict[str, T], name: str) -> T:
    if name not in table:
        what = f"`{name}` is no property here" if name else "name a property"
        raise Unresolved(f"{what}; there are {', '.join(table)}")
    return table[name]
