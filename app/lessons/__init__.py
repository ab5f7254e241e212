"""Lessons: Markdown that names the bytes of a conversation and never types them.

A lesson is read (`load`), played (`scripted`), filled from a conversation (`bind`), drawn (`render`) and checked
(`check`). Nothing here touches a socket or a clock; only `load` and `lessons` read files.
"""

from app.lessons.binding import Binding, bind, bind_live
from app.lessons.checking import check
from app.lessons.judging import Verdict, judge
from app.lessons.model import Lesson, LessonError, Part, Problem, Source, Step, Task
from app.lessons.program import lesson_programs
from app.lessons.render import NoteHtml, StepHtml, render, render_intro
from app.lessons.script import Example, play, replay, scripted
from app.lessons.shelf import lessons, readable, root
from app.lessons.source import load

__all__ = [
    "Binding",
    "Example",
    "Lesson",
    "LessonError",
    "NoteHtml",
    "Part",
    "Problem",
    "Source",
    "Step",
    "StepHtml",
    "Task",
    "Verdict",
    "bind",
    "bind_live",
    "check",
    "judge",
    "lesson_programs",
    "lessons",
    "load",
    "play",
    "readable",
    "render",
    "render_intro",
    "replay",
    "root",
    "scripted",
]
