"""The opening request of a lesson's client, ordinary or not."""

from __future__ import annotations

from app.lessons.model import Head, Part
from app.protocol.client import Client
from app.protocol.handshake import write_request

HOST = "localhost:5000"
ORIGIN = ("Origin", "http://localhost:5000")
SESSION = "{session}"
"""What stands in a target for the name of the session."""


def target_of(part: Part, session: str) -> str:
    """The request target, as a client of that session asks for it."""
    return part.head.target.replace(SESSION, session) if part.head.target else f"/ws/{session}?app={part.live}"


def compose(head: Head, host: str, target: str, key: str) -> bytes:
    """The bytes of the request head, and of what follows it without waiting."""
    if head.raw:
        text = head.raw.replace("{host}", host).replace("{target}", target).replace("{key}", key)
        return ("\r\n".join(text.rstrip("\n").split("\n")) + "\r\n\r\n").encode() + head.early
    origin = (ORIGIN[0], ORIGIN[1].replace(HOST, host))
    ordinary = write_request(host, target, key, [origin]).decode("latin-1").split("\r\n")[1:-2]
    wanted = {name.lower(): values for name, values in head.headers.items()}
    lines = [f"{head.method} {target} {head.version}"]
    for line in ordinary:
        name = line.partition(":")[0]
        values = wanted.pop(name.lower(), (line.partition(": ")[2],))
        lines += [f"{name}: {value}" for value in values or ()]
    for name, values in head.headers.items():
        if name.lower() in wanted:
            lines += [f"{name}: {value}" for value in values or ()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + head.early


def client_of(part: Part, host: str, session: str, key: str, mask: bytes) -> Client:
    """The client of a part, which asks host for its program in a session."""
    target = target_of(part, session)
    head = compose(part.head, host, target, key)
    return Client(host, target, key=key, mask=lambda: mask, head=head, automatic=part.automatic)
