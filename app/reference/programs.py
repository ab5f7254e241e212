"""How real programs react to a broken rule: measured with probes of our own, versions as listed.

A verdict is `ok` (it keeps to the rule), `breaks` (the rule asks for something else) or `open` (either is allowed).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Verdict = Literal["ok", "breaks", "open"]

VERSIONS = {
    "websockets": "websockets 17.4",
    "ws": "ws 8.23",
    "aiohttp": "aiohttp 3.14.5",
    "wsproto": "wsproto 1.3.2",
    "autobahn": "autobahn 26.10.2",
    "chromium": "Chromium 156",
}
ROLES = {name: "browser, from a server" if name == "chromium" else "server" for name in VERSIONS}


class Reaction(NamedTuple):
    """What one program did."""

    program: str
    what: str
    verdict: Verdict


_MARKS: dict[str, Verdict] = {"+": "ok", "!": "breaks", "~": "open"}
_NAMES = tuple(VERSIONS)

# One line a case: the rule, the case in words, and what each program of VERSIONS did, in that order; "" was not
# measured. The first character is the verdict.
_CASES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("frm.mask.client", "an unmasked frame", ("+1002", "+1002", "!accepts it", "+1002", "+1002", "")),
    ("frm.mask.server", "a masked frame", ("", "", "", "", "", "+1002")),
    ("frm.rsv", "RSV2 without an extension", ("+1002", "+1002", "", "", "", "+1002")),
    ("frm.opcode", "opcode 3", ("+1002", "+1002", "", "", "", "+1002")),
    (
        "frm.len.minimal",
        "5 or 200 bytes in a longer form",
        ("!accepts it", "!accepts it", "!accepts it", "+1002", "+1002", "+1002"),
    ),
    ("frm.len.msb", "a 64-bit length with its top bit set", ("~1009", "~1009", "~1009", "+1002", "+1002", "+1002")),
    (
        "frm.limits",
        "a length of 2^62 (Chromium: 2^40) announced",
        ("+1009", "+1009", "+1009", "!waits", "!waits", "~closes TCP, no Close frame"),
    ),
    ("frm.parse", "an HTTP request after the upgrade", ("+1002", "+1002", "", "", "", "+1002")),
    ("msg.start", "a continuation with nothing to continue", ("+1002", "+1002", "", "", "", "+1002")),
    ("msg.no-interleave", "a new text inside a message", ("+1002", "+1002", "", "", "", "+1002")),
    ("msg.utf8", "invalid UTF-8 in a text", ("+1007", "+1007", "", "", "", "~1002")),
    ("ctl.len", "a Ping of 126 bytes", ("+1002", "+1002", "", "", "", "+1002")),
    ("ctl.fin", "a Ping with FIN = 0", ("+1002", "+1002", "", "", "", "+1002")),
    ("cls.body.code", "a Close body of one byte", ("+1002", "+1002", "", "", "", "+1002")),
    ("cls.body.reason", "a reason that is not UTF-8", ("+1007", "+1007", "", "", "", "~1002")),
    ("cls.code.local-only", "close code 1006", ("+1002", "+1002", "!answers 1000", "+1002", "~ends TCP", "+1002")),
    (
        "cls.code.unused",
        "close code 5000",
        ("+1002", "+1002", "~answers 1000", "+1002", "~ends TCP", "~accepts it, clean"),
    ),
    ("cls.code.unassigned", "close code 2999", ("+1002", "+1002", "", "", "", "~accepts it, clean")),
    (
        "cls.no-data-after",
        "a text after the Close frame",
        ("+ignores it", "+ignores it", "", "", "", "~error in the page"),
    ),
    ("pmd.rsv1.first", "RSV1 on a continuation", ("+1002", "+1002", "+1002", "+1002", "+1002", "+1002")),
    ("pmd.rsv1.control", "RSV1 on a Ping", ("+1002", "+1002", "!sends a Pong", "+1002", "+1002", "+1002")),
    ("pmd.deflate.valid", "data that is not DEFLATE", ("~1002", "+1007", "~1000", "+1007", "+1007", "~1002")),
    ("pmd.utf8-after", "valid DEFLATE of invalid UTF-8", ("+1007", "+1007", "", "", "", "~1002")),
    ("pmd.tail", "the tail was not cut off", ("~accepts it", "~accepts it", "", "", "", "~accepts it")),
    (
        "pmd.ctx.recv",
        "a message after one with BFINAL = 1",
        ("!delivers nothing", "+delivers it", "+delivers it", "!1007", "!delivers nothing", "+delivers it"),
    ),
    (
        "pmd.bomb",
        "200 MiB in 204 kB (Chromium: 2 MB in 2 kB)",
        ("+1009", "+1009", "+1009", "!inflates all", "!inflates all", "~inflates it"),
    ),
    ("req.version.13", "version 12", ("~400", "+400 with a header", "~400", "!500", "+400 with a header", "")),
    ("req.key.present", "no Sec-WebSocket-Key", ("+400", "+400", "+400", "!500", "+400", "")),
    ("req.key.single", "two keys", ("+400", "+400", "!101", "!101", "+400", "")),
    ("req.http-version", "HTTP/1.0", ("+505", "!101", "!101", "!101", "+505", "")),
    ("req.host", "no Host", ("!101", "!101", "+400", "!500", "+400", "")),
    (
        "pmd.offer.decline-if",
        "a parameter nobody knows",
        ("+declines the offer", "!400", "+declines the offer", "!accepts it", "!400", ""),
    ),
    (
        "pmd.smwb.offer",
        "server_max_window_bits=08",
        ("+declines", "!takes it for 8", "+declines", "+declines", "!400", ""),
    ),
    (
        "res.protocol.null",
        "a subprotocol that the server does not speak",
        ("+leaves it out", "!picks the first", "+leaves it out", "+leaves it out", "+leaves it out", ""),
    ),
    ("res.accept.value", "a wrong Sec-WebSocket-Accept", ("", "", "", "", "", "+fails")),
    ("res.upgrade", "no Upgrade in the answer", ("", "", "", "", "", "+fails")),
    ("res.connection", "no Connection in the answer", ("", "", "", "", "", "+fails")),
    ("res.ext.subset", "an extension nobody asked for", ("", "", "", "", "", "+fails")),
    ("res.http11", "HTTP/1.0 101", ("", "", "", "", "", "!accepts it")),
    ("res.redirect", "302", ("", "", "", "", "", "~fails, does not follow")),
)

CASES: dict[str, str] = {rule: case for rule, case, _ in _CASES}
REACTIONS: dict[str, tuple[Reaction, ...]] = {
    rule: tuple(Reaction(name, said[1:], _MARKS[said[0]]) for name, said in zip(_NAMES, row, strict=True) if said)
    for rule, _, row in _CASES
}
