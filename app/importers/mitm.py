"""Flow files of mitmproxy: messages with their times, and nothing of the wire (fidelity payload)."""

from __future__ import annotations

import re
from typing import Any

from app.importers.source import NO_LIMIT, Known, Source, Unreadable, size_of
from app.importers.tnetstring import BadNetstring, parse
from app.trace import SIDES, Side, Trace, other

NAME = "mitm"
WHAT = "flows of mitmproxy: messages only"

ONLY_MESSAGES = (
    "A flow file holds messages: no frames, masking keys, fragments or control frames. None are made up here."
)

_START = re.compile(rb"\d{1,12}:\d{1,12}:\w+[;,]")


def sniff(data: bytes) -> bool:
    """A tagged netstring with a dictionary in it."""
    return bool(_START.match(data)) and (b"websocket" in data or b"timestamp_start" in data)


def read(data: bytes, side: Side | None = None) -> Source:
    """The messages of every WebSocket flow. Raises Unreadable."""
    flows, notes = _flows(data)
    sockets = [flow for flow in flows if isinstance(flow.get("websocket"), dict)]
    if not sockets:
        raise Unreadable(f"None of the {len(flows)} flows of this file is a WebSocket connection.")
    notes.append(ONLY_MESSAGES)
    try:
        told = [[_message(message) for message in flow["websocket"]["messages"]] for flow in sockets]
        begin = min((at for messages in told for at, *_ in messages), default=0)
        known = {str(number): _known(flow) for number, flow in enumerate(sockets)}
        closes = [_close(flow["websocket"]) for flow in sockets]
    except (KeyError, TypeError, ValueError, IndexError, OverflowError):
        raise Unreadable("A WebSocket flow of this file is written in a way that is not known.") from None
    traces = []
    for number, messages in enumerate(told):
        trace = Trace(str(number), limit=NO_LIMIT, fidelity="payload")
        for at, owner, opcode, payload in messages:
            if side in (None, owner):
                trace.add(at - begin, owner, payload, "message", opcode=opcode)
        traces.append(trace)
        notes += [f"Connection {number}: {closes[number]}"] if closes[number] else []
    if side:
        notes.append(f"What the {other(side)} sent was left out, as asked.")
    size = sum(size_of(trace, owner) for trace in traces for owner in SIDES)
    return Source(NAME, size, traces, "payload", (), tuple(notes), known)


def _flows(data: bytes) -> tuple[list[dict[str, Any]], list[str]]:
    flows: list[dict[str, Any]] = []
    pos = 0
    while pos < len(data):
        try:
            value, pos = parse(data, pos)
        except BadNetstring as error:
            if not flows:
                raise Unreadable(f"This flow file cannot be read: {error}.") from None
            return flows, [f"The flow file is damaged: {error}. What comes before that is read."]
        if isinstance(value, dict):
            flows.append(value)
    return flows, []


def _message(message: Any) -> tuple[int, Side, int, bytes]:
    """[opcode, from the client?, payload, time in seconds, ...]."""
    opcode, from_client, payload, at = message[:4]
    if opcode not in (1, 2):
        raise ValueError
    data = payload.encode() if isinstance(payload, str) else bytes(payload)
    return round(float(at) * 1_000_000) * 1000, "client" if from_client else "server", opcode, data


def _known(flow: dict[str, Any]) -> Known:
    request = flow["request"]
    host, path = (_text(request[key]) for key in ("host", "path"))
    scheme = "wss" if _text(request["scheme"]) == "https" else "ws"
    return Known(opened=True, target=f"{scheme}://{host}:{request['port']}{path}")


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _close(socket: dict[str, Any]) -> str:
    """How it ended, in words: the Close frames are not in the file."""
    code = socket.get("close_code")
    if code is None:
        return ""
    who = "client" if socket.get("closed_by_client") else "server"
    reason = _text(socket.get("close_reason") or "")
    return f"the {who} closed it with {code}{f' {reason!r}' if reason else ''}."
