"""The steps of a lesson as the page draws them. Pure."""

from __future__ import annotations

from typing import NamedTuple

from app.lessons import Lesson, NoteHtml, StepHtml
from app.protocol.events import Event
from app.protocol.frames import Header


class StepView(NamedTuple):
    """A step with the event it is bound to; `byte_of_unit` is the byte to open, counted in the frame."""

    number: int
    title: str
    body: str
    seq: int | None
    field: str
    byte_of_unit: int | None
    page: NoteHtml | None
    program: NoteHtml | None
    side: str
    notes: str = ""
    part: str = ""
    app: str = ""


def step_views(lesson: Lesson, steps: list[StepHtml], events: list[Event]) -> list[StepView]:
    """Steps bound to the recorded example. A lesson counts bytes in a field, the page in the frame."""
    by_seq = {event.seq: event for event in events}
    return [
        StepView(
            number=step.number,
            title=step.title_html,
            body=step.body_html,
            seq=step.seq,
            field=step.field,
            byte_of_unit=_byte(step, by_seq.get(step.seq) if step.seq is not None else None),
            page=step.page,
            program=step.program,
            side=by_seq[step.seq].side if step.seq in by_seq else "",
            notes=step.notes_html,
            part=lesson.steps[step.number - 1].at.event.part,
            app=_app(lesson, lesson.steps[step.number - 1].at.event.part),
        )
        for step in steps
    ]


def _app(lesson: Lesson, part: str) -> str:
    """The value of `?app=` of the connection that a step is about, where there are several."""
    return next((each.live for each in lesson.parts if each.name == part), "") if len(lesson.parts) > 1 else ""


def _byte(step: StepHtml, event: Event | None) -> int | None:
    """Bytes of a payload are counted from its first; the header comes before it."""
    if step.byte is None or event is None or not isinstance(event.detail, Header):
        return step.byte
    return event.detail.size + step.byte if step.field == "payload" else step.byte
