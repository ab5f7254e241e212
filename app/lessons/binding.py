"""How a conversation fills a lesson: each step gets its event, each value its text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.lessons import prose
from app.lessons.given import given_of
from app.lessons.model import Block, Lesson, Problem, Step
from app.lessons.resolve import Resolver
from app.lessons.script import Example
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


def bind(
    lesson: Lesson, example: Example, *, live: str | None = None, given: Mapping[str, str] | None = None
) -> Binding:
    """Fill a lesson from a conversation. What the conversation does not hold becomes None and NOT_YET.

    `live` is the name of the part that the reader's connection plays; None fills it from its own example.
    """
    resolver = Resolver(example, lesson.main.name, given=given_of(lesson) if given is None else given)
    binding = Binding([], {}, live is not None)
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


def bind_live(lesson: Lesson, part: str, events: list[Event], trace: Trace) -> Binding:
    """Fill a lesson from a reader's own connection, which plays one part of it."""
    example = Example({part: trace}, events, {event.seq: part for event in events})
    return bind(lesson, example, live=part)


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
        yield from ((None, ref) for ref in block_refs(block))
    for step in lesson.steps:
        yield from ((step.at.event, ref) for ref in step_refs(step))


def step_refs(step: Step) -> Iterator[prose.Ref]:
    """Everything that the text of one step refers to."""
    yield from prose.refs(step.title, step.line)
    for note in (step.page, step.program):
        if note:
            yield from prose.code_refs(note.code, note.line)
            yield from prose.code_refs(note.remark, note.line)
    for block in (*step.blocks, *step.notes):
        yield from block_refs(block)


def block_refs(block: Block) -> Iterator[prose.Ref]:
    """Everything that a block refers to."""
    yield from prose.refs(block.text, block.line)
    for choice in block.choices:
        yield from prose.refs(choice.text, choice.line)
        yield from prose.refs(choice.reason, choice.line)
    if block.task:
        texts = [(hint, block.task.line) for hint in block.task.hints] + [(block.task.right, block.task.line)]
        texts += [(miss.reason, miss.line) for miss in block.task.misses]
        texts += [(piece.text, piece.line) for piece in block.task.pieces]
        for text, line in texts:
            yield from prose.refs(text, line)


def canonical(text: str, at: EventName | None) -> Selector | None:
    """The selector that text in braces or behind # names; None when it is none."""
    try:
        return parse(text, at)
    except SelectorError:
        return None
