"""How a connection ended: who did it, when and how, what came before; and what that suggests, labelled as a guess."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from app.protocol import closing
from app.protocol.events import End, Event, Violation, frame_payload, summary, tag
from app.protocol.frames import Header, Opcode
from app.protocol.handshake import Response
from app.trace import Side, Trace, other

How = Literal["close", "untold", "stop", "half-close", "unanswered", "refused", "fin", "rst"]
"""Close frames of both sides; a source that does not tell; the recording stops while the connection is open; a Close
frame of one side only; the handshake never answered, or refused; TCP ended, or reset, without a Close frame."""

SECOND = 1_000_000_000

# From the least to the most abnormal.
_ORDER: tuple[How, ...] = ("close", "untold", "stop", "half-close", "unanswered", "refused", "fin", "rst")
_ALARMING = frozenset({1002, 1003, 1007, 1008, 1009, 1010, 1011, 1013, 1014})
"""Close codes that say that something went wrong."""

# Seconds of silence after which well-known intermediaries give up when nobody told them otherwise.
IDLE_LIMITS = {
    30: "load balancers of Google Cloud",
    55: "the router of Heroku",
    60: "nginx and the load balancers of AWS",
    100: "Cloudflare",
    240: "the load balancers of Azure",
    350: "the network load balancers of AWS",
    600: "many firewalls and proxies",
    3600: "many firewalls and proxies",
}
_NEAR = 0.02
"""How far a silence may be from a limit, as a part of it; but at least half a second."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What ended a connection. Times in nanoseconds; `silence` lies between the last frame that is no Close frame and
    the end; `guesses` are no facts."""

    connection: str
    how: How
    who: Side | None
    at: int
    code: int | None
    reason: str
    last: str
    silence: int | None
    error: str
    facts: tuple[str, ...]
    guesses: tuple[str, ...]

    @property
    def abnormal(self) -> int:
        """The higher, the more abnormal. A code that tells of trouble comes before what only looks unfinished."""
        trouble = _ORDER.index("refused") - 1 if self.code in _ALARMING else 0
        return max(_ORDER.index(self.how), trouble) * 2 + bool(self.error)


def judge(trace: Trace, events: Sequence[Event]) -> Ending:
    """Judge the end of one connection."""
    closes = [event for event in events if isinstance(event.detail, Header) and event.detail.opcode == Opcode.CLOSE]
    ends = [event for event in events if isinstance(event.detail, End) and event.detail.how != "stop"]
    found: tuple[How, Event | None] = ("untold", None) if trace.fidelity == "payload" else _how(events, closes, ends)
    how, event = found
    who = event.side if event and how != "unanswered" else None
    at = event.at if event else (trace.records[-1].at if trace.records else 0)
    code, reason = closing.split(frame_payload(event, trace)) if event and event in closes else (None, b"")
    last = _last(events, at)
    silence = at - last.at if last else None
    error = _error(events, event)
    return Ending(
        trace.connection,
        how,
        who,
        at,
        code,
        reason.decode("utf-8", "replace"),
        f"{tag(last)} of the {last.side} {summary(last, trace)}".rstrip() if last else "",
        silence,
        f"{error.text} ({error.rule})" if error else "",
        tuple(_facts(trace, events, closes, ends)),
        tuple(_guesses(how, silence)),
    )


def _how(events: Sequence[Event], closes: list[Event], ends: list[Event]) -> tuple[How, Event | None]:
    """How it ended, and the event that did it."""
    answer = next((event.detail for event in events if isinstance(event.detail, Response)), None)
    if closes:
        both = any(event.side != closes[0].side for event in closes)
        return ("close" if both else "half-close"), closes[0]
    if answer is not None and answer.status != 101:
        return "refused", next(event for event in events if event.detail is answer)
    if not ends:
        return "stop", None
    reset = next((event for event in ends if isinstance(event.detail, End) and event.detail.how == "rst"), None)
    asked = any(event.kind == "request" for event in events)
    if asked and answer is None and not any(event.kind == "frame" for event in events):
        return "unanswered", ends[0]
    return ("rst", reset) if reset else ("fin", ends[0])


def _last(events: Iterable[Event], at: int) -> Event | None:
    """The last frame or message before the end that is no Close frame."""
    found = None
    for event in events:
        closes = isinstance(event.detail, Header) and event.detail.opcode == Opcode.CLOSE
        alone = event.kind == "message" and event.space == "message" and not getattr(event.detail, "frames", ())
        if event.at <= at and (alone or (event.kind == "frame" and not closes)):
            found = event
    return found


def _error(events: Iterable[Event], end: Event | None) -> Violation | None:
    """The last error before the end."""
    found = None
    for event in events:
        if isinstance(event.detail, Violation) and event.detail.severity == "error":
            found = event.detail
        if event is end and found:
            break
    return found


def _facts(trace: Trace, events: Sequence[Event], closes: list[Event], ends: list[Event]) -> list[str]:
    facts = []
    if len({event.side for event in closes}) == 1:
        facts.append(f"The {other(closes[0].side)} sent no Close frame in return.")
    for event in ends:
        detail = event.detail
        if closes and isinstance(detail, End) and detail.how == "rst":
            facts.append(f"After the Close frame the {event.side} reset TCP.")
        if isinstance(detail, End) and detail.partial:
            begun = detail.partial[1] - detail.partial[0]
            facts.append(f"The {event.side} stopped inside a frame, {begun} bytes of which had come.")
    if ping := _unanswered(events, trace):
        facts.append(f"The last Ping of the {ping.side}, at {seconds(ping.at)}, was not answered.")
    return facts


def _unanswered(events: Iterable[Event], trace: Trace) -> Event | None:
    """The last Ping, when no Pong of the other side follows it."""
    ping: Event | None = None
    for event in events:
        if isinstance(event.detail, Header):
            if event.detail.opcode == Opcode.PING:
                ping = event
            elif ping and event.detail.opcode == Opcode.PONG and event.side != ping.side:
                ping = None
    return ping


def _guesses(how: How, silence: int | None) -> list[str]:
    """A silence that is as long as the limit of some intermediary suggests that one ended the connection."""
    if how not in ("fin", "rst", "half-close") or silence is None:
        return []
    limit = next((limit for limit in IDLE_LIMITS if _near(silence, limit)), None)
    if limit is None:
        return []
    return [
        f"Guess: an idle limit of {limit} seconds between the two, as {IDLE_LIMITS[limit]} have it when nothing else "
        "is set. A Ping every half of that would keep the connection."
    ]


def _near(silence: int, limit: int) -> bool:
    return abs(silence / SECOND - limit) <= max(limit * _NEAR, 0.5)


def repeated_silence(endings: Iterable[Ending]) -> str | None:
    """A guess from several connections: they ended after silences of the same length, so something counts them."""
    silences = sorted(
        ending.silence for ending in endings if ending.silence and ending.silence > SECOND and ending.how != "close"
    )
    best: list[int] = []
    start = 0
    for end, silence in enumerate(silences):
        while silence - silences[start] > max(silence * _NEAR, SECOND // 2):
            start += 1
        if end - start + 1 > len(best):
            best = silences[start : end + 1]
    if len(best) < 2:
        return None
    middle = best[len(best) // 2]
    return (
        f"Guess: {len(best)} connections ended after {seconds(middle)} of silence each, so something between the two "
        "sides counts idle time."
    )


def by_abnormality(endings: Iterable[Ending]) -> list[Ending]:
    """The most abnormal first; of equal ones the earliest."""
    return sorted(endings, key=lambda ending: (-ending.abnormal, ending.at))


def seconds(at: int) -> str:
    """A time or duration in words; down to microseconds."""
    return f"{at / SECOND:.6f}".rstrip("0").rstrip(".") + " s"


_SENTENCES: dict[How, str] = {
    "close": "The {who} closed it{code}, and the {other} answered",
    "half-close": "The {who} sent a Close frame{code}; no other came",
    "fin": "The {who} ended TCP without a Close frame",
    "rst": "The {who} reset TCP without a Close frame",
    "refused": "The {who} refused the handshake",
    "unanswered": "TCP ended before the handshake was answered",
    "untold": "The source holds no end; its last message came",
    "stop": "The recording stops while the connection is open",
}


def sentence(ending: Ending) -> str:
    """Who ended it, how and when; text in it comes from the wire."""
    code = ""
    if ending.how in ("close", "half-close"):
        code = (
            f" with {ending.code} ({closing.code_name(ending.code)})" if ending.code is not None else " without a code"
        )
        code += f" “{ending.reason}”" if ending.reason else ""
    who = ending.who or "client"
    told = _SENTENCES[ending.how].format(who=who, other=other(who), code=code)
    return f"{told}{'' if ending.how == 'untold' else ','} at {seconds(ending.at)}."
