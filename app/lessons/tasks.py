"""A `::: task` block as text becomes a Task, or problems with their lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from app.lessons import keyed
from app.lessons.given import KINDS as GIVEN
from app.lessons.keyed import Keys, Line
from app.lessons.model import Block, Choice, Given, Miss, Piece, Problem, Task
from app.lessons.selector import Expect, SelectorError, parse_expect

KINDS: dict[str, str] = {
    "text": "a word or a line",
    "number": "a number",
    "hex": "bytes in hexadecimal",
    "bits": "zeros and ones",
    "choose": "one or more of a list",
    "order": "pieces in order, read as frames",
    "assemble": "operations in order, carried out",
    "frames": "bytes in hexadecimal, read as frames",
    "request": "the lines of a request",
    "response": "the lines of an answer to the request of the example",
}
"""Every value of `answer:`, and what the reader gives."""
PIECES = ("order", "assemble")
ONCE = ("answer", "from", "solution", "right")
MANY = ("given", "check", "near", "hint")
HINTS = 3

_PIECE = re.compile(r"- (?P<text>.+?) = (?P<means>.+)")
_GIVEN = re.compile(r"(?P<name>[a-z][a-z0-9-]*) = (?P<kind>[a-z]+)")

ReadChoices = Callable[[list[Line], list[Problem]], tuple[Choice, ...]]


def read_task(id: str, first: int, lines: list[Line], choices: ReadChoices, problems: list[Problem]) -> Iterator[Block]:
    """The block of a task, unless so much is wrong that there is none."""
    keys, used = keyed.read(lines, ONCE, MANY, problems, "task")
    rest = lines[used:]
    while rest and not rest[0].text.strip():
        rest = rest[1:]
    line = lines[0].number if lines else max(first - 1, 1)
    kind = keys.values.get("answer")
    if not kind or kind.text not in KINDS:
        problems.append(Problem(kind.number if kind else line, f"say how it is answered: `answer:` {', '.join(KINDS)}"))
        return
    said = [each for each in rest if not each.text.startswith("- ") or kind.text not in (*PIECES, "choose")]
    task = Task(
        id,
        line,
        kind.text,
        _side(keys, problems),
        tuple(_checks(keys, problems)),
        _solution(keys, kind.text, problems, line),
        tuple(_misses(keys)),
        tuple(hint.text for hint in keys.many["hint"]),
        keys.values["right"].text if "right" in keys.values else "",
        tuple(_givens(keys, problems)),
        choices(rest, problems) if kind.text == "choose" else (),
        tuple(_pieces(rest, problems)) if kind.text in PIECES else (),
    )
    problems += [Problem(line, text) for text in _missing(task)]
    yield Block("task", rest[0].number if rest else line, "\n".join(e.text for e in said).strip(), id=id, task=task)


def _side(keys: Keys, problems: list[Problem]) -> str:
    side = keys.values.get("from")
    if side and side.text not in ("client", "server"):
        problems.append(Problem(side.number, "`from` is client or server"))
    return side.text if side else "client"


def _solution(keys: Keys, kind: str, problems: list[Problem], line: int) -> str:
    solution = keys.values.get("solution")
    if solution or kind in ("choose", "order"):
        if solution and kind == "choose":
            problems.append(Problem(solution.number, "the solution of a choice is what is marked `- [x]`"))
        return solution.text if solution else ""
    problems.append(Problem(line, "give the `solution`, so that the check can see that it is accepted"))
    return ""


def _checks(keys: Keys, problems: list[Problem]) -> Iterator[Expect]:
    for line in keys.many["check"]:
        try:
            yield parse_expect(line.text, line.number, None)
        except SelectorError as error:
            problems.append(Problem(line.number, str(error)))


def _misses(keys: Keys) -> Iterator[Miss]:
    for line in keys.many["near"]:
        text, _, reason = line.text.partition(" | ")
        yield Miss(line.number, text.strip(), reason.strip())


def _givens(keys: Keys, problems: list[Problem]) -> Iterator[Given]:
    for line in keys.many["given"]:
        match = _GIVEN.fullmatch(line.text)
        if match and match["kind"] in GIVEN:
            yield Given(line.number, match["name"], match["kind"])
        else:
            problems.append(Problem(line.number, f"write `given: name = kind`, the kind one of {', '.join(GIVEN)}"))


def _pieces(lines: list[Line], problems: list[Problem]) -> Iterator[Piece]:
    for line in lines:
        if not line.text.startswith("- "):
            continue
        match = _PIECE.fullmatch(line.text.rstrip())
        if match:
            yield Piece(line.number, match["text"], match["means"])
        else:
            problems.append(Problem(line.number, "write `- what the reader sees = what it stands for`"))


def _missing(task: Task) -> Iterator[str]:
    if task.kind == "choose":
        if task.checks or task.misses:
            yield "a choice is judged by its marks; remove `check` and `near`"
    else:
        if not task.checks:
            yield "say when an answer is right: add `check: answer == …` or `check: answer/client.frame[0]…`"
        if not task.misses:
            yield "add `near: …`, an answer that is tempting and wrong, so that the check can see that it is refused"
    if len(task.hints) != HINTS:
        yield f"give {HINTS} hints, from a nudge to nearly the answer; there are {len(task.hints)}"
    if task.kind in PIECES and len(task.pieces) < 2:
        yield "list the pieces: `- what the reader sees = what it stands for`"
