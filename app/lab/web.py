"""HTTP as the lab speaks it: heads in and out, with every byte given to its layer. No framework adds or hides any."""

from __future__ import annotations

from email.utils import formatdate
from typing import NamedTuple

from app.lab.tally import Layer
from app.protocol.handshake import Request, find_end, parse_request

MAX_HEAD = 65_536
MAX_BODY = 1 << 20
REASONS = {200: "OK", 204: "No Content", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 503: "Unavailable"}
CROSS_ORIGIN = ("access-control-allow-origin", "access-control-allow-credentials", "vary")

Part = tuple[Layer, bytes]


class Bad(ValueError):
    """A request that is not answered with more than a status."""


class Asked(NamedTuple):
    """A request: its head, and what it asks for as /run/row/what."""

    head: Request
    run: str
    row: str
    what: str

    @property
    def closes(self) -> bool:
        """Whether the client wants no other answer on this connection."""
        return (self.head.get("Connection") or b"").lower() == b"close"

    @property
    def length(self) -> int:
        """Bytes of body. Raises Bad."""
        text = self.head.get("Content-Length") or b"0"
        if not text.isdigit() or len(text) > 9 or int(text) > MAX_BODY or self.head.all("Transfer-Encoding"):
            raise Bad
        return int(text)


def take_head(data: bytes) -> tuple[Asked, bytes] | None:
    """A whole head and what follows it; None while more is needed. Raises Bad."""
    end = find_end(data)
    if end is None:
        if len(data) > MAX_HEAD:
            raise Bad
        return None
    head = parse_request(data[:end])
    parts = head.target.decode("ascii", "replace").split("?")[0].split("/")
    if head.faults or len(parts) != 4:
        raise Bad
    return Asked(head, *parts[1:]), data[end:]


def foreign_bytes(head: Request) -> int:
    """Bytes of a request that are there only because the lab is another origin than the page."""
    lines = head.lines("Origin") if head.method == b"GET" and not head.lines("Upgrade") else []
    return sum(line.end - line.start for line in lines)


def answer(status: int, headers: list[tuple[str, str]], origin: str, *, cookies: bool, close: bool) -> bytes:
    """A response head. With an `origin`, that page may read the answer, and no other."""
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}", f"Date: {formatdate(usegmt=True)}"]
    lines += [f"{name}: {value}" for name, value in headers]
    lines += ["Cache-Control: no-store"]
    if origin:
        lines += [f"Access-Control-Allow-Origin: {origin}"]
        lines += ["Access-Control-Allow-Credentials: true"] if cookies else []
    lines += ["Connection: close"] if close else []
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def foreign_part(head: bytes) -> int:
    """Bytes of a response head that only another origin needs."""
    lines = head.split(b"\r\n")
    return sum(len(line) + 2 for line in lines if line.split(b":")[0].lower().decode("latin-1") in CROSS_ORIGIN)


def event(payload: bytes) -> list[Part]:
    """A server-sent event of one line, in a chunk of its own."""
    size = len(payload) + len(b"data: \n\n")
    return [("framing", f"{size:x}\r\ndata: ".encode()), ("payload", payload), ("framing", b"\n\n\r\n")]
