"""What every field is called on screen, and which colour family it belongs to."""

from __future__ import annotations

from typing import Literal

Family = Literal["flag", "comp", "op", "mask", "len", "key", "data", "close", "http", "tls", "pad"]

_FRAME: dict[str, tuple[str, Family]] = {
    "fin": ("FIN", "flag"),
    "rsv": ("RSV", "flag"),
    "rsv1": ("RSV1", "comp"),
    "rsv2": ("RSV2", "flag"),
    "rsv3": ("RSV3", "flag"),
    "opcode": ("opcode", "op"),
    "mask": ("MASK", "mask"),
    "len7": ("length", "len"),
    "len16": ("extended length", "len"),
    "len64": ("extended length", "len"),
    "key": ("masking key", "key"),
    "payload": ("payload", "data"),
    "payload.unmasked": ("payload", "data"),
    "text": ("text", "data"),
    "close.code": ("close code", "close"),
    "close.reason": ("reason", "data"),
    "ping.data": ("ping data", "data"),
    "pong.data": ("pong data", "data"),
    "gap": ("unclaimed", "flag"),
}

_HTTP: dict[str, str] = {
    "req.line": "request line",
    "req.method": "method",
    "req.target": "request target",
    "req.version": "HTTP version",
    "req.host": "Host",
    "req.upgrade": "Upgrade",
    "req.connection": "Connection",
    "req.key": "Sec-WebSocket-Key",
    "req.wsversion": "Sec-WebSocket-Version",
    "req.origin": "Origin",
    "req.protocol": "Sec-WebSocket-Protocol",
    "req.ext": "Sec-WebSocket-Extensions",
    "req.cookie": "Cookie",
    "req.authorization": "Authorization",
    "req.end": "empty line",
    "res.line": "status line",
    "res.version": "HTTP version",
    "res.status": "status",
    "res.reason": "reason phrase",
    "res.upgrade": "Upgrade",
    "res.connection": "Connection",
    "res.accept": "Sec-WebSocket-Accept",
    "res.protocol": "Sec-WebSocket-Protocol",
    "res.ext": "Sec-WebSocket-Extensions",
    "res.wsversion": "Sec-WebSocket-Version",
    "res.end": "empty line",
}

_TLS: dict[str, str] = {
    "tls.type": "content type",
    "tls.ccs": "change cipher spec",
    "tls.inner": "inner content type",
    "tls.tag": "authentication tag",
    "tls.sealed": "sealed",
    "tls.nonce": "explicit nonce",
    "tls.rest": "unfinished record",
    "tls.message": "handshake message",
    "tls.message.rest": "part of a message",
    "tls.hello.session": "session id",
    "tls.hello.suite": "cipher suite",
    "tls.hello.suites": "cipher suites",
    "tls.hello.suites.length": "list length",
    "tls.hello.extensions.length": "length of extensions",
    "tls.ext.alpn": "ALPN",
    "tls.ext.name": "server name",
}

_DEFLATE: dict[str, tuple[str, Family]] = {
    "deflate.bfinal": ("BFINAL", "flag"),
    "deflate.btype": ("BTYPE", "flag"),
    "deflate.tables": ("code tables", "len"),
    "deflate.hlit": ("HLIT", "len"),
    "deflate.hdist": ("HDIST", "len"),
    "deflate.hclen": ("HCLEN", "len"),
    "deflate.width": ("code length", "len"),
    "deflate.lengths": ("code lengths", "len"),
    "deflate.literal": ("literal", "data"),
    "deflate.end": ("end", "flag"),
    "deflate.length": ("length", "len"),
    "deflate.length.extra": ("extra", "len"),
    "deflate.distance": ("distance", "comp"),
    "deflate.distance.extra": ("extra", "comp"),
    "deflate.size": ("stored length", "len"),
    "deflate.len": ("LEN", "len"),
    "deflate.nlen": ("NLEN", "len"),
    "deflate.stored": ("stored bytes", "data"),
    "deflate.pad": ("padding", "pad"),
    "deflate.tail": ("tail", "pad"),
    "deflate.rest": ("not annotated", "pad"),
    "deflate.cut": ("cut off", "pad"),
    "deflate.bad": ("invalid", "pad"),
    "inflated.literal": ("literals", "data"),
    "inflated.copy": ("copy", "comp"),
    "inflated.rest": ("not annotated", "pad"),
}
"""The fields of DEFLATE borrow the colours of the frame by what they do: a length is a length."""

HEADERS: dict[str, str] = {
    "sec-websocket-key": "key",
    "sec-websocket-version": "wsversion",
    "sec-websocket-protocol": "protocol",
    "sec-websocket-extensions": "ext",
    "sec-websocket-accept": "accept",
}
"""Header names whose field id is shorter than the name."""


def family(name: str) -> Family:
    """The colour family of a field."""
    known = _FRAME.get(name) or _DEFLATE.get(name)
    return known[1] if known else "tls" if name.startswith("tls.") else "http"


def label(name: str) -> str:
    """What a field is called on screen."""
    known = _FRAME.get(name) or _DEFLATE.get(name)
    if known:
        return known[0]
    if name.startswith("tls."):
        return _TLS.get(name) or name.rpartition(".")[2].replace("_", " ")
    whole, _, part = name.rpartition(".")
    if part == "value" and whole:
        return f"{label(whole)} value"
    return _HTTP.get(name) or name.partition(".")[2].title()
