"""View models of one TLS record as a stack of Spaces: the same bytes in every layer, each in its column. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from app.anatomy import Explanation, Space, explain, family, label
from app.anatomy.tls.observe import Rung, ladder
from app.anatomy.tls.record import record_spaces
from app.protocol.conversation import Conversation
from app.protocol.events import Event, tag
from app.protocol.frames import Header, Opcode
from app.protocol.tls.decrypt import Decrypted
from app.protocol.tls.directions import RecordView
from app.protocol.tls.records import HEADER
from app.trace import SIDES, Side
from app.web.figures import printable
from app.web.rungs import tag_family

COLUMNS = 48
"""Bytes of a record that are drawn."""
EVENTS = 4
"""Frames of one record that are drawn."""
_TLS = ("tls.type", "tls.version", "tls.length", "tls.nonce", "tls.inner", "tls.padding")


class Cell(NamedTuple):
    """One byte or character, `span` columns wide. Cells of one `key` are the same byte in different layers."""

    text: str
    span: int
    key: str
    classes: str
    say: str


class Brace(NamedTuple):
    """What stands under some columns of a layer."""

    span: int
    label: str
    classes: str


@dataclass(frozen=True, slots=True)
class Layer:
    """One Space, drawn from column `before` on. `size` counts its bytes, `left` are not drawn. `loose`: none of its
    bytes is made from one byte of the layer above. `hidden`: it is sealed, and nobody here looks inside."""

    name: str
    size: int
    cells: tuple[Cell, ...] = ()
    braces: tuple[Brace, ...] = ()
    before: int = 0
    left: int = 0
    loose: bool = False
    hidden: bool = False
    part: bool = False
    number: int | None = None


class Step(NamedTuple):
    """A record in the ladder, as whoever looks sees it."""

    rung: Rung
    label: str
    note: str
    family: str


def fold(found: Decrypted) -> list[Event]:
    """What was said inside."""
    conversation = Conversation()
    return [event for record in found.trace.records for event in conversation.feed(record) if record.layer == "wire"]


def inside(view: RecordView, events: Sequence[Event]) -> list[Event]:
    """The heads and frames that a record has bytes of."""
    if view.wire is None:
        return []
    first, end = view.wire * 8, (view.wire + len(view.content)) * 8
    kinds = ("request", "response", "frame")
    return [e for e in events if e.side == view.side and e.kind in kinds and e.start < end and e.end > first]


def steps(found: Decrypted, events: Sequence[Event], *, ends: bool) -> list[Step]:
    """The records in order; in the endpoints' view with what was said."""
    rows = []
    for rung in ladder(found, ends=ends):
        said = inside(found.views[rung.side][rung.number], events) if ends else []
        name = " + ".join(tag(event) for event in said) or rung.label
        kind = tag_family(said[0]) if said else "tls" if rung.sealed or rung.wire is None else "http"
        rows.append(Step(rung, name, rung.note, "http" if name in ("ClientHello", "ServerHello") else kind))
    return rows


def opening(found: Decrypted, events: Sequence[Event]) -> tuple[Side, int]:
    """The record that is worth seeing first: the first with a frame, else the first with anything inside."""
    for wanted in ("frame", "request"):
        for side in SIDES:
            for number, view in enumerate(found.views[side]):
                if any(event.kind == wanted for event in inside(view, events)):
                    return side, number
    return "client", 0


def layers(found: Decrypted, view: RecordView, said: Sequence[Event], *, ends: bool) -> list[Layer]:
    """The stack of one record, from TCP to what was said."""
    data = found.trace.bytes(view.side, view.start, view.end, layer="tls")
    opened = ends and view.state == "opened"
    shown = view if opened else view._replace(state="sealed") if view.state != "clear" else view
    spaces = record_spaces(data, shown)
    rows = [_tcp(data, shown), _record(data, spaces, opened)]
    if view.state != "clear" and not opened:
        return [*rows, *(Layer(name, 0, hidden=True) for name in ("frame", "unmasked", "text"))]
    if not said and opened:
        rows.append(_opened(spaces[1], view))
    for event in said[:EVENTS]:
        rows += _event(explain(event, found.trace), view)
    return rows


def _tcp(data: bytes, view: RecordView) -> Layer:
    sealed = view.state != "clear"
    cells = [_cell(byte, n, "x" if sealed and n >= HEADER else "n") for n, byte in enumerate(data[:COLUMNS])]
    return Layer("tcp", len(data), tuple(cells), left=max(len(data) - COLUMNS, 0))


def _cell(byte: int, column: int, classes: str) -> Cell:
    return Cell(f"{byte:02x}", 1, f"r{column}", f"bc {classes}", f"{column}, {byte:02x}")


