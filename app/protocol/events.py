"""What a conversation is made of, and how each event leaves the server as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal, NamedTuple

from app.protocol import closing
from app.protocol.fault import Fault
from app.protocol.frames import Header, Opcode, apply_mask, opcode_name
from app.protocol.handshake import Request, Response
from app.protocol.history import Past
from app.protocol.profiles import STRICT_PROFILE, Profile
from app.protocol.rules import RULES
from app.trace import Side, Trace

EventKind = Literal["request", "response", "frame", "message", "violation", "end"]
State = Literal["CONNECTING", "OPEN", "CLOSING", "CLOSED"]

PREVIEW = 80
"""Characters of a payload that a summary shows."""


class Message(NamedTuple):
    """A whole message: its fragments joined, unmasked and inflated. `frames` are the `seq` of its frames."""

    opcode: int
    payload: bytes
    frames: tuple[int, ...]
    compressed: bool


class End(NamedTuple):
    """One side stopped sending: `how` is fin, rst or stop (the trace just ends). `partial` is a frame that was cut,
    as its first and last byte in the stream."""

    how: str
    partial: tuple[int, int] | None
    clean: bool


@dataclass(slots=True, frozen=True)
class Violation:
    """A rule that was broken: what was found (`text`), what the rule asks (`must`), and the exact bits."""

    rule: str
    severity: str
    section: str
    text: str
    must: str
    close_code: int | None
    start: int
    bits: int
    seq: int

    @classmethod
    def of(cls, fault: Fault, seq: int, profile: Profile = STRICT_PROFILE) -> Violation:
        rule = RULES[fault.rule]
        return cls(
            fault.rule,
            profile.severity(fault.rule),
            rule.section,
            fault.note or rule.breach,
            rule.text,
            profile.answer(rule.id),
            fault.start,
            fault.bits,
            seq,
        )


Detail = Request | Response | Header | Message | Violation | End


@dataclass(slots=True)
class Event:
    """One thing that a conversation consists of.

    `start` and `end` are bits in the wire stream of `side`; `state` is what each side has reached after the event.
    `past` is known of compressed frames and messages: which one it is, and what came before it.
    """

    seq: int
    at: int
    side: Side
    kind: EventKind
    start: int
    end: int
    state: dict[Side, State]
    detail: Detail
    violations: list[Violation] = field(default_factory=list)
    space: str = "wire"
    past: Past | None = field(default=None, compare=False, repr=False)


def frame_payload(event: Event, trace: Trace) -> bytes:
    """The payload of a frame event, unmasked and as it travelled (still compressed)."""
    header = event.detail
    assert isinstance(header, Header)
    data = trace.bytes(event.side, event.start // 8 + header.size, event.end // 8)
    return apply_mask(data, header.key) if header.key is not None else data


def tag(event: Event) -> str:
    """The short name of an event: GET, 101, TEXT, FIN, or the rule that was broken."""
    detail = event.detail
    if isinstance(detail, Request):
        return detail.method.decode("ascii", "replace")[:12] or "?"
    if isinstance(detail, Response):
        return str(detail.status or "?")
    if isinstance(detail, Header | Message):
        return opcode_name(detail.opcode)
    return detail.rule if isinstance(detail, Violation) else detail.how.upper()


def summary(event: Event, trace: Trace) -> str:
    """What an event carries, in one line; text from the wire, so to be escaped where it is shown."""
    detail = event.detail
    if isinstance(detail, Request):
        return detail.target.decode("utf-8", "backslashreplace")[:PREVIEW]
    if isinstance(detail, Response):
        return detail.reason.decode("utf-8", "backslashreplace")[:PREVIEW]
    if isinstance(detail, Header):
        rsv1 = detail.rsv1 and detail.opcode in (Opcode.TEXT, Opcode.BINARY)
        return describe_payload(detail.opcode, frame_payload(event, trace), compressed=bool(rsv1))
    if isinstance(detail, Message):
        return describe_payload(detail.opcode, detail.payload)
    return detail.text if isinstance(detail, Violation) else ""


def describe_payload(opcode: int, payload: bytes, *, compressed: bool = False) -> str:
    """A payload in a few words: quoted when it reads as text, a close code with its reason, else its size."""
    if opcode == Opcode.CLOSE:
        code, reason = closing.split(payload)
        return "" if code is None else f"{code} {reason.decode('utf-8', 'replace')}".strip()
    if not payload:
        return ""
    if opcode != Opcode.BINARY and not compressed:
        text = payload[: PREVIEW * 4].decode("utf-8", "replace")
        return f"“{text[:PREVIEW]}{'…' if len(text) > PREVIEW or len(payload) > PREVIEW * 4 else ''}”"
    return f"{len(payload)} byte{'s' if len(payload) != 1 else ''}"


def violation_json(violation: Violation) -> dict[str, Any]:
    """A violation as it leaves the server (described at /reference/api)."""
    return {
        "rule": violation.rule,
        "severity": violation.severity,
        "section": violation.section,
        "text": violation.text,
        "must": violation.must,
        "close_code": violation.close_code,
        "start_bit": violation.start,
        "bits": violation.bits,
        "seq": violation.seq,
    }


def event_json(event: Event, trace: Trace) -> dict[str, Any]:
    """An event as it leaves the server; `tag` is its short name in lists and ladders."""
    value: dict[str, Any] = {
        "seq": event.seq,
        "stream": 0,
        "connection": trace.connection,
        "at": event.at,
        "side": event.side,
        "kind": event.kind,
        "space": event.space,
        "start": event.start,
        "end": event.end,
        "state": dict(event.state),
        "tag": tag(event),
        "summary": summary(event, trace),
        "violations": [violation_json(v) for v in event.violations],
    }
    value.update(_detail_json(event, trace))
    return value


def _detail_json(event: Event, trace: Trace) -> dict[str, Any]:
    detail = event.detail
    if isinstance(detail, Header):
        return {
            "frame": {
                "fin": detail.fin,
                "rsv1": detail.rsv1,
                "rsv2": detail.rsv2,
                "rsv3": detail.rsv3,
                "opcode": detail.opcode,
                "masked": detail.masked,
                "masking_key": detail.key.hex() if detail.key is not None else None,
                "payload_length": detail.length,
            },
            "payload_sha256": sha256(frame_payload(event, trace)).hexdigest(),
        }
    if isinstance(detail, Message):
        return {
            "message": {
                "opcode": detail.opcode,
                "payload_length": len(detail.payload),
                "frames": list(detail.frames),
                "compressed": detail.compressed,
            },
            "payload_sha256": sha256(detail.payload).hexdigest(),
        }
    if isinstance(detail, End):
        return {"end_of": {"how": detail.how, "clean": detail.clean}, "partial": _partial(detail)}
    return {"violation": violation_json(detail)} if isinstance(detail, Violation) else {}


def _partial(end: End) -> dict[str, int] | None:
    return {"start": end.partial[0] * 8, "end": end.partial[1] * 8} if end.partial else None
