"""What is answered to heads that belong to no path, and the strict judgement of heads outside /ws/."""

from __future__ import annotations

import re
from typing import NamedTuple

from app.live.head import Cut, Head
from app.protocol.handshake import Request, parse_request, write_response

TLS_ALERT = bytes.fromhex("15030100020246")
"""A fatal TLS alert, protocol_version (70): said in TLS, because that is what the peer speaks (RFC 8446 section 6)."""

MAX_HEADERS = 100
"""More header lines than this are refused; the standard library's HTTP parser has the same bound."""
MAX_TARGET = 8192

_HTTP_2 = re.compile(rb"HTTP/[2-9](\.\d)?")
_HTTP_1 = re.compile(rb"HTTP/1\.[01]")
_ONE_ONLY = ("Host", "Content-Length", "Transfer-Encoding", "Content-Type")


class Verdict(NamedTuple):
    """A status and one sentence that says why."""

    status: int
    reason: str


CUTS: dict[Cut, Verdict] = {
    "long": Verdict(431, "The request head is larger than 64 KiB."),
    "slow": Verdict(408, "The request head did not arrive in time."),
    "eof": Verdict(400, "The connection ended inside the request head."),
    "junk": Verdict(400, "These bytes are not an HTTP request."),
}


def answer(head: Head) -> bytes:
    """The bytes to send to a stray before the connection is closed; empty when nobody is left to read them."""
    if head.cut == "tls":
        return TLS_ALERT
    if head.cut == "reset" or not head.data:
        return b""
    return refusal(CUTS.get(head.cut) or _line_verdict(head))


def _line_verdict(head: Head) -> Verdict:
    request = parse_request(head.data[: head.end])
    if _HTTP_2.fullmatch(request.version):
        return Verdict(505, "This port speaks HTTP/1.1.")
    return Verdict(400, "The request line names no path of this server.")


SAFE = (
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
)
"""Headers of every answer that Flask does not give: it is plain text, and stays that."""


def refusal(verdict: Verdict) -> bytes:
    """A refusal as a whole HTTP response."""
    return write_response(verdict.status, SAFE, f"{verdict.reason}\n".encode())


def judge(head: Head) -> Verdict | None:
    """The one strict look at a head outside /ws/; None when Flask may have it."""
    if head.cut in CUTS:
        if head.cut == "long" and b"\n" not in head.data.lstrip(b"\r\n"):
            return Verdict(414, "The request target is longer than this server reads.")
        return CUTS[head.cut]
    request = parse_request(head.data[: head.end])
    return _version(request) or _syntax(request) or _framing(request)


def _version(request: Request) -> Verdict | None:
    if _HTTP_1.fullmatch(request.version):
        return None
    status = 505 if _HTTP_2.fullmatch(request.version) or request.version.startswith(b"HTTP/0") else 400
    return Verdict(status, "This port speaks HTTP/1.1.")


def _syntax(request: Request) -> Verdict | None:
    if request.faults:
        return Verdict(400, f"The request head is malformed: {request.faults[0].note or 'not HTTP'}.")
    if len(request.target) > MAX_TARGET:
        return Verdict(414, "The request target is longer than this server reads.")
    if len(request.headers) > MAX_HEADERS:
        return Verdict(431, f"The request head has more than {MAX_HEADERS} header lines.")
    if any(byte >= 0x80 for byte in request.target) or b"#" in request.target:
        return Verdict(400, "The request target holds bytes that must be percent-encoded.")
    return None


def _framing(request: Request) -> Verdict | None:
    for name in _ONE_ONLY:
        if len(request.all(name)) > 1:
            return Verdict(400, f"The request has more than one {name} header.")
    if not request.all("Host") and request.version != b"HTTP/1.0":
        return Verdict(400, "The request has no Host header.")
    length = request.get("Content-Length")
    if length is not None and (request.all("Transfer-Encoding") or not re.fullmatch(rb"\d{1,18}", length)):
        return Verdict(400, "The length of the request body cannot be told.")
    return None
