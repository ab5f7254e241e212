"""What is held, for those who watch: a few words about each unit, from its own bytes alone."""

from __future__ import annotations

from typing import Any

from app.live.gate import Gate, Unit
from app.protocol.events import PREVIEW, describe_payload
from app.protocol.frames import Opcode, apply_mask, read_header
from app.protocol.handshake import parse_request, parse_response

HEX_LIMIT = 4096
"""Bytes of a held unit that are shown."""


def describe(gate: Gate) -> list[dict[str, Any]]:
    """The held units as JSON, oldest first; `left_ms` is a number for the oldest and null for those behind it."""
    left = gate.left()
    return [_unit(unit, None if index or left is None else int(left * 1000)) for index, unit in enumerate(gate.held())]


def _unit(unit: Unit, left_ms: int | None) -> dict[str, Any]:
    return {
        "n": unit.n,
        "side": unit.side,
        "unit": "head" if unit.head else "frame",
        "bytes": len(unit.data),
        "hex": unit.data[:HEX_LIMIT].hex(),
        "start": unit.start,
        "summary": summary(unit),
        "since": unit.since,
        "left_ms": left_ms,
        "held_side": "inbound" if unit.inbound else "outbound",
    }


def summary(unit: Unit) -> str:
    """A held unit in a few words; text from the wire, to be escaped where it is shown."""
    if unit.head:
        text = parse_request(unit.data).target if unit.inbound else parse_response(unit.data).reason
        return text.decode("utf-8", "backslashreplace")[:PREVIEW]
    header = read_header(unit.data)
    if header is None:
        return ""
    payload = unit.data[header.size :]
    compressed = bool(header.rsv1) and header.opcode in (Opcode.TEXT, Opcode.BINARY)
    plain = apply_mask(payload, header.key) if header.key is not None else payload
    return describe_payload(header.opcode, plain, compressed=compressed)
