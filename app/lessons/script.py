"""The client's part of a lesson: its verbs, and the run that makes the recorded example out of them."""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple

from app.lessons.model import Action, Lesson, LessonError, Problem
from app.protocol.apps import APPS, UNCOMPRESSED
from app.protocol.client import SAMPLE_KEY, SAMPLE_MASK, Client
from app.protocol.conversation import Conversation
from app.protocol.events import Event
from app.protocol.frames import Opcode, write_frame
from app.protocol.server import Server
from app.trace import Kind, Side, Trace


class Verb(NamedTuple):
    """A verb of `client:`: the option that `- verb: value` fills, and the type of each option."""

    main: str
    options: dict[str, type]


VERBS: dict[str, Verb] = {
    "send": Verb("text", {"text": str, "mask": bool}),
    "binary": Verb("hex", {"hex": str, "mask": bool}),
    "ping": Verb("text", {"text": str}),
    "pong": Verb("text", {"text": str}),
    "raw": Verb("hex", {"hex": str}),
    "wait": Verb("messages", {"messages": int}),
    "close": Verb("code", {"code": int, "reason": str}),
}


def option_problem(name: str, options: dict[str, Any]) -> list[str]:
    """What is wrong with the options of a verb, each as a sentence."""
    verb = VERBS[name]
    found = []
    for key, value in options.items():
        if key not in verb.options:
            found.append(f"`{name}` has no option `{key}`; it has {', '.join(verb.options)}")
        elif type(value) is not verb.options[key]:
            found.append(f"`{key}` of `{name}` must be {_KINDS[verb.options[key]]}; it is {value!r}")
        elif key == "hex" and not _is_hex(str(value)):
            found.append(f"`hex` of `{name}` must be pairs of hexadecimal digits")
    if verb.main not in options and name != "close":
        found.append(f"`{name}` needs `{verb.main}`")
    return found


_KINDS: dict[type, str] = {str: "text (quote it)", bool: "true or false", int: "a whole number"}


def _is_hex(text: str) -> bool:
    try:
        return bool(bytes.fromhex(text))
    except ValueError:
        return False


TICK = 1_000_000
"""The fake clock: every head and frame takes a millisecond."""
HOST = "localhost:5000"
ORIGIN = ("Origin", "http://localhost:5000")


def said(action: Action, client: Client) -> bytes:
    """What the client sends for an action; nothing for `wait`."""
    options = action.options
    if action.verb == "wait":
        return b""
    if action.verb == "raw":
        return bytes.fromhex(str(options["hex"]))
    if action.verb == "close":
        code = options.get("code")
        return client.close(int(code) if code is not None else None, str(options.get("reason", "")))
    payload = bytes.fromhex(str(options["hex"])) if "hex" in options else str(options["text"]).encode()
    opcode = _OPCODES[action.verb]
    return client.frame(opcode, payload) if options.get("mask", True) else write_frame(opcode, payload)


_OPCODES = {"send": Opcode.TEXT, "binary": Opcode.BINARY, "ping": Opcode.PING, "pong": Opcode.PONG}


def scripted(lesson: Lesson) -> Trace:
    """The recorded example: the script played against the lesson's app, without a socket, always the same bytes.

    Raises LessonError when the script cannot be played to its end.
    """
    if lesson.app not in APPS:
        line = lesson.lines["app"]
        raise LessonError([Problem(line, f"there is no app `{lesson.app}`; the apps are {', '.join(APPS)}")])
    run = _Run(lesson.app)
    run.say(run.client.request())
    for action in lesson.client:
        if run.server.finished:
            raise LessonError([Problem(action.line, "the connection is over before this step; remove it")])
        if action.verb == "wait":
            _check_wait(action, run.client)
        else:
            run.say(said(action, run.client))
    run.end()
    return run.trace


def _check_wait(action: Action, client: Client) -> None:
    came = sum(heard[0] in (Opcode.TEXT, Opcode.BINARY) for heard in client.heard)
    if came < int(action.options["messages"]):
        raise LessonError([Problem(action.line, f"this waits for ever: only {came} messages have come by then")])


class _Run:
    """A client and a server, joined by two queues."""

    def __init__(self, app: str) -> None:
        self.client = Client(
            HOST, f"/ws/example?app={app}", key=SAMPLE_KEY, mask=lambda: SAMPLE_MASK, headers=(ORIGIN,)
        )
        self.server = Server(APPS[app](), deflate=app not in UNCOMPRESSED)
        self.trace = Trace("example")
        self._at = 0

    def _record(self, side: Side, data: bytes = b"", kind: Kind = "data") -> None:
        self.trace.add(self._at, side, data, kind)
        self._at += TICK

    def say(self, data: bytes) -> None:
        """The client sends, and everything that follows from it happens."""
        flying: deque[tuple[Side, bytes]] = deque([("client", data)])
        while flying:
            side, unit = flying.popleft()
            self._record(side, unit)
            if side == "client":
                flying += [("server", answer) for answer in self.server.receive(unit)]
            else:
                flying += [("client", answer) for answer in self.client.receive(unit)]

    def end(self) -> None:
        """TCP closes: by the server once it has finished, else by the client, which goes without a word."""
        if self.server.finished:
            self._record("server", kind="fin")
            self._record("client", kind="fin")
            return
        self._record("client", kind="fin")
        for unit in self.server.eof():
            self._record("server", unit)
        self._record("server", kind="fin")


def replay(trace: Trace) -> list[Event]:
    """Every event of a trace that has ended."""
    conversation = Conversation()
    events = [event for record in trace.records for event in conversation.feed(record)]
    return events + conversation.close()
