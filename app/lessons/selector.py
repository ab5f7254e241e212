"""Selectors name a part of a conversation: an event, one of its fields, a property of either. Syntax only.

req.key                       a header of the request        res.status                  of the answer
client.text[0].payload        a field of the client's first text frame
server.text[fin=0]            the server's first text frame whose FIN is 0
server.msg[1].text            a property of the server's second message
server.fin                    the end of the server's half of the TCP connection
rule[frm.mask.client]         the first time that rule is broken
"""

from __future__ import annotations

import re
from typing import NamedTuple

KINDS = ("frame", "text", "binary", "cont", "close", "ping", "pong", "msg")
FILTERS = ("fin", "rsv1", "opcode", "mask", "len7")
PROPERTIES = (
    *("value", "number", "bits", "raw", "meaning", "section"),
    *("width", "size", "start", "text", "close_code"),
)
FORMATS = ("word", "Word", "hex", "char")

_EVENT = re.compile(
    rf"""(?P<head>req|res)(?=\.|$)
      | (?P<side>client|server)\.(?:
            (?P<fin>fin)(?=\.|$)
          | (?P<kind>{"|".join(KINDS)})\[(?:(?P<index>\d+)|(?P<name>{"|".join(FILTERS)})=(?P<value>\d+))\]
        )
      | rule\[(?P<rule>[a-z0-9.-]+)\]""",
    re.VERBOSE,
)
_PART = r"[a-z][a-z0-9_-]*(?:\[\d+\])?"
_TAIL = re.compile(rf"{_PART}(?:\.{_PART})*")
_BYTE = re.compile(r"byte\[(\d+)\]")
_ABSOLUTE = re.compile(r"(?:req|res|client|server)(?:\.|$)|rule\[")


class EventName(NamedTuple):
    """Which event: `kind` is req, res, fin, rule or one of KINDS; `pick` an index, a (field, value), or a rule id."""

    kind: str
    side: str = ""
    pick: int | tuple[str, int] | str = 0

    def __str__(self) -> str:
        if self.kind in ("req", "res"):
            return self.kind
        if self.kind == "fin":
            return f"{self.side}.fin"
        if self.kind == "rule":
            return f"rule[{self.pick}]"
        pick = f"{self.pick[0]}={self.pick[1]}" if isinstance(self.pick, tuple) else self.pick
        return f"{self.side}.{self.kind}[{pick}]"


class Selector(NamedTuple):
    """An event, and perhaps a field of it, a property, a byte of it, a format for printing."""

    event: EventName
    field: str = ""
    prop: str = ""
    byte: int | None = None
    format: str = ""

    def __str__(self) -> str:
        tail = self.field.removeprefix(f"{self.event}.") if self.event.kind in ("req", "res") else self.field
        byte = f"byte[{self.byte}]" if self.byte is not None else ""
        name = ".".join(part for part in (str(self.event), tail, self.prop, byte) if part)
        return f"{name}:{self.format}" if self.format else name


class SelectorError(ValueError):
    """Text that is no selector; the message says what to write."""


def parse(text: str, at: EventName | None = None) -> Selector:
    """Read a selector. A name that does not begin with an event belongs to the event `at`. Raises SelectorError."""
    name, colon, form = text.strip().partition(":")
    if colon and form not in FORMATS:
        raise SelectorError(f"`{form}` is no format; use one of {', '.join(FORMATS)}")
    match = _EVENT.match(name)
    if match:
        event, rest = _event(match), name[match.end() :]
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
    if match["head"]:
        return EventName(match["head"])
    if match["rule"]:
        return EventName("rule", pick=match["rule"])
    if match["fin"]:
        return EventName("fin", match["side"])
    if match["index"]:
        return EventName(match["kind"], match["side"], int(match["index"]))
    return EventName(match["kind"], match["side"], (match["name"], int(match["value"])))


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
    if field and event.kind in ("req", "res") and not field.startswith(f"{event.kind}."):
        field = f"{event.kind}.{field}"
    return Selector(event, field, prop, byte)


OPERATORS = ("==", "!=", ">=", "<=", ">", "<", "before")
_EXPECT = re.compile(r"(?P<left>\S+)\s+(?P<op>==|!=|>=|<=|>|<|before)\s+(?P<right>.+)")


class Expect(NamedTuple):
    """Something that must hold in the scripted trace; `op` is one of OPERATORS, `found` or `missing`."""

    line: int
    left: Selector
    op: str
    right: Selector | str


def parse_expect(text: str, line: int, at: EventName | None) -> Expect:
    """Read `SELECTOR == VALUE`, `SELECTOR before SELECTOR`, `SELECTOR` or `no SELECTOR`. Raises SelectorError."""
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
