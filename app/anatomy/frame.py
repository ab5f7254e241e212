"""The lens for one frame (RFC 6455 section 5.2): header fields, payload, and the unmasked payload."""

from __future__ import annotations

from app.anatomy.field import Field, Origin, Space, raw_of, read_bits, tile
from app.protocol import closing
from app.protocol.frames import Header, Opcode, apply_mask, is_control, opcode_name
from app.trace import Side

MEANINGS = {
    Opcode.CONT: "Continues the message that was begun",
    Opcode.TEXT: "The payload is UTF-8 text",
    Opcode.BINARY: "The payload is raw bytes",
    Opcode.CLOSE: "Starts, or answers, the closing handshake",
    Opcode.PING: "Asks the peer for a Pong",
    Opcode.PONG: "Answers a Ping with the same bytes",
}

PREVIEW = 60


def frame_spaces(data: bytes, header: Header, side: Side, base: int) -> tuple[Space, ...]:
    """The wire bytes of a frame as a Space, and its unmasked payload as a second one when it is masked.

    `data` may stop early; what is not there has no field. `base` is the offset of byte 0 in the side's stream.
    """
    wire = Space("wire", data, tile(_fields(data, header, side), data, len(data) * 8), base)
    payload = data[header.size :]
    if header.key is None or not payload:
        return (wire,)
    plain = apply_mask(payload, header.key)
    fields = tuple(_payload_fields(plain, 0, header, masked=False))
    origin = Origin("wire", header.size)
    return wire, Space("unmasked", plain, tile(fields, plain, len(plain) * 8), base + header.size, origin)


def _fields(data: bytes, header: Header, side: Side) -> list[Field]:
    def make(name: str, start: int, bits: int, value: str, meaning: str, section: str, *rules: str) -> Field:
        return Field(name, start, bits, raw_of(data, start, bits), value, meaning, section, rules)

    fields = [
        make("fin", 0, 1, str(header.fin), _fin(header), "6455 5.2", "frm.fin-single", "ctl.fin"),
        *_rsv(data, header),
        make("opcode", 4, 4, _opcode(header.opcode), _opcode_meaning(header.opcode), "6455 5.2", "frm.opcode"),
        make("mask", 8, 1, str(header.masked), _mask(header, side), "6455 5.1", f"frm.mask.{side}"),
        make("len7", 9, 7, str(data[1] & 0x7F), _length(header), "6455 5.2", "frm.len.minimal"),
    ]
    if header.form != 7:
        name = f"len{header.form}"
        fields.append(
            make(name, 16, header.form, str(header.length), _plural(header.length), "6455 5.2", "frm.len.minimal")
        )
    if header.key is not None:
        start = (header.size - 4) * 8
        meaning = "Four bytes, new for every frame, XORed with the payload"
        fields.append(make("key", start, 32, header.key.hex(" "), meaning, "6455 5.3", "frm.mask.fresh"))
    payload = data[header.size :]
    if payload:
        plain = apply_mask(payload, header.key) if header.key is not None else payload
        fields += _payload_fields(plain, header.size * 8, header, masked=header.key is not None, wire=payload)
    return fields


def _rsv(data: bytes, header: Header) -> list[Field]:
    """RSV1 to RSV3 as one field; RSV1 stands alone when it is set, because it may mean "compressed"."""
    meanings = {"rsv1": "Set by permessage-deflate on a compressed message", "rsv2": "Reserved", "rsv3": "Reserved"}
    bits = [
        Field(
            f"rsv{n}",
            n,
            1,
            raw_of(data, n, 1),
            str(getattr(header, f"rsv{n}")),
            meanings[f"rsv{n}"],
            "6455 5.2",
            ("frm.rsv",),
        )
        for n in (1, 2, 3)
    ]
    alone, group = (bits[:1], bits[1:]) if header.rsv1 else ([], bits)
    first = group[0].start
    used = any(field.value == "1" for field in group)
    meaning = "Reserved bits must be 0 until an extension gives them a meaning" if used else "Reserved for extensions"
    raw = raw_of(data, first, len(group))
    return [*alone, Field("rsv", first, len(group), raw, raw, meaning, "6455 5.2", ("frm.rsv",), tuple(group))]


def _opcode(opcode: int) -> str:
    return f"{opcode} {opcode_name(opcode)}"


def _opcode_meaning(opcode: int) -> str:
    return MEANINGS[Opcode(opcode)] if opcode in MEANINGS else "No frame has this opcode: it is reserved"


def _fin(header: Header) -> str:
    if not header.fin:
        return "More fragments will follow"
    if is_control(header.opcode):
        return "Complete: a control frame is never fragmented"
    return "The last fragment of the message" if header.opcode == Opcode.CONT else "The whole message is in this frame"


def _mask(header: Header, side: Side) -> str:
    if header.masked:
        return "The payload is masked, a key follows" if side == "client" else "Masked, which a server must not do"
    return "Not masked: a server never masks" if side == "server" else "Not masked, though a client must mask"


def _length(header: Header) -> str:
    if header.form == 7:
        return _plural(header.length)
    return f"A marker: the length is in the next {header.form} bits"


def _plural(length: int) -> str:
    return f"{length} byte{'' if length == 1 else 's'} of payload"


def _payload_fields(
    plain: bytes, start: int, header: Header, *, masked: bool, wire: bytes | None = None
) -> list[Field]:
    """The payload's fields; `plain` is what it says, `wire` what travels where that differs."""
    shown = plain if wire is None else wire
    if header.opcode == Opcode.CLOSE and len(plain) >= 2:
        code, reason = closing.split(plain)
        name = closing.code_name(code or 0).capitalize()
        rules = ("cls.code.local-only", "cls.code.unused", "cls.code.unassigned")
        fields = [Field("close.code", start, 16, shown[:2].hex(), str(code), name, "6455 7.4", rules)]
        if reason:
            meaning = "Why, in words; for programs and logs"
            raw = raw_of(shown, 16, len(reason) * 8)
            quoted = quote(reason)
            fields.append(
                Field(
                    "close.reason",
                    start + 16,
                    len(reason) * 8,
                    raw,
                    quoted,
                    meaning,
                    "6455 5.5.1",
                    ("cls.body.reason",),
                )
            )
        return fields
    name = (
        {Opcode.PING: "ping.data", Opcode.PONG: "pong.data"}.get(Opcode(header.opcode), "payload")
        if header.opcode in MEANINGS
        else "payload"
    )
    text = header.opcode != Opcode.BINARY and not header.rsv1
    value = quote(plain) if text else f"{len(plain)} byte{'' if len(plain) == 1 else 's'}"
    meaning = "Each byte was XORed with a byte of the key" if masked else _payload_meaning(header)
    section = "6455 5.3" if masked else "6455 5.6"
    return [
        Field(name, start, len(plain) * 8, raw_of(shown, 0, len(plain) * 8), value, meaning, section, ("msg.utf8",))
    ]


def _payload_meaning(header: Header) -> str:
    if header.rsv1:
        return "Compressed with DEFLATE"
    return "Raw bytes" if header.opcode == Opcode.BINARY else "As the sender wrote it"


def quote(data: bytes) -> str:
    """The beginning of a payload as text in quotation marks."""
    text = data[: PREVIEW * 4].decode("utf-8", "replace")
    return f"“{text[:PREVIEW]}{'…' if len(text) > PREVIEW or len(data) > PREVIEW * 4 else ''}”"


def bit_value(space: Space, field: Field) -> int:
    """The number a field of at most 64 bits holds."""
    return read_bits(space.data, field.start, field.bits)
