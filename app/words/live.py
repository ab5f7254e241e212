"""What the page of a session says."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "live.title": "Session {session}",
    "live.eyebrow": "A session of your own",
    "live.h1": "Connect a client",
    "live.lede": "Whatever connects to this address is shown here, byte by byte. The server echoes each message.",
    "live.url": "Address",
    "live.copy": "Copy",
    "live.python": "Python, with the websockets library",
    "live.websocat": "websocat, on the command line",
    "live.browser": "A browser’s console",
    "live.try": "Or let this page connect:",
    "live.connect": "Connect this page",
    "live.has": "Something is connected. More clients may join; choose between them above the conversation.",
}
