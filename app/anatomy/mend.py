"""The nearest bytes that keep the rule: what would have to be different in a frame that breaks one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.protocol.events import Violation
from app.protocol.frames import MAX_CONTROL, Header, Opcode, apply_mask, is_control, write_header

SAMPLE_KEY = bytes.fromhex("37fa213d")
"""The masking key of the RFC's examples; a real client draws its own."""


@dataclass(frozen=True, slots=True)
class Mend:
    """The whole frame as it may be sent, and in a sentence what differs."""

    data: bytes
    text: str


def mend(violation: Violation, header: Header, data: bytes) -> Mend | None:
    """The nearest legal frame, or None where only its sender can know what was meant. `data` is the whole frame."""
    how = _HOW.get(violation.rule)
    return how(header, data) if how and len(data) >= header.size else None


def _payload(header: Header, data: bytes) -> bytes:
    body = data[header.size :]
    return apply_mask(body, header.key) if header.key is not None else bytes(body)


def _again(
    header: Header,
    payload: bytes,
    *,
    opcode: int | None = None,
    fin: int | None = None,
    rsv: bool = True,
    key: bytes | None = None,
) -> bytes:
    """The frame written anew, in the shortest form; what is not given stays."""
    code = header.opcode if opcode is None else opcode
    head = bytearray(write_header(code, len(payload), fin=bool(header.fin if fin is None else fin), key=key))
    if rsv:
        head[0] |= header.rsv1 << 6 | header.rsv2 << 5 | header.rsv3 << 4
    return bytes(head) + (apply_mask(payload, key) if key is not None else payload)


def _mask(header: Header, data: bytes) -> Mend:
    return Mend(_again(header, _payload(header, data), key=SAMPLE_KEY), "MASK is set, a key follows, payload masked")


def _unmask(header: Header, data: bytes) -> Mend:
    return Mend(_again(header, _payload(header, data)), "MASK is clear, and the payload travels as it is")


def _rsv(header: Header, data: bytes) -> Mend:
    return Mend(bytes((data[0] & 0x8F,)) + data[1:], "the reserved bits are 0")


def _opcode(header: Header, data: bytes) -> Mend:
    text = _is_text(_payload(header, data))
    code = Opcode.TEXT if text else Opcode.BINARY
    return Mend(bytes((data[0] & 0xF0 | code,)) + data[1:], f"the opcode is {int(code)} ({code.name.lower()})")


def _is_text(payload: bytes) -> bool:
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return True


def _shortest(header: Header, data: bytes) -> Mend:
    return Mend(_again(header, _payload(header, data), key=header.key), "the length is in its shortest form")


def _present(header: Header, data: bytes) -> Mend:
    size = len(data) - header.size
    return Mend(
        _again(header, _payload(header, data), key=header.key), f"the length says the {size} bytes that are here"
    )


def _short_control(header: Header, data: bytes) -> Mend:
    payload = _payload(header, data)[:MAX_CONTROL]
    return Mend(_again(header, payload, key=header.key), "the payload is cut after 125 bytes")


def _fin(header: Header, data: bytes) -> Mend:
    return Mend(bytes((data[0] | 0x80,)) + data[1:], "FIN is set: a control frame is never split")


def _binary(header: Header, data: bytes) -> Mend | None:
    if header.opcode != Opcode.TEXT:
        return None
    return Mend(
        bytes((data[0] & 0xF0 | Opcode.BINARY,)) + data[1:], "the opcode is 2: as binary data the bytes may stay"
    )


def _code(header: Header, data: bytes) -> Mend:
    payload = (1000).to_bytes(2, "big") + _payload(header, data)[2:]
    return Mend(_again(header, payload, key=header.key), "the close code is 1000; send the one that says why you close")


def _no_body(header: Header, data: bytes) -> Mend:
    return Mend(_again(header, b"", key=header.key), "the body is empty: a code takes two bytes, none is fine too")


def _reason(header: Header, data: bytes) -> Mend:
    payload = _payload(header, data)
    reason = payload[2:].decode("utf-8", "ignore").encode()
    return Mend(_again(header, payload[:2] + reason, key=header.key), "what is no UTF-8 is left out of the reason")


def _first(header: Header, data: bytes) -> Mend:
    return Mend(bytes((data[0] & 0xF0 | Opcode.TEXT,)) + data[1:], "the opcode is 1: it begins a message of its own")


def _continued(header: Header, data: bytes) -> Mend | None:
    if is_control(header.opcode):
        return None
    return Mend(
        bytes((data[0] & 0xF0,)) + data[1:], "the opcode is 0: it goes on with the message that is not finished"
    )


_HOW: dict[str, Callable[[Header, bytes], Mend | None]] = {
    "frm.mask.client": _mask,
    "frm.mask.server": _unmask,
    "frm.rsv": _rsv,
    "pmd.rsv1.first": _rsv,
    "pmd.rsv1.control": _rsv,
    "frm.opcode": _opcode,
    "frm.len.minimal": _shortest,
    "frm.len.msb": _present,
    "frm.limits": _present,
    "ctl.len": _short_control,
    "ctl.fin": _fin,
    "msg.utf8": _binary,
    "cls.code.unused": _code,
    "cls.code.unassigned": _code,
    "cls.code.local-only": _code,
    "cls.body.code": _no_body,
    "cls.body.reason": _reason,
    "msg.start": _first,
    "msg.no-interleave": _continued,
}
