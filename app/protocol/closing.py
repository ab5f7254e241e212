"""Close codes (RFC 6455 section 7.4 and the IANA registry) and the body of a Close frame."""

from __future__ import annotations

from app.protocol.fault import Fault, at_bytes
from app.protocol.utf8 import Utf8

NORMAL = 1000
GOING_AWAY = 1001
PROTOCOL_ERROR = 1002
INVALID_PAYLOAD = 1007
POLICY = 1008
TOO_BIG = 1009
INTERNAL_ERROR = 1011
NO_STATUS = 1005
ABNORMAL = 1006

CLOSE_CODES = {
    1000: "normal closure",
    1001: "going away",
    1002: "protocol error",
    1003: "unsupported data",
    1004: "reserved",
    1005: "no status received",
    1006: "abnormal closure",
    1007: "invalid payload data",
    1008: "policy violation",
    1009: "message too big",
    1010: "mandatory extension",
    1011: "internal error",
    1012: "service restart",
    1013: "try again later",
    1014: "bad gateway",
    1015: "TLS handshake",
}
LOCAL_ONLY = frozenset({1005, 1006, 1015})
"""Codes that tell a program what happened and never travel (section 7.4.1)."""


def code_name(code: int) -> str:
    """The meaning of a close code in a few words."""
    if code in CLOSE_CODES:
        return CLOSE_CODES[code]
    if 3000 <= code <= 3999:
        return "registered by a library"
    if 4000 <= code <= 4999:
        return "private use"
    return "not in use" if code < 1000 or code > 4999 else "unassigned"


def code_rule(code: int) -> str | None:
    """The rule that a code on the wire breaks, if any."""
    if code in LOCAL_ONLY:
        return "cls.code.local-only"
    if code < 1000 or code > 4999:
        return "cls.code.unused"
    return "cls.code.unassigned" if code == 1004 or 1016 <= code <= 2999 else None


def split(payload: bytes) -> tuple[int | None, bytes]:
    """Code and reason of a Close body; no code when there is no room for one."""
    return (int.from_bytes(payload[:2], "big"), payload[2:]) if len(payload) >= 2 else (None, b"")


def judge(payload: bytes, at: int) -> list[Fault]:
    """What is wrong with the (unmasked) body of a Close frame that begins at byte `at` of the stream."""
    if len(payload) == 1:
        return [at_bytes("cls.body.code", at, at + 1, "half a close code")]
    code, reason = split(payload)
    faults = []
    if code is not None and (rule := code_rule(code)):
        faults.append(at_bytes(rule, at, at + 2, f"close code {code}"))
    check = Utf8()
    bad = check.feed(reason)
    if bad:
        faults.append(at_bytes("cls.body.reason", at + 2 + bad.start, at + 2 + bad.end, bad.note))
    elif bad := check.finish():
        end = at + 2 + len(reason)
        faults.append(at_bytes("cls.body.reason", end + bad.start, end, bad.note))
    return faults
