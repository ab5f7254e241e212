"""The rules of the server's answer, as a client has to check it (RFC 6455 section 4.2.2, RFC 7692 sections 5 and 7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from app.protocol import extensions, negotiation
from app.protocol.extensions import Extension, ExtensionError
from app.protocol.fault import Fault, at_bytes
from app.protocol.handshake import Request, Response, accept_key, has_token, split_tokens
from app.protocol.marks import missing, show, value, whole
from app.protocol.opening import judge_request, offered_extensions
from app.protocol.rules import RULES


def judge_response(response: Response, request: Request | None) -> list[Fault]:
    """Everything wrong with a response to `request`, as a client has to check it (section 4.1, last part)."""
    faults = list(response.faults)
    checks = _ACCEPT_CHECKS if response.status == 101 else _REFUSE_CHECKS
    for check in checks if response.status else ():
        faults += check(response, request)
    return faults


def _answers(response: Response, request: Request | None) -> Iterator[Fault]:
    if response.version != b"HTTP/1.1":
        yield at_bytes("res.http11", *response.spans[0], f"{show(response.version)} instead of HTTP/1.1")
    for name, token, rule in (("Upgrade", b"websocket", "res.upgrade"), ("Connection", b"upgrade", "res.connection")):
        lines = response.lines(name)
        good = has_token((line.value for line in lines), token)
        if name == "Upgrade":
            good = len(lines) == 1 and lines[0].value.lower() == token
        if not good:
            note = f"{name} does not say {token.decode()}" if lines else f"no {name} header"
            yield value(rule, lines[0], note) if lines else missing(rule, response, note)


def _accept(response: Response, request: Request | None) -> Iterator[Fault]:
    lines = response.lines("Sec-WebSocket-Accept")
    if not lines:
        yield missing("res.accept.value", response, "no Sec-WebSocket-Accept header")
    for line in lines[1:]:
        yield whole("res.accept.single", line, "a second Sec-WebSocket-Accept header")
    key = request.get("Sec-WebSocket-Key") if request else None
    if lines and key is not None and lines[0].value != accept_key(key):
        yield value("res.accept.value", lines[0], f"{show(accept_key(key))} was required")


def _chosen_protocol(response: Response, request: Request | None) -> Iterator[Fault]:
    lines = response.lines("Sec-WebSocket-Protocol")
    for line in lines[1:]:
        yield whole("res.protocol.single", line, "a second Sec-WebSocket-Protocol header")
    if not lines or request is None:
        return
    offered = split_tokens(request.all("Sec-WebSocket-Protocol"))
    if not offered or not lines[0].value:
        yield whole("res.protocol.null", lines[0], "nothing was offered" if not offered else "an empty value")
    elif lines[0].value not in offered:
        yield value("res.protocol.select", lines[0], f"{show(lines[0].value)} was not offered")


def _accepted_extensions(response: Response, request: Request | None) -> Iterator[Fault]:
    offers = offered_extensions(request) if request else None
    accepted: list[Extension] = []
    for line in response.lines("Sec-WebSocket-Extensions"):
        at = line.value_start
        try:
            elements = extensions.parse(line.value.decode("latin-1"))
        except ExtensionError as error:
            start = min(at + error.at, line.end - 1)
            note = "not a list of extensions"
            yield at_bytes("pmd.resp.fail-if", start, max(line.value_end, start + 1), note)
            continue
        for element in elements:
            for rule, part, note in negotiation.judge(element, accepted, offers):
                yield at_bytes(rule, at + part.start, at + part.end, note)
            accepted.append(element)


def _no_body(response: Response, request: Request | None) -> Iterator[Fault]:
    for name in ("Content-Length", "Transfer-Encoding"):
        for line in response.lines(name):
            yield whole("res.no-body", line, "a 101 has no body")


def _refusal(response: Response, request: Request | None) -> Iterator[Fault]:
    if response.status == 401 and not response.lines("WWW-Authenticate"):
        yield at_bytes("res.auth", *response.spans[1], "401 without WWW-Authenticate")
    version = request.get("Sec-WebSocket-Version") if request else None
    if response.status in (400, 426) and version not in (None, b"13") and not response.lines("Sec-WebSocket-Version"):
        yield missing("res.version", response, "does not say which versions it speaks")
    if 300 <= response.status < 400:
        yield at_bytes("res.redirect", *response.spans[1], "a redirect, which browsers do not follow here")
    if response.lines("Sec-WebSocket-Accept"):
        yield at_bytes("res.101", *response.spans[1], f"accepts with {response.status} instead of 101")


def _foreign_origin(response: Response, request: Request | None) -> Iterator[Fault]:
    """Cookies prove nothing about who asks: a browser adds them for every page (section 10.2)."""
    origin, host = (request.get("Origin"), request.get("Host")) if request else (None, None)
    if request is None or origin is None or host is None or not request.lines("Cookie"):
        return
    if _site(origin.partition(b"://")[2]) != _site(host):
        yield at_bytes("res.origin", *response.spans[1], f"accepts cookies sent by a page of {show(origin)}")


def _site(host: bytes) -> bytes:
    """The part of a host that its neighbours share: the last two names, or the whole of an address."""
    name = host.lower() if host.startswith(b"[") else host.lower().partition(b":")[0]
    labels = name.split(b".")
    return name if labels[-1].isdigit() else b".".join(labels[-2:])


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
    _foreign_origin,
    _malformed_accepted,
)
_REFUSE_CHECKS: tuple[_Check, ...] = (_refusal,)


def accepted_extensions(response: Response) -> list[Extension]:
    """Every extension a response accepts, in order; header lines that cannot be read accept nothing."""
    found: list[Extension] = []
    for text in response.all("Sec-WebSocket-Extensions"):
        try:
            found += extensions.parse(text.decode("latin-1"))
        except ExtensionError:
            continue
    return found


def agreed_deflate(response: Response) -> extensions.Deflate | None:
    """The permessage-deflate that a 101 puts in force."""
    element = next((each for each in accepted_extensions(response) if each.name == extensions.NAME), None)
    return extensions.agreed(element) if element else None
