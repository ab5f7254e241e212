"""A lesson file as text becomes a Lesson, or a list of what is wrong with it, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from app.lessons import settings
from app.lessons.model import Block, Choice, Lesson, LessonError, Note, Problem, Step
from app.lessons.selector import EventName, Expect, Selector, SelectorError, parse, parse_expect

BLOCKS = ("aside", "try", "predict", "quiz")
"""What `::: kind` may open; predict and quiz are questions."""
QUESTIONS = ("predict", "quiz")
STEP_KEYS = ("at", "field", "byte", "page", "program", "expect")

_SETTING = re.compile(r"([a-z_-]+):(?:\s+(.*))?")
_CHOICE = re.compile(r"- \[(?P<mark>[ x])\] (?P<text>[^|]+?)(?:\s+\|\s+(?P<reason>.+))?")


class Line(NamedTuple):
    """One line of the file, numbered from 1."""

    number: int
    text: str


def load(path: Path) -> Lesson:
    """Read one lesson. Raises LessonError (what is wrong in it) or OSError (no such file)."""
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise LessonError([Problem(line, "this is not UTF-8; save the file as UTF-8")]) from None
    return read(text, path.name)


def read(text: str, name: str) -> Lesson:
    """The lesson in `text`. Raises LessonError with every problem found."""
    head, body, before = settings.split(text)
    values, lines = settings.read(head)
    problems = settings.check_keys(values, lines)
    if problems:
        raise LessonError(problems)
    sources = settings.read_sources(values["sources"], lines, problems)
    client = settings.read_client(values["client"], lines, problems)
    intro, *sections = _sections([Line(before + n, line) for n, line in enumerate(body.split("\n"), 1)])
    steps = tuple(_step(number, section, problems) for number, section in enumerate(sections, 1))
    if not steps:
        problems.append(Problem(before + 1, "the lesson has no step; begin one with `## Title`"))
    blocks = _blocks(intro, problems)
    if problems:
        raise LessonError(problems)
    return Lesson(
        values["id"],
        values["slug"],
        values["title"],
        values["goal"],
        values["minutes"],
        sources,
        values["app"],
        client,
        {str(key): why for key, why in values.get("numbers", {}).items()},
        values.get("twin", ""),
        blocks,
        tuple(step for step in steps if step),
        name,
        _key_lines(lines),
    )


def _key_lines(lines: settings.Lines) -> dict[str, int]:
    """The line of each key, and of each entry of `numbers` as `numbers.125`."""
    return {".".join(map(str, path)): line for path, line in lines.items()}


def _sections(lines: list[Line]) -> list[list[Line]]:
    """The lines before the first `##`, then the lines of each step."""
    found: list[list[Line]] = [[]]
    for line in lines:
        if line.text.startswith("## "):
            found.append([])
        found[-1].append(line)
    return found


class _Keys(NamedTuple):
    """The `key: value` lines under a heading."""

    values: dict[str, Line]
    expects: list[Line]


def _step(number: int, lines: list[Line], problems: list[Problem]) -> Step | None:
    heading, *rest = lines
    keys, used = _step_keys(rest, problems)
    if "at" not in keys.values:
        problems.append(Problem(heading.number, "this step shows no event; write `at: client.text[0]` under its title"))
        return None
    where = keys.values["at"]
    at = _selector(where, problems)
    if not at:
        return None
    if at.field or at.prop or at.byte is not None or at.format:
        problems.append(Problem(where.number, f"`at` names an event, not a part of it; write `at: {at.event}`"))
    field = keys.values.get("field")
    if not field:
        problems.append(Problem(where.number, "say which field is open at first: add `field: payload` under `at`"))
    expects = [_expect(line, at.event, problems) for line in keys.expects]
    return Step(
        number,
        heading.number,
        heading.text[3:].strip(),
        at,
        field.text if field else "",
        _byte(keys.values.get("byte"), problems),
        _note(keys.values.get("page"), problems),
        _note(keys.values.get("program"), problems),
        tuple(expect for expect in expects if expect),
        _blocks(rest[used:], problems),
    )


def _selector(line: Line, problems: list[Problem]) -> Selector | None:
    try:
        return parse(line.text)
    except SelectorError as error:
        problems.append(Problem(line.number, str(error)))
        return None


def _expect(line: Line, at: EventName, problems: list[Problem]) -> Expect | None:
    try:
        return parse_expect(line.text, line.number, at)
    except SelectorError as error:
        problems.append(Problem(line.number, str(error)))
        return None


def _step_keys(lines: list[Line], problems: list[Problem]) -> tuple[_Keys, int]:
    """The `key: value` lines, up to the first empty line, and how many lines they take."""
    keys = _Keys({}, [])
    for used, line in enumerate(lines):
        match = _SETTING.fullmatch(line.text.strip())
        if not match:
            if line.text.strip():
                problems.append(Problem(line.number, "leave an empty line between the settings of a step and its text"))
            return keys, used
        key, value = match[1], Line(line.number, match[2] or "")
        if key not in STEP_KEYS:
            problems.append(Problem(line.number, f"unknown key `{key}`; the keys are {', '.join(STEP_KEYS)}"))
        elif not value.text:
            problems.append(Problem(line.number, f"`{key}` has no value"))
        elif key == "expect":
            keys.expects.append(value)
        elif key in keys.values:
            problems.append(Problem(line.number, f"`{key}` is written twice; keep one"))
        else:
            keys.values[key] = value
    return keys, len(lines)


def _byte(line: Line | None, problems: list[Problem]) -> int | None:
    if line is None:
        return None
    if not line.text.isdecimal():
        problems.append(Problem(line.number, "`byte` is a number; bytes are counted from 0"))
        return None
    return int(line.text)


def _note(line: Line | None, problems: list[Problem]) -> Note | None:
    if line is None:
        return None
    code, bar, remark = (part.strip() for part in line.text.partition(" | "))
    if not (code and bar and remark):
        problems.append(Problem(line.number, "write `code | remark`, with spaces around the bar"))
        return None
    return Note(line.number, code, remark)


def _blocks(lines: list[Line], problems: list[Problem]) -> tuple[Block, ...]:
    """Prose, and what stands between `::: kind` and `:::`."""
    found: list[Block] = []
    kind, held, opened = "prose", list[Line](), 0
    for line in lines:
        word = line.text.rstrip()
        if not word.startswith(":::"):
            held.append(line)
            continue
        found += _block(kind, held, problems)
        held, name = [], word[3:].strip()
        if kind == "prose" and not name:
            problems.append(Problem(line.number, "this `:::` closes nothing; remove it"))
        elif kind != "prose" and name:
            problems.append(Problem(line.number, f"close `::: {kind}` of line {opened} with `:::` first"))
        elif name and name not in BLOCKS:
            problems.append(Problem(line.number, f"unknown block `{name}`; the blocks are {', '.join(BLOCKS)}"))
        kind, opened = (name if name in BLOCKS else "aside") if name else "prose", line.number
    if kind != "prose":
        problems.append(Problem(opened, f"`::: {kind}` is never closed; end it with a line `:::`"))
    return (*found, *_block(kind, held, problems))


def _block(kind: str, lines: list[Line], problems: list[Problem]) -> Iterator[Block]:
    while lines and not lines[0].text.strip():
        lines = lines[1:]
    if not lines:
        return
    if kind not in QUESTIONS:
        yield Block(kind, lines[0].number, "\n".join(line.text for line in lines).rstrip())
        return
    choices = tuple(choice for line in lines if line.text.startswith("- ") and (choice := _choice(line, problems)))
    asked = [line.text for line in lines if not line.text.startswith("- ")]
    if len(choices) < 2 or not any(choice.right for choice in choices):
        problems.append(Problem(lines[0].number, "a question needs two answers or more, a right one marked `- [x]`"))
    yield Block(kind, lines[0].number, "\n".join(asked).strip(), choices)


def _choice(line: Line, problems: list[Problem]) -> Choice | None:
    match = _CHOICE.fullmatch(line.text.rstrip())
    if not match or not match["reason"]:
        problems.append(Problem(line.number, "write `- [ ] answer | reason` or `- [x] right answer | reason`"))
        return None
    return Choice(line.number, match["text"], match["mark"] == "x", match["reason"])
