"""Selectors name a part of a conversation: an event, one of its fields, a property of either. Syntax only.

req.key                       a header of the request        res.status                  of the answer
client.text[0].payload        a field of the client's first text frame
server.text[fin=0]            the server's first text frame whose FIN is 0
server.msg[1].text            a property of the server's second message
server.fin                    the end of the server's half of the TCP connection
rule[frm.mask.client]         the first time that rule is broken; `error` is the first breach of any rule
client.ping.count             how often such a thing occurs
short-key/res.status          the same of another connection of the lesson, by its name
answer, given.key.accept      in tasks: what the reader gave, and what was given to the reader
"""

from __future__ import annotations

import re
from typing import NamedTuple

KINDS = ("frame", "text", "binary", "cont", "close", "ping", "pong", "msg")
FILTERS = ("fin", "rsv1", "opcode", "mask", "len7")
PROPERTIES = (
    *("value", "number", "bits", "raw", "meaning", "section"),
    *("width", "size", "start", "text", "characters", "units", "piece", "pieces"),
    *("close_code", "count"),
)
COUNTED = -1
"""The `pick` of a name that stands for every such event: `client.ping.count`."""
FORMATS = ("word", "Word", "hex", "char", "bits")

_EVENT = re.compile(
    rf"""(?:(?P<part>[a-z][a-z0-9-]*)/)?(?:
        (?P<head>req|res|error|answer|given)(?=\.|$)
      | (?P<side>client|server)\.(?:
            (?P<fin>fin|rst|stop)(?=\.|$)
          | (?P<kind>{"|".join(KINDS)})
            (?:(?=\.count$)|\[(?:(?P<index>\d+)|(?P<name>{"|".join(FILTERS)})=(?P<value>\d+))\])
        )
      | rule(?:(?=\.count$)|\[(?P<rule>[a-z0-9.-]+)\])
    )""",
    re.VERBOSE,
)
_PART = r"[a-z][a-z0-9_-]*(?:\[\d+\])?"
_TAIL = re.compile(rf"{_PART}(?:\.{_PART})*")
_BYTE = re.compile(r"byte\[(\d+)\]")
_ABSOLUTE = re.compile(r"[a-z][a-z0-9-]*/|(?:req|res|client|server|error|answer|given)(?:\.|$)|rule(?:\[|\.)")


HEADS = ("req", "res", "error", "answer", "given")
"""Names of which there is one, without a side."""
ENDS = ("fin", "rst", "stop")


class EventName(NamedTuple):
    """Which event: `kind` is one of HEADS, ENDS or KINDS, or rule; `pick` an index, a (field, value), or a rule id.

    `part` is the connection, empty for the first (or only) one of a lesson.
    """

    kind: str
    side: str = ""
    pick: int | tuple[str, int] | str = 0
    part: str = ""

    def __str__(self) -> str:
        return f"{self.part}/{self._name()}" if self.part else self._name()

    def _name(self) -> str:
        if self.kind in HEADS:
            return self.kind
        name = self.kind if self.kind == "rule" else f"{self.side}.{self.kind}"
        if self.kind in ENDS or self.pick == COUNTED:
            return name
        return f"{name}[{self.pick[0]}={self.pick[1]}]" if isinstance(self.pick, tuple) else f"{name}[{self.pick}]"


class Selector(NamedTuple):
    """An event, and perhaps a field of it, a property, a byte of it, a format for printing."""

    event: EventName
    field: str = ""
    prop: str = ""
    byte: int | None = None
    format: str = ""

    def __str__(self) -> str:
        tail = self.field.removeprefix(f"{self.event.kind}.") if self.event.kind in ("req", "res") else self.field
        byte = f"byte[{self.byte}]" if self.byte is not None else ""
        name = ".".join(part for part in (str(self.event), tail, self.prop, byte) if part)
        return f"{name}:{self.format}" if self.format else name


class SelectorError(ValueError):
    """Text that is no selector; the message says what to write."""


