"""One plain sentence for an event, and the arithmetic of its size."""

from __future__ import annotations

from typing import NamedTuple

from app.protocol.events import End, Event, Message, Violation, describe_payload
from app.protocol.frames import Header, Opcode
from app.protocol.handshake import Request, Response

SHORT = 22


class Part(NamedTuple):
    """A part of an event's size: how many bytes, what they are, and the field that stands for them."""

    bytes: int
    label: str
    field: str


def title(event: Event, payload: bytes) -> str:
    """What happens, in one sentence. `payload` is unmasked; text in it comes from the wire."""
    who = f"The {event.side}"
    detail = event.detail
    if isinstance(detail, Request):
        return f"{who} asks to leave HTTP behind" if _upgrades(detail) else f"{who} sends an HTTP request"
    if isinstance(detail, Response):
        return (
            f"{who} agrees, and proves it understood" if detail.status == 101 else f"{who} refuses with {detail.status}"
        )
    if isinstance(detail, Header):
        return _frame(who, event, detail, payload)
    if isinstance(detail, Message):
        return f"{who} has said {_quote(detail.opcode, detail.payload)}"
    if isinstance(detail, Violation):
        return f"{who} breaks a rule: {detail.text}"
    return _END.get(detail.how, "{} stops").format(who)


_END = {
    "fin": "{} closes its direction of TCP",
    "rst": "{} resets TCP",
    "stop": "{} is not recorded any further",
}


def _upgrades(request: Request) -> bool:
    return any(b"websocket" in value.lower() for value in request.all("Upgrade"))


def _quote(opcode: int, payload: bytes, compressed: bool = False) -> str:
    text = describe_payload(opcode, payload, compressed=compressed)
    if text.startswith("“") and len(text) > SHORT + 2:
        return text[: SHORT + 1] + "…”"
    return text or "nothing"


def _frame(who: str, event: Event, header: Header, payload: bytes) -> str:
    rules = {violation.rule for violation in event.violations}
    said = _quote(header.opcode, payload, bool(header.rsv1))
    if "frm.mask.client" in rules:
        return f"{who} sends {said}, and forgets to mask it"
    if "frm.mask.server" in rules:
        return f"{who} sends {said}, and masks it"
    if header.opcode == Opcode.CONT:
        return f"{who} sends the last piece, {said}" if header.fin else f"{who} sends another piece, {said}"
    if header.opcode in (Opcode.TEXT, Opcode.BINARY) and not header.fin:
        return f"{who} sends the first piece, {said}"
    if header.opcode == Opcode.TEXT and not payload:
        return f"{who} sends an empty text"
    if header.opcode == Opcode.TEXT:
        return f"{who} sends compressed text, {said}" if header.rsv1 else f"{who} sends the text {said}"
    sentence = _SENTENCES.get(header.opcode, "{} sends a frame with a reserved opcode")
    return sentence.format(who, said)


_SENTENCES: dict[int, str] = {
    Opcode.BINARY: "{} sends {} of binary data",
    Opcode.CLOSE: "{} says goodbye",
    Opcode.PING: "{} asks: are you still there?",
    Opcode.PONG: "{} answers the Ping",
}


def sizes(event: Event) -> tuple[Part, ...]:
    """The parts that an event's bytes add up to."""
    detail = event.detail
    total = (event.end - event.start) // 8
    if isinstance(detail, Header):
        key = 4 if detail.key is not None else 0
        extended = detail.size - 2 - key
        parts = [
            Part(2, "header", "fin"),
            Part(extended, "extended length", f"len{detail.form}"),
            Part(key, "key", "key"),
            Part(total - detail.size, "payload", "payload"),
        ]
        return tuple(part for part in parts if part.bytes)
    if isinstance(detail, Violation | End):
        return ()
    if isinstance(detail, Message):
        return (Part(len(detail.payload), "payload", ""),)
    return (Part(total, "text", ""),)