def _record(data: bytes, spaces: Sequence[Space], opened: bool) -> Layer:
    cells, braces = list[Cell](), list[Brace]()
    for field in spaces[0].fields:
        first, end = field.start // 8, min(field.end // 8, COLUMNS)
        kind = "n" if field.name in _TLS or not opened and field.name != "tls.sealed" else "x"
        for n in range(first, end):
            inner = n - (spaces[1].base - spaces[0].base) if opened else -1
            clear = opened and field.name in ("tls.content", "tls.inner") and 0 <= inner < len(spaces[1].data)
            cells.append(
                _cell(spaces[1].data[inner] if clear else data[n], n, "on f-op" if clear and kind == "x" else kind)
            )
        if end > first:
            braces.append(Brace(end - first, label(field.name), "n"))
    return Layer("tls", len(data), tuple(cells), tuple(_joined(braces)), left=max(len(data) - COLUMNS, 0))


def _joined(braces: Sequence[Brace]) -> Iterator[Brace]:
    """The three fields of a record's header stand under one brace."""
    head = [brace for brace in braces[:3]]
    yield Brace(sum(brace.span for brace in head), "record header", "n")
    yield from braces[3:]


def _opened(space: Space, view: RecordView) -> Layer:
    start = HEADER + view.explicit
    room = COLUMNS - start
    cells = tuple(_cell(byte, start + n, "n") for n, byte in enumerate(space.data[:room]))
    return Layer("opened", len(space.data), cells, before=start, left=max(len(space.data) - room, 0))


def _event(explained: Explanation, view: RecordView) -> Iterator[Layer]:
    """The layers of one head or frame; its byte n stands in column `shift` + n."""
    event, wire = explained.event, explained.wire
    shift = event.start // 8 - (view.wire or 0) + HEADER + view.explicit
    last = min(COLUMNS, HEADER + view.explicit + len(view.content))
    head = "frame" if event.kind == "frame" else "head"
    row = _aligned(head, wire, shift, last)
    yield replace(row, part=shift + len(wire.data) > HEADER + view.explicit + len(view.content) or shift < HEADER)
    header = event.detail
    if not isinstance(header, Header):
        return
    payload = wire.data[header.size :]
    plain = next((space for space in explained.surface[1:] if space.name == "unmasked"), None)
    if plain is not None:
        yield _aligned("unmasked", plain, shift + header.size, last)
    body = plain.data if plain is not None else payload
    inflated = next((space for space in explained.spaces if space.name == "inflated"), None)
    if inflated is not None:
        yield _loose(inflated, shift + header.size, event.past.number if event.past else None)
        body = inflated.data
    if header.opcode == Opcode.TEXT and (inflated is not None or not header.rsv1):
        yield _text(body, shift + header.size, last, inflated is not None)


def _aligned(name: str, space: Space, shift: int, last: int) -> Layer:
    cells = list[Cell]()
    for n in range(max(-shift, 0), min(len(space.data), last - shift)):
        field = space.at(n * 8 + 7) or space.at(n * 8)
        kind = (
            "http"
            if name == "head"
            else family("opcode" if n == 0 and name == "frame" else field.name if field else "gap")
        )
        byte = space.data[n]
        said = printable(byte) if name == "head" else f"{byte:02x}"
        cells.append(Cell(said, 1, f"r{shift + n}", f"bc on f-{kind}", f"{n}, {byte:02x}"))
    braces = tuple(_braces(space, shift, last)) if name == "frame" else ()
    return Layer(name, len(space.data), tuple(cells), braces, max(shift, 0), len(space.data) - len(cells))


_SHORT = {"opcode": "op", "len7": "len", "len16": "length", "len64": "length"}


def _braces(space: Space, shift: int, last: int) -> Iterator[Brace]:
    """One brace for each whole byte or run of bytes of a frame; the first byte goes by its opcode."""
    for field in space.fields:
        if field.name in ("fin", "rsv", "rsv1", "mask"):
            continue
        first, end = max(field.start // 8 + shift, 0), min((field.end + 7) // 8 + shift, last)
        if end > first:
            yield Brace(end - first, _SHORT.get(field.name) or label(field.name), f"f-{family(field.name)}")


def _loose(space: Space, column: int, number: int | None) -> Layer:
    room = max(COLUMNS - column, 8)
    cells = tuple(
        Cell(f"{byte:02x}", 1, f"i{n}", "bc on f-data", f"{n}, {byte:02x}") for n, byte in enumerate(space.data[:room])
    )
    left = max(len(space.data) - room, 0)
    return Layer("inflated", len(space.data), cells, before=column, left=left, loose=True, number=number)


def _text(body: bytes, column: int, last: int, loose: bool) -> Layer:
    """Characters, each as wide as the bytes it is made of."""
    room = max(COLUMNS - column, 8) if loose else last - column
    cells, at = list[Cell](), 0
    for char in body.decode("utf-8", "replace"):
        width = len(char.encode()) if char != "\ufffd" else 1
        if at + width > room:
            break
        key = f"i{at}" if loose else f"r{column + at}"
        cells.append(Cell(char if char.isprintable() else "·", width, key, "bc big f-data", f"{at}, U+{ord(char):04X}"))
        at += width
    return Layer("text", len(body), tuple(cells), before=max(column, 0), left=len(body) - at, loose=loose)