def parse(text: str, at: EventName | None = None) -> Selector:
    """Read a selector. A name that does not begin with an event belongs to the event `at`, and an event without a
    connection to the connection of `at`. Raises SelectorError.
    """
    name, colon, form = text.strip().partition(":")
    if colon and form not in FORMATS:
        raise SelectorError(f"`{form}` is no format; use one of {', '.join(FORMATS)}")
    match = _EVENT.match(name)
    if match:
        event, rest = _event(match), name[match.end() :]
        if at and not event.part and event.kind not in ("answer", "given"):
            event = event._replace(part=at.part)
        if rest and not rest.startswith("."):
            raise SelectorError(f"`{rest}` cannot follow `{match[0]}`")
        rest = rest[1:]
        if not rest and name.endswith("."):
            raise SelectorError(f"`{name}` ends with a dot")
    elif _ABSOLUTE.match(name):
        raise SelectorError(
            f"`{name}` names no event; write req, res, client.fin or client.KIND[0] with KIND one of {', '.join(KINDS)}"
        )
    elif at is None:
        raise SelectorError(f"`{name}` does not begin with an event such as req, res, client.text[0] or server.fin")
    else:
        event, rest = at, name
        if not rest:
            raise SelectorError("a name is missing")
    return _tail(event, rest)._replace(format=form)


def _event(match: re.Match[str]) -> EventName:
    part = match["part"] or ""
    if match["head"]:
        return EventName(match["head"], part=part)
    if match["fin"]:
        return EventName(match["fin"], match["side"], part=part)
    pick: int | tuple[str, int] | str = COUNTED
    if match["rule"]:
        pick = match["rule"]
    elif match["index"]:
        pick = int(match["index"])
    elif match["name"]:
        pick = (match["name"], int(match["value"]))
    return EventName(match["kind"] or "rule", match["side"] or "", pick, part)


def _tail(event: EventName, rest: str) -> Selector:
    if not rest:
        return Selector(event)
    if not _TAIL.fullmatch(rest):
        raise SelectorError(f"`{rest}` is not a field name")
    parts = rest.split(".")
    byte, prop = None, ""
    if match := _BYTE.fullmatch(parts[-1]):
        byte = int(match[1])
        parts.pop()
    elif parts[-1] in PROPERTIES:
        prop = parts.pop()
    field = ".".join(parts)
    if field and event.kind in ("req", "res") and not field.startswith((f"{event.kind}.", "calc.")):
        field = f"{event.kind}.{field}"
    return Selector(event, field, prop, byte)


OPERATORS = ("==", "!=", ">=", "<=", ">", "<", "before")
_CLOSE_PAIR = re.compile(r"(?:(?P<part>[a-z][a-z0-9-]*)/)?close pair")
_EXPECT = re.compile(r"(?P<left>\S+)\s+(?P<op>==|!=|>=|<=|>|<|before)\s+(?P<right>.+)")


class Expect(NamedTuple):
    """Something that must hold; `op` is one of OPERATORS, `found` or `missing`."""

    line: int
    left: Selector
    op: str
    right: Selector | str


def parse_expect(text: str, line: int, at: EventName | None) -> Expect:
    """Read `SELECTOR == VALUE`, `SELECTOR before SELECTOR`, `SELECTOR`, `no SELECTOR` or `close pair`.

    Raises SelectorError.
    """
    if match := _CLOSE_PAIR.fullmatch(text.strip()):
        part = match["part"] or ""
        sides = (Selector(EventName("close", side, 0, part), "close.code") for side in ("client", "server"))
        return Expect(line, next(sides), "==", next(sides))
    if match := _EXPECT.fullmatch(text.strip()):
        right = match["right"].strip()
        selects = match["op"] == "before" or _ABSOLUTE.match(right)
        return Expect(line, parse(match["left"], at), match["op"], parse(right, at) if selects else right.strip('"'))
    words = text.split()
    if len(words) == 2 and words[0] == "no":
        return Expect(line, parse(words[1], at), "missing", "")
    if len(words) == 1:
        return Expect(line, parse(words[0], at), "found", "")
    raise SelectorError(f"`{text}` is no expectation; write `fin == 1`, `server.fin before client.fin` or `no rule[…]`")
