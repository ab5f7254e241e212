"""What a lesson is made of. Nothing here reads or resolves anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from app.lessons.selector import Expect, Selector


class Problem(NamedTuple):
    """One thing wrong in a lesson: the line, and what to do about it."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}"


class LessonError(ValueError):
    """A lesson that cannot be used; `problems` says where and why, in the order of the lines."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("; ".join(map(str, self.problems)))


class Action(NamedTuple):
    """One step of the client's script: a verb of `script.VERBS` and what it is given."""

    line: int
    verb: str
    options: dict[str, str | int | bool]


class Choice(NamedTuple):
    """One answer to a question, and the reason that is shown when it is chosen."""

    line: int
    text: str
    right: bool
    reason: str


class Block(NamedTuple):
    """A run of text: kind `prose`, or one of `source.BLOCKS`. `line` is the first line of the text."""

    kind: str
    line: int
    text: str
    choices: tuple[Choice, ...] = ()


class Note(NamedTuple):
    """What a program sees at a step: the code that runs, and a remark."""

    line: int
    code: str
    remark: str


@dataclass(frozen=True, slots=True)
class Step:
    """One `##` section: the event it is about, the field (and byte) that is open at first, and its text."""

    number: int
    line: int
    title: str
    at: Selector
    field: str
    byte: int | None
    page: Note | None
    program: Note | None
    expects: tuple[Expect, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Something to read further: what the link says, and where it leads."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson file. `twin_of` is the slug of the lesson whose mistake this one shows, else empty."""

    id: int
    slug: str
    title: str
    goal: str
    minutes: int
    sources: tuple[Source, ...]
    app: str
    client: tuple[Action, ...]
    numbers: dict[str, str]
    twin_of: str
    intro: tuple[Block, ...]
    steps: tuple[Step, ...]
    name: str
    lines: dict[str, int]

    @property
    def browser_can_run(self) -> bool:
        """Whether a page can follow the script: a browser pings nobody and masks whatever it sends."""
        return all(action.verb in ("send", "wait", "close") and "mask" not in action.options for action in self.client)

    @property
    def script(self) -> list[dict[str, object]]:
        """The client's script as JSON, for a page that follows it: [{"do": "send", "text": "Hello"}, ...]."""
        return [{"do": action.verb, **action.options} for action in self.client]
