"""What JavaScript sees of the protocol: each part of the browser's API, what it stands for, and what was measured."""

from __future__ import annotations

from typing import NamedTuple

MEASURED_WITH = "Chromium 156.0.8078.79"


class Call(NamedTuple):
    """One part of the API. `rules` are requirements it stands for."""

    name: str
    means: str
    measured: str
    rules: tuple[str, ...] = ()


API = (
    Call(
        "new WebSocket(url, protocols)",
        "Starts the opening handshake at once. The address may be ws, wss, http, https or relative; a fragment,"
        " another scheme, or a bad, empty or repeated subprotocol is a SyntaxError.",
        "As specified; a relative address becomes ws on an http page.",
        ("uri.scheme", "uri.fragment", "conn.procedure"),
    ),
    Call(
        "readyState 0, CONNECTING",
        "Until the 101 has come and has been checked. send() throws InvalidStateError.",
        "close() here ends in error and close 1006.",
        ("msg.send.open",),
    ),
    Call("readyState 1, OPEN", "The connection is open.", "Set before the open event.", ("res.steps",)),
    Call(
        "readyState 2, CLOSING",
        "close() was called, or a Close frame was sent or received.",
        "close(3001) returns with 2.",
        ("cls.start",),
    ),
    Call(
        "readyState 3, CLOSED",
        "TCP is closed, or the connection failed.",
        "Already 3 in error and in close.",
        ("cls.tcp",),
    ),
    Call(
        "send(data)",
        "One message: a string becomes text, a Blob, ArrayBuffer or view becomes binary. Anything else is turned into"
        " a string. Lone surrogates become U+FFFD.",
        "42 arrives as “42”, an empty string as an empty text frame. Large messages come in fragments.",
        ("msg.type", "msg.utf8", "frm.mask.client"),
    ),
    Call(
        "bufferedAmount",
        "Bytes of payload that send() queued and that have not reached the network; no framing.",
        "send(“hé”) adds 3. After close it only grows.",
        ("msg.delay",),
    ),
    Call(
        "extensions, protocol",
        "The header values that were agreed on.",
        "“permessage-deflate”, “chat”.",
        ("res.ext.subset", "res.protocol.select"),
    ),
    Call(
        "binaryType", "How binary messages are handed over: blob or arraybuffer. Nothing of it is on the wire.", "", ()
    ),
    Call(
        "close(code, reason)",
        "Starts the closing handshake. Only 1000 and 3000 to 4999 are allowed, a reason of at most 123 bytes of UTF-8;"
        " close() alone sends an empty body.",
        "close() sends 88 80 and the key; 1001, 2999 and 5000 throw InvalidAccessError.",
        ("cls.body.code", "cls.code.use"),
    ),
    Call("leaving the page", "The browser closes with 1001.", "03 e9 on the wire.", ("cls.code.use",)),
    Call("open event", "The 101 was right.", "", ("res.client-validate",)),
    Call("message event", "A whole message, never a frame.", "Half a message is no event.", ("msg.type-noted",)),
    Call(
        "error event",
        "The browser had to fail the connection. It does not say why.",
        "A FIN or a reset after open gives no error, only close 1006.",
        ("cls.fail",),
    ),
    Call(
        "close event",
        "TCP is closed. code is that of the first Close frame received, 1005 when it had none, 1006 when none came.",
        "After any violation of a server: 1006, wasClean false; on the wire the browser sent 1002.",
        ("cls.code.derived",),
    ),
    Call(
        "ping and pong",
        "Not exposed. The browser answers every Ping by itself.",
        "It sent no Ping of its own.",
        ("ping.reply", "pong.unsolicited"),
    ),
    Call(
        "redirects and refusals",
        "Every answer but 101 fails the connection; redirects are not followed.",
        "error and 1006; the status is in the console only.",
        ("res.101", "res.redirect"),
    ),
    Call(
        "a subprotocol asked for, none answered",
        "The browser fails the connection; the RFC would go on.",
        "error and 1006.",
        ("res.protocol.null",),
    ),
    Call(
        "cookies",
        "Cookies go along, to other origins too, as far as SameSite allows.",
        "A page on another port opened a socket and its SameSite=Strict cookie was sent.",
        ("req.origin.browser",),
    ),
)
