"""What is held, for those who watch: a few words about each head or frame, who waits for it, and for how long."""

from __future__ import annotations

from typing import Any

from app.live.gate import NS, Gate, Policy
from app.live.redact import redact_head
from app.live.unit import Unit
from app.protocol.events import PREVIEW, describe_payload
from app.protocol.frames import Opcode, apply_mask, read_header
from app.protocol.handshake import parse_request, parse_response

HEX_LIMIT = 4096
"""Bytes of a held unit that are shown."""
LISTED = 64
"""Held units that are listed; `queued` counts the bytes of all."""


def policy_json(policy: Policy) -> dict[str, Any]:
    """What a gate does, as JSON."""
    return {"mode": policy.mode, "unit": policy.unit, "when": policy.when.json() if policy.when else None}


def describe(gate: Gate, now: int, *, hide: bool = False) -> list[dict[str, Any]]:
    """The held units as JSON, oldest first; `left_ms` is a number for the oldest and null for those behind it.

    With `hide` what redaction hides in heads is not shown.
    """
    left = gate.left()
    units = [_redacted(unit) if hide else unit for unit in gate.held()[:LISTED]]
    return [
        _unit(gate, unit, None if index or left is None else int(left * 1000), now) for index, unit in enumerate(units)
    ]


def _redacted(unit: Unit) -> Unit:
    return unit._replace(data=redact_head(unit.data)) if unit.head else unit


def _unit(gate: Gate, unit: Unit, left_ms: int | None, now: int) -> dict[str, Any]:
    piece = gate.next(unit)
    whole = "head" if unit.head else "frame"
    grain = gate.policy.unit
    return {
        "n": unit.n,
        "side": unit.side,
        "unit": whole,
        "bytes": len(unit.data),
        "released": unit.done,
        "step": {
            "unit": whole if grain == "frame" else grain,
            "bytes": piece.end - unit.done,
            "fields": list(piece.fields),
        },
        "hex": unit.data[:HEX_LIMIT].hex(),
        "start": unit.start,
        "summary": summary(unit),
        "since": unit.since,
        "left_ms": left_ms,
        "held_side": "inbound" if unit.inbound else "outbound",
        "waits": _waits(gate, unit, now),
    }


def _waits(gate: Gate, unit: Unit, now: int) -> dict[str, Any]:
    """Who waits for what, and in how many milliseconds they are known to give up; null where nobody knows."""
    waiting = gate.waiting(unit)
    if waiting is None:
        return {"side": "server" if unit.inbound else "client", "for": "frame", "client": "", "gives_up_ms": None}
    gives_up = waiting.since + int(waiting.endures * NS) - now
    return {
        "side": "client",
        "for": waiting.wait,
        "client": gate.client.name,
        "gives_up_ms": max(gives_up // 1_000_000, 0) if waiting.endures else None,
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
