"""One event as everything that is drawn of it: the fragment that the microscope shows. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from app.anatomy import Explanation, Field
from app.anatomy.derive import Derivation
from app.anatomy.sentences import Part as Size
from app.protocol.events import Event, Violation
from app.web import derivations, figures
from app.web.derivations import Figure
from app.web.figures import BitRow, HexRow, Part
from app.web.sheets import Sheet, sheet
from app.web.whole import Whole

HEAD_HEX_LIMIT = 4


class Segment(NamedTuple):
    """A run of text in a line of a head: class name, field names, text."""

    style: str
    f: str
    text: str


class Line(NamedTuple):
    """One line of a head, cut where its parts begin."""

    part: Part
    segments: tuple[Segment, ...]
    ending: str


class CloseUp(NamedTuple):
    """How the value of one part is worked out."""

    part: Part
    figures: tuple[Figure, ...]


class Lens(NamedTuple):
    """The bytes of a derived space. `shift` leads to the bytes of the unit, None where no byte matches one."""

    name: str
    rows: list[HexRow]
    size: int
    shift: int | None


@dataclass(frozen=True, slots=True)
class Scene:
    """`chosen` is the field that is marked before any script runs; `opening` and `simple` are what scripts open.
    `origins` says at which byte of the unit each derived space begins, as JSON."""

    event: Event
    title: str
    sizes: tuple[Size, ...]
    size: int
    parts: tuple[Part, ...]
    lines: tuple[Line, ...]
    wide: list[BitRow]
    narrow: list[BitRow]
    hex: list[HexRow]
    lenses: tuple[Lens, ...]
    close_ups: tuple[CloseUp, ...]
    violations: tuple[Violation, ...]
    opening: str
    simple: str
    chosen: str
    folded: int
    pending: bool
    origins: str
    inside: Sheet | None = None

    def is_chosen(self, part: Part) -> bool:
        """Whether a part holds the chosen field."""
        return self.chosen in part.names


def compose(
    explanation: Explanation,
    *,
    chosen: str = "",
    at: int | None = None,
    expand: bool = False,
    pending: bool = False,
    whole: Whole | None = None,
) -> Scene:
    """Everything that is drawn of an event. `at` is a byte that must be visible, `pending` says it is not sent yet,
    `whole` is the message behind a frame."""
    wire, event = explanation.wire, explanation.event
    base = wire.base * 8
    parts = figures.parts(wire, explanation.violations, base)
    bad = _bad_bits(explanation, parts, base)
    head = event.kind in ("request", "response")
    opening = figures.opening(explanation, parts)
    known = {name for part in parts for name in part.names}
    data = b"" if event.kind == "end" and not wire.data else wire.data
    wide = [] if head else figures.bit_rows(data, parts, 32, bad, at, expand)
    drawn = sum(len(row.bits) // 8 for row in wide)
    return Scene(
        event=event,
        title=explanation.title,
        sizes=explanation.sizes,
        size=len(data),
        parts=parts,
        lines=tuple(_line(field, part, data) for field, part in zip(wire.fields, parts, strict=True)) if head else (),
        wide=wide,
        narrow=[] if head else figures.bit_rows(data, parts, 16, bad, at, expand),
        hex=figures.hex_rows(data, parts, bad, at, expand, HEAD_HEX_LIMIT if head else figures.HEX_LIMIT),
        lenses=tuple(_lenses(explanation, whole, at, expand)),
        close_ups=tuple(
            CloseUp(part, tuple(derivations.figures(_derived(explanation, whole, part), wire, parts, at)))
            for part in parts
        ),
        violations=explanation.violations,
        opening=opening,
        simple=figures.opening(explanation, parts, simple=True),
        chosen=chosen if chosen in known else opening,
        folded=0 if head else len(data) - drawn,
        pending=pending,
        origins=json.dumps(dict(_origins(explanation))),
        inside=sheet(explanation.unpacked) if explanation.unpacked else None,
    )


def _origins(explanation: Explanation) -> Iterator[tuple[str, int]]:
    for space in explanation.spaces:
        if space.origin and space.origin.aligned and not space.lsb:
            yield space.name, space.origin.start


def _derived(explanation: Explanation, whole: Whole | None, part: Part) -> tuple[Derivation, ...]:
    """How a part came about; the payload and FIN of a fragment also show the other fragments."""
    name = part.names[0]
    found = explanation.derivations.get(name, ())
    return (*found, whole.pieces) if whole and whole.pieces and name in ("fin", "payload") else found


def _lenses(explanation: Explanation, whole: Whole | None, at: int | None, expand: bool) -> Iterator[Lens]:
    """The spaces that are made from the wire: unmasked, and the whole message."""
    spaces = [space for space in explanation.spaces[1:] if not space.lsb]
    for space in (*spaces, *(whole.explanation.spaces[:1] if whole else ())):
        parts = figures.parts(space, (), 0)
        aligned = space.origin is not None and space.origin.aligned
        shift = space.origin.start if space.origin and aligned else None
        near = None if at is None or shift is None or at < shift else at - shift
        rows = figures.hex_rows(space.data, parts, (), near, expand)
        yield Lens(space.name, rows, len(space.data), shift)


def _bad_bits(explanation: Explanation, parts: tuple[Part, ...], base: int) -> list[tuple[int, int]]:
    """The bits to hatch. A rule about the whole unit hatches nothing: then the sentence says it."""
    total = parts[-1].end if parts else 0
    return [(a, b) for a, b in figures.broken_bits(explanation.violations, base) if b - a < total]


def _line(field: Field, part: Part, data: bytes) -> Line:
    raw = data[field.start // 8 : field.end // 8]
    text = raw.rstrip(b"\r\n")
    ending = visible(raw[len(text) :])
    segments: list[Segment] = []
    at = 0
    for child in field.children:
        begin, end = (child.start - field.start) // 8, (child.end - field.start) // 8
        segments += _between(text[at:begin], not at)
        segments.append(Segment("hv", child.name, visible(text[begin:end])))
        at = end
    segments += _between(text[at:], not at)
    return Line(part, tuple(segments), ending)


def _between(text: bytes, first: bool) -> list[Segment]:
    """Text that belongs to no child: the name of a header with its colon, or spaces."""
    name, colon, rest = text.partition(b":")
    if not text or not first or not colon:
        return [Segment("", "", visible(text))] if text else []
    return [Segment("hn", "", visible(name)), Segment("hc", "", visible(colon + rest))]


_ESCAPES = {"\r": "\\r", "\n": "\\n", "\t": "\\t"}


def visible(data: bytes) -> str:
    """Bytes from the wire as text in which nothing can hide: controls and direction marks are spelled out."""
    text = data.decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else _ESCAPES.get(char, f"\\u{ord(char):04x}") for char in text)


_SECTION = re.compile(r"(?:(?:RFC )?(?P<number>\d{4,5})[ :])?(?P<place>\d+(?:\.\d+)*)?")


def _section(section: str) -> tuple[str, str]:
    """`6455 5.3`, or `5.1, 6.1` or `7692:6.1` as rules have it: the number of the RFC, and the first place named."""
    match = _SECTION.match(section)
    return (match["number"] or "6455", match["place"] or "") if match else ("6455", "")


def section_name(section: str) -> str:
    """A section as people write it."""
    number, place = _section(section)
    return f"RFC {number} §{place}" if place else f"RFC {number}"


def section_short(section: str) -> str:
    """The same in a column headed RFC 6455."""
    number, place = _section(section)
    return f"§{place}" if number == "6455" else f"{number} §{place}"


def section_url(section: str) -> str:
    """Where the section can be read."""
    number, place = _section(section)
    return f"https://www.rfc-editor.org/rfc/rfc{number}" + (f"#section-{place}" if place else "")
