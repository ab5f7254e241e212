"""Sec-WebSocket-Extensions: the grammar of RFC 6455 section 9.1, and the parameters of RFC 7692 section 7."""

from __future__ import annotations

import re
from typing import NamedTuple

NAME = "permessage-deflate"
REGISTERED = frozenset({NAME, "bbf-usp-protocol"})
PARAMETERS = (
    "server_no_context_takeover",
    "client_no_context_takeover",
    "server_max_window_bits",
    "client_max_window_bits",
)

_PARAM = re.compile(
    r"""[ \t]*;[ \t]*(?P<name>[!#$%&'*+\-.^_`|~0-9A-Za-z]+)
        (?:[ \t]*=[ \t]*(?:(?P<token>[!#$%&'*+\-.^_`|~0-9A-Za-z]+)|"(?P<quoted>(?:[^"\\]|\\.)*)"))?""",
    re.VERBOSE,
)
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_BLANK = " \t"
_BETWEEN = " \t,"


class Param(NamedTuple):
    """One parameter; `start` and `end` are offsets in the header's value."""

    name: str
    value: str | None
    quoted: bool
    start: int
    end: int


class Extension(NamedTuple):
    """One element of the list: a name and its parameters, with its place in the header's value."""

    name: str
    params: tuple[Param, ...]
    start: int
    end: int


class ExtensionError(ValueError):
    """The value breaks the grammar at `at`; `quoted` when it is only a quoted value that is no token."""

    def __init__(self, at: int, quoted: bool = False) -> None:
        super().__init__(f"at {at}")
        self.at = at
        self.quoted = quoted


def parse(value: str) -> list[Extension]:
    """The elements of one header value; empty ones between commas do not count (RFC 2616 section 2.1), but there must
    be one that is not. Raises ExtensionError."""
    found: list[Extension] = []
    pos = _skip(value, 0, _BETWEEN)
    while pos < len(value) or not found:
        match = _TOKEN.match(value, pos)
        if not match:
            raise ExtensionError(pos)
        start, pos, params = pos, match.end(), []
        while param := _PARAM.match(value, pos):
            params.append(_param(param, value))
            pos = param.end()
        found.append(Extension(match[0], tuple(params), start, pos))
        pos = _skip(value, pos, _BLANK)
        if pos < len(value) and value[pos] != ",":
            raise ExtensionError(pos)
        pos = _skip(value, pos, _BETWEEN)
    return found


def _skip(value: str, pos: int, what: str) -> int:
    while pos < len(value) and value[pos] in what:
        pos += 1
    return pos


def _param(match: re.Match[str], value: str) -> Param:
    start = match.start("name")
    if match["quoted"] is None:
        return Param(match["name"], match["token"], False, start, match.end())
    text = re.sub(r"\\(.)", r"\1", match["quoted"])
    if not _TOKEN.fullmatch(text):
        raise ExtensionError(match.start("quoted") - 1, quoted=True)
    return Param(match["name"], text, True, start, match.end())


class Deflate(NamedTuple):
    """An agreed permessage-deflate: who forgets its window after each message, and the window sizes in bits."""

    server_no_context_takeover: bool = False
    client_no_context_takeover: bool = False
    server_max_window_bits: int = 15
    client_max_window_bits: int = 15


class ParamFault(NamedTuple):
    """A parameter that makes an element unusable: the rule and the parameter's place in the header's value."""

    rule: str
    start: int
    end: int
    note: str


def window_bits(value: str | None) -> int | None:
    """8 to 15 written as decimal without a leading zero (RFC 7692 section 7.1.2), else None."""
    return int(value) if value is not None and re.fullmatch(r"[89]|1[0-5]", value) else None


def check_params(extension: Extension, *, response: bool) -> list[ParamFault]:
    """What is wrong with the parameters of one permessage-deflate element (RFC 7692 section 7.1)."""
    faults: list[ParamFault] = []
    seen: set[str] = set()
    for param in extension.params:
        rule, note = _check(param, response)
        if param.name in seen:
            rule, note = "pmd.resp.fail-if" if response else "req.ext.params", f"{param.name} appears twice"
        seen.add(param.name)
        if note:
            faults.append(ParamFault(rule, param.start, param.end, note))
    return faults


_WINDOW_RULES = {
    ("server_max_window_bits", False): "pmd.smwb.offer",
    ("server_max_window_bits", True): "pmd.smwb.resp",
    ("client_max_window_bits", False): "pmd.cmwb.offer",
    ("client_max_window_bits", True): "pmd.cmwb.resp",
}
_TAKEOVER_RULES = {"server_no_context_takeover": "pmd.snct", "client_no_context_takeover": "pmd.cnct"}


def _check(param: Param, response: bool) -> tuple[str, str]:
    if param.name not in PARAMETERS:
        return "req.ext.params", f"{param.name} is not a parameter of {NAME}"
    if rule := _TAKEOVER_RULES.get(param.name):
        return rule, f"{param.name} takes no value" if param.value is not None else ""
    rule = _WINDOW_RULES[param.name, response]
    if param.value is None and param.name == "client_max_window_bits" and not response:
        return rule, ""
    return rule, "" if window_bits(param.value) else f"{param.name} must be 8 to 15"


def agreed(extension: Extension) -> Deflate:
    """What a response element means; faulty parameters count as absent."""
    values = {param.name: param.value for param in extension.params}
    return Deflate(
        "server_no_context_takeover" in values,
        "client_no_context_takeover" in values,
        window_bits(values.get("server_max_window_bits")) or 15,
        window_bits(values.get("client_max_window_bits")) or 15,
    )


def answer(offers: list[Extension]) -> tuple[Deflate, str] | None:
    """The first acceptable permessage-deflate offer: what is agreed and the response's element; None to decline.

    A server window of 256 bytes is granted by compressing with the 512-byte window of zlib, which never reaches
    back further than 250 bytes there.
    """
    for offer in offers:
        if offer.name != NAME or check_params(offer, response=False):
            continue
        values = {param.name: param.value for param in offer.params}
        deflate = Deflate(
            "server_no_context_takeover" in values,
            "client_no_context_takeover" in values,
            window_bits(values.get("server_max_window_bits")) or 15,
            window_bits(values.get("client_max_window_bits")) or 15,
        )
        parts = [NAME]
        parts += [name for name in PARAMETERS[:2] if name in values]
        if "server_max_window_bits" in values:
            parts.append(f"server_max_window_bits={deflate.server_max_window_bits}")
        if values.get("client_max_window_bits"):
            parts.append(f"client_max_window_bits={deflate.client_max_window_bits}")
        return deflate, "; ".join(parts)
    return None
