"""The lens for a whole message: its text, or its bytes (RFC 6455 section 5.6)."""

from __future__ import annotations

from app.anatomy.field import Field, Origin, Space, raw_of, tile
from app.protocol.events import Message, describe_payload
from app.protocol.frames import Opcode


def message_space(message: Message) -> Space:
    """The payload of a message, joined, unmasked and inflated, as a Space of its own.

    Its bytes belong to its frames; where it was compressed, no byte of it is any single byte of the wire.
    """
    data = message.payload
    if not data:
        return Space("message", b"", (), origin=Origin("wire", 0, aligned=False))
    text = message.opcode == Opcode.TEXT
    name, meaning = ("text", "UTF-8 text, whole") if text else ("payload", "Raw bytes, whole")
    bits = len(data) * 8
    value = describe_payload(message.opcode, data)
    field = Field(name, 0, bits, raw_of(data, 0, bits), value, meaning, "6455 5.6", ("msg.utf8",) if text else ())
    return Space("message", data, tile([field], data, bits), origin=Origin("wire", 0, aligned=False))
