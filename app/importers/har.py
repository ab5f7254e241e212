"""HAR files of Chrome DevTools and Playwright: messages with their times, no bytes of the wire (fidelity payload)."""

from __future__ import annotations

import binascii
import json
from typing import Any

from app.importers.source import NO_LIMIT, Known, Source, Unreadable, size_of
from app.trace import SIDES, Side, Trace, other

NAME = "har"
WHAT = "HAR of Chrome DevTools or Playwright: messages only"

ONLY_MESSAGES = (
    "A HAR holds messages: no frames, masking keys, fragments, control frames or close codes. None are made up here."
)
MILLISECONDS = 10**11
"""A time above this is no time in seconds of this millennium."""

_MESSAGES = "_webSocketMessages"
_SIDES: dict[str, Side] = {"send": "client", "receive": "server"}
_NAMED = ("sec-websocket-protocol", "sec-websocket-extensions")


def sniff(data: bytes) -> bool:
    """A JSON object with a log."""
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head[:1] == b"{" and b'"log"' in head and (b'"entries"' in data or b'"creator"' in head)


def read(data: bytes, side: Side | None = None) -> Source:
    """The messages of every WebSocket of the file. Raises Unreadable."""
    entries = _entries(data)
    sockets = [entry for entry in entries if _MESSAGES in entry]
    if not sockets:
        raise Unreadable(
            f"None of the {len(entries)} requests of this HAR has WebSocket messages; save it while the page is open."
        )
    notes = [ONLY_MESSAGES]
    begin = min((_time(message) for entry in sockets for message in _messages(entry)), default=0)
    traces, known = [], {}
    for number, entry in enumerate(sockets):
        trace = Trace(str(number), limit=NO_LIMIT, fidelity="payload")
        for message in _messages(entry):
            owner = _side(message)
            if side in (None, owner):
                opcode, payload = _payload(message)
                trace.add(_time(message) - begin, owner, payload, "message", opcode=opcode)
        traces.append(trace)
        known[trace.connection] = Known(opened=True, target=_text(entry, "request", "url"))
        notes += [f"Connection {trace.connection}: {note}" for note in _heads(entry)]
    if side:
        notes.append(f"What the {other(side)} sent was left out, as asked.")
    size = sum(size_of(trace, owner) for trace in traces for owner in SIDES)
    return Source(NAME, size, traces, "payload", (), tuple(notes), known)


def _entries(data: bytes) -> list[dict[str, Any]]:
    try:
        value = json.loads(data.decode("utf-8-sig"))
        entries = value["log"]["entries"]
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise Unreadable(f"This HAR is not whole: it cannot be read as JSON{where}.") from None
    except (KeyError, TypeError):
        raise Unreadable("This JSON is no HAR: it has no log with entries.") from None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Unreadable("This JSON is no HAR: its entries are no list of objects.")
    return entries


def _messages(entry: dict[str, Any]) -> list[dict[str, Any]]:
    messages = entry[_MESSAGES]
    if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
        raise Unreadable(f"The {_MESSAGES} of this HAR are no list of objects.")
    return messages


def _time(message: dict[str, Any]) -> int:
    """In nanoseconds. Chrome writes seconds, Playwright milliseconds."""
    time = message.get("time")
    if not isinstance(time, int | float) or isinstance(time, bool) or not 0 <= time < 10**15:
        raise Unreadable("A WebSocket message of this HAR has no time that can be read.")
    # A number of this size in JSON is exact to less than a microsecond, not to a nanosecond.
    return round(time * 1000 if time > MILLISECONDS else time * 1_000_000) * 1000


def _side(message: dict[str, Any]) -> Side:
    side = _SIDES.get(str(message.get("type")))
    if side is None:
        raise Unreadable(f"A WebSocket message of this HAR is of type {message.get('type')!r}: not send, not receive.")
    return side


def _payload(message: dict[str, Any]) -> tuple[int, bytes]:
    opcode, data = message.get("opcode"), message.get("data")
    if opcode not in (1, 2) or not isinstance(data, str):
        raise Unreadable("A WebSocket message of this HAR has no opcode 1 or 2, or no data.")
    if opcode == 1:
        return 1, data.encode("utf-8", "surrogatepass")
    try:
        return 2, binascii.a2b_base64(data, strict_mode=True)
    except (binascii.Error, ValueError):
        raise Unreadable("A binary message of this HAR is not in base64.") from None


def _text(entry: dict[str, Any], part: str, key: str) -> str:
    found = entry.get(part)
    return str(found.get(key, "")) if isinstance(found, dict) else ""


def _heads(entry: dict[str, Any]) -> list[str]:
    """What the handshake said, in words: its bytes are not in the file."""
    status = _text(entry, "response", "status")
    notes = [f"{_text(entry, 'request', 'url')} was answered with {status}."] if status else []
    response = entry.get("response")
    headers = response.get("headers") if isinstance(response, dict) else None
    for header in headers if isinstance(headers, list) else ():
        name = str(header.get("name", "")) if isinstance(header, dict) else ""
        if name.lower() in _NAMED:
            notes.append(f"the server agreed to {name}: {header.get('value')}.")
    return notes
