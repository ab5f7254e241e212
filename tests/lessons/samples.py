"""What the tests of lessons share: a small lesson around some settings and steps."""

from __future__ import annotations

from app.lessons import Example, Lesson, play
from app.lessons.source import read

STEP = """## A step
at: {at}
field: {field}

Text.
"""


def lesson(settings: str, body: str = "", at: str = "req", field: str = "req.method") -> Lesson:
    """A lesson with these settings; by default with one step that asks for nothing."""
    head = "id: 7\nslug: small\ntitle: Small\ngoal: Try.\nminutes: 1\nsources: [rfc:6455]\n"
    return read(f"---\n{head}{settings.strip()}\n---\n\n{body or STEP.format(at=at, field=field)}", "07-small.md")


def played(settings: str) -> Example:
    """The recorded example of a lesson with these settings."""
    return play(lesson(settings))


def task_lesson(task: str, settings: str = "app: plain\nclient:\n  - send: Hello\n  - close: {code: 1000}") -> Lesson:
    """A lesson with one task in its only step."""
    return lesson(settings, STEP.format(at="req", field="req.method") + f"\n::: task doing\n{task.strip()}\n:::\n")
