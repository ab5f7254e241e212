"""How a conversation fills a lesson: each step gets its event, each value its text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from app.lessons import prose
from app.lessons.model import Lesson, Problem, Step
from app.lessons.resolve import Resolver
from app.lessons.selector import EventName, Selector, SelectorError, parse
from app.lessons.values import Unresolved
from app.protocol.events import Event
from app.trace import Trace

NOT_YET = "…"
"""What stands in a sentence where the trace has no value yet."""


@dataclass(frozen=True, slots=True)
class Binding:
    """`steps`: the `seq` of each step's event, None while it has not happened; `values`: text by canonical selector.

    `problems` says, with lines, what found nothing; a lesson that is sound has none in its scripted trace.
    """

    steps: list[int | None]
    values: dict[str, str]
    live: bool = False
    problems: list[Problem] = field(default_factory=list)


def bind(lesson: Lesson, events: list[Event], trace: Trace, *, live: bool = False) -> Binding:
    """Fill a lesson from a conversation. What the conversation does not hold becomes None and NOT_YET."""
    resolver = Resolver(events, trace)
    binding = Binding([], {}, live)
    for step in lesson.steps:
        try:
            binding.steps.append(resolver.event(step.at.event).seq)
        except Unresolved as error:
            binding.steps.append(None)
            binding.problems.append(Problem(step.line, str(error)))
    for at, ref in references(lesson):
        if ref.kind == "value":
            _fill(binding, resolver, at, ref)
    return binding


def _fill(binding: Binding, resolver: Resolver, at: EventName | None, ref: prose.Ref) -> None:
    try:
        selector = parse(ref.text, at)
    except SelectorError as error:
        binding.problems.append(Problem(ref.line, str(error)))
        return
    try:
        binding.values[str(selector)] = resolver.text(selector)
    except Unresolved as error:
        binding.values[str(selector)] = NOT_YET
        binding.problems.append(Problem(ref.line, f"`{{{ref.text}}}`: {error}"))


def references(lesson: Lesson) -> Iterator[tuple[EventName | None, prose.Ref]]:
    """Everything that the text of a lesson refers to, with the event that bare names belong to."""
    for block in lesson.intro:
        yield from ((None, ref) for ref in prose.refs(block.text, block.line))
    for step in lesson.steps:
        yield from ((step.at.event, ref) for ref in step_refs(step))


def step_refs(step: Step) -> Iterator[prose.Ref]:
    """Everything that the text of one step refers to."""
    yield from prose.refs(step.title, step.line)
    for note in (step.page, step.program):
        if note:
            yield from prose.code_refs(note.code, note.line)
            yield from prose.code_refs(note.remark, note.line)
    for block in step.blocks:
        yield from prose.refs(block.text, block.line)
        for choice in block.choices:
            yield from prose.refs(choice.text, choice.line)
            yield from prose.refs(choice.reason, choice.line)


def canonical(text: str, at: EventName | None) -> Selector | None:
    """The selector that text in braces or behind # names; None when it is none."""
    try:
        return parse(text, at)
    except SelectorError:
        return None
