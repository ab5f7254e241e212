"""A small conversation that the tests of the drawing share."""

from __future__ import annotations

from app.protocol.conversation import Conversation
from app.protocol.events import Event
from app.protocol.frames import Opcode, write_close, write_frame
from app.protocol.handshake import accept_key, write_request, write_response
from app.trace import Side, Trace

NONCE = "AQIDBAUGBwgJCgsMDQ4PEA=="
KEY = bytes.fromhex("37fa213d")
ANSWER = [
    ("Upgrade", "websocket"),
    ("Connection", "Upgrade"),
    ("Sec-WebSocket-Accept", accept_key(NONCE.encode()).decode()),
]


def talk(*said: tuple[Side, bytes]) -> tuple[list[Event], Trace]:
    """The events of a conversation that begins with a handshake, and its trace."""
    trace = Trace("c1")
    trace.add(0, "client", write_request("localhost", "/ws/x", NONCE))
    trace.add(1, "server", write_response(101, ANSWER))
    for at, (side, data) in enumerate(said, 2):
        trace.add(at, side, data)
    conversation = Conversation()
    return [event for record in trace.records for event in conversation.feed(record)], trace


def _frame(*said: tuple[Side, bytes]) -> tuple[Event, Trace]:
    events, trace = talk(*said)
    return next(event for event in events if event.kind == "frame"), trace


def hello() -> tuple[Event, Trace]:
    """The masked text “Hello”."""
    return _frame(("client", write_frame(Opcode.TEXT, b"Hello", key=KEY)))


def unmasked() -> tuple[Event, Trace]:
    """The same, not masked, which breaks a rule."""
    return _frame(("client", write_frame(Opcode.TEXT, b"Hello")))


def lengthy() -> tuple[Event, Trace]:
    """A text of 300 bytes."""
    return _frame(("server", write_frame(Opcode.TEXT, b"x" * 300)))


def goodbye() -> tuple[Event, Trace]:
    """A masked Close with code and reason."""
    return _frame(("client", write_close(1000, "done", key=KEY)))


def answer() -> tuple[Event, Trace]:
    """The 101."""
    events, trace = talk()
    return next(event for event in events if event.kind == "response"), trace
