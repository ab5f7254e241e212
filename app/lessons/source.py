"""A lesson file as text becomes a Lesson, or a list of what is wrong with it, line by line."""

from __future__ import annotations

from pathlib import Path

from app.lessons import keyed, settings
from app.lessons.blocks import read_blocks
from app.lessons.connections import PART_KEYS, read_parts
from app.lessons.heads import SESSION
from app.lessons.keyed import Line
from app.lessons.model import Block, Head, Lesson, LessonError, Note, Part, Problem, Recording, Step
from app.lessons.selector import EventName, Expect, Selector, SelectorError, parse, parse_expect
from app.trace import Trace, TraceError, read_jsonl

STEP_KEYS = ("at", "field", "byte", "page", "program")
STEP_LISTS = ("expect", "notes")


def load(path: Path) -> Lesson:
    """Read one lesson. Raises LessonError (what is wrong in it) or OSError (no such file)."""
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise LessonError([Problem(line, "this is not UTF-8; save the file as UTF-8")]) from None
    return read(text, path.name, path.parent)


def read(text: str, name: str, folder: Path | None = None) -> Lesson:
    """The lesson in `text`; traces are looked for in `folder`. Raises LessonError with every problem found."""
    head, body, before = settings.split(text)
    values, lines = settings.read(head)
    problems = settings.check_keys(values, lines)
    if problems:
        raise LessonError(problems)
    recording = settings.read_recording(values.get("trace"), lines, problems)
    traces = _traces(recording, folder, problems)
    parts = _recorded_parts(recording, traces) if "trace" in values else read_parts(values, lines, problems)
    for key in ("connections", *PART_KEYS) if "trace" in values else ():
        if key in values:
            problems.append(Problem(lines[(key,)], f"a lesson with a `trace` plays nothing; remove `{key}`"))
    intro, *sections = _sections([Line(before + n, line) for n, line in enumerate(body.split("\n"), 1)])
    steps = tuple(_step(number, section, problems) for number, section in enumerate(sections, 1))
    if not steps:
        problems.append(Problem(before + 1, "the lesson has no step; begin one with `## Title`"))
    lesson = Lesson(
        values["id"],
        values["slug"],
        values["title"],
        values["goal"],
        values["minutes"],
        settings.read_sources(values["sources"], lines, problems),
        parts,
        {str(key): why for key, why in values.get("numbers", {}).items()},
        values.get("twin", ""),
        read_blocks(intro, problems),
        tuple(step for step in steps if step),
        name,
        _key_lines(lines),
        settings.read_needs(values.get("needs", []), lines, problems),
        settings.read_demos(values.get("demo", []), lines, problems),
        recording,
        traces,
    )
    if problems:
        raise LessonError(problems)
    return lesson


def _traces(recording: Recording | None, folder: Path | None, problems: list[Problem]) -> tuple[Trace, ...]:
    if recording is None or folder is None:
        return ()
    try:
        with (folder / recording.file).open(encoding="utf-8") as lines:
            return tuple(read_jsonl(lines))
    except OSError as error:
        problems.append(Problem(recording.line, f"`{recording.file}` cannot be read: {error.strerror}"))
    except (TraceError, UnicodeDecodeError) as error:
        problems.append(Problem(recording.line, f"`{recording.file}` is no trace: {error}"))
    return ()


def _recorded_parts(recording: Recording | None, traces: tuple[Trace, ...]) -> tuple[Part, ...]:
    line = recording.line if recording else 1
    names = [trace.connection for trace in traces] or [SESSION]
    return tuple(Part(name, line, "", "", Head(), (), ()) for name in names)


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


def _step(number: int, lines: list[Line], problems: list[Problem]) -> Step | None:
    heading, *rest = lines
    keys, used = keyed.read(rest, STEP_KEYS, STEP_LISTS, problems, "step")
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
    expects = [_expect(line, at.event, problems) for line in keys.many["expect"]]
    return Step(
        number,
        heading.number,
        heading.text[3:].strip(),
        at,
        field.text if field else "",
        _byte(keys.values.get("byte"), problems),
        _note(keys.values.get("page"), problems),
        _note(keys.values.get("program"), problems),
        tuple(Block("notes", line.number, line.text) for line in keys.many["notes"]),
        tuple(expect for expect in expects if expect),
        read_blocks(rest[used:], problems),
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
