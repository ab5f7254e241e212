"""The two heads of the opening handshake, parsed with the place of every byte, and written (RFC 6455 section 4).

Parsing never raises: what is malformed becomes a Fault, and everything that can still be understood is kept.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha1
from typing import NamedTuple

from app.protocol.fault import Fault, at_bytes

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""The fixed text that a server joins to the key (section 1.3)."""

TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_NOT_EMPTY = re.compile(rb"[^\r\n]")
_VERSION = re.compile(rb"HTTP/\d\.\d")

REASONS = {
    101: "Switching Protocols",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    414: "URI Too Long",
    421: "Misdirected Request",
    426: "Upgrade Required",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
    505: "HTTP Version Not Supported",
}


class HeaderLine(NamedTuple):
    """One header field and its place in the head, in bytes: the line, the value, and the end with its line break."""

    name: bytes
    value: bytes
    start: int
    value_start: int
    value_end: int
    end: int


class Request(NamedTuple):
    """A request head. `spans` gives the places of method, target and version in bytes."""

    raw: bytes
    method: bytes
    target: bytes
    version: bytes
    spans: tuple[tuple[int, int], tuple[int, int], tuple[int, int]]
    headers: tuple[HeaderLine, ...]
    faults: tuple[Fault, ...]

    def lines(self, name: str) -> list[HeaderLine]:
        """The header lines of that name, any case, in order."""
        return _lines(self.headers, name)

    def get(self, name: str) -> bytes | None:
        """The value of the first header of that name."""
        return _get(self.headers, name)

    def all(self, name: str) -> list[bytes]:
        """The values of every header of that name."""
        return [line.value for line in self.lines(name)]


class Response(NamedTuple):
    """A response head. `status` is 0 when the status line has none; `spans`: version, status, reason in bytes."""

    raw: bytes
    version: bytes
    status: int
    reason: bytes
    spans: tuple[tuple[int, int], tuple[int, int], tuple[int, int]]
    headers: tuple[HeaderLine, ...]
    faults: tuple[Fault, ...]

    def lines(self, name: str) -> list[HeaderLine]:
        """The header lines of that name, any case, in order."""
        return _lines(self.headers, name)

    def get(self, name: str) -> bytes | None:
        """The value of the first header of that name."""
        return _get(self.headers, name)

    def all(self, name: str) -> list[bytes]:
        """The values of every header of that name."""
        return [line.value for line in self.lines(name)]


def _lines(headers: tuple[HeaderLine, ...], name: str) -> list[HeaderLine]:
    wanted = name.lower().encode()
    return [line for line in headers if line.name.lower() == wanted]


def _get(headers: tuple[HeaderLine, ...], name: str) -> bytes | None:
    found = _lines(headers, name)
    return found[0].value if found else None


class EndOfHead:
    """Looks for the end of a head that arrives in pieces, at every byte once.

    A line feed alone also counts as the end of a line here, so that a careless client is answered rather than left
    waiting; it is still a fault. Empty lines before the first line do not end the head.
    """

    __slots__ = ("_begin", "_seen")

    def __init__(self) -> None:
        self._begin: int | None = None
        self._seen = 0

    def find(self, data: bytes | bytearray) -> int | None:
        """Where the head ends: just after its empty line, or None while that is missing. `data` only ever grows."""
        if self._begin is None:
            first = _NOT_EMPTY.search(data, self._seen)
            self._begin = first.start() if first else None
        at, self._seen = self._seen - len(_MARKS[0]) + 1, len(data)
        if self._begin is None:
            return None
        at = max(at, self._begin)
        ends = [end + len(mark) for mark in _MARKS if (end := data.find(mark, at)) >= 0]
        return min(ends) if ends else None


_MARKS = (b"\r\n\r\n", b"\n\n", b"\n\r\n")


def find_end(data: bytes | bytearray) -> int | None:
    """Where the head at the beginning of `data` ends, or None while its empty line is missing."""
    return EndOfHead().find(data)


def split_tokens(values: Iterable[bytes]) -> list[bytes]:
    """The elements of a comma-separated list that may be spread over several header lines; empty ones are left out."""
    return [token for value in values for part in value.split(b",") if (token := part.strip(b" \t"))]


def has_token(values: Iterable[bytes], token: bytes) -> bool:
    """Whether a list holds a token, any case."""
    return token.lower() in (part.lower() for part in split_tokens(values))


def accept_key(key: bytes) -> bytes:
    """Sec-WebSocket-Accept for the text of a Sec-WebSocket-Key (section 4.2.2, step 5.4)."""
    return b64encode(sha1(key + GUID).digest())


class _Line(NamedTuple):
    text: bytes
    start: int
    end: int
    crlf: bool


def _split(raw: bytes) -> list[_Line]:
    lines, start = [], 0
    while start < len(raw):
        feed = raw.find(b"\n", start)
        end = len(raw) if feed < 0 else feed + 1
        text = raw[start:end].removesuffix(b"\n")
        crlf = text.endswith(b"\r")
        lines.append(_Line(text.removesuffix(b"\r"), start, end, crlf))
        start = end
    return lines


