"""The lab's own words: what the rows are called, and what can be said of them without measuring."""

from __future__ import annotations

from typing import NamedTuple


class Facts(NamedTuple):
    """What a transport is like, whatever it costs. Each is one short phrase."""

    name: str
    note: str
    start: str
    binary: str
    order: str
    reconnect: str
    proxies: str
    source: str


_ASKED = "Only as an answer"
_HTTP_PROXIES = "Pass: it is plain HTTP"
_TRIES = "The client’s next request"
_WS_PROXIES = "Need to know Upgrade, or wss"

FACTS: dict[str, Facts] = {
    "poll": Facts(
        "HTTP polling", "one request for each message", _ASKED, "Yes", "In order", _TRIES, _HTTP_PROXIES, "RFC 9110"
    ),
    "poll-close": Facts(
        "Polling, closing", "a new connection each time", _ASKED, "Yes", "In order", _TRIES, _HTTP_PROXIES, "RFC 9112"
    ),
    "long": Facts(
        "Long polling", "the answer waits for news", _ASKED, "Yes", "In order", _TRIES, "Pass, if they wait", "RFC 6202"
    ),
    "post": Facts(
        "HTTP POST",
        "one request for each message",
        "No, it answers",
        "Yes",
        "If sent one by one",
        _TRIES,
        _HTTP_PROXIES,
        "RFC 9110",
    ),
    "post-close": Facts(
        "POST, closing",
        "a new connection each time",
        "No, it answers",
        "Yes",
        "If sent one by one",
        _TRIES,
        _HTTP_PROXIES,
        "RFC 9112",
    ),
    "sse": Facts(
        "SSE",
        "text/event-stream",
        "Yes, once asked",
        "No, text only",
        "In order",
        "By itself, from the last id",
        "Pass, if they do not buffer",
        "HTML, server-sent events",
    ),
    "ws": Facts("WebSocket", "one text frame", "Yes", "Yes", "In order", "Up to the page", _WS_PROXIES, "RFC 6455"),
    "ws-deflate": Facts(
        "WebSocket, compressed",
        "permessage-deflate",
        "Yes",
        "Yes",
        "In order",
        "Up to the page",
        _WS_PROXIES,
        "RFC 7692",
    ),
    "wss": Facts(
        "WebSocket over TLS", "wss", "Yes", "Yes", "In order", "Up to the page", "Pass as TLS", "RFC 6455, 8446"
    ),
    "rtc": Facts(
        "WebRTC",
        "data channel, reliable",
        "Yes",
        "Yes",
        "In order",
        "Up to the page",
        "UDP is often blocked",
        "RFC 8831",
    ),
    "rtc-loose": Facts(
        "WebRTC, loose",
        "unordered, never sent again",
        "Yes",
        "Yes",
        "Any, and some may be lost",
        "Up to the page",
        "UDP is often blocked",
        "RFC 8831",
    ),
    "h2": Facts(
        "HTTP/2 POST",
        "a stream for each message",
        "No, it answers",
        "Yes",
        "If sent one by one",
        _TRIES,
        "Pass as TLS",
        "RFC 9113",
    ),
    "ws-h2": Facts(
        "WebSocket over HTTP/2",
        "one stream, extended CONNECT",
        "Yes",
        "Yes",
        "In order",
        "Up to the page",
        "Few know it",
        "RFC 8441",
    ),
}

LAYERS = {
    "payload": "payload",
    "framing": "framing",
    "headers": "HTTP headers",
    "security": "TLS or DTLS",
    "network": "TCP or UDP, and IP",
}

COUNTED = {
    "kernel": "Segments counted by the kernel (TCP_INFO); their headers are of a fixed size.",
    "computed": "Segments computed from the sizes: this system does not tell them.",
    "datagrams": "Datagrams counted at the socket; 8 bytes of UDP and 20 or 40 of IP each.",
}
