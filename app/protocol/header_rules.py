"""The rules of a frame header (RFC 6455 section 5.2), each judged as soon as its bits are there."""

from __future__ import annotations

from typing import Literal, NamedTuple

from app.protocol.fault import Fault
from app.protocol.frames import DATA, MAX_CONTROL, OPCODES, Opcode, is_control, length_form


class Standing(NamedTuple):
    """Where a direction stands when a frame begins: must it mask, was permessage-deflate agreed, has it sent a Close,
    is a message open?"""

    masked: bool
    deflate: bool
    closed: bool
    in_message: bool


def judge_start(first: int, second: int, bit: int, standing: Standing) -> list[Fault]:
    """What the first two bytes of a frame break; `bit` is where it begins in the stream."""
    opcode = first & 15
    faults = _reserved(first, bit, standing)
    if opcode not in OPCODES:
        faults.append(Fault("frm.opcode", bit + 4, 4, f"opcode {opcode}"))
    elif is_control(opcode):
        faults += _control(first, second, bit)
    faults += _mask(second, bit, standing)
    return faults + _order(opcode, bit, standing)


_HTTP = (b"GET ", b"HTTP/", b"POST ", b"PUT ", b"HEAD ")


def looks_like_http(text: bytes) -> Literal["yes", "maybe", "no"]:
    """Whether bytes that stand where a frame must start are HTTP; "maybe" while the next ones have to tell."""
    if text.startswith(_HTTP):
        return "yes"
    return "maybe" if any(word.startswith(text) for word in _HTTP) else "no"


def _reserved(first: int, bit: int, standing: Standing) -> list[Fault]:
    faults = []
    if first & 0x40 and standing.deflate:
        if is_control(first & 15):
            faults.append(Fault("pmd.rsv1.control", bit + 1, 1, "RSV1 is 1 on a control frame"))
        elif first & 15 == Opcode.CONT:
            faults.append(Fault("pmd.rsv1.first", bit + 1, 1, "RSV1 is 1 on a continuation"))
    elif first & 0x40:
        faults.append(Fault("frm.rsv", bit + 1, 1, "RSV1 is 1"))
    return faults + [Fault("frm.rsv", bit + n, 1, f"RSV{n} is 1") for n in (2, 3) if first >> (7 - n) & 1]


def _control(first: int, second: int, bit: int) -> list[Fault]:
    faults = []
    if not first & 0x80:
        faults.append(Fault("ctl.fin", bit, 1, "FIN is 0 on a control frame"))
    if second & 0x7F > MAX_CONTROL:
        faults.append(Fault("ctl.len", bit + 9, 7, f"length {second & 0x7F} on a control frame"))
    return faults


def _mask(second: int, bit: int, standing: Standing) -> list[Fault]:
    if standing.masked == bool(second & 0x80):
        return []
    side = "client" if standing.masked else "server"
    return [Fault(f"frm.mask.{side}", bit + 8, 1, f"MASK is {second >> 7}")]


def _order(opcode: int, bit: int, standing: Standing) -> list[Fault]:
    if standing.closed:
        if opcode == Opcode.CLOSE:
            return [Fault("cls.once", bit + 4, 4, "after this side's Close frame")]
        return [Fault("cls.no-data-after", bit + 4, 4, "after this side's Close frame")] if opcode in DATA else []
    if opcode == Opcode.CONT and not standing.in_message:
        return [Fault("msg.start", bit + 4, 4, "nothing to continue")]
    if opcode in (Opcode.TEXT, Opcode.BINARY) and standing.in_message:
        return [Fault("msg.no-interleave", bit + 4, 4, "the message before is not finished")]
    return []


def judge_length(head: bytes, bit: int) -> tuple[int, tuple[int, int], list[Fault]]:
    """The payload length, the place of its bits, and what the way it is written breaks.

    `head` ends with the length. With the first bit of 64 set the length means nothing, and the next frame is lost.
    """
    size = len(head)
    form = {2: 7, 4: 16, 10: 64}[size]
    length = int.from_bytes(head[2:], "big") if size > 2 else head[1] & 0x7F
    place = (bit + 9, 7) if form == 7 else (bit + 16, form)
    if length >> 63:
        return length, place, [Fault("frm.len.msb", bit + 16, 1, "the first bit of a 64-bit length is 1")]
    if form > length_form(length):
        return length, place, [Fault("frm.len.minimal", *place, f"{length} in the {form}-bit form")]
    return length, place, []
