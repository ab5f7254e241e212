"""What can be taken away from a reading: one row for each kind, and the secrets overwritten before."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from app.anatomy import explain
from app.anatomy.ending import Ending, judge
from app.anatomy.jsonlines import Lines
from app.exporters import code, markdown, page, pcapng, svg
from app.exporters.text import annotate
from app.importers.choose import about
from app.importers.jsonl import FLAGS
from app.importers.source import Known
from app.protocol.events import Event
from app.trace import Trace, write_jsonl
from app.web.intake import pack
from app.web.reading import Reading, Talk, fold_some
from app.web.redaction import blanked, hide, secrets
from app.web.wording import w

LINK = 8000
"""Characters of a link that programs pass on unharmed."""

Pieces = Iterable[str] | Iterable[bytes]


class Refused(ValueError):
    """What cannot be taken away, in one sentence."""


class Parcel(NamedTuple):
    """A reading as it may leave: every trace, and the chosen one explained."""

    about: str
    notes: tuple[str, ...]
    traces: list[Trace]
    trace: Trace
    events: list[Event]
    ending: Ending | None
    seq: int | None
    original: bytes
    known: dict[str, Known]


class Export(NamedTuple):
    """A kind: its file name, its type, whether it needs bytes of the wire, and what makes it."""

    file: str
    mimetype: str
    wire: bool
    make: Callable[[Parcel], Pieces]


def parcel(reading: Reading, talk: Talk, seq: int | None, original: bytes, *, open: bool) -> Parcel:
    """What leaves; unless it is `open`, with every secret overwritten. Raises Refused."""
    told = about(reading.source, talk.name)
    known = {each.name: each.known for each in reading.talks}
    notes = reading.source.assumptions
    if open:
        plain = original if not reading.how.edits else b""
        traces = [each.trace for each in reading.talks]
        return Parcel(told, notes, traces, talk.trace, talk.events, talk.ending, seq, plain, known)
    if not all(each.whole for each in reading.talks):
        raise Refused(w("error.long-secrets"))
    found = {each.name: secrets(each) for each in reading.talks}
    hidden = [hide(each.trace, found[each.name]) for each in reading.talks]
    mine = next(trace for trace in hidden if trace.connection == talk.name)
    events, _ = fold_some(mine, talk.known, talk.deflate)
    kept = any(found.values()) or reading.how.edits or mine.fidelity != "wire" or len(reading.talks) != 1
    ending = judge(mine, events) if talk.ending else None
    notes = (*notes, w("redacted", count=sum(map(len, found.values())))) if any(found.values()) else notes
    return Parcel(blanked(told), notes, hidden, mine, events, ending, seq, b"" if kept else original, known)


def make(kind: str, what: Parcel) -> Pieces:
    """The export, piece by piece. Raises Refused, KeyError."""
    export = EXPORTS[kind]
    if export.wire and what.trace.fidelity == "payload":
        raise Refused(w("error.sealed"))
    pieces = iter(export.make(what))
    return chain([next(pieces)], pieces)  # type: ignore[return-value]  # refused before anything is sent


def _jsonl(what: Parcel) -> Iterator[str]:
    """The trace, with what had to be assumed about each connection in its header."""
    lines = iter(write_jsonl(what.traces))
    header = json.loads(next(lines))
    for name, said in header["connections"].items():
        said |= {flag: True for flag in FLAGS if getattr(what.known[name], flag)}
    yield json.dumps(header, separators=(",", ":")) + "\n"
    yield from lines


def _json(what: Parcel) -> Iterator[str]:
    before = "["
    for text in chain([json.dumps({"kind": "about", "text": what.about})], Lines(what.trace).of(what.events)):
        yield before + text
        before = ",\n"
    yield "]\n"


def _text(what: Parcel) -> Iterator[str]:
    yield f"{what.about}\n\n"
    yield from (f"{line}\n" for line in annotate(what.trace, what.events, fields=True))


def _svg(what: Parcel) -> Iterator[str]:
    event = next((event for event in what.events if event.seq == what.seq), None)
    if event is None or event.space != "wire" or event.kind not in ("frame", "request", "response"):
        raise Refused(w("error.figure"))
    yield svg.figure(explain(event, what.trace))


def _html(what: Parcel) -> Iterator[str]:
    return page.write_page(what.about, what.notes, what.trace, what.events)


def _link(what: Parcel) -> Iterator[str]:
    packed = pack(what.original or "".join(_jsonl(what)).encode())
    if len(packed) > LINK:
        raise Refused(w("error.long-link", count=len(packed)))
    yield packed


def _markdown(what: Parcel) -> Iterator[str]:
    yield markdown.finding(what.about, what.notes, what.trace, what.events, what.ending)


EXPORTS: dict[str, Export] = {
    "pcapng": Export("capture.pcapng", "application/x-pcapng", True, lambda what: pcapng.write_pcapng(what.traces)),
    "jsonl": Export("trace.jsonl", "application/jsonl", False, _jsonl),
    "text": Export("conversation.txt", "text/plain", False, _text),
    "json": Export("events.json", "application/json", False, _json),
    "svg": Export("unit.svg", "image/svg+xml", True, _svg),
    "python": Export("send.py", "text/x-python", True, lambda what: [code.python(what.trace)]),
    "javascript": Export("send.js", "text/javascript", True, lambda what: [code.javascript(what.trace)]),
    "websocat": Export("send.sh", "text/x-shellscript", False, lambda what: [code.websocat(what.events)]),
    "html": Export("conversation.html", "text/html", False, _html),
    "markdown": Export("finding.md", "text/markdown", False, _markdown),
    "link": Export("link.txt", "text/plain", False, _link),
}
SHOWN = tuple(kind for kind in EXPORTS if kind != "link")
"""The kinds that the menu offers."""
