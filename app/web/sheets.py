"""View models of compressed messages: bits in reading order, the window with its copies, close-ups. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from app.anatomy import family, label
from app.anatomy.deflate import Tally, Unpacked
from app.anatomy.deflate.fields import Mark
from app.anatomy.deflate.readings import LONGEST, in_order
from app.web.figures import printable

DRAWN = 48
"""Compressed bytes of a message that are drawn bit by bit; the list of fields goes on behind them."""
LISTED = 400
"""Fields in the list."""
STRIPS = 16
"""Copies that have a picture of the window."""
RUN = 11
CELLS = 26
"""Letters in such a picture."""


class Cell(NamedTuple):
    """One bit, and the mark it belongs to."""

    value: int
    mark: str
    classes: str


class Lab(NamedTuple):
    """What stands under some bits of one row; `pair` are BFINAL and BTYPE, which are too narrow to stand alone."""

    marks: tuple[Named, ...]
    column: int
    width: int
    classes: str
    cont: bool


class Named(NamedTuple):
    """A mark as it is called in the page, and what it says."""

    id: str
    field: str
    label: str
    value: str
    say: str


class Row(NamedTuple):
    """`per` bits in reading order; `heads` are the bytes above them; `tail`: the bytes put back stand behind them."""

    offset: int
    heads: tuple[str, ...]
    cells: tuple[Cell, ...]
    labs: tuple[Lab, ...]
    tail: str


class Close(NamedTuple):
    """Everything about one mark: `bits` as they are read, `printed` as they stand in the bytes."""

    id: str
    label: str
    family: str
    value: str
    meaning: str
    section: str
    sum: str
    order: str
    bits: str
    printed: str


class Letter(NamedTuple):
    """A byte of the window; `gap`: bytes are left out before it."""

    char: str
    place: int
    classes: str
    gap: bool


class Strip(NamedTuple):
    """The window while one symbol copies: `path` is the arc in a box as many units wide as there are letters."""

    ids: str
    letters: tuple[Letter, ...]
    spans: tuple[tuple[int, int], ...]
    """Number of a message, and how many of the letters are its."""
    path: str
    length: int
    distance: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One compressed message as it is drawn."""

    number: int
    text: str
    sent: int
    header: str
    wide: tuple[Row, ...]
    narrow: tuple[Row, ...]
    closes: tuple[Close, ...]
    strips: tuple[Strip, ...]
    chosen: str
    folded: int
    unlisted: int
    listed: tuple[Close, ...]
    tally: Tally
    window: int
    forgets: bool
    payload: str
    rest: str

    def shows(self, strip: Strip) -> bool:
        """Whether the strip belongs to the mark that is chosen at first."""
        return self.chosen in strip.ids.split(" ")


def sheet(unpacked: Unpacked) -> Sheet:
    """The view model of one message."""
    number, payload = unpacked.past.number, unpacked.payload
    named = list(_named(unpacked))
    drawn = [(name, mark) for name, mark in named if mark.field.start < DRAWN * 8]
    strips = tuple(_strips(unpacked, named))
    copies = [strip.ids.split(" ") for strip in strips]
    literal = next((name for name, mark in named if mark.field.name == "deflate.literal"), "")
    at_first = next((id for ids in copies for id in ids[1:2]), "") or literal or (named[0][0].id if named else "")
    turn = unpacked.past.turn
    return Sheet(
        number=number,
        text=quoted(unpacked.out),
        sent=len(payload),
        header=f"c1 {len(payload):02x}" if len(payload) < 126 else "c1 …",
        wide=tuple(_rows(unpacked, drawn, 32)),
        narrow=tuple(_rows(unpacked, drawn, 16)),
        closes=tuple(_close(unpacked, name, mark) for name, mark in drawn),
        strips=strips,
        chosen=at_first if isinstance(at_first, str) else at_first.id,
        folded=max(len(payload) - DRAWN, 0),
        unlisted=max(len(named) - LISTED, 0),
        listed=tuple(_close(unpacked, name, mark) for name, mark in named[:LISTED]),
        tally=unpacked.tally() if turn else Tally((), 0, 0),
        window=1 << unpacked.past.history.bits,
        forgets=unpacked.past.history.forgets,
        payload=payload[:24].hex(" ") + (" …" if len(payload) > 24 else ""),
        rest=unpacked.rest,
    )


def quoted(out: bytes) -> str:
    """The beginning of what came out."""
    text = "".join(printable(byte) for byte in out[:40])
    return f"“{text}{'…' if len(out) > 40 else ''}”"


def _named(unpacked: Unpacked) -> Iterator[tuple[Named, Mark]]:
    for place, mark in enumerate(unpacked.marks):
        field = mark.field
        name, said = label(field.name), f"{label(field.name)} {field.value}"
        letter = field.value[1:-1] if field.name == "deflate.literal" and field.value[:1] == "“" else ""
        shown = Named(
            f"m{unpacked.past.number}s{place}", field.name, letter or name, "" if letter else field.value, said
        )
        yield shown, mark


