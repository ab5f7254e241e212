"""Examples about what comes before the frames: address, TCP, TLS, request, answer."""

from __future__ import annotations

from tests.protocol.rule_steps import (
    BYE,
    C_FIN,
    KEY,
    OPEN,
    PMD,
    PMD_OPEN,
    S_FIN,
    S_RST,
    TEXT,
    C,
    S,
    Steps,
    after,
    answer,
    c_close,
    cf,
    ct,
    fails,
    on,
    opened,
    refusal,
    refused,
    request,
    s_close,
    st,
    without,
)

GOOD = request()
EXT = "Sec-WebSocket-Extensions"
PROTOCOL = "Sec-WebSocket-Protocol"


def hello(name: str = "") -> bytes:
    """A small TLS ClientHello, with or without the name of the server."""

    def sized(prefix: int, data: bytes) -> bytes:
        return len(data).to_bytes(prefix, "big") + data

    names = sized(2, b"\x00" + sized(2, name.encode()))
    extensions = b"\x00\x00" + sized(2, names) if name else b""
    extensions += b"\x00\x2b" + sized(2, b"\x02\x03\x04")
    body = b"\x03\x03" + bytes(range(32)) + sized(1, b"") + sized(2, b"\x13\x01") + sized(1, b"\x00")
    return b"\x16\x03\x01" + sized(2, b"\x01" + sized(3, body + sized(2, extensions)))


SERVER_HELLO = b"\x16\x03\x03\x00\x04\x0e\x00\x00\x00"
TLS = [C(hello("server.example.com"), layer="tls"), S(SERVER_HELLO, layer="tls")]


def upgraded(response: bytes, then: Steps | None = None, ask: bytes = GOOD) -> Steps:
    """A handshake with that answer, after which the client gives up at once."""
    return [C(ask), S(response), *(then if then is not None else fails(1002, by="client"))]


def accepts(*more: tuple[str, str], offer: tuple[tuple[str, str], ...] = ()) -> Steps:
    """An answer that accepts too much, and a client that gives up."""
    return upgraded(answer(*more), ask=request(*offer))


def offers(value: str) -> Steps:
    """An offer that the server declines, so that the connection opens without it."""
    return [*opened(value, ""), *BYE]


def agrees(offer: str, accept: str) -> Steps:
    """An extension negotiated badly, and a client that gives up."""
    return [*opened(offer, accept), *GIVES_UP]


GIVES_UP = [c_close(1010, PMD), s_close(1010), S_FIN, C_FIN]

