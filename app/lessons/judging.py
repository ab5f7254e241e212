"""Judges what a reader gives in a task: by the engine, with its reasons. Pure.

What was built is read as a conversation of its own, the connection `answer`; the same selectors apply to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

from app.lessons import assembling
from app.lessons.given import draw
from app.lessons.model import Lesson, Task
from app.lessons.prose import fill
from app.lessons.resolve import Resolver
from app.lessons.script import Example, replay
from app.lessons.selector import Expect, SelectorError, parse
from app.lessons.tasks import PIECES
from app.lessons.values import Unresolved
from app.protocol.events import End, Violation
from app.trace import SIDES, Side, Trace

ANSWER = "answer"
LONGEST = 200_000
"""Characters of an answer that are looked at."""
RIGHT = "That is right."
_SEPARATORS = re.compile(r"[\s:_,-]|0x", re.IGNORECASE)


class Verdict(NamedTuple):
    """Whether an answer is right, and why; plain text."""

    right: bool
    reasons: tuple[str, ...]


class Unreadable(ValueError):
    """An answer that is not of the kind that was asked for; the text says what to give."""


class Attempt(NamedTuple):
    """An answer as it was understood: what `answer` says, the bytes it makes, and what was done to get there."""

    typed: str | None
    trace: Trace | None = None
    told: tuple[str, ...] = ()


def judge(lesson: Lesson, example: Example, task: Task, answer: str, seed: int = 0) -> Verdict:
    """The verdict on an answer. Lists (of choices or pieces) are numbers with blanks between, counted from 1."""
    given = draw(task, seed)
    resolver = Resolver(example, lesson.main.name, given=given)
    answer = answer.encode("utf-8", "replace").decode()  # JSON may carry halves of characters
    try:
        if len(answer) > LONGEST:
            raise Unreadable("This is too long to be looked at.")
        if task.kind == "choose":
            return _chosen(task, _numbers(answer, len(task.choices)))
        attempt = _READERS[task.kind](task, answer, resolver, seed)
    except Unreadable as error:
        return Verdict(False, (str(error),))
    mine = Resolver(_joined(example, attempt.trace), lesson.main.name, typed=attempt.typed, given=given)
    wrong = [text for check in task.checks if (text := _wrong(task, mine, check))]
    wrong = [*_leftover(mine), *wrong]
    if not wrong:
        return Verdict(True, (*attempt.told, fill(task.right, resolver.say) or RIGHT, *_titles(mine)))
    tempting = [fill(miss.reason, resolver.say) for miss in task.misses if _same(task, miss.text, answer, resolver)]
    return Verdict(False, tuple(dict.fromkeys([*attempt.told, *filter(None, tempting), *wrong])))


def solution(task: Task, resolver: Resolver, seed: int = 0) -> str:
    """The answer that the lesson gives, as a reader would write it."""
    if task.kind == "choose":
        return " ".join(str(n) for n, choice in enumerate(task.choices, 1) if choice.right)
    if task.kind == "order" and not task.solution:
        return written(task, " ".join(map(str, range(1, len(task.pieces) + 1))), resolver, seed)
    return written(task, task.solution, resolver, seed)


def written(task: Task, text: str, resolver: Resolver, seed: int = 0) -> str:
    """An answer of the lesson file as a reader would write it: pieces have the numbers under which they are shown."""
    if task.kind not in PIECES:
        return fill(text, resolver.say)
    shown = shuffled(task, seed)
    return " ".join(str(shown.index(number - 1) + 1) for number in _numbers(text, len(task.pieces)))


def shuffled(task: Task, seed: int = 0) -> list[int]:
    """In which order pieces are shown: the same for a seed, and never the order of the solution."""
    places = range(len(task.pieces))
    mixed = sorted(places, key=lambda place: sha256(f"{seed}/{task.id}/{place}".encode()).digest())
    return mixed if mixed != list(places) else mixed[::-1]


def _same(task: Task, miss: str, answer: str, resolver: Resolver) -> bool:
    if task.kind in PIECES:
        return False  # what is said about it comes from carrying it out
    return _SEPARATORS.sub("", fill(miss, resolver.say)).lower() == _SEPARATORS.sub("", answer).lower()


# What the reader gave.


def _numbers(answer: str, most: int) -> list[int]:
    words = answer.replace(",", " ").split()
    if not words or not all(word.isdecimal() and len(word) < 6 and 1 <= int(word) <= most for word in words):
        raise Unreadable(f"Give numbers from 1 to {most}, with blanks between.")
    return [int(word) for word in words]


def _hex(answer: str) -> bytes:
    try:
        return bytes.fromhex(_SEPARATORS.sub("", answer))
    except ValueError:
        raise Unreadable("Give pairs of hexadecimal digits, 0 to 9 and a to f.") from None


def _text(task: Task, answer: str, resolver: Resolver, seed: int) -> Attempt:
    return Attempt(answer.strip())


def _number(task: Task, answer: str, resolver: Resolver, seed: int) -> Attempt:
    digits = _SEPARATORS.sub("", answer)
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 30):
        raise Unreadable("Give a whole number, in decimal digits.")
    return Attempt(str(int(digits)))


def _hex_text(task: Task, answer: str, resolver: Resolver, seed: int) -> Attempt:
    return Attempt(_hex(answer).hex())


def _bits(task: Task, answer: str, resolver: Resolver, seed: int) -> Attempt:
    digits = _SEPARATORS.sub("", answer)
    if not digits or set(digits) - {"0", "1"}:
        raise Unreadable("Give zeros and ones.")
    return Attempt(digits)


def _frames(task: Task, answer: str, resolver: Resolver, seed: int) -> Attempt:
    return Attempt(None, _sent(task.side, _hex(answer)))


def _ordered(task: Task, answer: str, resolver: Resolver, seed: int) -> Attempt:
    pieces = _pieces(task, answer, seed)
    if len(pieces) != len(set(pieces)):
        raise Unreadable("Use each piece at most once.")
    means = [fill(task.pieces[place].means, resolver.say) for place in pieces]
    return Attempt(None, _sent(task.side, b"".join(_hex(each) for each in means)))


def _pieces(task: Task, answer: str, seed: int) -> list[int]:
    shown = shuffled(task, seed)
    return [shown[number - 1] for number in _numbers(answer, len(task.pieces))]


def _assembled(task: Task, answer: str, resolver: Resolver, seed: int) -> Attempt:
    data, told = b"", []
    for place in _pieces(task, answer, seed)[:32]:
        operation = fill(task.pieces[place].means, resolver.say)
        try:
            data = assembling.carry_out(operation, data)
        except ValueError:
            raise Unreadable(f"{task.pieces[place].text}: this cannot be done with {assembling.show(data)}.") from None
        told.append(f"{task.pieces[place].text}: {assembling.show(data)}")
    return Attempt(assembling.show(data), None, tuple(told))


def _head(answer: str) -> bytes:
    lines = [line.strip() for line in answer.strip().splitlines()]
    return "\r\n".join([*lines, "", ""]).encode()


def _requested(task: Task, answer: str, resolver: Resolver, seed: int) -> Attempt:
    trace = Trace(ANSWER)
    trace.add(0, "client", _head(answer))
    return Attempt(None, trace)


def _answered(task: Task, answer: str, resolver: Resolver, seed: int) -> Attempt:
    asked = resolver.event(parse("req").event)
    trace = Trace(ANSWER)
    trace.add(0, "client", resolver.trace_of(asked).bytes("client", asked.start // 8, asked.end // 8))
    trace.add(1, "server", _head(answer))
    return Attempt(None, trace)


def _sent(side: str, data: bytes) -> Trace:
    trace = Trace(ANSWER, fidelity="frames")
    sender: Side = SIDES[0] if side == SIDES[0] else SIDES[1]
    trace.add(0, sender, data)
    return trace


_READERS: dict[str, Callable[[Task, str, Resolver, int], Attempt]] = {
    "text": _text,
    "number": _number,
    "hex": _hex_text,
    "bits": _bits,
    "order": _ordered,
    "assemble": _assembled,
    "frames": _frames,
    "request": _requested,
    "response": _answered,
}


# What is said about it.


def _chosen(task: Task, numbers: list[int]) -> Verdict:
    picked = {task.choices[number - 1] for number in numbers}
    wrong = [choice.reason for choice in task.choices if choice in picked and not choice.right]
    if not wrong and all(choice in picked for choice in task.choices if choice.right):
        return Verdict(True, tuple(plain(choice.reason) for choice in task.choices if choice.right))
    missing = [] if wrong else ["What you chose is right, but something is missing."]
    return Verdict(False, tuple(plain(reason) for reason in (*wrong, *missing)))


def plain(text: str) -> str:
    """Prose without its marks, for places that show text only."""
    return re.sub(r"[`*]|\]\([^)]*\)|\[", "", text)


def _joined(example: Example, trace: Trace | None) -> Example:
    """The example, and what the reader built as one more connection."""
    if trace is None:
        return example
    more = replay(trace, len(example.events))
    owners = {**example.owners, **{event.seq: ANSWER for event in more}}
    return Example({**example.traces, ANSWER: trace}, [*example.events, *more], owners)


def _mine(resolver: Resolver) -> list[Violation | End]:
    return [
        event.detail
        for event in resolver.example.events
        if resolver.example.owners[event.seq] == ANSWER and isinstance(event.detail, Violation | End)
    ]


def _leftover(resolver: Resolver) -> list[str]:
    cut = [detail.partial for detail in _mine(resolver) if isinstance(detail, End) and detail.partial]
    return [f"From byte {first} on this is not a whole frame yet." for first, _ in cut]


def _titles(resolver: Resolver) -> list[str]:
    built = [event for event in resolver.example.events if resolver.example.owners[event.seq] == ANSWER]
    return [f"{resolver.explained(event).title}." for event in built if event.kind == "frame"][:8]


def _wrong(task: Task, resolver: Resolver, check: Expect) -> str:
    """What is wrong with an answer by one check; empty when nothing is."""
    try:
        found = resolver.holds(check)
    except Unresolved as error:
        found = str(error)
    if not found:
        return ""
    if check.left.event.kind == "answer":
        return _how_far(task, resolver, check)
    if check.op == "missing":
        broken = [each for each in _mine(resolver) if isinstance(each, Violation) and each.severity == "error"]
        return " ".join(f"RFC 6455 §{each.section}: {each.must} Here: {each.text}." for each in broken[:3]) or found
    wanted = resolver.say(str(check.right)) if check.op in ("==", "!=", "<", ">", "<=", ">=") else ""
    return f"{found.replace(f'{ANSWER}/', '')}{f'; {check.op} {wanted} is asked for' if wanted else ''}."


def _how_far(task: Task, resolver: Resolver, check: Expect) -> str:
    """How close an answer is, without giving the right one away."""
    mine = resolver.text(check.left)
    right = resolver.say(str(check.right))
    if task.kind == "number" and right.isdecimal():
        return f"{mine} is too {'small' if int(mine) < int(right) else 'large'}."
    if len(mine) != len(right):
        unit = {"hex": "digits", "bits": "bits"}.get(task.kind, "characters")
        return f"{mine} is not it: these are {len(mine)} {unit}, and there should be {len(right)}."
    if mine.lower() == right.lower():
        return f"{mine} is nearly it: capital letters matter."
    differs = next(n for n, (a, b) in enumerate(zip(mine, right, strict=True)) if a != b)
    place = f"byte {differs // 2}" if task.kind == "hex" else f"place {differs}"
    return f"{mine} is not it: look at {place}, counted from zero."


def check_selectors(task: Task) -> list[str]:
    """What is wrong with the values named in the texts of a task."""
    found = []
    for text in (task.solution, *(miss.text for miss in task.misses), *(piece.means for piece in task.pieces)):
        try:
            fill(text, lambda name: str(parse(name)))
        except SelectorError as error:
            found.append(str(error))
    return found
