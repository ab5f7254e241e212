"""What the server does in a lesson: an app of the engine, or a script of the lesson that is played as one. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from app.lessons.model import Action, Lesson, Part
from app.lessons.verbs import OPCODES, cut, odd_frame, payload, plain
from app.protocol.apps import Act, HangUp, Program, Raw, Say, Terms, Wake, programs
from app.protocol.frames import Opcode
from app.protocol.say import Listener

NOTHING = "none"
"""The `app` of a connection that asks for something that is not there."""
BETWEEN_WRITES = 0.05
"""Seconds between the writes of a frame that is cut, so that TCP does not join them again."""


class Script(Listener):
    """Plays a server's script: speaks until it has to wait for a message or for time to pass."""

    def __init__(self, actions: tuple[Action, ...]) -> None:
        self._moves: deque[Act | Action] = deque(move for action in actions for move in _moves(action))
        self._heard = 0
        self._asleep = False
        self._unanswered: deque[Say] = deque()

    def opened(self) -> list[Act]:
        return self._go()

    def heard(self, opcode: int, payload: bytes) -> list[Act]:
        if opcode != Opcode.PONG:
            self._heard += 1
            self._unanswered.append(Say(opcode, payload))
        return [] if self._asleep else self._go()

    def woken(self) -> list[Act]:
        self._asleep = False
        return self._go()

    def _go(self) -> list[Act]:
        acts: list[Act] = []
        while self._moves:
            move = self._moves[0]
            if isinstance(move, Action):
                if move.verb == "wait" and self._heard < move.options["messages"]:
                    return acts
                if move.verb == "echo":
                    if not self._unanswered:
                        return acts
                    acts.append(self._unanswered.popleft())
            else:
                acts.append(move)
                self._asleep = isinstance(move, Wake)
            self._moves.popleft()
            if self._asleep:
                return acts
        return acts


def _moves(action: Action) -> list[Act | Action]:
    if action.verb in ("wait", "echo"):
        return [action]
    if action.verb == "idle":
        return [Wake(action.options["seconds"])]
    if action.verb == "end":
        return [HangUp()]
    options = action.options
    if plain(action) and "cut" not in options:
        return [Say(OPCODES[action.verb], payload(action), options.get("fin", True))]
    data = payload(action) if action.verb == "raw" else odd_frame(action, None)
    moves: list[Act | Action] = []
    for piece in cut(data, options.get("cut", [])):
        moves += [Raw(piece), Wake(BETWEEN_WRITES)]
    return moves[:-1]


def program(part: Part) -> Program:
    """What the server runs for a connection of a lesson. Raises KeyError for an app that does not exist."""
    known = programs()
    make, terms = known[part.app] if part.app else (known["plain"].make, Terms(deflate=False))
    if part.server:
        actions = part.server
        return Program(lambda: Script(actions), replace(terms, answer=part.answer))
    return Program(make, replace(terms, answer=part.answer))


def lesson_programs(lessons: list[Lesson]) -> dict[str, Program]:
    """The programs that lessons add to the engine's own, by their value of `?app=`."""
    known = programs()
    return {
        part.live: program(part)
        for lesson in lessons
        if not lesson.recording
        for part in lesson.parts
        if part.live not in known and (part.server or part.app in known)  # else there is nothing: 404
    }
