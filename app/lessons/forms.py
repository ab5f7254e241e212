"""A task as a form: it works without a script, which only spares the reader the way to a page with the verdict."""

from __future__ import annotations

from html import escape

from app.lessons import prose
from app.lessons.judging import shuffled
from app.lessons.model import Block, Task
from app.lessons.tasks import PIECES

WORDS = {
    "task": "Task",
    "check": "Check",
    "another": "Another one",
    "hints": ("A nudge", "A bigger hint", "Nearly the answer"),
    "text": "Your answer",
    "number": "A number",
    "hex": "Bytes in hexadecimal",
    "bits": "Zeros and ones",
    "order": "The numbers in order, with blanks between",
    "assemble": "The numbers of the steps in order, with blanks between",
    "frames": "Bytes in hexadecimal",
    "request": "The request, line by line",
    "response": "The answer, line by line",
}
"""What stands on a form."""
LINES = {"frames": 3, "request": 7, "response": 6}
"""Kinds that need more than one line, and how many."""


def draw_task(slug: str, block: Block, pen: prose.Drawing, step: int, seed: int) -> str:
    """The form of a task: its text, what to fill in, three hints, and a place for the verdict."""
    task = block.task
    assert task
    name = escape(f"{slug}-{task.id}")
    hidden = {"task": task.id, "seed": str(seed), "step": str(step)}
    return (
        f'<form class="task" id="{escape(task.id)}" method="post" action="/learn/{escape(slug)}/task"'
        f' data-kind="{task.kind}">'
        f'<p class="task-head">{WORDS["task"]}</p>{prose.draw(block.text, pen)}'
        + "".join(f'<input type="hidden" name="{key}" value="{escape(value)}">' for key, value in hidden.items())
        + _input(task, name, pen, seed)
        + f'<p class="task-do"><button type="submit">{WORDS["check"]}</button>'
        + (f'<a href="?step={step}&amp;seed={seed + 1}">{WORDS["another"]}</a>' if task.givens else "")
        + '</p><div class="verdict" role="status"></div>'
        + "".join(_hint(title, text, pen) for title, text in zip(WORDS["hints"], task.hints, strict=False))
        + "</form>\n"
    )


def _hint(title: str, text: str, pen: prose.Drawing) -> str:
    return f'<details class="hint"><summary>{title}</summary><p>{prose.draw_inline(text, pen)}</p></details>'


def _input(task: Task, name: str, pen: prose.Drawing, seed: int) -> str:
    if task.kind == "choose":
        kind = "radio" if sum(choice.right for choice in task.choices) == 1 else "checkbox"
        return "".join(
            f'<label class="pick"><input type="{kind}" name="answer" value="{n}">'
            f" <span>{prose.draw_inline(choice.text, pen)}</span></label>"
            for n, choice in enumerate(task.choices, 1)
        )
    label = f'<label for="{name}">{WORDS[task.kind]}</label>'
    attributes = f'id="{name}" name="answer" autocomplete="off" spellcheck="false" required'
    if task.kind in LINES:
        return f'{label}<textarea {attributes} rows="{LINES[task.kind]}"></textarea>'
    field = f'{label}<input type="text" {attributes}>'
    if task.kind not in PIECES:
        return field
    pieces = (task.pieces[place] for place in shuffled(task, seed))
    return f'<ol class="pieces">{"".join(f"<li>{prose.draw_inline(p.text, pen)}</li>" for p in pieces)}</ol>{field}'
