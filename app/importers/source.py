"""What every importer gives back: traces, and an honest account of how they were read."""

from __future__ import annotations

from typing import Literal, NamedTuple

from app.importers.sides import after_heads, divide, has_rsv1, is_tls
from app.trace import SIDES, Fidelity, Side, Trace

NO_LIMIT = 2**40
"""Uploads are bounded before they are read, files in the terminal by memory."""

NO_ANSWER = "The server's answer is missing: it is taken as 101."
NO_REQUEST = "The request is missing: the answer is taken to belong to it, and what the client sent to be frames."
NO_HANDSHAKE = "The opening handshake is missing: the connection is taken as open."
COMPRESSED = "RSV1 is set in a data frame, so permessage-deflate is taken as agreed."


class Unreadable(ValueError):
    """Input that no importer can read as it stands; the text is one sentence for the person who gave it."""


KeyLog = bytes
"""TLS secrets as text, a line each (the format of SSLKEYLOGFILE)."""

What = Literal["websocket", "encrypted", "http", "other", "silent"]
"""What a connection carries, as far as its bytes show; only the first kind is explained frame by frame."""


class Known(NamedTuple):
    """What is known of a connection beside its records.

    `opened` says that the bytes begin after the opening handshake, `unanswered` that the response is not among them,
    `unasked` the same of the request, `compressed` that they show signs of permessage-deflate all the same. `client`
    and `server` are addresses. `target` is the URL where the source names one.
    """

    what: What = "websocket"
    client: str = ""
    server: str = ""
    opened: bool = False
    unanswered: bool = False
    unasked: bool = False
    compressed: bool = False
    target: str = ""


class Source(NamedTuple):
    """Traces read from foreign bytes. `ignored_lines` counts lines from one, as editors do; `known` says more about a
    connection, by its name; `secrets` are TLS key logs that came with the bytes."""

    format: str
    bytes: int
    traces: list[Trace]
    fidelity: Fidelity = "wire"
    ignored_lines: tuple[int, ...] = ()
    assumptions: tuple[str, ...] = ()
    known: dict[str, Known] = {}
    secrets: tuple[KeyLog, ...] = ()

    def about(self) -> dict[str, object]:
        """The first line of `explain --json`."""
        return {
            "kind": "source",
            "format": self.format,
            "bytes": self.bytes,
            "fidelity": self.fidelity,
            "ignored_lines": list(self.ignored_lines),
            "assumptions": list(self.assumptions),
            "connections": [self._connection(trace) for trace in self.traces],
        }

    def knows(self, trace: Trace) -> Known:
        """What is known of a trace beside its records."""
        return self.known.get(trace.connection, Known())

    def _connection(self, trace: Trace) -> dict[str, object]:
        known = self.knows(trace)
        return {
            "connection": trace.connection,
            "what": known.what,
            "client": known.client,
            "server": known.server,
            "target": known.target,
            "bytes": {side: size_of(trace, side) for side in SIDES},
        }


def size_of(trace: Trace, side: Side) -> int:
    """Bytes that a side sent on TCP, ciphertext where it was recorded."""
    messages = sum(len(record.data) for record in trace.records if record.kind == "message" and record.side == side)
    return (trace.size(side, "tls") or trace.size(side)) + messages


def from_stream(
    data: bytes,
    layout: str,
    side: Side | None,
    *,
    ignored_lines: tuple[int, ...] = (),
    assumptions: tuple[str, ...] = (),
) -> Source:
    """A source that is one run of wire bytes: of one side, or (side None) of the sides that the bytes show."""
    if not data:
        raise Unreadable("There are no bytes in this input.")
    trace = Trace("import", limit=NO_LIMIT)
    runs, guesses = ([(side, data)], ()) if side else divide(data)
    for owner, run in runs:
        trace.add(0, owner, run)
    frames = after_heads(data)
    opened = frames == 0 and not is_tls(data)
    unanswered = 0 < frames < len(data) and all(owner == "client" for owner, _ in runs)
    compressed = (opened or unanswered) and has_rsv1(data[frames:])
    guessed = zip((NO_HANDSHAKE, NO_ANSWER, COMPRESSED), (opened, unanswered, compressed), strict=True)
    notes = (*assumptions, *guesses, *(note for note, made in guessed if made))
    known = {trace.connection: Known(opened=opened, unanswered=unanswered, compressed=compressed)}
    return Source(layout, len(data), [trace], "wire", ignored_lines, notes, known)
