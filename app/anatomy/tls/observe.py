"""What somebody on the way knows of a sealed connection: the name, the sizes, the rhythm. No key is used here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from app.anatomy.sentences import Part
from app.anatomy.tls.build import plural
from app.anatomy.tls.stream import records, told
from app.protocol.tls import hello as reading
from app.protocol.tls import names
from app.protocol.tls.ciphers import TAG
from app.protocol.tls.decrypt import Decrypted
from app.protocol.tls.directions import RecordView, Terms
from app.protocol.tls.names import name_of
from app.protocol.tls.records import HEADER
from app.trace import SIDES, Side


class Place(NamedTuple):
    """Bytes of a side's TLS stream, first and end."""

    side: Side
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Observed:
    """`name_at` is where the server name stands; `protocols` what ALPN offers, `chosen` what the server took if it says
    so in clear (TLS 1.2); `sealed` are the sizes of sealed records by side, `overhead` what a seal adds, 0 if unknown.
    """

    server_name: str | None
    name_at: Place | None
    protocols: tuple[str, ...]
    chosen: str | None
    version: str
    suite: str
    sealed: dict[Side, tuple[int, ...]]
    overhead: int
    seconds: float


class Rung(NamedTuple):
    """One record for a ladder: `label` in the manner of "ClientHello" or "RECORD 23", `note` beside it. `number` is its
    place among the records of its side, `wire` where its content begins in the deciphered stream, if that may be seen.
    """

    side: Side
    at: int
    label: str
    note: str
    bytes: int
    sealed: bool
    number: int
    wire: int | None


def seal_size(terms: Terms) -> int:
    """Bytes that a seal adds to each record without padding: 22 in TLS 1.3, 29 or 21 in 1.2; 0 for other suites."""
    suite = terms.suite
    return HEADER + suite.explicit + TAG + terms.inner if suite else 0


def observe(found: Decrypted) -> Observed:
    """What shows without keys, whether or not there were any."""
    terms = Terms(found.client, found.server, {})
    place = _name_place(found)
    alpn = reading.alpn(found.server) if found.server else ()
    views = found.all()
    return Observed(
        reading.server_name(found.client) if found.client else None,
        place,
        reading.alpn(found.client) if found.client else (),
        alpn[0] if alpn else None,
        name_of(names.VERSIONS, found.version) if found.version else "",
        name_of(names.SUITES, found.suite) if found.suite else "",
        {side: tuple(view.end - view.start for view in found.views[side] if _hidden(view)) for side in SIDES},
        seal_size(terms),
        (views[-1].at - views[0].at) / 1e9 if views else 0.0,
    )


def _hidden(view: RecordView) -> bool:
    return view.state != "clear"


def _name_place(found: Decrypted) -> Place | None:
    for view, spaces in records(found.trace, "client", found.views["client"]):
        if view.state != "clear":
            break
        if field := spaces[0].find("tls.ext.name"):
            return Place("client", view.start + field.first_byte, view.start + field.end // 8)
    return None


def ladder(found: Decrypted, *, ends: bool) -> list[Rung]:
    """The records of both sides in order; with `ends` as the two ends see them, else as the network does."""
    numbers = {side: {id(view): i for i, view in enumerate(found.views[side])} for side in SIDES}
    return [
        Rung(
            view.side,
            view.at,
            told(view, ends=ends),
            _note(view, found),
            view.end - view.start,
            view.state == "sealed" or (_hidden(view) and not ends),
            numbers[view.side][id(view)],
            view.wire if ends else None,
        )
        for view in found.all()
    ]


def _note(view: RecordView, found: Decrypted) -> str:
    if view.state == "clear" and names.CLIENT_HELLO in view.messages and found.client:
        return reading.server_name(found.client) or ""
    if view.state == "clear" and names.SERVER_HELLO in view.messages:
        return name_of(names.VERSIONS, found.version)
    return ""


def parts(view: RecordView, *, ends: bool) -> tuple[Part, ...]:
    """What the size of a record is made of."""
    size = view.end - view.start
    if view.state == "clear":
        return Part(HEADER, "record header", "tls.type"), Part(size - HEADER, "content", "")
    if view.state == "sealed" or not ends:
        return Part(HEADER, "record header", "tls.type"), Part(size - HEADER, "sealed", "tls.sealed")
    inner = view.overhead - HEADER - view.explicit - view.padding - view.tag
    all_parts = (
        Part(HEADER, "record header", "tls.type"),
        Part(view.explicit, "nonce", "tls.nonce"),
        Part(len(view.content), "content", "tls.content"),
        Part(inner, "inner type", "tls.inner"),
        Part(view.padding, "padding", "tls.padding"),
        Part(view.tag, "tag", "tls.tag"),
    )
    return tuple(part for part in all_parts if part.bytes)


def title(view: RecordView, *, ends: bool) -> str:
    """What a record is, in one sentence."""
    who = f"The {view.side}"
    if view.state == "sealed" or (_hidden(view) and not ends):
        return f"{who} sends {plural(view.end - view.start)} of something"
    if view.type == names.APPLICATION_DATA:
        return f"{who} sends {plural(len(view.content))}, sealed"
    return f"{who} says {told(view)}" + (", sealed" if view.state == "opened" else "")
