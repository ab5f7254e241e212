"""The rules of the opening handshake: what a request must be, and what answers it (RFC 6455 section 4)."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator

from app.protocol import extensions
from app.protocol.extensions import ExtensionError
from app.protocol.fault import Fault, at_bytes
from app.protocol.handshake import TOKEN, HeaderLine, Request, Response, accept_key, has_token, split_tokens
from app.protocol.rules import RULES

SAMPLE_KEYS = frozenset({b"dGhlIHNhbXBsZSBub25jZQ==", b"AQIDBAUGBwgJCgsMDQ4PEC==", b"AQIDBAUGBwgJCgsMDQ4PEA=="})
"""Keys printed in RFC 6455: whoever sends one did not draw it at random."""

_HTTP_VERSION = re.compile(rb"HTTP/\d\.\d")
_KEY = re.compile(rb"[A-Za-z0-9+/]{22}==")
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
    for check in _REQUEST_CHECKS:
        faults += check(request)
    return faults


def _whole(rule: str, line: HeaderLine, note: str) -> Fault:
    return at_bytes(rule, line.start, line.value_end, note)


def _value(rule: str, line: HeaderLine, note: str) -> Fault:
    return at_bytes(rule, line.value_start, line.value_end, note)


def _missing(rule: str, request: Request | Response, note: str) -> Fault:
    """A header that is not there is marked where the head ends without it."""
    size = len(request.raw)
    return at_bytes(rule, max(size - 2, 0), size, note)


def _request_line(request: Request) -> Iterator[Fault]:
    method, target, version = request.spans
    if request.method == b"CONNECT":
        yield at_bytes("conn.proxy", *method, "asks a proxy for a tunnel")
    elif request.method != b"GET":
        yield at_bytes("req.method", *method, f"{_show(request.method)} instead of GET")
    if _HTTP_VERSION.fullmatch(request.version) and request.version != b"HTTP/1.1":
        yield at_bytes("req.http-version", *version, f"{_show(request.version)} instead of HTTP/1.1")
    if (at := request.target.find(b"#")) >= 0:
        yield at_bytes("uri.hash-escape", target[0] + at, target[0] + at + 1, "a # in the request target")
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
        yield _missing("req.host", request, "no Host header")
    for line in lines[1:]:
        yield _whole("req.host", line, "a second Host header")
    for line in lines[:1]:
        if not line.value:
            yield _whole("req.host", line, "an empty Host header")
        if high := re.search(rb"[\x80-\xff]+", line.value):
            start = line.value_start
            yield at_bytes("uri.host-ascii", start + high.start(), start + high.end(), "bytes outside ASCII")


def _upgrade(request: Request) -> Iterator[Fault]:
    for name, token, rule in (("Upgrade", b"websocket", "req.upgrade"), ("Connection", b"upgrade", "req.connection")):
        lines = request.lines(name)
        if not has_token((line.value for line in lines), token):
            note = f"{name} does not name {token.decode()}" if lines else f"no {name} header"
            yield _value(rule, lines[0], note) if lines else _missing(rule, request, note)


def _key(request: Request) -> Iterator[Fault]:
    lines = request.lines("Sec-WebSocket-Key")
    if not lines:
        yield _missing("req.key.present", request, "no Sec-WebSocket-Key header")
        return
    for line in lines[1:]:
        yield _whole("req.key.single", line, "a second Sec-WebSocket-Key header")
    line = lines[0]
    if not _KEY.fullmatch(line.value):
        yield _value("req.key.16bytes", line, "not 16 bytes in base64")
        return
    if b64encode(b64decode(line.value)) != line.value:
        at = line.value_start + 21
        yield at_bytes("req.key.canonical", at, at + 1, f"{chr(line.value[21])} leaves pad bits that are not zero")
    if line.value in SAMPLE_KEYS:
        yield _value("req.key.random", line, "a key printed in RFC 6455")


def _version(request: Request) -> Iterator[Fault]:
    lines = request.lines("Sec-WebSocket-Version")
    if not lines:
        yield _missing("req.version.present", request, "no Sec-WebSocket-Version header")
    for line in lines[1:]:
        yield _whole("req.version.single", line, "a second Sec-WebSocket-Version header")
    for line in lines[:1]:
        if line.value != b"13":
            yield _value("req.version.13", line, f"version {_show(line.value)} instead of 13")


def _origin(request: Request) -> Iterator[Fault]:
    agents = request.lines("User-Agent")
    browser = [line for line in agents if _BROWSER.search(line.value)] or request.lines("Sec-Fetch-Mode")
    if browser and request.get("Origin") is None:
        yield _whole("req.origin.browser", browser[0], "looks like a browser, and names no Origin")


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
                yield at_bytes("req.protocol.syntax", start, end, f"{_show(token)} is offered twice")
            seen.add(token)
            at += len(part) + 1


def _extensions(request: Request) -> Iterator[Fault]:
    for line in request.lines("Sec-WebSocket-Extensions"):
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
            yield _whole("req.body", line, "announces a body")
    for line in request.lines("Transfer-Encoding"):
        yield _whole("req.body", line, "announces a body")


def _text(request: Request) -> Iterator[Fault]:
    for line in request.headers:
        try:
            line.value.decode()
        except UnicodeDecodeError as error:
            at = line.value_start + error.start
            yield at_bytes("utf8.handshake", at, at + 1, "not UTF-8")


_REQUEST_CHECKS: tuple[Callable[[Request], Iterator[Fault]], ...] = (
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


def judge_response(response: Response, request: Request | None) -> list[Fault]:
    """Everything wrong with a response to `request`, as a client has to check it (section 4.1, last part)."""
    faults = list(response.faults)
    checks = _ACCEPT_CHECKS if response.status == 101 else _REFUSE_CHECKS
    for check in checks if response.status else ():
        faults += check(response, request)
    return faults


def _answers(response: Response, request: Request | None) -> Iterator[Fault]:
    if response.version != b"HTTP/1.1":
        yield at_bytes("res.http11", *response.spans[0], f"{_show(response.version)} instead of HTTP/1.1")
    for name, token, rule in (("Upgrade", b"websocket", "res.upgrade"), ("Connection", b"upgrade", "res.connection")):
        lines = response.lines(name)
        good = has_token((line.value for line in lines), token)
        if name == "Upgrade":
            good = len(lines) == 1 and lines[0].value.lower() == token
        if not good:
            note = f"{name} does not say {token.decode()}" if lines else f"no {name} header"
            yield _value(rule, lines[0], note) if lines else _missing(rule, response, note)


def _accept(response: Response, request: Request | None) -> Iterator[Fault]:
    lines = response.lines("Sec-WebSocket-Accept")
    if not lines:
        yield _missing("res.accept.value", response, "no Sec-WebSocket-Accept header")
    for line in lines[1:]:
        yield _whole("res.accept.single", line, "a second Sec-WebSocket-Accept header")
    key = request.get("Sec-WebSocket-Key") if request else None
    if lines and key is not None and lines[0].value != accept_key(key):
        yield _value("res.accept.value", lines[0], f"{_show(accept_key(key))} was required")


def _chosen_protocol(response: Response, request: Request | None) -> Iterator[Fault]:
    lines = response.lines("Sec-WebSocket-Protocol")
    for line in lines[1:]:
        yield _whole("res.protocol.single", line, "a second Sec-WebSocket-Protocol header")
    if not lines or request is None:
        return
    offered = split_tokens(request.all("Sec-WebSocket-Protocol"))
    if not offered or not lines[0].value:
        yield _whole("res.protocol.null", lines[0], "nothing was offered" if not offered else "an empty value")
    elif lines[0].value not in offered:
        yield _value("res.protocol.select", lines[0], f"{_show(lines[0].value)} was not offered")


def _accepted_extensions(response: Response, request: Request | None) -> Iterator[Fault]:
    offers = offered_extensions(request) if request else []
    names = {offer.name for offer in offers}
    seen = 0
    for line in response.lines("Sec-WebSocket-Extensions"):
        at = line.value_start
        try:
            elements = extensions.parse(line.value.decode("latin-1"))
        except ExtensionError as error:
            yield at_bytes("pmd.resp.fail-if", min(at + error.at, line.end - 1), line.end, "not a list of extensions")
            continue
        for element in elements:
            place = (at + element.start, at + element.end)
            if request is not None and element.name not in names:
                rule = "pmd.unoffered" if element.name == extensions.NAME else "res.ext.subset"
                yield at_bytes(rule, *place, f"{element.name} was not offered")
            elif element.name == extensions.NAME:
                seen += 1
                if seen > 1:
                    yield at_bytes("pmd.accept", *place, f"a second {extensions.NAME}")
                for bad in extensions.check_params(element, response=True):
                    yield at_bytes(bad.rule, at + bad.start, at + bad.end, bad.note)
                yield from _window_answer(element, offers, at)


def _window_answer(element: extensions.Extension, offers: list[extensions.Extension], at: int) -> Iterator[Fault]:
    """Whether the response keeps to one of the offers (RFC 7692 sections 7.1.1 and 7.1.2)."""
    mine = [offer for offer in offers if offer.name == extensions.NAME]
    values = {param.name: param for param in element.params}
    for param in element.params:
        if param.name == "client_max_window_bits" and not any(
            p.name == param.name for offer in mine for p in offer.params
        ):
            yield at_bytes("pmd.cmwb.unoffered", at + param.start, at + param.end, "the offer did not allow it")
    wanted = [{p.name: p.value for p in offer.params} for offer in mine]
    if wanted and all("server_no_context_takeover" in offer for offer in wanted):
        if "server_no_context_takeover" not in values:
            yield at_bytes("pmd.snct", at + element.start, at + element.end, "server_no_context_takeover was asked for")
    limits = [extensions.window_bits(offer.get("server_max_window_bits")) for offer in wanted]
    known = [limit for limit in limits if limit]
    if known and len(known) == len(limits):
        given = values.get("server_max_window_bits")
        bits = extensions.window_bits(given.value) if given else None
        if given is None:
            yield at_bytes(
                "pmd.smwb.resp", at + element.start, at + element.end, "server_max_window_bits was asked for"
            )
        elif bits and bits > max(known):
            yield at_bytes("pmd.smwb.resp", at + given.start, at + given.end, f"at most {max(known)} was asked for")


def _no_body(response: Response, request: Request | None) -> Iterator[Fault]:
    for name in ("Content-Length", "Transfer-Encoding"):
        for line in response.lines(name):
            yield _whole("res.no-body", line, "a 101 has no body")


def _refused_version(response: Response, request: Request | None) -> Iterator[Fault]:
    if response.status == 401 and not response.lines("WWW-Authenticate"):
        yield at_bytes("res.auth", *response.spans[1], "401 without WWW-Authenticate")
    version = request.get("Sec-WebSocket-Version") if request else None
    if version not in (None, b"13") and not response.lines("Sec-WebSocket-Version"):
        yield _missing("res.version", response, "does not say which versions it speaks")
    if 300 <= response.status < 400:
        yield at_bytes("res.redirect", *response.spans[1], "a redirect, which browsers do not follow here")


def _malformed_accepted(response: Response, request: Request | None) -> Iterator[Fault]:
    for fault in judge_request(request) if request else ():
        if (
            RULES[fault.rule].severity == "error"
            and not fault.rule.startswith("pmd.")
            and fault.rule != "req.ext.params"
        ):
            yield at_bytes("res.reject-malformed", *response.spans[1], f"the request broke {fault.rule}")
            return


_Check = Callable[[Response, Request | None], Iterator[Fault]]
_ACCEPT_CHECKS: tuple[_Check, ...] = (
    _answers,
    _accept,
    _chosen_protocol,
    _accepted_extensions,
    _no_body,
    _malformed_accepted,
)
_REFUSE_CHECKS: tuple[_Check, ...] = (_refused_version,)


def offered_extensions(request: Request) -> list[extensions.Extension]:
    """Every extension a request offers, in order; header lines that cannot be read offer nothing."""
    found: list[extensions.Extension] = []
    for value in request.all("Sec-WebSocket-Extensions"):
        try:
            found += extensions.parse(value.decode("latin-1"))
        except ExtensionError:
            continue
    return found


def agreed_deflate(response: Response) -> extensions.Deflate | None:
    """The permessage-deflate that a 101 puts in force."""
    for value in response.all("Sec-WebSocket-Extensions"):
        try:
            elements = extensions.parse(value.decode("latin-1"))
        except ExtensionError:
            continue
        for element in elements:
            if element.name == extensions.NAME:
                return extensions.agreed(element)
    return None


def _show(value: bytes) -> str:
    return value.decode("ascii", "backslashreplace")