RECIPES: dict[str, Steps] = {
    # Before the handshake
    "uri.fragment": refused(request(target="/chat#top")),
    "uri.hash-escape": refused(request(target="/notes#1?page=2")),
    "uri.host-ascii": refused(GOOD.replace(b"server.example", "bücher.example".encode())),
    "uri.path-pct": refused(GOOD.replace(b"/chat", "/straße".encode())),
    "conn.procedure": [C(b"\x81\x85\x00\x00\x00\x00Hello"), S(refusal()), S_FIN, C_FIN],
    "conn.one-connecting": [
        *on("c1", [C(GOOD)]),
        *on("c2", [C(request(key="AAECAwQFBgcICQoLDA0ODw=="))]),
        *on("c1", [S(answer()), *BYE]),
        *on("c2", [S(answer(key="AAECAwQFBgcICQoLDA0ODw==")), *BYE]),
    ],
    "conn.proxy": [
        C(b"CONNECT server.example.com:80 HTTP/1.1\r\nHost: server.example.com:80\r\n\r\n"),
        S(b"HTTP/1.1 200 Connection established\r\n\r\n"),
        *OPEN,
        *BYE,
    ],
    "conn.open-failed": [S_RST],
    "tls.first": [C(hello("server.example.com")), S_FIN, C_FIN],
    "tls.sni": [C(hello(), layer="tls"), S(SERVER_HELLO, layer="tls"), *OPEN, *BYE],
    "tls.server": [C(hello("server.example.com"), layer="tls"), S(refusal(), layer="tls")],
    # The request
    "req.valid-http": refused(GOOD.replace(b"Upgrade: websocket", b"Upgrade : websocket")),
    "req.method": refused(GOOD.replace(b"GET", b"POST"), 405, ("Allow", "GET")),
    "req.http-version": refused(GOOD.replace(b"HTTP/1.1", b"HTTP/1.0"), 505),
    "req.target": refused(request(target="http://elsewhere.example.com/chat")),
    "req.host": refused(without("Host", GOOD)),
    "req.upgrade": refused(GOOD.replace(b"Upgrade: websocket", b"Upgrade: h2c"), 426, ("Upgrade", "websocket")),
    "req.connection": refused(GOOD.replace(b"Connection: Upgrade", b"Connection: keep-alive")),
    "req.key.present": refused(without("Sec-WebSocket-Key", GOOD)),
    "req.key.16bytes": refused(request(key="dG9vIHNob3J0")),
    "req.key.canonical": [
        C(request(key=KEY[:21] + "x==")),
        S(answer(key=KEY[:21] + "x==")),
        *BYE,
    ],
    "req.key.random": [*on("c1", [*OPEN, *BYE]), *on("c2", [*OPEN, *BYE])],
    "req.key.single": refused(request(("Sec-WebSocket-Key", KEY))),
    "req.version.present": refused(without("Sec-WebSocket-Version", GOOD)),
    "req.version.13": refused(
        GOOD.replace(b"Version: 13", b"Version: 8"), 426, ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")
    ),
    "req.version.single": refused(request(("Sec-WebSocket-Version", "13"))),
    "req.origin.browser": [*opened(asked=[("User-Agent", "Mozilla/5.0 (X11; Linux x86_64)")]), *BYE],
    "req.origin.nonbrowser": [*opened(asked=[("Origin", "http://server.example.com")]), *BYE],
    "req.origin.absent": [
        *on("c1", refused(request(("Origin", "http://elsewhere.example.net")), 403)),
        *on("c2", [C(request(key="AAECAwQFBgcICQoLDA0ODw==")), S(answer(key="AAECAwQFBgcICQoLDA0ODw=="))]),
        *on("c2", BYE),
    ],
    "req.protocol.syntax": refused(request((PROTOCOL, "chat, super chat"))),
    "req.protocol.repeat": [
        C(request((PROTOCOL, "chat"), (PROTOCOL, "superchat"))),
        S(answer((PROTOCOL, "superchat"))),
        *BYE,
    ],
    "req.ext.optional": [*PMD_OPEN, *BYE],
    "req.ext.syntax": refused(request((EXT, f"{PMD};"))),
    "req.ext.quoted": refused(request((EXT, f'{PMD}; server_max_window_bits="1 0"'))),
    "req.ext.repeat": [
        C(request((EXT, f"{PMD}; server_no_context_takeover"), (EXT, PMD))),
        S(answer((EXT, PMD))),
        *BYE,
    ],
    "req.ext.registered": offers("x-rot13"),
    "req.ext.params": offers(f"{PMD}; level=9"),
    "req.other-headers": [*opened(asked=[("Cookie", "theme=dark"), ("X-Request-Id", "17")]), *BYE],
    "req.no-early-data": [C(GOOD), C(cf(9, b"early")), S(answer()), S(b"\x8a\x05early"), *BYE],
    "req.body": refused(request(("Content-Length", "2"))),
    # The answer
    "res.reject-malformed": [C(request(key="dG9vIHNob3J0")), S(answer(key="dG9vIHNob3J0")), *BYE],
    "res.steps": [*opened(PMD, asked=[(PROTOCOL, "chat")]), *BYE],
    "res.redirect": refused(GOOD, 302, ("Location", "/login")),
    "res.auth": refused(GOOD, 401),
    "res.origin": [
        *opened(asked=[("Origin", "https://elsewhere.example.net"), ("Cookie", "session=1")]),
        *BYE,
    ],
    "res.refuse": [C(GOOD), S_FIN, C_FIN],
    "res.version": refused(GOOD.replace(b"Version: 13", b"Version: 8"), 400),
    "res.version.repeat": refused(GOOD, 426, ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Version", "8")),
    "res.resource": [
        *on("c1", refused(GOOD, 404)),
        *on("c2", [C(request(key="AAECAwQFBgcICQoLDA0ODw==")), S(answer(key="AAECAwQFBgcICQoLDA0ODw=="))]),
        *on("c2", BYE),
    ],
    "res.protocol.select": accepts((PROTOCOL, "Chat"), offer=((PROTOCOL, "chat"),)),
    "res.protocol.null": accepts((PROTOCOL, "chat")),
    "res.protocol.single": accepts((PROTOCOL, "chat"), (PROTOCOL, "chat"), offer=((PROTOCOL, "chat"),)),
    "res.ext.subset": accepts((EXT, "x-rot13")),
    "res.ext.single": [
        C(request((EXT, f"{PMD}, bbf-usp-protocol"))),
        S(answer((EXT, "bbf-usp-protocol"), (EXT, PMD))),
        *BYE,
    ],
    "res.ext.use": [*opened(PMD, ""), C(cf(TEXT, b"Hi", rsv1=True)), *fails(1002)],
    "res.ext.order": [*opened(f"bbf-usp-protocol, {PMD}"), *BYE],
    "res.101": [
        C(GOOD),
        S(answer().replace(b"101 Switching Protocols", b"200 OK")),
        S_FIN,
        C_FIN,
    ],
    "res.upgrade": upgraded(without("Upgrade", answer())),
    "res.connection": upgraded(answer().replace(b"Connection: Upgrade", b"Connection: close")),
    "res.accept.value": upgraded(answer(key="AAECAwQFBgcICQoLDA0ODw==")),
    "res.accept.single": upgraded(answer(("Sec-WebSocket-Accept", "AAAA"))),
    "res.client-validate": upgraded(without("Upgrade", answer()), [ct("Hello"), *BYE]),
    "res.client-ext": upgraded(answer((EXT, "x-rot13")), [ct("Hello"), *BYE]),
    "res.client-protocol": upgraded(answer((PROTOCOL, "chat")), [ct("Hello"), *BYE]),
    "res.non101": [C(GOOD), S(refusal(403)), ct("Hello"), S_FIN, C_FIN],
    "res.no-body": upgraded(answer(("Content-Length", "0")), BYE),
    "res.http11": upgraded(answer().replace(b"HTTP/1.1", b"HTTP/1.0"), BYE),
    "res.error-status": [C(without("Sec-WebSocket-Key", GOOD)), S_FIN, C_FIN],
    "utf8.handshake": refused(request(("Origin", "http://caf\xe9.example"))),
    # permessage-deflate, negotiated
    "pmd.offer": [*opened(f"{PMD}; server_max_window_bits=10, {PMD}", PMD), *BYE],
    "pmd.offer.window": [
        *opened(f"{PMD}; server_max_window_bits=10; client_max_window_bits", f"{PMD}; server_max_window_bits=10"),
        *BYE,
    ],
    "pmd.accept": agrees(PMD, f"{PMD}, {PMD}"),
    "pmd.rsv1-conflict": agrees(f"{PMD}, x-webkit-deflate-frame", f"{PMD}, x-webkit-deflate-frame"),
    "pmd.stack-conflict": agrees(f"mux, {PMD}", f"mux, {PMD}"),
    "pmd.decline": [*opened(PMD, ""), ct("plain"), st("plain"), *BYE],
    "pmd.unoffered": agrees("", PMD),
    "pmd.agreed": [*opened(f"{PMD}; client_no_context_takeover"), *BYE],
    "pmd.client-unhappy": [*PMD_OPEN, *GIVES_UP],
    "pmd.offer.decline-if": agrees(f"{PMD}; level=9", PMD),
    "pmd.resp.fail-if": agrees(PMD, f"{PMD}; server_no_context_takeover; server_no_context_takeover"),
    "pmd.snct": agrees(f"{PMD}; server_no_context_takeover", PMD),
    "pmd.cnct": agrees(PMD, f"{PMD}; client_no_context_takeover=1"),
    "pmd.smwb.offer": offers(f"{PMD}; server_max_window_bits=16"),
    "pmd.smwb.resp": agrees(f"{PMD}; server_max_window_bits=10", f"{PMD}; server_max_window_bits=12"),
    "pmd.cmwb.offer": offers(f"{PMD}; client_max_window_bits=08"),
    "pmd.cmwb.resp": agrees(f"{PMD}; client_max_window_bits", f"{PMD}; client_max_window_bits"),
    "pmd.cmwb.unoffered": agrees(PMD, f"{PMD}; client_max_window_bits=12"),
    "pmd.window-advice": [*opened(f"{PMD}; server_max_window_bits=9"), *BYE],
    "cls.backoff": [
        step
        for n in range(4)
        for step in on(
            f"c{n + 1}",
            [
                after(1, C(request(key=f"{n}AECAwQFBgcICQoLDA0ODw=="))),
                S(refusal(503, ("Retry-After", "60"))),
                S_FIN,
                C_FIN,
            ],
        )
    ],
    "cls.server-abort": [C(GOOD), S_FIN, C_FIN],
    "ext.request-accept": [*opened(f"bbf-usp-protocol, {PMD}", PMD), *BYE],
}
