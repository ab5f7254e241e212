"""On which condition a gate stops a unit, and finding out whether a unit breaks a rule before it moves on."""

from __future__ import annotations

from typing import Any, NamedTuple

from app.live.unit import Unit
from app.protocol.conversation import Conversation
from app.protocol.events import Violation
from app.protocol.frames import Opcode
from app.protocol.limits import Limits
from app.trace import SIDES, Record, Side, Trace

OPCODES: dict[str, int] = {
    "continuation": Opcode.CONT,
    "text": Opcode.TEXT,
    "binary": Opcode.BINARY,
    "close": Opcode.CLOSE,
    "ping": Opcode.PING,
    "pong": Opcode.PONG,
}
"""Names for opcodes; any other is given as a number."""
KEYS = frozenset({"opcode", "side", "violation"})


class When(NamedTuple):
    """Stop a unit when all of this holds; what is None or False is not asked."""

    opcode: int | None = None
    side: Side | None = None
    violation: bool = False

    def stops(self, unit: Unit, judge: Judge) -> bool:
        """Whether this unit is one to stop. A head has no opcode."""
        if self.side not in (None, unit.side):
            return False
        if self.opcode is not None and (unit.head or unit.data[0] & 15 != self.opcode):
            return False
        return not self.violation or judge.breaks(unit)

    def json(self) -> dict[str, Any]:
        """As it was asked for, opcodes by number."""
        return {key: value for key, value in self._asdict().items() if value is not None and value is not False}


def parse_when(value: Any) -> When | None:
    """A condition from JSON; None for none. Raises ValueError with a sentence."""
    if value is None or value == {}:
        return None
    if not isinstance(value, dict) or not set(value) <= KEYS:
        raise ValueError('"when" must be an object with "opcode", "side" or "violation".')
    opcode, side, violation = value.get("opcode"), value.get("side"), value.get("violation", False)
    number = OPCODES.get(opcode) if isinstance(opcode, str) else opcode
    if (opcode is not None and number is None) or isinstance(number, bool):
        raise ValueError(f'"opcode" must be a number from 0 to 15, or one of {", ".join(OPCODES)}.')
    if number is not None and not (isinstance(number, int) and 0 <= number <= 15):
        raise ValueError(f'"opcode" must be a number from 0 to 15, or one of {", ".join(OPCODES)}.')
    if side not in (None, *SIDES):
        raise ValueError('"side" must be client or server.')
    if not isinstance(violation, bool):
        raise ValueError('"violation" must be true or false.')
    when = When(number, side, violation)
    return when if when != When() else None


class Judge:
    """Says of a unit at the head of the queue whether it breaks a rule: errors count, warnings do not.

    It folds what has been recorded so far; a unit still to be sent is folded ahead of its record, which is then left
    out. Asked of units in the order in which they move on, by the connection's own thread.
    """

    def __init__(self, trace: Trace, limits: Limits) -> None:
        self._trace = trace
        self._conversation = Conversation(limits)
        self._position = 0
        self._sent = self._ahead = 0  # bytes of the server that were seen in records, and that were folded
        self._found: list[tuple[Side, int]] = []

    def breaks(self, unit: Unit) -> bool:
        """Whether a rule is broken within its bytes; what is no longer recorded cannot be judged."""
        if self._trace.stopped is not None:
            return False
        self._catch_up()
        if not unit.inbound:
            self._fold(Record(unit.since, "server", "wire", "data", unit.data))
            self._ahead = unit.start + len(unit.data)
        start, end = unit.start * 8, (unit.start + len(unit.data)) * 8
        return any(side == unit.side and start <= at < end for side, at in self._found)

    def _catch_up(self) -> None:
        records = self._trace.records
        while self._position < len(records):
            record = records[self._position]
            self._position += 1
            if record.side == "server" and record.kind == "data" and record.layer == "wire":
                record = self._not_yet(record)
            self._fold(record)

    def _not_yet(self, record: Record) -> Record:
        """The part of a record that was not folded ahead of it."""
        start, self._sent = self._sent, self._sent + len(record.data)
        fresh = record.data[max(self._ahead - start, 0) :]
        self._ahead = max(self._ahead, self._sent)
        return record._replace(data=fresh)

    def _fold(self, record: Record) -> None:
        for event in self._conversation.feed(record):
            if isinstance(event.detail, Violation) and event.detail.severity == "error":
                self._found.append((event.side, event.start))
