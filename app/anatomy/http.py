"""The lens for the two heads of the opening handshake (RFC 6455 section 4): a field a line, with its parts inside."""

from __future__ import annotations

from app.anatomy.field import Field, Space, raw_of, tile
from app.anatomy.names import HEADERS
from app.protocol.handshake import HeaderLine, Request, Response

_TAKEN = frozenset({"line", "method", "target", "version", "status", "reason", "end", "key", "accept"})
"""Ids of parts of a head that a header of the same name must not take."""

REQUEST: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "req.host": ("Which site is wanted, since many share one address", "6455 4.1", ("req.host",)),
    "req.upgrade": ("The invitation: may we speak WebSocket on this connection?", "6455 4.1", ("req.upgrade",)),
    "req.connection": (
        "Upgrade concerns this hop only; a proxy that does not know it drops it",
        "6455 4.1",
        ("req.connection",),
    ),
    "req.key": (
        "16 random bytes in base64: a question, not a secret",
        "6455 4.1",
        ("req.key.16bytes", "req.key.random"),
    ),
    "req.wsversion": ("The only version in use", "6455 4.1", ("req.version.13",)),
    "req.origin": ("The site whose script is asking, as the browser states it", "6455 10.2", ("req.origin.browser",)),
    "req.protocol": ("Languages the client can speak on top, by preference", "6455 1.9", ("req.protocol.syntax",)),
    "req.ext": ("Changes to the framing that the client can handle", "6455 9.1", ("req.ext.syntax",)),
    "req.cookie": ("Sent by the browser of its own accord, also for scripts of other sites", "6455 10.5", ()),
    "req.authorization": ("Credentials; scripts in a browser cannot set this on a WebSocket", "6455 10.5", ()),
    "req.user-agent": ("Which program is asking", "6455 4.1", ()),
    "req.accept-encoding": ("Browser luggage; it has nothing to do with compressed frames", "6455 4.1", ()),
    "req.accept-language": ("Browser luggage: the languages its user reads", "6455 4.1", ()),
    "req.pragma": ("Browser luggage: do not answer from a cache", "6455 4.1", ()),
    "req.cache-control": ("Browser luggage: do not answer from a cache", "6455 4.1", ()),
}
RESPONSE: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "res.upgrade": ("The protocol that begins after the empty line", "6455 4.2.2", ("res.upgrade",)),
    "res.connection": ("Pairs with Upgrade: it concerns this hop", "6455 4.2.2", ("res.connection",)),
    "res.accept": ("Proof that the server understood the question", "6455 4.2.2", ("res.accept.value",)),
    "res.protocol": ("The one language chosen from those offered", "6455 4.2.2", ("res.protocol.select",)),
    "res.ext": ("The extensions now in force", "6455 9.1", ("res.ext.subset",)),
    "res.wsversion": ("The versions this server speaks", "6455 4.4", ("res.version",)),
    "res.set-cookie": ("A cookie for later requests, as with any response", "6455 4.1", ()),
}
_LINE = {
    "req.line": ("An ordinary HTTP request", "6455 4.1", ("req.valid-http",)),
    "req.method": ("Only a GET can be upgraded", "6455 4.1", ("req.method",)),
    "req.target": ("Names the service on this server", "6455 3", ("req.target",)),
    "req.version": ("The version that knows Upgrade", "6455 4.1", ("req.http-version",)),
    "res.line": ("Yes. From here on, no more HTTP", "6455 4.2.2", ("res.101",)),
    "res.version": ("The last line spoken in HTTP", "6455 4.2.2", ("res.http11",)),
    "res.status": ("Switching now; any other status refuses", "6455 4.2.2", ("res.101",)),
    "res.reason": ("Decoration: programs ignore it", "9112 4", ()),
    "req.end": ("An empty line ends the head; now the client waits", "9112 2", ("req.no-early-data",)),
    "res.end": ("An empty line ends the head; the next byte is a frame", "9112 2", ("res.no-body",)),
}


def request_space(request: Request) -> Space:
    """A request head as a Space."""
    return _space(request, "req", ("method", "target", "version"), REQUEST)


def response_space(response: Response, base: int = 0) -> Space:
    """A response head as a Space; `base` is where it begins in the server's stream."""
    return _space(response, "res", ("version", "status", "reason"), RESPONSE, base)


def _space(
    head: Request | Response,
    prefix: str,
    parts: tuple[str, str, str],
    table: dict[str, tuple[str, str, tuple[str, ...]]],
    base: int = 0,
) -> Space:
    raw = head.raw
    children = [
        _part(raw, f"{prefix}.{part}", *span) for part, span in zip(parts, head.spans, strict=True) if span[1] > span[0]
    ]
    line_end = raw.find(b"\n", head.spans[0][0]) + 1 or len(raw)
    fields = [_field(raw, f"{prefix}.line", head.spans[0][0], line_end, *_line_text(head, prefix), tuple(children))]
    fields += [_header(raw, prefix, line, table) for line in head.headers]
    end = _last_line(raw)
    if end < len(raw) and (not head.headers or end >= head.headers[-1].end):
        fields.append(_part(raw, f"{prefix}.end", end, len(raw)))
    return Space("wire", raw, tile(fields, raw, len(raw) * 8), base)


def _line_text(head: Request | Response, prefix: str) -> tuple[str, str, str, tuple[str, ...]]:
    meaning, section, rules = _LINE[f"{prefix}.line"]
    if isinstance(head, Response) and head.status != 101:
        meaning = "No. This stays HTTP, and the handshake is over"
    return _show(head.raw[head.spans[0][0] :].split(b"\n", 1)[0].rstrip(b"\r")), meaning, section, rules


def _header(raw: bytes, prefix: str, line: HeaderLine, table: dict[str, tuple[str, str, tuple[str, ...]]]) -> Field:
    name = f"{prefix}.{_id(line.name)}"
    meaning, section, rules = table.get(name, ("A header that WebSocket gives no meaning to", "6455 4.1", ()))
    value_end = max(line.value_end, line.value_start)
    children = []
    if value_end > line.value_start:
        value = _show(line.value)
        children.append(_field(raw, f"{name}.value", line.value_start, value_end, value, meaning, section, rules))
    return _field(raw, name, line.start, line.end, _show(line.value), meaning, section, rules, tuple(children))


def _id(name: bytes) -> str:
    text = "".join(chr(byte) if chr(byte).isalnum() or byte in b"-_" else "." for byte in name.lower() if byte < 128)
    return f"header.{text}" if text in _TAKEN or not text else HEADERS.get(text, text)


def _part(raw: bytes, name: str, start: int, end: int) -> Field:
    meaning, section, rules = _LINE[name]
    return _field(raw, name, start, end, _show(raw[start:end].strip()), meaning, section, rules)


def _field(
    raw: bytes,
    name: str,
    start: int,
    end: int,
    value: str,
    meaning: str,
    section: str,
    rules: tuple[str, ...],
    children: tuple[Field, ...] = (),
) -> Field:
    bits = (end - start) * 8
    return Field(name, start * 8, bits, raw_of(raw, start * 8, bits), value, meaning, section, rules, children)


def _last_line(raw: bytes) -> int:
    """Where the empty line at the end begins."""
    body = raw.removesuffix(b"\n").removesuffix(b"\r")
    return len(body) if body.endswith(b"\n") else len(raw)


def _show(value: bytes) -> str:
    return value.decode("utf-8", "backslashreplace")
