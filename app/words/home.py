"""What the start page says."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "home.title": "See every bit of a WebSocket conversation",
    "home.sub": "Open a connection, hold it mid-handshake, and read each byte as it crosses the wire.",
    "home.strip": "The text Hello as {count} bytes on the wire",
    "home.strip.play": "Play the animation",
    "home.strip.client": "Client",
    "home.strip.server": "Server",
    "home.doors": "Ways in",
    "home.learn": "Learn",
    "home.learn.text": "The first lesson takes {minutes} minutes and needs nothing but this page.",
    "home.learn.start": "Start lesson {number}",
    "home.learn.note": "Recorded examples first, your own connection when you say so",
    "home.live": "Watch your own client",
    "home.live.text": "Point any WebSocket client at this server, and see what it really sends.",
    "home.live.open": "Open a session",
    "home.live.note": "Python, a browser, a command line: whatever speaks WebSocket",
    "home.live.failed": "The session could not be opened: ",
    "home.also": "Also: the",
    "home.also.api": "HTTP API",
    "home.also.rest": "for scripts.",
    "home.lessons": "Lessons",
    "home.lessons.text": "Each starts from a recorded example and runs on your own connection when you say so.",
    "home.minutes": "{minutes} min",
}
