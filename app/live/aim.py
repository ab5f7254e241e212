"""Which path a head is aimed at, read as leniently as possible: a malformed head still has an addressee."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple
from urllib.parse import parse_qs

from app.live.head import Head

SESSION_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
RESERVED = frozenset({"echo", "strays"})
PREFIX = "/ws/"

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_FIRST_LINE = re.compile(rb"[\r\n]*([^\r\n]*)(\r?\n)?")


class Aim(NamedTuple):
    """`ws`: our endpoint; `page`: Flask; `stray`: no path at all. `exact` is False when no resource has that path."""

    kind: Literal["ws", "page", "stray"]
    name: str = ""
    app: str = ""
    exact: bool = True


STRAY = Aim("stray", exact=False)


def aim(head: Head) -> Aim:
    """Where a head wants to go. Bytes are read as Latin-1, so nothing is lost or refused here."""
    if head.cut in ("junk", "tls"):
        return STRAY
    match = _FIRST_LINE.match(head.data)
    parts = match[1].decode("latin-1").split() if match else []
    whole = bool(match and match[2])
    if len(parts) < 2 or not (whole or head.cut == "long"):
        return STRAY
    return _target(_ABSOLUTE.sub("", parts[1], count=1) if "://" in parts[1] else parts[1])


def _target(target: str) -> Aim:
    if not target.startswith("/"):
        return STRAY
    resource = target.partition("#")[0]
    path, _, query = resource.partition("?")
    plain = "/" + path.lstrip("/")
    if not plain.startswith(PREFIX):
        return Aim("page")
    name = plain[len(PREFIX) :]
    if not SESSION_ID.fullmatch(name) or name == "strays":
        return Aim("ws", exact=False)
    app = (parse_qs(query, max_num_fields=None).get("app") or ["echo"])[0]
    return Aim("ws", name, app, exact=plain == path)
