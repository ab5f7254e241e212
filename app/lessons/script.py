"""A lesson played without a socket: its clients against its servers, with a clock that only lessons know."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import NamedTuple

from app.lessons import heads
from app.lessons.model import Action, Lesson, LessonError, Part, Problem
from app.lessons.program import NOTHING, program
from app.lessons.verbs import OPCODES, cut, odd_frame, payload, plain
from app.protocol.apps import APPS
from app.protocol.client import SAMPLE_KEY, SAMPLE_MASK, Client
from app.protocol.conversation import Conversation
from app.protocol.events import Event
from app.protocol.frames import Opcode
from app.protocol.server import Server
from app.trace import Kind, Side, Trace

TICK = 1_000_000
"""The clock of an example: every head and frame takes a millisecond."""
SECOND = 1_000_000_000
SESSION = "example"


class Example(NamedTuple):
    """A lesson that has been played: the trace of each connection by its name, and the events of all of them.

    Events are numbered through, so that a `seq` names one event of the whole lesson.
    """

    traces: dict[str, Trace]
    events: list[Event]
    owners: dict[int, str]

    def trace_of(self, seq: int) -> Trace:
        """The trace that an event belongs to."""
        return self.traces[self.owners[seq]]


def play(lesson: Lesson) -> Example:
    """The recorded example: every connection of a lesson, always the same bytes. Raises LessonError."""
    if lesson.recording:
        traces: dict[str, Trace] = {trace.connection: trace for trace in lesson.traces}
    else:
        traces = {part.name: scripted(part) for part in lesson.parts}
    events: list[Event] = []
    owners: dict[int, str] = {}
    for name, trace in traces.items():
        more = replay(trace, len(events))
        owners |= {event.seq: name for event in more}
        events += more
    return Example(traces, events, owners)


def replay(trace: Trace, first: int = 0) -> list[Event]:
    """Every event of a trace that has ended, numbered from `first`; a trace of frames alone is taken to be open."""
    conversation = Conversation(assume_open=trace.fidelity == "frames")
    conversation.seq = first
    events = [event for record in trace.records for event in conversation.feed(record)]
    return events + conversation.close()


def said(action: Action, client: Client) -> bytes:
    """What the client sends for an action; nothing for `wait`, `idle` and `end`."""
    options = action.options
    if action.verb in ("wait", "idle", "end"):
        return b""
    if action.verb == "together":
        return b"".join(said(part, client) for part in action.parts)
    if action.verb == "raw":
        return payload(action)
    if not plain(action):
        return odd_frame(action, lambda: SAMPLE_MASK)
    opcode = OPCODES[action.verb]
    if opcode in (Opcode.TEXT, Opcode.BINARY) and options.get("fin", True):
        return client.message(opcode, payload(action))
    return client.frame(opcode, payload(action), fin=options.get("fin", True))


def writes(action: Action, client: Client) -> list[bytes]:
    """The same as the writes that TCP gets."""
    data = said(action, client)
    return cut(data, action.options.get("cut", [])) if data else []


def scripted(part: Part) -> Trace:
    """One connection, played to its end. Raises LessonError when it cannot be."""
    if part.app not in (*APPS, NOTHING) and not (part.server and not part.app):
        raise LessonError([Problem(part.line, f"there is no app `{part.app}`; the apps are {', '.join(APPS)}")])
    run = _Run(part)
    run.say(run.client.request())
    for action in part.client:
        if run.server.finished:
            raise LessonError([Problem(action.line, "the connection is over before this step; remove it")])
        run.act(action)
    run.end()
    return run.trace


class _Run:
    """A client and a server, joined by two queues."""

    def __init__(self, part: Part) -> None:
        self.client = heads.client_of(part, heads.HOST, SESSION, SAMPLE_KEY, SAMPLE_MASK)
        there = part.app != NOTHING
        self.server = Server.running(program(part if there else replace(part, app="echo")), resource_ok=there)
        self.trace = Trace(part.name or SESSION)
        self._at = 0
        self._wake_at: int | None = None
        self._ended: Kind | None = None

    def _record(self, side: Side, data: bytes = b"", kind: Kind = "data") -> None:
        self.trace.add(self._at, side, data, kind)
        self._at += TICK

    def act(self, action: Action) -> None:
        """One step of the client's script."""
        if action.verb == "wait":
            self._wait(action)
        elif action.verb == "idle":
            self._pass(self._at + int(action.options["seconds"] * SECOND))
        elif action.verb == "end":
            self._ended = action.options["how"]
        for data in writes(action, self.client):
            self.say(data)

    def say(self, data: bytes) -> None:
        """The client sends, and everything that follows from it happens."""
        self._flow(deque([("client", data)]))

    def _flow(self, flying: deque[tuple[Side, bytes]]) -> None:
        while flying:
            side, unit = flying.popleft()
            self._record(side, unit)
            if side == "client":
                flying += [("server", answer) for answer in self.server.receive(unit)]
                self._note_wake()
            else:
                flying += [("client", answer) for answer in self.client.receive(unit)]

    def _note_wake(self) -> None:
        if self.server.wake_in is not None and self._wake_at is None:
            self._wake_at = self._at + int(self.server.wake_in * SECOND)

    def _wake(self) -> None:
        assert self._wake_at is not None
        self._at, self._wake_at = max(self._at, self._wake_at), None
        units = self.server.wake()
        self._note_wake()
        self._flow(deque(("server", unit) for unit in units))

    def _pass(self, until: int) -> None:
        """Time passes; the server does what it wanted to do meanwhile."""
        while self._wake_at is not None and self._wake_at <= until:
            self._wake()
        self._at = max(self._at, until)

    def _wait(self, action: Action) -> None:
        wanted = action.options["messages"]
        while self._came() < wanted and self._wake_at is not None:
            self._wake()
        if self._came() < wanted:
            text = f"this waits for ever: only {self._came()} messages have come by then"
            raise LessonError([Problem(action.line, text)])

    def _came(self) -> int:
        return sum(heard[0] in (Opcode.TEXT, Opcode.BINARY) for heard in self.client.heard)

    def end(self) -> None:
        """TCP closes: by the server once it has finished, else by the client, which goes without a word."""
        while self._ended is None and self._wake_at is not None and not self.server.finished:
            self._wake()
        if self.server.finished:
            self._record("server", kind="fin")
            self._record("client", kind="fin")
            return
        self._record("client", kind=self._ended or "fin")
        if self._ended == "rst":
            return
        for unit in self.server.eof():
            self._record("server", unit)
        self._record("server", kind="fin")
