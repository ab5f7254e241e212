"""Who ended it, when and how: view models of many connections, and of one beside another. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from app.anatomy.ending import Ending, by_abnormality, repeated_silence, seconds, sentence
from app.protocol.events import Event, Message
from app.protocol.frames import Header, Opcode
from app.web.reading import Reading, Talk
from app.web.wording import w

WIDTH, HEIGHT, EDGE = 420, 30, 6
LONG = 0.18
"""A silence that takes this part of the longest connection is drawn as a box."""
TICKS = 160
"""Frames that one timeline draws; more are thinned out."""


class Tick(NamedTuple):
    """A frame on a timeline: up for the client, down for the server."""

    x: float
    up: bool
    tall: bool


class Gap(NamedTuple):
    """A long silence on a timeline."""

    x: float
    width: float
    text: str


class Timeline(NamedTuple):
    """What is drawn of a connection; `end` is the shape of its end: close, rule, cut, open."""

    start: float
    stop: float
    ticks: tuple[Tick, ...]
    gaps: tuple[Gap, ...]
    end: str


class Row(NamedTuple):
    """One connection in the list."""

    name: str
    line: str
    timeline: Timeline | None


class Group(NamedTuple):
    """Connections that ended alike."""

    title: str
    rows: tuple[Row, ...]


class Verdict(NamedTuple):
    """What is said about one connection first."""

    name: str
    about: str
    sentence: str
    facts: tuple[str, ...]
    guesses: tuple[str, ...]
    who: str
    when: str
    how: str


class Side(NamedTuple):
    """One line of the comparison."""

    title: str
    one: str
    two: str


class Against(NamedTuple):
    """Two connections side by side."""

    one: str
    two: str
    well: bool
    lines: tuple[tuple[Timeline | None, Timeline | None], tuple[Side, ...]]


class Triage(NamedTuple):
    """The whole panel."""

    groups: tuple[Group, ...]
    verdict: Verdict
    against: Against | None
    others: tuple[str, ...]
    silence: str
    total: int


_GROUPS = (
    ("rst", "cut"),
    ("fin", "cut"),
    ("refused", "refused"),
    ("unanswered", "refused"),
    ("half-close", "half"),
    ("close", "close"),
    ("stop", "open"),
    ("untold", "untold"),
)
_TITLES = ("cut", "rule", "refused", "half", "close", "open", "untold", "none")


def verdict(talk: Talk, source_about: str) -> Verdict:
    """The first answer about a connection."""
    ending = talk.ending
    if ending is None:
        return Verdict(talk.name, source_about, w("tri.not-explained"), (), (), "", "", "")
    timed = bool(talk.trace.records) and talk.trace.records[-1].at > 0
    facts = list(ending.facts)
    if ending.error:
        facts.insert(0, w("tri.error", text=ending.error))
    if timed and ending.last and ending.silence is not None:
        facts.insert(0, w("tri.last", last=ending.last, silence=brief(ending.silence)))
    said = sentence(ending)
    if not timed:
        facts = [fact.replace(", at 0 s,", "") for fact in facts]
        said = w("tri.untimed." + ending.how) if ending.how in ("stop", "untold") else said.rpartition(",")[0] + "."
    guesses = tuple(guess.removeprefix("Guess: ") for guess in ending.guesses)
    return Verdict(
        talk.name,
        source_about,
        said,
        tuple(facts),
        tuple(guess[:1].upper() + guess[1:] for guess in guesses),
        w("side." + ending.who) if ending.who else w("tri.nobody"),
        seconds(ending.at) if timed else "",
        _how(ending),
    )


def _how(ending: Ending) -> str:
    if ending.how in ("close", "half-close"):
        code = w("tri.code", code=ending.code) if ending.code is not None else w("tri.no-code")
        return code + w("tri.both" if ending.how == "close" else "tri.one")
    return w("tri.how." + ending.how)


def group_of(talk: Talk) -> str:
    """Which group a connection stands in."""
    if talk.ending is None:
        return "none"
    if talk.ending.error and talk.ending.how in ("close", "half-close", "fin", "rst"):
        return "rule"
    return dict(_GROUPS)[talk.ending.how]


def triage(reading: Reading, chosen: Talk, beside: str, about: str) -> Triage:
    """The panel of a reading with several connections."""
    endings = by_abnormality(talk.ending for talk in reading.talks if talk.ending)
    order = {ending.connection: n for n, ending in enumerate(endings)}
    talks = sorted(reading.talks, key=lambda talk: order.get(talk.name, len(order)))
    until = max((_span(talk) for talk in talks), default=0)
    groups: list[Group] = []
    for name in _TITLES:
        rows = tuple(
            Row(talk.name, line(talk), timeline(talk, until) if talk.ending else None)
            for talk in talks
            if group_of(talk) == name
        )
        if rows:
            groups.append(Group(w("tri.group." + name), rows))
    other = _beside(talks, chosen, beside)
    return Triage(
        tuple(groups),
        verdict(chosen, about),
        against(chosen, other, until) if other else None,
        tuple(talk.name for talk in talks if talk.ending and talk is not chosen),
        (repeated_silence(endings) or "").removeprefix("Guess: "),
        len(talks),
    )


def _beside(talks: Sequence[Talk], chosen: Talk, beside: str) -> Talk | None:
    """The connection to compare with: the one that was asked for, else one that ended well and said most."""
    if chosen.ending is None:
        return None
    named = next((talk for talk in talks if talk.name == beside and talk is not chosen and talk.ending), None)
    others = [talk for talk in talks if talk is not chosen and group_of(talk) == "close"]
    good = [talk for talk in others if _well(talk)] or others
    return named or max(good, key=lambda talk: talk.count, default=None)


def _well(talk: Talk) -> bool:
    """Closed by both sides, with a code that tells of no trouble, and without a broken rule."""
    return group_of(talk) == "close" and talk.ending is not None and talk.ending.code in (None, 1000, 1001)


def brief(duration: int) -> str:
    """A duration with three digits that count."""
    return seconds(round(duration, 3 - len(str(duration))) if duration else 0)


def line(talk: Talk) -> str:
    """The end of a connection in a few words."""
    ending = talk.ending
    if ending is None:
        return w("tri.what." + talk.known.what)
    who = w("side." + ending.who) if ending.who else ""
    if ending.how in ("close", "half-close"):
        code = str(ending.code) if ending.code is not None else w("tri.no-code.short")
        return w("tri.line.close", who=who, code=code)
    if ending.how in ("fin", "rst") and ending.silence is not None:
        return w("tri.line.cut", who=who, how=ending.how.upper(), silence=brief(ending.silence))
    return w("tri.line." + ending.how, who=who)


def _span(talk: Talk) -> int:
    return talk.trace.records[-1].at if talk.trace.records else 0


def _places(talk: Talk) -> list[Event]:
    """What has a tick: heads, frames, and messages of sources that have no frames."""
    return [
        event
        for event in talk.events
        if event.kind in ("request", "response", "frame")
        or (isinstance(event.detail, Message) and not event.detail.frames)
    ]


def timeline(talk: Talk, until: int) -> Timeline:
    """A connection along the time of the longest one."""
    events = _places(talk)
    span = max(until, 1)
    room = WIDTH - 2 * EDGE - 14

    def x(at: int) -> float:
        return round(EDGE + at / span * room, 1)

    end = talk.ending.at if talk.ending else _span(talk)
    end = max(end, events[-1].at if events else 0)
    times = [event.at for event in events] + [end]
    gaps = tuple(
        Gap(x(a) + 3, max(x(b) - x(a) - 6, 1), w("tri.silent", silence=brief(b - a)))
        for a, b in zip(times, times[1:], strict=False)
        if b - a > span * LONG
    )
    step = max(len(events) // TICKS, 1)
    ticks = tuple(Tick(x(e.at), e.side == "client", _is_close(e)) for e in events[::step])
    begin = talk.trace.records[0].at if talk.trace.records else 0
    shape = {"close": "close", "half": "close", "rule": "rule", "open": "open", "untold": "open"}
    return Timeline(x(begin), x(end), ticks, gaps, shape.get(group_of(talk), "cut"))


def _is_close(event: Event) -> bool:
    return isinstance(event.detail, Header) and event.detail.opcode == Opcode.CLOSE


def against(one: Talk, two: Talk, until: int) -> Against:
    """Two connections, line by line."""
    lines = tuple(
        Side(w("vs." + name), a, b) for name, a, b in zip(_LINES, _measures(one), _measures(two), strict=True) if a or b
    )
    return Against(one.name, two.name, _well(two), ((timeline(one, until), timeline(two, until)), lines))


_LINES = ("how", "last", "longest", "frames", "bytes", "pings", "errors")


def _measures(talk: Talk) -> tuple[str, ...]:
    events = _places(talk)
    times = [event.at for event in events]
    ending = talk.ending
    if ending:
        times.append(max(ending.at, times[-1] if times else 0))
    longest = max((b - a for a, b in zip(times, times[1:], strict=False)), default=0)
    pings = [e for e in events if isinstance(e.detail, Header) and e.detail.opcode == Opcode.PING]
    return (
        line(talk),
        brief(ending.silence) if ending and ending.silence is not None else "",
        brief(longest),
        str(sum(event.kind == "frame" for event in events)),
        w("vs.bytes.of", client=talk.trace.size("client"), server=talk.trace.size("server")),
        _every(pings),
        str(talk.errors),
    )


def _every(pings: Sequence[Event]) -> str:
    """How many Pings, and how far apart where they keep a beat."""
    if len(pings) < 3:
        return str(len(pings))
    gaps = [b.at - a.at for a, b in zip(pings, pings[1:], strict=False)]
    middle = sorted(gaps)[len(gaps) // 2]
    steady = all(abs(gap - middle) <= middle * 0.1 for gap in gaps)
    return w("vs.every", count=len(pings), gap=brief(middle)) if steady else str(len(pings))
