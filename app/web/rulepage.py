"""The page of one rule as data: facts, lessons, what is related, what a run came to. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from app.protocol import closing
from app.protocol.events import End, Event, Violation, frame_payload
from app.protocol.frames import Header, Opcode
from app.protocol.handshake import Response
from app.protocol.rules import RULES, SEEN, Rule
from app.reference.ways import Way
from app.trace import Side, Trace, other
from app.words import t

RELATED = 6
ENDS = ("fin", "rst")


class Fact(NamedTuple):
    """One thing to know at a glance."""

    name: str
    value: str
    more: str = ""


def facts(rule: Rule) -> tuple[Fact, ...]:
    """Who is bound, how strictly, and what usually follows; the section is drawn as a link."""
    severity = t(f"severity.{rule.severity}") if rule.severity else ""
    level = t("rule.level.def") if rule.level == "def" else rule.level
    broken = t("rule.severity", severity=severity) if severity else t("rule.severity.none")
    code = t("rule.answer.close", code=rule.close_code) if rule.close_code else t("rule.answer.none")
    follows = closing.code_name(rule.close_code) if rule.close_code else rule.outcome
    return (
        Fact(t("rule.binds"), t(f"binds.{rule.binds}").capitalize()),
        Fact(t("rule.level"), level, broken),
        Fact(t("rule.answer"), code, follows),
    )


def seen_by(rule: Rule) -> str:
    """Where the one who notices a breach has to stand."""
    return t("rule.seen", where="; ".join(SEEN[mark] for mark in rule.seen))


def related(rule: Rule) -> list[Rule]:
    """Rules that go with it: implied, implying, of the same section, of the same family of names."""
    sections = set(re.findall(r"[\d:.]+", rule.section))
    family = rule.id.split(".")[:2]

    def near(one: Rule) -> int:
        linked = 8 * (one.id in rule.implies or rule.id in one.implies)
        named = 4 * (one.id.split(".")[:2] == family)
        shared = 2 * bool(sections & set(re.findall(r"[\d:.]+", one.section)))
        return linked + named + shared + (one.group == rule.group)

    ranked = sorted((one for one in RULES.values() if one.id != rule.id and near(one)), key=near, reverse=True)
    return ranked[:RELATED]


# What a run came to.


class Verdict(NamedTuple):
    """`fired` is whether the rule was broken, `seq` the event to look at, `says` what happened, in sentences."""

    done: bool
    fired: bool
    seq: int | None
    says: tuple[str, ...]

    @property
    def json(self) -> dict[str, Any]:
        return {"done": self.done, "fired": self.fired, "seq": self.seq, "says": list(self.says)}


_NAMES: dict[str, dict[Side, str]] = {
    "endpoint": {"client": "script", "server": "server"},
    "browser": {"client": "browser", "server": "script"},
    "client": {"client": "client", "server": "script"},
    "replay": {"client": "script", "server": "script"},
}


def verdict(rule: Rule, way: Way, events: list[Event], trace: Trace, *, done: bool, failed: bool = False) -> Verdict:
    """What a run of a rule came to, as far as it has come; `failed` when JavaScript saw a close that was not clean."""
    violation = next((v for v in _violations(events) if v[1].rule == rule.id), None)
    says: list[str] = []
    if violation:
        event, found = violation
        says.append(t("ran.fired", place=f"{found.start // 8}.{found.start % 8}", side=event.side))
    elif rule.observe == "violation":
        says.append(t("ran.not"))
    else:
        says.append(t("ran.kept"))
    victim = other(way.offender)
    names = _NAMES[way.name]
    if way.name != "replay":
        says.append(_reaction(names[victim], victim, events, trace) or _silence(names[victim], violation, failed))
    says.append(_reaction(names[way.offender], way.offender, events, trace))
    seq = _shown(events, violation) if violation else _first_frame(events)
    return Verdict(done, violation is not None, seq, tuple(filter(None, says)))


def _violations(events: Iterable[Event]) -> Iterable[tuple[Event, Violation]]:
    return [(event, event.detail) for event in events if isinstance(event.detail, Violation)]


def _shown(events: list[Event], violation: tuple[Event, Violation]) -> int:
    """The frame or head that carries the violation; else the violation itself."""
    for event in events:
        if event.kind not in ("violation", "message") and any(v.seq == violation[1].seq for v in event.violations):
            return event.seq
    return violation[0].seq


def _first_frame(events: list[Event]) -> int | None:
    return next((event.seq for event in events if event.kind == "frame"), events[0].seq if events else None)


def _reaction(who: str, side: Side, events: list[Event], trace: Trace) -> str:
    """How one side ended it: a refusal, its first Close frame, the end of TCP alone; empty for none of these."""
    name = t(f"ran.{who}")
    for event in events:
        if event.side == side and isinstance(event.detail, Response) and event.detail.status != 101:
            return t("ran.refused", who=name, status=event.detail.status)
    closes = [(event.side, _code(event, trace)) for event in events if _is_close(event)]
    mine = next((place for place, (closer, _) in enumerate(closes) if closer == side), None)
    if mine is not None:
        code = closes[mine][1]
        agrees = mine > 0 and closes[0][1] == code
        key = "ran.agreed" if agrees else "ran.closed"
        return t(f"{key}.empty", who=name) if code is None else t(key, who=name, code=code)
    first = next((event for event in events if isinstance(event.detail, End) and event.detail.how in ENDS), None)
    if first and first.side == side and isinstance(first.detail, End):
        return t("ran.reset" if first.detail.how == "rst" else "ran.hung-up", who=name)
    return ""


def _is_close(event: Event) -> bool:
    return isinstance(event.detail, Header) and event.detail.opcode == Opcode.CLOSE


def _code(event: Event, trace: Trace) -> int | None:
    return closing.split(frame_payload(event, trace))[0]


def _silence(who: str, violation: object, failed: bool) -> str:
    """What it means that the one who was wronged said nothing."""
    return t("ran.failed" if failed else "ran.let-pass", who=t(f"ran.{who}")) if violation else ""


class Shown(NamedTuple):
    """A lesson in which a rule is broken."""

    slug: str
    title: str
    number: int
    twin: bool
    seq: int


def lessons_of(rule: str, played: Callable[[], Iterable[tuple[Any, list[Event]]]]) -> list[Shown]:
    """The lessons whose example breaks a rule. `played` gives every lesson with its events."""
    found: list[Shown] = []
    for lesson, events in played():
        event = next((e for e in events if any(v.rule == rule for v in e.violations)), None)
        if event:
            found.append(Shown(lesson.slug, lesson.title, lesson.id, bool(lesson.twin_of), event.seq))
    return found
