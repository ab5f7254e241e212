"""View models of a reading: the list of what was found, all bytes of a side, the broken rules of one event. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from app.anatomy import explain
from app.anatomy.ending import seconds
from app.anatomy.mend import Mend, mend
from app.anatomy.peers import REACTIONS, VERSIONS, Reaction
from app.protocol.events import End, Event, Message, Violation, frame_payload, summary, tag
from app.protocol.frames import Header
from app.protocol.rules import RULES, Rule
from app.trace import Side, Trace
from app.web import figures
from app.web.edits import Edit
from app.web.figures import HexRow, Part
from app.web.rungs import tag_family
from app.web.wording import w

PAGE = 200
"""Rows of the list at a time."""
WHOLE = 1024
"""Bytes of a side up to which all of them are drawn."""
SEARCHED = 2**20
"""Bytes of one payload that a search looks through."""


class Unit(NamedTuple):
    """One row of the list. `gap` is the time since the row before, in words, where it is worth a word."""

    seq: int
    side: Side
    offset: int
    at: str
    gap: str
    tag: str
    family: str
    summary: str
    size: int
    broken: str
    severity: str


class Units(NamedTuple):
    """A page of the list: which rows of how many."""

    rows: tuple[Unit, ...]
    start: int
    total: int
    timed: bool
    sides: bool

    @property
    def end(self) -> int:
        return self.start + len(self.rows)


def listed(events: Iterable[Event]) -> list[Event]:
    """The events that have a row: what one event has told already is not told by the next."""
    events = list(events)
    told = {violation.rule for event in events if event.kind != "violation" for violation in event.violations}
    return [event for event in events if _has_row(event, told)]


def _has_row(event: Event, told: set[str]) -> bool:
    detail = event.detail
    if isinstance(detail, Message):
        return detail.compressed or len(detail.frames) != 1
    return not isinstance(detail, Violation) or detail.rule not in told


def units(trace: Trace, events: Sequence[Event], start: int, search: str = "") -> Units:
    """One page of the list, perhaps only rows in whose payload `search` is found."""
    shown = listed(events)
    if search:
        wanted = wanted_bytes(search)
        shown = [event for event in shown if any(found in searched(event, trace) for found in wanted)]
    start = min(start, max(len(shown) - 1, 0)) // PAGE * PAGE
    page = shown[start : start + PAGE]
    timed = any(event.at != events[0].at for event in events) if events else False
    rows = []
    before = shown[start - 1] if start else None
    for event in page:
        rows.append(_unit(event, trace, before))
        before = event
    sides = {event.side for event in shown}
    return Units(tuple(rows), start, len(shown), timed, len(sides) > 1)


def _unit(event: Event, trace: Trace, before: Event | None) -> Unit:
    worst = min(event.violations, key=lambda v: ("error", "warning", "note").index(v.severity), default=None)
    if isinstance(event.detail, Violation):
        worst = event.detail
    gap = event.at - before.at if before else 0
    return Unit(
        seq=event.seq,
        side=event.side,
        offset=event.start // 8,
        at=seconds(event.at),
        gap=seconds(round(gap, -6)) if gap >= 1_000_000 else "",
        tag=tag(event) if not isinstance(event.detail, Violation) else event.detail.severity.upper(),
        family=tag_family(event),
        summary=_said(event, trace),
        size=(event.end - event.start) // 8,
        broken=worst.text if worst else "",
        severity=worst.severity if worst else "",
    )


def _said(event: Event, trace: Trace) -> str:
    if isinstance(event.detail, End):
        return w("end." + event.detail.how)
    return "" if isinstance(event.detail, Violation) else summary(event, trace)


def wanted_bytes(search: str) -> tuple[bytes, ...]:
    """What a search looks for: the text, and where it reads as hexadecimal digits, those bytes too."""
    found = [search.encode("utf-8", "replace")]
    digits = search.removeprefix("0x").replace(" ", "")
    if len(digits) > 1 and len(digits) % 2 == 0 and all(char in "0123456789abcdefABCDEF" for char in digits):
        found.append(bytes.fromhex(digits))
    return tuple(found)


def searched(event: Event, trace: Trace) -> bytes:
    """What a search looks through: payloads unmasked, messages inflated, heads as they are."""
    detail = event.detail
    if isinstance(detail, Header):
        return frame_payload(event, trace)[:SEARCHED]
    if isinstance(detail, Message):
        return detail.payload[:SEARCHED]
    if event.kind in ("request", "response"):
        return trace.bytes(event.side, event.start // 8, event.end // 8)
    return b""


class Owned(NamedTuple):
    """A row of hex of a whole side, with the event that every byte belongs to."""

    row: HexRow
    seqs: tuple[int, ...]
    firsts: frozenset[int]


class Stream(NamedTuple):
    """All bytes of one side, where they are few."""

    side: Side
    size: int
    rows: tuple[Owned, ...]


def streams(trace: Trace, events: Sequence[Event]) -> tuple[Stream, ...]:
    """Both sides' bytes, each explained by the event that it lies in."""
    sides: tuple[Side, ...] = ("client", "server")
    return tuple(_stream(trace, events, side) for side in sides if 0 < trace.size(side) <= WHOLE)


