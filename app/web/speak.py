"""What a presenter can make the two sides say: one thing at a time, or a lesson's script."""

from __future__ import annotations

from typing import Any

from app.lessons import Lesson, lessons
from app.lessons.heads import client_of
from app.lessons.model import Action, Part
from app.lessons.script import writes
from app.live.connection import Connection
from app.live.hub import Hub
from app.live.scripted import Say as ClientSay
from app.live.scripted import ScriptedClient
from app.live.session import Session
from app.protocol.apps import Say
from app.protocol.client import SAMPLE_KEY, SAMPLE_MASK, Client
from app.protocol.frames import MAX_CONTROL, Opcode, close_payload
from app.protocol.server import Server

KINDS = {"text": Opcode.TEXT, "binary": Opcode.BINARY, "ping": Opcode.PING, "pong": Opcode.PONG, "close": Opcode.CLOSE}
ACCEPT_SECONDS = 5
SEND_SECONDS = 2
MAX_SENT = 1024 * 1024
LONGEST_REASON = MAX_CONTROL - 2


class Unclear(ValueError):
    """Something asked for that cannot be done; the text is one sentence, `status` the HTTP status."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


def send(hub: Hub, session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """One frame, or raw bytes, as the client or as the server."""
    kind = body.get("kind")
    if not isinstance(kind, str) or kind != "raw" and kind not in KINDS:
        raise Unclear(f'"kind" must be one of {", ".join([*KINDS, "raw"])}.')
    payload = _payload(kind, body)
    if body.get("as") == "server":
        return _as_server(session, body.get("connection"), kind, payload)
    if body.get("as") == "client":
        return _as_client(hub, session, kind, payload)
    raise Unclear('"as" must be client or server.')


def _payload(kind: str, body: dict[str, Any]) -> bytes:
    digits = body.get("hex")
    if kind == "close" and body.get("text") is None and digits is None:
        return _close(body.get("code"), _text("reason", body))
    data = _text("text", body) if digits is None else _bytes(digits)
    if len(data) > MAX_SENT:
        raise Unclear("At most 1 MiB can be sent this way.", 413)
    if kind in ("ping", "pong", "close") and len(data) > MAX_CONTROL:
        raise Unclear("A control frame carries at most 125 bytes; send raw bytes to break that rule.")
    return data


def _close(code: Any, reason: bytes) -> bytes:
    if code is not None and (isinstance(code, bool) or not isinstance(code, int) or not 0 <= code <= 65535):
        raise Unclear('"code" must be a number from 0 to 65535.')
    if len(reason) > LONGEST_REASON:
        raise Unclear(f'"reason" may be at most {LONGEST_REASON} bytes long; send raw bytes to break that rule.')
    return close_payload(code, reason.decode())


def _text(name: str, body: dict[str, Any]) -> bytes:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise Unclear(f'"{name}" must be a text.')
    try:
        return (value or "").encode()
    except UnicodeEncodeError:  # JSON can write half a character, UTF-8 cannot
        raise Unclear(f'"{name}" holds half of a surrogate pair, which UTF-8 cannot carry.') from None


def _bytes(digits: Any) -> bytes:
    try:
        return bytes.fromhex(digits)
    except (ValueError, TypeError):
        raise Unclear('"hex" must be pairs of hexadecimal digits.') from None


def _as_server(session: Session, id: str | None, kind: str, payload: bytes) -> dict[str, Any]:
    chosen = [c for c in session.connections() if c.open and id in (None, c.id)]
    if not chosen:
        raise Unclear("There is no open connection to speak on.", 409)

    def act(server: Server) -> list[bytes]:
        return server.send_raw(payload) if kind == "raw" else server.send(Say(KINDS[kind], payload))

    job = chosen[-1].post(act)
    job.done.wait(SEND_SECONDS)
    if job.error:
        raise job.error
    if not job.sent:
        raise Unclear("The connection is not open for frames, so the server may not speak.", 409)
    return {"connection": chosen[-1].id, "bytes": job.sent}


def _as_client(hub: Hub, session: Session, kind: str, payload: bytes) -> dict[str, Any]:
    client = hub.clients.speaker(session.id)
    connection = _accepted(session, client)
    size = client.say(lambda half: payload if kind == "raw" else half.frame(KINDS[kind], payload))
    return {"connection": connection.id, "bytes": size}


def _accepted(session: Session, client: ScriptedClient) -> Connection:
    connection = session.find_peer(client.name, ACCEPT_SECONDS)
    if connection is None:
        raise Unclear("The scripted client was not served in time.", 503)
    return connection


def play(hub: Hub, session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """A lesson's script, from the first byte of its handshake."""
    lesson = _lesson(str(body.get("lesson", "")))
    if lesson.recording:
        raise Unclear("This lesson was recorded elsewhere and cannot be played here.", 409)
    parts = lesson.parts[1:] if body.get("parts") == "others" else lesson.parts
    ids = [_accepted(session, _start(hub, session, part)).id for part in parts]
    if not ids:
        raise Unclear("This lesson has one connection only.", 409)
    return {"connection": ids[0], "connections": ids, "lesson": lesson.slug}


def _start(hub: Hub, session: Session, part: Part) -> ScriptedClient:
    return hub.clients.start(
        session.id, lambda host: client_of(part, host, session.id, SAMPLE_KEY, SAMPLE_MASK), plan(part.client)
    )


def plan(actions: tuple[Action, ...]) -> list[ClientSay]:
    """A script as a scripted client plays it: `wait` becomes a condition of what follows."""
    steps: list[ClientSay] = []
    after = 0
    for action in actions:
        if action.verb == "wait":
            after = max(after, int(action.options["messages"]))
        else:
            steps += _says(action, after)
    return steps


def _says(action: Action, after: int) -> list[ClientSay]:
    """One thing to send, or several writes where it is cut: they are made together, when the first is due."""
    if action.verb == "idle":
        return [ClientSay(lambda client: b"", after, rest=float(action.options["seconds"]))]
    if action.verb == "end":
        return [ClientSay(lambda client: b"", after, leave=str(action.options["how"]))]
    waiting: list[bytes] = []

    def first(client: Client) -> bytes:
        waiting.extend(writes(action, client))
        return waiting.pop(0) if waiting else b""

    def next_one(client: Client) -> bytes:
        return waiting.pop(0) if waiting else b""

    return [ClientSay(first, after), *(ClientSay(next_one, after) for _ in action.options.get("cut", ()))]


def _lesson(slug: str) -> Lesson:
    for lesson in lessons():
        if lesson.slug == slug:
            return lesson
    raise Unclear("There is no such lesson.", 404)
