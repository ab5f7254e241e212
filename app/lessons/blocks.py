"""The text of a lesson cut into blocks: prose, and what stands between `::: kind` and `:::`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.lessons.keyed import Line
from app.lessons.model import Block, Choice, Problem
from app.lessons.tasks import read_task

ASIDES = ("aside", "try")
WHEN = ("live", "recorded")
QUESTIONS = ("predict", "quiz")
NAMED = ("myth", "task")
"""Blocks that need an id behind their kind."""
KINDS = (*ASIDES, *WHEN, *QUESTIONS, *NAMED)
"""What `::: kind` may open."""

_ID = re.compile(r"[a-z][a-z0-9-]*")
_CHOICE = re.compile(r"- \[(?P<mark>[ x])\] (?P<text>[^|]+?)(?:\s+\|\s+(?P<reason>.+))?")


def read_blocks(lines: list[Line], problems: list[Problem]) -> tuple[Block, ...]:
    """Prose and blocks in order."""
    found: list[Block] = []
    kind, id, held, opened = "prose", "", list[Line](), 0
    for line in lines:
        word = line.text.rstrip()
        if not word.startswith(":::"):
            held.append(line)
            continue
        found += _block(kind, id, held, problems)
        held, name, new = [], *(word[3:].strip().partition(" ")[::2])
        if kind == "prose" and not name:
            problems.append(Problem(line.number, "this `:::` closes nothing; remove it"))
        elif kind != "prose" and name:
            problems.append(Problem(line.number, f"close `::: {kind}` of line {opened} with `:::` first"))
        elif name:
            _opening(name, new.strip(), line, problems)
        kind, id, opened = (name if name in KINDS else "aside") if name else "prose", new.strip(), line.number
    if kind != "prose":
        problems.append(Problem(opened, f"`::: {kind}` is never closed; end it with a line `:::`"))
    return (*found, *_block(kind, id, held, problems))


def _opening(name: str, id: str, line: Line, problems: list[Problem]) -> None:
    if name not in KINDS:
        problems.append(Problem(line.number, f"unknown block `{name}`; the blocks are {', '.join(KINDS)}"))
    elif name in NAMED and not _ID.fullmatch(id):
        problems.append(Problem(line.number, f"write `::: {name} some-name`, in lower-case letters and hyphens"))
    elif name not in NAMED and id:
        problems.append(Problem(line.number, f"`::: {name}` has no name; remove `{id}`"))


def _block(kind: str, id: str, lines: list[Line], problems: list[Problem]) -> Iterator[Block]:
    first = lines[0].number if lines else 0
    while lines and not lines[0].text.strip():
        lines = lines[1:]
    if kind == "task" and _ID.fullmatch(id):
        yield from read_task(id, first, lines, read_choices, problems)
    elif lines and kind in QUESTIONS:
        yield _question(kind, lines, problems)
    elif lines:
        text = "\n".join(line.text for line in lines).rstrip()
        if kind == "myth" and "\n\n" not in text:
            problems.append(Problem(lines[0].number, "a myth is what people believe, an empty line, and what is true"))
        yield Block(kind, lines[0].number, text, id=id if kind == "myth" else "")


def _question(kind: str, lines: list[Line], problems: list[Problem]) -> Block:
    choices = read_choices(lines, problems)
    asked = [line.text for line in lines if not line.text.startswith("- ")]
    return Block(kind, lines[0].number, "\n".join(asked).strip(), choices)


def read_choices(lines: list[Line], problems: list[Problem]) -> tuple[Choice, ...]:
    """The answers among some lines; two or more, one of them right, each with its reason."""
    choices = tuple(choice for line in lines if line.text.startswith("- ") and (choice := _choice(line, problems)))
    if len(choices) < 2 or not any(choice.right for choice in choices):
        line = lines[0].number if lines else 1
        problems.append(Problem(line, "a question needs two answers or more, a right one marked `- [x]`"))
    return choices


def _choice(line: Line, problems: list[Problem]) -> Choice | None:
    match = _CHOICE.fullmatch(line.text.rstrip())
    if not match or not match["reason"]:
        problems.append(Problem(line.number, "write `- [ ] answer | reason` or `- [x] right answer | reason`"))
        return None
    return Choice(line.number, match["text"], match["mark"] == "x", match["reason"])
