"""Lessons: Markdown that names the bytes of a conversation and never types them.

A lesson is read (`load`), played (`scripted`), filled from a conversation (`bind`), drawn (`render`) and checked
(`check`). Nothing here touches a socket or a clock; only `load` and `lessons` read files.
"""

from app.lessons.binding import Binding, bind
from app.lessons.checking import check
from app.lessons.model import Lesson, LessonError, Problem, Source, Step
from app.lessons.render import NoteHtml, StepHtml, render, render_intro
from app.lessons.script import replay, said, scripted
from app.lessons.shelf import lessons, root
from app.lessons.source import load

__all__ = [
    "Binding",
    "Lesson",
    "LessonError",
    "NoteHtml",
    "Problem",
    "Source",
    "Step",
    "StepHtml",
    "bind",
    "check",
    "lessons",
    "load",
    "render",
    "render_intro",
    "replay",
    "root",
    "said",
    "scripted",
]
