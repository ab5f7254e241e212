"""An explanation as plain text for terminals and golden files; whatever the wire says is escaped."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from app.anatomy import Explanation
from app.anatomy.deflate import Unpacked
from app.anatomy.derive import AcceptKey, CloseCode, Derivation, Length, SentRequired, Xor
from app.anatomy.field import Field, Space
from app.anatomy.names import label
from app.protocol.events import Message, Violation, tag
from app.protocol.rules import RULES

ROW = 16
MAX_ROWS = 16


def escape(text: str) -> str:
    """Text that is safe in a terminal: control, bidirectional and invisible characters become escapes."""
    return "".join(char if _safe(char) else char.encode("unicode_escape").decode() for char in text)


def _safe(char: str) -> bool:
    return char == " " or unicodedata.category(char)[0] not in "CZ"


def render(explanation: Explanation, *, fields: bool = False) -> Iterator[str]:
    """The lines that tell one event; with `fields` also every field and how its value came about."""
    event = explanation.event
    arrow = "-->" if event.side == "client" else "<--"
    yield f"#{event.seq} {event.side} {arrow} {escape(tag(event))}  {place(event.start, event.end)}"
    yield f"   {escape(explanation.title)}"
    if explanation.sizes:
        total = sum(part.bytes for part in explanation.sizes)
        parts = " + ".join(f"{part.bytes} {part.label}" for part in explanation.sizes)
        yield (
            f"   {total} bytes = {parts}" if len(explanation.sizes) > 1 else f"   {parts.replace(' ', ' bytes of ', 1)}"
        )
    yield from _dump(explanation.wire)
    for violation in explanation.violations:
        yield from _violation(violation)
    if fields:
        repeated = isinstance(event.detail, Message) and len(event.detail.frames) == 1
        for space in explanation.surface if repeated else explanation.spaces:
            yield from _fields(space)
        if explanation.unpacked and not repeated:
            yield _saved(explanation.unpacked)
        for name, steps in explanation.derivations.items():
            for step in steps:
                yield from _derivation(name, step)
    yield ""


def _saved(unpacked: Unpacked) -> str:
    """What compression was worth, for this message and so far."""
    tally, history = unpacked.tally(), unpacked.past.history
    window = f"window {1 << history.bits} bytes, {'empty at each message' if history.forgets else 'kept'}"
    if not tally.rows:
        return f"   compressed: {window}"
    _, size, sent = tally.rows[-1]
    return f"   compressed: {sent} bytes sent for {size}; so far {tally.sent} for {tally.size}; {window}"


def position(bit: int) -> str:
    """A place as byte.bit, counted from zero; the bit is left out at the start of a byte."""
    return f"{bit // 8}.{bit % 8}" if bit % 8 else str(bit // 8)


def place(start: int, end: int) -> str:
    """A run of bits in words, both ends included; "byte" when one number says it."""
    return f"byte{'s' if '-' in (run := span(start, end)) else ''} {run}"


def span(start: int, end: int) -> str:
    """A run of bits as first-last, both included: whole bytes where it is made of them."""
    whole = start % 8 == 0 and end % 8 == 0
    first, last = position(start), (end - 8) // 8 if whole else f"{(end - 1) // 8}.{(end - 1) % 8}"
    if not whole:
        first = f"{start // 8}.{start % 8}"
    return first if end <= start or str(last) == first else f"{first}-{last}"


def _dump(space: Space) -> Iterator[str]:
    data = space.data
    for row in range(0, min(len(data), ROW * MAX_ROWS), ROW):
        part = data[row : row + ROW]
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        yield f"   {space.base + row:06x}  {part.hex(' '):<{ROW * 3 - 1}}  {text}"
    if len(data) > ROW * MAX_ROWS:
        yield f"   and {len(data) - ROW * MAX_ROWS} more bytes"


def _violation(violation: Violation) -> Iterator[str]:
    where = place(violation.start, violation.start + violation.bits)
    yield f"   ! {violation.severity}: {escape(violation.text)}, {where}"
    yield f"     {section(violation.section)}, {violation.rule}: {violation.must}"
    if violation.severity == "error" and RULES[violation.rule].outcome:
        yield f"     What follows: {RULES[violation.rule].outcome}"


def section(name: str) -> str:
    """A section of a rule table as words: "5.2" and "7692:6.1" both name their RFC."""
    document, colon, number = name.rpartition(":")
    return f"RFC {document} section {number}" if colon else f"RFC 6455 section {name}" if name[:1].isdigit() else name


_LSB = " (bits from the least significant of each byte on; codes are read most significant bit first)"


def _fields(space: Space) -> Iterator[str]:
    yield f"   {space.name}:{_LSB if space.lsb else ''}"
    for top in space.fields:
        for field in top.walk():
            yield _field(field, indent=4 if field is top else 6, base=space.base if space.name == "wire" else 0)


def _field(field: Field, indent: int, base: int) -> str:
    where = span(field.start + base * 8, field.end + base * 8)
    raw = field.raw if len(field.raw) <= 24 else field.raw[:23] + "…"
    value = escape(field.value if len(field.value) <= 40 else field.value[:39] + "…")
    name = f"{label(field.name):<{24 - indent}}"
    return f"{'':{indent}}{where:<12} {name} {raw:<24} {value}  {escape(field.meaning)}".rstrip()


def _derivation(name: str, step: Derivation) -> Iterator[str]:
    if isinstance(step, Xor):
        shown = slice(0, ROW)
        key = bytes(step.key[i % 4] for i in range(len(step.wire)))
        yield f"   {label(name)}, unmasked:"
        yield f"     wire {step.wire[shown].hex(' ')}"
        yield f"     key  {key[shown].hex(' ')}"
        yield f"     text {step.plain[shown].hex(' ')}"
    elif isinstance(step, AcceptKey):
        yield f"   {label(name)}: {escape(step.key)} + {step.guid}"
        yield f"     SHA-1  {step.sha1.hex()}"
        yield f"     base64 {step.accept}"
    elif isinstance(step, Length) and step.extended:
        yield f"   {label(name)}: marker {step.marker}, then {step.extended.hex(' ')} = {step.value}"
    elif isinstance(step, CloseCode):
        yield f"   {label(name)}: {step.high} × 256 + {step.low} = {step.value}, {step.name}"
    elif isinstance(step, SentRequired):
        yield f"   {label(name)}: sent {step.sent}, required: {step.required}"
