"""How a rule can be run from its page, or why not. Decided by rehearsal: what is offered has worked in memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Literal, NamedTuple

from app.protocol.player import Player, Step
from app.protocol.rules import RULES
from app.reference import rehearsal, replay
from app.reference.examples import Example, example, fold
from app.trace import Side, Trace

WayName = Literal["endpoint", "browser", "client", "replay"]
Script = Literal["rule", "mirror"]


class Way(NamedTuple):
    """`endpoint`: a scripted client against our own server. `browser`: our server against the reader's browser.
    `client`: our server against a client of ours. `replay`: both sides as recorded, where nobody of ours would do
    this. `script` names what the server plays, in `?app=`; `offender` is who breaks the rule, `seconds` how long it
    takes because of the rule."""

    name: WayName
    offender: Side
    script: str
    seconds: float


# Rules whose example cannot be run on one connection from a page, and why (the key of a sentence).
WHY_NOT: dict[str, str] = {
    "conn.one-connecting": "several",
    "req.key.random": "several",
    "req.origin.absent": "several",
    "res.resource": "several",
    "cls.backoff": "several",
    "msg.intermediary.control": "legs",
    "msg.intermediary.rsv": "legs",
    "msg.intermediary.ext": "legs",
    "conn.proxy": "proxy",
    "conn.open-failed": "network",
    "cls.lost": "network",
    "cls.tcp.any": "network",
    "tls.first": "tls",
    "tls.sni": "tls",
    "tls.server": "tls",
}


BROWSER_WILL_NOT = frozenset({"cls.tcp"})
"""A browser ends TCP by itself long before five seconds have passed, so that nothing would be broken."""


@cache
def ways(rule: str) -> tuple[Way, ...]:
    """Every way to run a rule, the most telling first; none for rules that nothing shows and those of WHY_NOT."""
    found = example(rule)
    if found is None or rule in WHY_NOT:
        return ()
    seconds = found.seconds if found.seconds > replay.SLOW else 0.0
    offender = _offender(found)
    names = [name for name in _candidates(found, offender) if _TRIES[name](found)]
    made = [Way(name, _by(name, offender), _script(name, rule, offender), seconds) for name in names]
    return tuple(made[:1] if names[:1] == ["replay"] else [way for way in made if way.name != "replay"])


def why_not(rule: str) -> str:
    """The key of the reason for which a rule cannot be run; empty when it can."""
    if RULES[rule].observe == "teach":
        return "teach"
    return WHY_NOT.get(rule, "")


def _offender(found: Example) -> Side:
    """Who breaks the rule; where nobody does, who speaks first once the connection is open."""
    if found.shown:
        return found.shown.side
    later = [record for record in found.main.records if record.kind == "data"][2:]
    return later[0].side if later else "server" if RULES[found.rule].binds == "server" else "client"


def _candidates(found: Example, offender: Side) -> tuple[WayName, ...]:
    if offender == "server":
        return ("browser", "client", "replay")
    return ("endpoint", "browser", "replay")


def _by(name: WayName, offender: Side) -> Side:
    return "client" if name == "endpoint" else "server" if name in ("browser", "client") else offender


def _script(name: WayName, rule: str, offender: Side) -> str:
    if name == "endpoint":
        return "echo"
    return f"{'mirror' if name == 'browser' and offender == 'client' else 'rule'}.{rule}"


# What the server plays.


def steps(found: Example, kind: Script) -> tuple[Step, ...]:
    """The script of `?app=rule.NAME` or `?app=mirror.NAME`."""
    return replay.mirrored_script(found.main) if kind == "mirror" else replay.server_script(found.main)


def player(rule: str, kind: Script) -> Player | None:
    """A server that plays a rule's example, if there is one."""
    found = example(rule)
    played = steps(found, kind) if found else ()
    return Player(played, replay.right_accept(found.main)) if found and played else None


def scripts() -> dict[str, Callable[[], Player | None]]:
    """What each value of `?app=` plays that a rule's page offers."""
    made: dict[str, Callable[[], Player | None]] = {}
    for rule in RULES:
        made[f"rule.{rule}"] = _maker(rule, "rule")
        made[f"mirror.{rule}"] = _maker(rule, "mirror")
    return made


def _maker(rule: str, kind: Script) -> Callable[[], Player | None]:
    return lambda: player(rule, kind)


# Rehearsals.


def _on_endpoint(found: Example) -> bool:
    script = replay.client_script(found.main, "/chat", "server.example.com")
    return bool(script.head) and _shows(found, rehearsal.endpoint(script), "client")


def _on_browser(found: Example) -> bool:
    rule = RULES[found.rule]
    kind: Script = "rule" if _offender(found) == "server" else "mirror"
    if rule.id in BROWSER_WILL_NOT or kind == "mirror" and (rule.binds != "both" or found.shown is None):
        return False
    made = player(found.rule, kind)
    if made is None:
        return False
    return _shows(found, rehearsal.victim(made, rehearsal.browser_head(replay.protocols(found))), "server")


def _on_client(found: Example) -> bool:
    made = player(found.rule, "rule")
    head = replay.client_script(found.main, "/chat", "server.example.com").head
    return bool(made and head) and _shows(found, rehearsal.victim(made, head), "server") if made else False


def _as_recorded(found: Example) -> bool:
    return len(found.traces) == 1 and all(record.layer == "wire" for record in found.main.records)


_TRIES: dict[WayName, Callable[[Example], bool]] = {
    "endpoint": _on_endpoint,
    "browser": _on_browser,
    "client": _on_client,
    "replay": _as_recorded,
}


def _shows(found: Example, trace: Trace, side: Side) -> bool:
    """Whether a rehearsal shows what the example shows: the rule fires on that side, or nothing goes wrong."""
    told = [event for event in fold(trace) if event.kind == "violation"]
    broken = {violation.rule for event in told if event.side == side for violation in event.violations}
    broken |= {getattr(event.detail, "rule", "") for event in told if event.side == side}
    if found.shown:
        return found.rule in broken
    return not any(getattr(event.detail, "severity", "") == "error" for event in told)