def _stream(trace: Trace, events: Sequence[Event], side: Side) -> Stream:
    data = trace.bytes(side)
    parts: list[Part] = []
    bad: list[tuple[int, int]] = []
    seqs = [-1] * len(data)
    firsts: set[int] = set()
    at = 0
    for event in events:
        if event.side != side or event.space != "wire" or event.kind in ("violation", "message"):
            continue
        if event.start < at or event.end <= event.start:
            continue
        parts += _fill(at, event.start)
        explanation = explain(event, trace)
        mine = figures.parts(explanation.wire, explanation.violations, event.start)
        parts += [part._replace(start=part.start + event.start) for part in mine]
        size = event.end - event.start
        bad += [
            (a + event.start, b + event.start)
            for a, b in figures.broken_bits(explanation.violations, event.start)
            if b - a < size
        ]
        seqs[event.start // 8 : event.end // 8] = [event.seq] * (size // 8)
        firsts.add(event.start // 8)
        at = event.end
    parts += _fill(at, len(data) * 8)
    rows = figures.hex_rows(data, parts, bad, expand=True, limit=WHOLE // 16)
    owned = (Owned(row, tuple(seqs[row.offset : row.offset + row.size]), frozenset(firsts - {0})) for row in rows)
    return Stream(side, len(data), tuple(owned))


def _fill(start: int, end: int) -> list[Part]:
    """Bytes that belong to no event, such as a frame that was cut off."""
    if start >= end:
        return []
    return [Part(("gap",), start, end - start, "unclaimed", "flag", "", "", "Belongs to no complete frame", "", False)]


class Broken(NamedTuple):
    """A broken rule: what it says, what real programs did, and the nearest bytes that keep it."""

    violation: Violation
    rule: Rule | None
    reactions: tuple[tuple[str, str, bool], ...]
    mend: Mend | None
    edit: Edit | None


def broken(event: Event, trace: Trace) -> tuple[Broken, ...]:
    """Every rule that an event breaks, the worst first."""
    found = list(event.violations)
    if isinstance(event.detail, Violation) and event.detail not in found:
        found.append(event.detail)
    order = ("error", "warning", "note")
    return tuple(_broken(each, event, trace) for each in sorted(found, key=lambda v: order.index(v.severity)))


def _broken(violation: Violation, event: Event, trace: Trace) -> Broken:
    mended = edit = None
    if isinstance(event.detail, Header):
        data = trace.bytes(event.side, event.start // 8, event.end // 8)
        mended = mend(violation, event.detail, data)
        if mended:
            new = mended.data
            edit = Edit(
                trace.connection, event.side, event.start, len(data) * 8, len(new) * 8, int.from_bytes(new, "big")
            )
    return Broken(
        violation,
        RULES.get(violation.rule),
        tuple(_reactions(REACTIONS.get(violation.rule), event)),
        mended,
        edit,
    )


def _reactions(reaction: Reaction | None, event: Event) -> Iterator[tuple[str, str, bool]]:
    if reaction is None:
        return
    for name, version in VERSIONS.items():
        text = getattr(reaction, name)
        if text and not (name == "chromium" and event.side == "client"):
            yield version, text, name in reaction.lenient
