"""Tries every task of a lesson: its solution must be accepted, and each near miss refused."""

from __future__ import annotations

from collections.abc import Iterator

from app.lessons.given import draw
from app.lessons.judging import check_selectors, judge, solution, written
from app.lessons.model import Lesson, Problem, Task
from app.lessons.resolve import Resolver
from app.lessons.script import Example

SEEDS = (0, 1, 2)
"""What is drawn at random is tried more than once."""


def task_problems(lesson: Lesson, example: Example) -> Iterator[Problem]:
    """What is wrong with the tasks of a lesson."""
    names: set[str] = set()
    for task in lesson.tasks:
        yield from (Problem(task.line, text) for text in check_selectors(task))
        for given in task.givens:
            if given.name in names:
                yield Problem(given.line, f"`{given.name}` is given twice in this lesson; choose another name")
            names.add(given.name)
        for seed in SEEDS if task.givens else SEEDS[:1]:
            yield from _tried(lesson, example, task, seed)


def _tried(lesson: Lesson, example: Example, task: Task, seed: int) -> Iterator[Problem]:
    resolver = Resolver(example, lesson.main.name, given=draw(task, seed))
    try:
        verdict = judge(lesson, example, task, solution(task, resolver, seed), seed)
        if not verdict.right:
            yield Problem(task.line, f"the solution of `{task.id}` is refused: {' '.join(verdict.reasons)}")
        if task.kind == "choose":
            yield from _choices(lesson, example, task)
        for miss in task.misses:
            if judge(lesson, example, task, written(task, miss.text, resolver, seed), seed).right:
                yield Problem(miss.line, f"`{task.id}` accepts this near miss; a `check` is missing")
    except ValueError as error:
        yield Problem(task.line, str(error))


def _choices(lesson: Lesson, example: Example, task: Task) -> Iterator[Problem]:
    for number, choice in enumerate(task.choices, 1):
        if not choice.right and judge(lesson, example, task, str(number)).right:
            yield Problem(choice.line, f"`{task.id}` accepts this choice, which is not marked")
