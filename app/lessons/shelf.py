"""Where the lessons are, and in which order."""

from __future__ import annotations

from pathlib import Path

from app.lessons.model import Lesson, LessonError
from app.lessons.source import load


def root() -> Path:
    """The folder of the lessons: inside the package once installed, beside it in the repository."""
    here = Path(__file__).parent
    return here if files(here) else here.parents[1] / "lessons"


def files(folder: Path) -> list[Path]:
    """The lesson files of a folder, in order: those whose name begins with a number."""
    return sorted(folder.glob("[0-9]*.md"))


def readable(folder: Path | None = None) -> tuple[list[Lesson], list[LessonError]]:
    """The lessons that can be read, in order, and what is wrong with the others."""
    found, broken = [], []
    for path in files(folder or root()):
        try:
            found.append(load(path))
        except LessonError as error:
            broken.append(error)
    return sorted(found, key=_place), broken


def _place(lesson: Lesson) -> tuple[int, bool, str]:
    return lesson.id, bool(lesson.twin_of), lesson.slug


def lessons(folder: Path | None = None) -> list[Lesson]:
    """Every lesson of a folder in the order of ids, each followed by its twins. Raises LessonError."""
    return sorted((load(path) for path in files(folder or root())), key=_place)
