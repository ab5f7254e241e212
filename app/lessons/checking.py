"""`socketscope lessons check`: plays every lesson and says, line by line, what does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.lessons import links
from app.lessons.binding import bind, references
from app.lessons.literals import Said, typed
from app.lessons.model import Lesson, LessonError, Problem, Step
from app.lessons.prose import Ref
from app.lessons.render import step_of
from app.lessons.resolve import Resolver
from app.lessons.script import play
from app.lessons.selector import EventName, SelectorError, parse
from app.lessons.shelf import files, root
from app.lessons.source import load
from app.lessons.trying import task_problems
from app.lessons.values import Unresolved


def check(path: Path | str | None = None) -> list[str]:
    """What is wrong in one lesson file, or in all lessons of this project; each as `FILE:LINE: what to do`."""
    paths = files(root()) if path is None else [Path(path)]
    return [f"{each}:{problem.line}: {problem.text}" for each in paths for problem in _file(each)]


def _file(path: Path) -> list[Problem]:
    try:
        lesson = load(path)
        return sorted(set(problems(lesson, _neighbours(path))))
    except LessonError as error:
        return error.problems
    except OSError as error:
        return [Problem(0, f"cannot be read: {error.strerror}")]


def _neighbours(path: Path) -> dict[str, Lesson]:
    """The lessons beside this one by their slugs; files that do not load are left out."""
    found = {}
    for each in files(path.parent):
        try:
            lesson = load(each)
        except (LessonError, OSError):
            continue
        found[lesson.slug] = lesson
    return found


def problems(lesson: Lesson, neighbours: dict[str, Lesson]) -> Iterator[Problem]:
    """Everything that is wrong in a lesson that could be read. Raises LessonError when its script cannot be played."""
    example = play(lesson)
    resolver = Resolver(example, lesson.main.name)
    yield from bind(lesson, example).problems
    for step in lesson.steps:
        yield from _step(step, resolver)
    for at, ref in references(lesson):
        if ref.kind == "chip":
            yield from _chip(lesson, ref, at, resolver)
        elif ref.kind == "link":
            yield from _link(ref, neighbours)
        elif ref.kind == "fault":
            yield Problem(ref.line, ref.text)
    yield from _by_hand(lesson, resolver)
    yield from task_problems(lesson, example)
    yield from _named(lesson, neighbours)


def _named(lesson: Lesson, neighbours: dict[str, Lesson]) -> Iterator[Problem]:
    """What the settings name must be there, and what has a name has one of its own."""
    if lesson.twin_of and lesson.twin_of not in neighbours:
        yield Problem(lesson.lines["twin"], f"there is no lesson `{lesson.twin_of}` beside this file")
    for slug in lesson.needs:
        if slug not in neighbours:
            yield Problem(lesson.lines["needs"], f"there is no lesson `{slug}` beside this file")
    for demo in lesson.demos:
        for step in demo.steps:
            if not 1 <= step <= len(lesson.steps):
                yield Problem(demo.line, f"there is no step {step}")
    seen: set[str] = set()
    for block in (block for step in lesson.steps for block in step.blocks if block.id):
        if block.id in seen:
            yield Problem(block.line, f"two blocks are called `{block.id}`; each needs a name of its own")
        seen.add(block.id)
    for block in lesson.intro:
        if block.id:
            yield Problem(block.line, f"`{block.id}` stands before the first step; move it into one")


def _step(step: Step, resolver: Resolver) -> Iterator[Problem]:
    try:
        event = resolver.event(step.at.event)
    except Unresolved:
        return
    try:
        found = resolver.field(event, step.field)
        if step.byte is not None and step.byte >= len(found.data):
            yield Problem(step.line, f"`{step.field}` has {len(found.data)} bytes, so `byte` is below that")
    except Unresolved as error:
        yield Problem(step.line, str(error))
    for expect in step.expects:
        try:
            if wrong := resolver.holds(expect):
                yield Problem(expect.line, f"this does not hold: {wrong}")
        except Unresolved as error:
            yield Problem(expect.line, str(error))


def _chip(lesson: Lesson, ref: Ref, at: EventName | None, resolver: Resolver) -> Iterator[Problem]:
    try:
        selector = parse(ref.text, at)
    except SelectorError as error:
        yield Problem(ref.line, str(error))
        return
    if not selector.field or selector.prop or selector.format or selector.byte is not None:
        yield Problem(ref.line, f"`#{ref.text}` must name a field, such as #opcode or #res.accept")
        return
    if not step_of(lesson, selector.event):
        yield Problem(ref.line, f"no step shows `{selector.event}`, so `#{ref.text}` leads nowhere")
    try:
        resolver.field(resolver.event(selector.event), selector.field)
    except Unresolved as error:
        yield Problem(ref.line, f"`#{ref.text}`: {error}")


def _link(ref: Ref, neighbours: dict[str, Lesson]) -> Iterator[Problem]:
    target = links.lesson_target(ref.text)
    if target is None:
        return
    slug, place = target
    if slug not in neighbours:
        yield Problem(ref.line, f"there is no lesson `{slug}` beside this file")
        return
    size = len(neighbours[slug].steps)
    if place.isdecimal() and not 1 <= int(place) <= size:
        yield Problem(ref.line, f"lesson `{slug}` has {size} steps, so no step {place}")
    elif place and not place.isdecimal() and neighbours[slug].step_of_block(place) is None:
        yield Problem(ref.line, f"lesson `{slug}` has no myth or task `{place}`")


def _by_hand(lesson: Lesson, resolver: Resolver) -> Iterator[Problem]:
    """Digits and text typed where the trace should speak, and listed numbers that nothing uses."""
    used: set[str] = set()
    said: dict[EventName | None, Said | None] = {None: None}
    for key in ("title", "goal"):
        yield from typed(lesson, Ref("text", lesson.lines[key], getattr(lesson, key)), None, used)
    for at, ref in references(lesson):
        if ref.kind not in ("text", "code"):
            continue
        if at not in said:
            said[at] = _said(at, resolver)
        yield from typed(lesson, ref, said[at], used)
    for number in lesson.numbers.keys() - used:
        yield Problem(lesson.lines[f"numbers.{number}"], f"`{number}` is listed but never used; remove it")


def _said(at: EventName | None, resolver: Resolver) -> Said | None:
    try:
        return Said(resolver, resolver.event(at)) if at else None
    except Unresolved:
        return None
