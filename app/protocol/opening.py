"""The rules of the client's opening handshake (RFC 6455 sections 3, 4.1 and 4.2.1)."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator

from app.protocol import extensions
from app.protocol.extensions import ExtensionError
from app.protocol.fault import Fault, at_bytes
from app.protocol.handshake import TOKEN, Request, has_token
from app.protocol.marks import missing, show, value, whole

SAMPLE_KEYS = frozenset({b"dGhlIHNhbXBsZSBub25jZQ==", b"AQIDBAUGBwgJCgsMDQ4PEC==", b"AQIDBAUGBwgJCgsMDQ4PEA=="})
"""Keys printed in RFC 6455: whoever sends one did not draw it at random."""

_HTTP_VERSION = re.compile(rb"HTTP/\d\.\d")
_KEY = re.compile(rb"[A-Za-z0-9+/]{22}==")
_NO_TOKEN = re.compile(rb"[^!#$%&'*+\-.^_`|~0-9A-Za-z]")
_READ = frozenset({b"host", b"upgrade", b"connection", b"origin"})
_OURS = b"sec-websocket-"
_BROWSER = re.compile(rb"Mozilla/", re.IGNORECASE)

STATUS = {
    "req.method": 405,
    "req.http-version": 505,
    "req.upgrade": 426,
    "req.version.13": 426,
}
"""What a refused request is answered with, where it is not 400."""


def judge_request(request: Request) -> list[Fault]:
    """Everything wrong with a request, in the order of section 4.2.1; syntax first."""
    faults = list(request.faults)
    if any(fault.rule == "conn.procedure" for fault in faults):
        return faults
    for check in _TUNNEL_CHECKS if request.method == b"CONNECT" else _REQUEST_CHECKS:
        faults += check(request)
    return faults


def _request_line(request: Request) -> Iterator[Fault]:
    method, target, version = request.spans
    if request.method == b"CONNECT":
        yield at_bytes("conn.proxy", *method, "asks a proxy for a tunnel")
    elif request.method != b"GET":
        yield at_bytes("req.method", *method, f"{show(request.method)} instead of GET")
    if _HTTP_VERSION.fullmatch(request.version) and request.version != b"HTTP/1.1":
        yield at_bytes("req.http-version", *version, f"{show(request.version)} instead of HTTP/1.1")
    if (at := request.target.find(b"#")) >= 0:
        start = target[0] + at
        yield at_bytes("uri.hash-escape", start, start + 1, "a # in the request target")
        if b"?" not in request.target[at:]:  # else the # was meant to be part of the path
            yield at_bytes("uri.fragment", start, target[1], f"the fragment {show(request.target[at:])}")
    if high := re.search(rb"[\x80-\xff]+", request.target):
        yield at_bytes("uri.path-pct", target[0] + high.start(), target[0] + high.end(), "bytes outside ASCII")
    if request.method != b"CONNECT" and not _target_fits(request):
        yield at_bytes("req.target", *target, "neither a path nor an http address of this host")


def _target_fits(request: Request) -> bool:
    if request.target.startswith(b"/"):
        return True
    absolute = re.fullmatch(rb"https?://([^/?#]+)([/?].*)?", request.target, re.IGNORECASE)
    host = request.get("Host")
    return absolute is not None and (host is None or absolute[1].lower() == host.lower())


def _host(request: Request) -> Iterator[Fault]:
    lines = request.lines("Host")
    if not lines:
        yield missing("req.host", request, "no Host header")
    for line in lines[1:]:
        yield whole("req.host", line, "a second Host header")
    for line in lines[:1]:
        if not line.value:
            yield whole("req.host", line, "an empty Host header")
        if high := re.search(rb"[\x80-\xff]+", line.value):
            start = line.value_start
            yield at_bytes("uri.host-ascii", start + high.start(), start + high.end(), "bytes outside ASCII")


def _upgrade(request: Request) -> Iterator[Fault]:
    for name, token, rule in (("Upgrade", b"websocket", "req.upgrade"), ("Connection", b"upgrade", "req.connection")):
        lines = request.lines(name)
        if not has_token((line.value for line in lines), token):
            note = f"{name} does not name {token.decode()}" if lines else f"no {name} header"
            yield value(rule, lines[0], note) if lines else missing(rule, request, note)


def _key(request: Request) -> Iterator[Fault]:
    lines = request.lines("Sec-WebSocket-Key")
    if not lines:
        yield missing("req.key.present", request, "no Sec-WebSocket-Key header")
        return
    for line in lines[1:]:
        yield whole("req.key.single", line, "a second Sec-WebSocket-Key header")
    line = lines[0]
    if not _KEY.fullmatch(line.value):
        yield value("req.key.16bytes", line, "not 16 bytes in base64")
        return
    if b64encode(b64decode(line.value)) != line.value:
        at = line.value_start + 21
        yield at_bytes("req.key.canonical", at, at + 1, f"{chr(line.value[21])} leaves pad bits that are not zero")
    if line.value in SAMPLE_KEYS:
        yield value("req.key.random", line, "a key printed in RFC 6455")


def _version(request: Request) -> Iterator[Fault]:
    lines = request.lines("Sec-WebSocket-Version")
    if not lines:
        yield missing("req.version.present", request, "no Sec-WebSocket-Version header")
    for line in lines[1:]:
        yield whole("req.version.single", line, "a second Sec-WebSocket-Version header")
    for line in lines[:1]:
        if line.value != b"13":
            yield value("req.version.13", line, f"version {show(line.value)} instead of 13")


def _origin(request: Request) -> Iterator[Fault]:
    agents = request.lines("User-Agent")
    browser = [line for line in agents if _BROWSER.search(line.value)] or request.lines("Sec-Fetch-Mode")
    if browser and request.get("Origin") is None:
        yield whole("req.origin.browser", browser[0], "looks like a browser, and names no Origin")


def _subprotocols(request: Request) -> Iterator[Fault]:
    seen: set[bytes] = set()
    for line in request.lines("Sec-WebSocket-Protocol"):
        at = line.value_start
        for part in line.value.split(b","):
            token, start = part.strip(b" \t"), at + len(part) - len(part.lstrip(b" \t"))
            end = max(start + len(token), start + 1)
            if not TOKEN.fullmatch(token):
                yield at_bytes(
                    "req.protocol.syntax", start, end, "not a subprotocol name" if token else "nothing named"
                )
            elif token in seen:
                yield at_bytes("req.protocol.syntax", start, end, f"{show(token)} is offered twice")
            seen.add(token)
            at += len(part) + 1


def _extensions(request: Request) -> Iterator[Fault]:
    lines = request.lines("Sec-WebSocket-Extensions")
    # The lines are one list, in which empty elements do not count. A list without any other breaks the grammar, and
    # then section 9.1 has the server fail the connection: declining is for offers that can be read.
    for line in [each for each in lines if each.value.strip(b" \t,")] or lines[:1]:
        at = line.value_start
        try:
            offers = extensions.parse(line.value.decode("latin-1"))
        except ExtensionError as error:
            rule = "req.ext.quoted" if error.quoted else "req.ext.syntax"
            start = min(at + error.at, line.end - 1)
            yield at_bytes(rule, start, max(line.value_end, start + 1), "not a list of extensions")
            continue
        for offer in offers:
            if offer.name not in extensions.REGISTERED:
                yield at_bytes(
                    "req.ext.registered", at + offer.start, at + offer.end, f"{offer.name} is not registered"
                )
            if offer.name == extensions.NAME:
                for bad in extensions.check_params(offer, response=False):
                    yield at_bytes(bad.rule, at + bad.start, at + bad.end, bad.note)


def _body(request: Request) -> Iterator[Fault]:
    for line in request.lines("Content-Length"):
        if line.value != b"0":
            yield whole("req.body", line, "announces a body")
    for line in request.lines("Transfer-Encoding"):
        yield whole("req.body", line, "announces a body")


def _text(request: Request) -> Iterator[Fault]:
    """Section 8.1 speaks of bytes that are read as UTF-8: those the handshake gives a meaning. In all other fields,
    cookies for one, bytes outside ASCII are opaque (RFC 9110 section 5.5)."""
    for line in [line for line in request.headers if line.name.lower() in _READ or line.name.lower().startswith(_OURS)]:
        try:
            line.value.decode()
        except UnicodeDecodeError as error:
            at = line.value_start + error.start
            yield at_bytes("utf8.handshake", at, at + 1, "not UTF-8")


_Check = Callable[[Request], Iterator[Fault]]
_REQUEST_CHECKS: tuple[_Check, ...] = (
    _request_line,
    _host,
    _upgrade,
    _key,
    _version,
    _origin,
    _subprotocols,
    _extensions,
    _body,
    _text,
)
_TUNNEL_CHECKS: tuple[_Check, ...] = (_request_line, _host, _text)
"""CONNECT is the way to a proxy: the handshake comes inside the tunnel."""


START = 256
"""Bytes that tell whether a head can be HTTP at all."""


def not_http(data: bytes | bytearray, *, response: bool) -> int | None:
    """The first byte that cannot belong to the start of an HTTP head; None as long as all may."""
    begin = len(data) - len(data.lstrip(b"\r\n"))
    if response:
        wrong = [n for n, (got, due) in enumerate(zip(data[begin:], b"HTTP/", strict=False)) if got != due]
        return begin + wrong[0] if wrong else None
    word = re.match(rb"[^ \t\r\n]*", data[begin:])
    bad = _NO_TOKEN.search(word[0]) if word else None
    return begin + bad.start() if bad else None


def offered_extensions(request: Request) -> list[extensions.Extension]:
    """Every extension a request offers, in order; header lines that cannot be read offer nothing."""
    found: list[extensions.Extension] = []
    for text in request.all("Sec-WebSocket-Extensions"):
        try:
            found += extensions.parse(text.decode("latin-1"))
        except ExtensionError:
            continue
    return found
