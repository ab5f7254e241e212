"""A bound lesson as HTML: the pieces that the page of a lesson is put together from."""

from __future__ import annotations

from html import escape
from typing import NamedTuple
from urllib.parse import urlencode

from app.anatomy.names import family
from app.lessons import prose
from app.lessons.binding import NOT_YET, Binding, canonical
from app.lessons.forms import draw_task
from app.lessons.model import Block, Lesson, Note, Step
from app.lessons.selector import EventName

ASIDES = {"aside": "aside", "try": "aside try"}
"""The class of each kind of block that just stands beside the text."""
BELIEF = "What people say"
WAITING = '<p class="waiting">Your connection has not come this far yet.</p>\n'


class NoteHtml(NamedTuple):
    """What a program sees: the code that runs, and a remark."""

    code_html: str
    remark_html: str


class StepHtml(NamedTuple):
    """One step: its title and text, the field and byte that are open at first, and what both programs see."""

    number: int
    title_html: str
    body_html: str
    seq: int | None
    field: str
    byte: int | None
    page: NoteHtml | None
    program: NoteHtml | None
    notes_html: str = ""


class _Pen:
    """Draws chips and values for one step (`at` None: the introduction)."""

    def __init__(self, lesson: Lesson, binding: Binding, at: EventName | None, number: int) -> None:
        self.lesson, self.binding, self.at, self.number = lesson, binding, at, number

    def value(self, name: str) -> str:
        selector = canonical(name, self.at)
        full = str(selector) if selector else name
        if selector and selector.event.kind == "given":
            return f'<span class="given">{escape(self.binding.values.get(full, NOT_YET))}</span>'
        text = self.binding.values.get(full, NOT_YET)
        return f'<span class="val" data-v="{escape(full)}">{escape(text)}</span>'

    def chip(self, name: str) -> str:
        selector = canonical(name, self.at)
        field = selector.field if selector else ""
        field = "res.accept" if field.startswith("calc.") else field
        number = step_of(self.lesson, selector.event, self.number) if selector else None
        query = escape(urlencode({"step": number or self.number, "field": field}))
        return (
            f'class="chip f-{escape(family(field))}" data-f="{escape(field)}"'
            f' data-step="{number or self.number}" href="?{query}"'
        )

    def shown(self, when: str) -> bool:
        return (when == "live") == self.binding.live


def step_of(lesson: Lesson, event: EventName, near: int = 0) -> int | None:
    """The step that shows an event: step `near` if that does, else the first one; None when no step does."""
    wanted = event._replace(part=event.part or lesson.main.name)
    shown = ((step.number, step.at.event) for step in lesson.steps)
    numbers = [number for number, at in shown if at._replace(part=at.part or lesson.main.name) == wanted]
    return near if near in numbers else numbers[0] if numbers else None


def render(lesson: Lesson, binding: Binding, seed: int = 0) -> list[StepHtml]:
    """Every step of a lesson, with the chips and values of this binding, and tasks as they are for a seed."""
    return [_step(lesson, binding, step, seq, seed) for step, seq in zip(lesson.steps, binding.steps, strict=True)]


def render_intro(lesson: Lesson, binding: Binding) -> str:
    """What stands above the first step."""
    pen = _Pen(lesson, binding, None, 1)
    return "".join(_block(block, pen) for block in lesson.intro)


def _step(lesson: Lesson, binding: Binding, step: Step, seq: int | None, seed: int) -> StepHtml:
    pen = _Pen(lesson, binding, step.at.event, step.number)
    return StepHtml(
        step.number,
        prose.draw_inline(step.title, pen),
        (WAITING if seq is None else "") + "".join(_block(block, pen, seed) for block in step.blocks),
        seq,
        step.field,
        step.byte,
        _note(step.page, pen),
        _note(step.program, pen),
        "".join(prose.draw(note.text, pen) for note in step.notes),
    )


def _note(note: Note | None, pen: _Pen) -> NoteHtml | None:
    return NoteHtml(prose.code(note.code, pen), prose.code(note.remark, pen)) if note else None


def _block(block: Block, pen: _Pen, seed: int = 0) -> str:
    if block.task:
        return draw_task(pen.lesson.slug, block, pen, pen.number, seed)
    if block.kind == "myth":
        belief, _, truth = block.text.partition("\n\n")
        said = f'<p class="belief"><span class="who">{BELIEF}</span> {prose.draw_inline(belief, pen)}</p>'
        return f'<div class="myth" id="{escape(block.id)}">{said}{prose.draw(truth, pen)}</div>\n'
    text = prose.draw(block.text, pen)
    if block.kind == "prose":
        return text
    if block.kind in prose.WHEN:
        hidden = "" if pen.shown(block.kind) else " hidden"
        return f'<div data-when="{block.kind}"{hidden}>{text}</div>\n'
    if not block.choices:
        return f'<div class="{ASIDES[block.kind]}">{text}</div>\n'
    answers = "".join(
        f'<details class="answer"><summary>{prose.draw_inline(choice.text, pen)}</summary>'
        f'<p class="{"right" if choice.right else "wrong"}">{prose.draw_inline(choice.reason, pen)}</p></details>\n'
        for choice in block.choices
    )
    return f'<div class="question {block.kind}">{text}{answers}</div>\n'
