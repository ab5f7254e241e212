"""What the page of the HTTP API says."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "api.title": "The HTTP API",
    "api.lede": "What the pages use, scripts may use too. Bodies and answers are JSON unless said otherwise.",
    "api.call": "Call",
    "api.does": "What it does",
    "api.answers": "Answer",
    "api.errors": 'An error is {"error": "one sentence"} with a fitting status.',
    "api.keys": (
        "On a server that only this machine can reach, calls need no key as long as they carry no Origin "
        "from elsewhere. Otherwise the session’s key goes into the header Authorization: Bearer KEY."
    ),
    "api.gate": "Holding",
    "api.gate.unit": (
        'A call to the gate sends {"mode": "run", "hold" or "step"}. "unit" says what one step lets go: a whole "frame"'
        ' (or head), a "field", or a "byte". Fields can be told apart only where one ends at a byte border: FIN, RSV1'
        " to RSV3 and the opcode travel together, so do MASK and the seven length bits; a head is cut into its lines."
        " Units leave in the order in which they came, over both sides."
    ),
    "api.gate.when": (
        'With "when": {"opcode": "ping", "side": "client", "violation": true} only a unit that meets all that is asked'
        " is stopped, and what comes behind it; null takes the condition away. A violation is a broken rule of"
        ' severity error. "unit" and "when" stay as they are until they are given again.'
    ),
    "api.gate.held": (
        'What is held says how many bytes it has, how many of them are "released" and so on the wire, what the next'
        ' "step" takes, who "waits" for it, and in how many milliseconds a client that is known gives up; "queued"'
        ' counts all bytes that wait. After "left_ms" the rest of the oldest goes by itself; "extend": seconds'
        " lengthens that, up to a second before the client gives up."
    ),
    "api.feed": "The feed beyond this machine",
    "api.feed.text": (
        "Where others can reach the server, followers see the redacted conversation: cookies, credentials, addresses,"
        " long subprotocols and long query values are overwritten at equal length. Who sends the session's key in the"
        ' first message, {"after": position, "key": key}, or as a Bearer token for server-sent events, sees everything.'
        " Positions of the two views are not the same."
    ),
    "api.ws": "The endpoint under study",
    "api.ws.text": (
        "{url}/NAME opens the session of that name. Add ?app=NAME to choose what the server does; without "
        "it, it echoes."
    ),
}
