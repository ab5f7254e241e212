"""One compressed message as far as it is annotated: its marks, what they put out, and what it saved."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from app.anatomy.deflate.fields import Mark, Marker
from app.anatomy.deflate.symbols import Symbol, symbols
from app.protocol.deflate import TAIL
from app.protocol.history import Past
from app.protocol.inflate_walk import WalkError

MOST = 2048
"""Compressed bytes of one message that are annotated; behind them one field says how many more there are."""
LAST = 5
"""Messages that a tally lists."""


class Tally(NamedTuple):
    """What compression has saved: (number, inflated bytes, sent bytes) of the last messages, and both sums so far."""

    rows: tuple[tuple[int, int, int], ...]
    size: int
    sent: int


@dataclass(frozen=True, slots=True)
class Unpacked:
    """`data` is the payload with the tail put back, `out` what the annotated symbols put out, `window` what came before
    it. `marks` tile its bits; from bit `end` on they are one field, and `rest` says what: "" nothing or a tail that is
    not read, "rest" behind the cap, "cut" the stream just stops, "bad" it is invalid; `error` says why."""

    data: bytes
    window: bytes
    symbols: tuple[Symbol, ...]
    marks: tuple[Mark, ...]
    out: bytes
    end: int
    error: str
    rest: str
    past: Past

    @property
    def payload(self) -> bytes:
        """The bytes that travelled."""
        return self.data[: -len(TAIL)]

    @property
    def before(self) -> int:
        """Bytes that came out of earlier messages."""
        return self.past.history.before(self.past.number)

    def tally(self) -> Tally:
        """This message and the ones before it."""
        history, number = self.past.history, self.past.number
        turns = [turn for n in range(max(number - LAST + 1, 0), number + 1) if (turn := history.turn(n))]
        if not turns:
            return Tally((), 0, 0)
        last = turns[-1]
        rows = tuple((turn.number, turn.size, turn.sent) for turn in turns)
        return Tally(rows, last.out_before + last.size, last.sent_before + last.sent)


def unpack(payload: bytes, past: Past, window: bytes, most: int = MOST) -> Unpacked:
    """Annotate a message of `past`, as far as `most` compressed bytes; `window` is what came out before it."""
    data = payload + TAIL
    marker = Marker(data, len(payload) * 8, partial(source, past))
    found, marks, out = list[Symbol](), list[Mark](), bytearray()
    end, error, rest = 0, "", ""
    try:
        for symbol in symbols(payload, window):
            if symbol.step.start >= most * 8:
                rest = "rest"
                break
            found.append(symbol)
            marks += marker.of(symbol)
            out += symbol.out
            end = symbol.step.end
    except WalkError as stop:
        error, rest = str(stop), "cut" if stop.cut else "bad"
    marks += marker.flush()
    if end < len(data) * 8:
        marks.append(marker.behind(end, rest, error))
    return Unpacked(data, window, tuple(found), tuple(marks), bytes(out), end, error, rest, past)


def source(past: Past, symbol: Symbol) -> str:
    """Where a copy takes its bytes from, in words: this message, or earlier ones."""
    first = symbol.source
    if first >= 0:
        return f"to byte {first} of this message"
    begun = past.history.before(past.number)
    number = past.history.number_at(begun + first)
    return f"to byte {begun + first - past.history.before(number)} of message {number}"
