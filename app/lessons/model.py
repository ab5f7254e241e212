"""What a lesson is made of. Nothing here reads or resolves anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from app.lessons.selector import Expect, Selector
from app.protocol.say import Answer
from app.trace import Trace


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
    """One step of a script: a verb of `verbs.VERBS` and what it is given. `parts` are the actions of `together`."""

    line: int
    verb: str
    options: dict[str, Any]
    parts: tuple[Action, ...] = ()


class Head(NamedTuple):
    """How the opening request differs from an ordinary one.

    `headers` replaces or adds values (None leaves the header out, several values repeat it); `raw` is the whole head
    as text; `early` are bytes that follow the head without waiting for the answer.
    """

    method: str = "GET"
    target: str = ""
    version: str = "HTTP/1.1"
    headers: dict[str, tuple[str, ...] | None] = {}
    raw: str = ""
    early: bytes = b""


@dataclass(frozen=True, slots=True)
class Part:
    """One connection of a lesson: what the server does (`app`, or a script of its own) and what the client does.

    `live` is the value of `?app=` that plays this part. With `automatic` False the client answers neither a Ping nor
    a Close by itself.
    """

    name: str
    line: int
    app: str
    live: str
    head: Head
    client: tuple[Action, ...]
    server: tuple[Action, ...]
    automatic: bool = True
    answer: Answer = Answer()

    @property
    def browser_can_run(self) -> bool:
        """Whether a page can follow the script: a browser pings nobody, masks what it sends, and makes its own head."""
        own = self.head._replace(headers={}) == Head() and self.head.headers.keys() <= BY_ITSELF
        return own and self.automatic and all(_browser_can(action) for action in self.client)

    @property
    def script(self) -> list[dict[str, Any]]:
        """The client's script as JSON, for a page that follows it: [{"do": "send", "text": "Hello"}, ...]."""
        flat = [each for action in self.client for each in (action.parts or (action,))]
        return [{"do": action.verb, **action.options} for action in flat]

    @property
    def subprotocols(self) -> list[str]:
        """What a page offers in the constructor."""
        values = self.head.headers.get(SUBPROTOCOLS) or ()
        return [name.strip() for value in values for name in value.split(",")]


SUBPROTOCOLS = "Sec-WebSocket-Protocol"
BY_ITSELF = {
    SUBPROTOCOLS,
    "Sec-WebSocket-Extensions",
    "User-Agent",
    "Accept-Encoding",
    "Accept-Language",
    "Pragma",
    "Cache-Control",
    "Cookie",
}
"""Headers that a browser sends of its own accord, or offers when a page asks for it."""
_BROWSER: dict[str, set[str]] = {
    "send": {"text", "times"},
    "binary": {"hex"},
    "wait": {"messages"},
    "idle": {"seconds"},
    "close": {"code", "reason"},
    "together": set(),
}


def _browser_can(action: Action) -> bool:
    known = action.verb in _BROWSER and action.options.keys() <= _BROWSER[action.verb]
    return known and all(_browser_can(part) for part in action.parts)


class Choice(NamedTuple):
    """One answer to a question, and the reason that is shown when it is chosen."""

    line: int
    text: str
    right: bool
    reason: str


class Piece(NamedTuple):
    """Something to put in order in a task: what it is called, and the bytes or the operation that it stands for."""

    line: int
    text: str
    means: str


class Miss(NamedTuple):
    """An answer that is wrong but tempting, and what is said about it."""

    line: int
    text: str
    reason: str


class Given(NamedTuple):
    """Something drawn anew for each reader of a task: its name, and a kind of `given.KINDS`."""

    line: int
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do that the engine judges; `kind` is one of `judging.KINDS`, `side` who would send the bytes."""

    id: str
    line: int
    kind: str
    side: str
    checks: tuple[Expect, ...]
    solution: str
    misses: tuple[Miss, ...]
    hints: tuple[str, ...]
    right: str
    givens: tuple[Given, ...] = ()
    choices: tuple[Choice, ...] = ()
    pieces: tuple[Piece, ...] = ()


class Block(NamedTuple):
    """A run of text: kind `prose`, or one of `blocks.KINDS`. `line` is the first line of the text."""

    kind: str
    line: int
    text: str
    choices: tuple[Choice, ...] = ()
    id: str = ""
    task: Task | None = None


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
    notes: tuple[Block, ...]
    expects: tuple[Expect, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Something to read further: what the link says, and where it leads."""

    label: str
    url: str


class Demo(NamedTuple):
    """A way through a lesson for a presenter with so many minutes."""

    line: int
    minutes: int
    steps: tuple[int, ...]


class Recording(NamedTuple):
    """A trace that was recorded elsewhere, because the scenario cannot run here: the file, and why."""

    line: int
    file: str
    why: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson file. `twin_of` is the slug of the lesson whose mistake this one shows, else empty."""

    id: int
    slug: str
    title: str
    goal: str
    minutes: int
    sources: tuple[Source, ...]
    parts: tuple[Part, ...]
    numbers: dict[str, str]
    twin_of: str
    intro: tuple[Block, ...]
    steps: tuple[Step, ...]
    name: str
    lines: dict[str, int]
    needs: tuple[str, ...] = ()
    demos: tuple[Demo, ...] = ()
    recording: Recording | None = None
    traces: tuple[Trace, ...] = ()

    @property
    def main(self) -> Part:
        """The first connection: the one that names without a part belong to."""
        return self.parts[0]

    @property
    def app(self) -> str:
        """The value of `?app=` for the reader's own connection."""
        return self.main.live

    @property
    def client(self) -> tuple[Action, ...]:
        """What the client does on the first connection."""
        return self.main.client

    def part_of(self, app: str) -> str:
        """The name of the connection that a value of `?app=` plays; the first one for any other."""
        return next((part.name for part in self.parts if part.live == app), self.main.name)

    @property
    def browser_can_run(self) -> bool:
        """Whether a page can play the first connection itself."""
        return not self.recording and self.main.browser_can_run

    @property
    def played_by_us(self) -> str:
        """Which connections a client on the server plays beside the page: `all`, `others` than the first, or none."""
        if self.recording:
            return ""
        return "" if self.browser_can_run and len(self.parts) == 1 else "others" if self.browser_can_run else "all"

    @property
    def script(self) -> list[dict[str, Any]]:
        """What a page is to do on the first connection."""
        return self.main.script

    @property
    def tasks(self) -> list[Task]:
        """Every task, in order."""
        blocks = [*self.intro, *(block for step in self.steps for block in step.blocks)]
        return [block.task for block in blocks if block.task]

    def step_of_block(self, id: str) -> int | None:
        """The step that holds the myth or task of that id."""
        return next((step.number for step in self.steps for block in step.blocks if id and block.id == id), None)