def _parse(raw: bytes, rule: str) -> tuple[_Line, tuple[HeaderLine, ...], list[Fault]]:
    """Start line, headers and faults of a head; `rule` is what malformed lines break."""
    faults: list[Fault] = []
    lines = _split(raw)
    skipped = 0
    while skipped < len(lines) and not lines[skipped].text:
        skipped += 1
    if skipped:
        faults.append(at_bytes(rule, 0, lines[skipped - 1].end, "empty line before the first line"))
    if skipped == len(lines):
        return _Line(b"", 0, 0, True), (), faults
    faults += [
        at_bytes(rule, line.end - 1, line.end, "line ends without a carriage return")
        for line in lines[skipped:]
        if not line.crlf and raw[line.end - 1 : line.end] == b"\n"
    ][:1]
    headers: list[HeaderLine] = []
    for line in lines[skipped + 1 :]:
        if line.text:
            _header(line, headers, faults, rule)
    return lines[skipped], tuple(headers), faults


def _header(line: _Line, headers: list[HeaderLine], faults: list[Fault], rule: str) -> None:
    text, start, text_end = line.text, line.start, line.start + len(line.text)
    if text[:1] in (b" ", b"\t"):
        faults.append(at_bytes(rule, start, text_end, "a header continued on the next line"))
        if headers:
            last = headers.pop()
            value = last.value + b" " + text.strip(b" \t")
            headers.append(last._replace(value=value, value_end=text_end, end=line.end))
        return
    name, colon, value = text.partition(b":")
    if not colon:
        faults.append(at_bytes(rule, start, text_end, "a header without a colon"))
        return
    colon_at = start + len(name)
    if name != name.rstrip(b" \t"):
        faults.append(at_bytes(rule, start + len(name.rstrip(b" \t")), colon_at, "a space before the colon"))
    elif not TOKEN.fullmatch(name):
        faults.append(at_bytes(rule, start, max(colon_at, start + 1), "not a header name"))
    if bad := _CONTROL.search(value):
        at = colon_at + 1 + bad.start()
        faults.append(at_bytes(rule, at, at + 1, f"a control byte, {value[bad.start()]:#04x}"))
    stripped = value.strip(b" \t")
    value_start = colon_at + 1 + (len(value) - len(value.lstrip(b" \t")) if stripped else len(value))
    headers.append(HeaderLine(name.rstrip(b" \t"), stripped, start, value_start, value_start + len(stripped), line.end))


def _three(line: _Line) -> tuple[list[bytes], tuple[tuple[int, int], tuple[int, int], tuple[int, int]]]:
    """A start line cut at its first and last space (request) into three parts with their places."""
    first, last = line.text.find(b" "), line.text.rfind(b" ")
    size = len(line.text)
    cuts = [(0, size), (size, size), (size, size)]
    if first >= 0:
        cuts = [(0, first), (first + 1, last if last > first else size), (last + 1 if last > first else size, size)]
    parts = [line.text[a:b] for a, b in cuts]
    a, b, c = ((line.start + x, line.start + y) for x, y in cuts)
    return parts, (a, b, c)


def parse_request(raw: bytes) -> Request:
    """A request head, its empty line included. Faults in its syntax are breaches of `req.valid-http`."""
    line, headers, faults = _parse(raw, "req.valid-http")
    (method, target, version), spans = _three(line)
    if not TOKEN.fullmatch(method) or not target:
        faults.insert(0, at_bytes("conn.procedure", line.start, line.start + len(line.text), "not a request line"))
    elif not _VERSION.fullmatch(version):
        what = "not an HTTP version" if version else "the HTTP version is missing"
        faults.insert(0, at_bytes("req.valid-http", line.start, line.start + len(line.text), what))
    elif b" " in target or b"\t" in target:
        faults.insert(0, at_bytes("req.valid-http", *spans[1], "a space inside the request line"))
    elif bad := _CONTROL.search(target):
        at = spans[1][0] + bad.start()
        faults.insert(0, at_bytes("req.valid-http", at, at + 1, "a control byte in the request line"))
    return Request(raw, method, target, version, spans, headers, tuple(faults))


_STATUS_LINE = re.compile(rb"(HTTP/\d\.\d) (\d{3})(?: (.*))?", re.DOTALL)


def parse_response(raw: bytes) -> Response:
    """A response head, its empty line included. Faults in its syntax are breaches of `res.101`."""
    line, headers, faults = _parse(raw, "res.101")
    match = _STATUS_LINE.fullmatch(line.text)
    if not match:
        faults.insert(0, at_bytes("res.101", line.start, line.start + len(line.text), "not a status line"))
        end = line.start + len(line.text)
        return Response(raw, line.text, 0, b"", ((line.start, end), (end, end), (end, end)), headers, tuple(faults))
    places = [
        (line.start + a, line.start + b) if a >= 0 else (line.start + len(line.text),) * 2
        for a, b in (match.span(n) for n in (1, 2, 3))
    ]
    return Response(
        raw, match[1], int(match[2]), match[3] or b"", (places[0], places[1], places[2]), headers, tuple(faults)
    )


Headers = Iterable[tuple[str, str]]


def _write(start: str, headers: Headers) -> bytes:
    return "\r\n".join([start, *(f"{name}: {value}" for name, value in headers), "", ""]).encode("latin-1")


def write_request(host: str, target: str, key: str, headers: Headers = ()) -> bytes:
    """A WebSocket request head as section 4.1 asks for; `headers` come after the mandatory ones."""
    mandatory = [
        ("Host", host),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", key),
        ("Sec-WebSocket-Version", "13"),
    ]
    return _write(f"GET {target} HTTP/1.1", [*mandatory, *headers])


def write_response(status: int, headers: Headers = (), body: bytes = b"") -> bytes:
    """A response head, and its body when the handshake is refused (a 101 has none)."""
    headers = list(headers)
    if status != 101:
        headers += [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
        headers += [] if any(name == "Connection" for name, _ in headers) else [("Connection", "close")]
    return _write(f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}", headers) + body