def _close(unpacked: Unpacked, name: Named, mark: Mark) -> Close:
    field = mark.field
    short = field.bits <= LONGEST
    bits = in_order(unpacked.data, field.start, field.end) if short else f"{field.bits} bits"
    return Close(
        name.id, label(field.name), family(field.name), field.value, field.meaning, field.section, mark.sum, mark.order,
        bits, bits[::-1] if short and field.bits > 1 else "",
    )  # fmt: skip


def _rows(unpacked: Unpacked, drawn: Sequence[tuple[Named, Mark]], per: int) -> Iterator[Row]:
    data, total = unpacked.data, min(len(unpacked.payload), DRAWN) * 8
    whole = total == len(unpacked.payload) * 8
    owners = [(name, mark) for name, mark in drawn for _ in range(mark.field.bits)]
    for start in range(0, total, per):
        end = min(start + per, total)
        cells = tuple(_cell(data, bit, *owners[bit]) for bit in range(start, end))
        heads = tuple(f"{data[byte]:02x}" for byte in range(start // 8, end // 8))
        inside = [pair for pair in drawn if pair[1].field.start < end and pair[1].field.end > start]
        tail = drawn[-1][0].id if whole and end == total and drawn[-1][1].field.name == "deflate.tail" else ""
        yield Row(start // 8, heads, cells, tuple(_labs(inside, start, end)), tail)


def _cell(data: bytes, bit: int, name: Named, mark: Mark) -> Cell:
    field = mark.field
    value = data[bit >> 3] >> (bit & 7) & 1
    marks = {"s": bit == field.start, "e": bit == field.end - 1, "by": bit % 8 == 0}
    return Cell(
        value, name.id, " ".join([f"bit b{value} f-{family(field.name)}", *(m for m, on in marks.items() if on)])
    )


def _labs(inside: Sequence[tuple[Named, Mark]], start: int, end: int) -> Iterator[Lab]:
    skip = ""
    for place, (name, mark) in enumerate(inside):
        field = mark.field
        if name.id == skip:
            continue
        marks: tuple[Named, ...] = (name,)
        first, last = max(field.start, start), min(field.end, end)
        if field.name == "deflate.bfinal" and place + 1 < len(inside):
            marks, last = (name, inside[place + 1][0]), min(inside[place + 1][1].field.end, end)
            skip = marks[1].id
        cont = field.start < start
        narrow = last - first < 3
        edge = " edge" if last == end and last % 16 == 0 else ""
        classes = f"lab f-{family(field.name)} k-{field.name.partition('.')[2].replace('.', '-')}"
        yield Lab(marks, first - start + 1, last - first, classes + (f" thin{edge}" if narrow else ""), cont)


def _strips(unpacked: Unpacked, named: Sequence[tuple[Named, Mark]]) -> Iterator[Strip]:
    before, at, shown = unpacked.before, 0, 0
    ids: dict[int, list[str]] = {}
    for name, mark in named:
        ids.setdefault(mark.symbol, []).append(name.id)
    count = -1
    for symbol in unpacked.symbols:
        count += symbol.step.kind not in ("count", "width", "lengths")
        if symbol.step.kind == "copy" and shown < STRIPS:
            shown += 1
            yield _strip(unpacked, " ".join(ids.get(count, [])), before + symbol.source, before + at, len(symbol.out))
        at += len(symbol.out)


def _strip(unpacked: Unpacked, ids: str, source: int, target: int, length: int) -> Strip:
    run = min(length, RUN)
    if target + run - source <= CELLS:
        spare = CELLS - (target + run - source)
        first = max(source - min(spare, 4), unpacked.before - len(unpacked.window))
        places = list(range(first, target + run))
    else:
        places = [*range(source, source + run), *range(target, target + run)]
    letters = tuple(_letters(unpacked, places, range(source, source + run), range(target, target + run)))
    history = unpacked.past.history
    numbers = [unpacked.past.number if place >= unpacked.before else history.number_at(place) for place in places]
    spans = tuple((number, len(list(group))) for number, group in groupby(numbers))
    a, b = places.index(source) + run / 2, places.index(target) + run / 2
    return Strip(ids, letters, spans, f"M{b} 3 C{b} .1 {a} .1 {a} 2.8", length, target - source)


def _letters(unpacked: Unpacked, places: Sequence[int], copied: range, into: range) -> Iterator[Letter]:
    window, before = unpacked.window, unpacked.before
    for place, previous in zip(places, [places[0] - 1, *places], strict=False):
        byte = unpacked.out[place - before] if place >= before else window[len(window) - before + place]
        marks = {
            "src": place in copied,
            "copied": place in into,
            "mid" if len(copied) % 2 else "midl": place == copied[len(copied) // 2],
        }
        kind = "comp" if place in into else "data"
        gap = place != previous + 1
        classes = " ".join([f"wc f-{kind}", *(mark for mark, on in marks.items() if on), *(["gapped"] if gap else [])])
        yield Letter(printable(byte), place, classes, gap)
