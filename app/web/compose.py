"""What the builder makes of its form: a frame, legal or not, or a head, at its place in a conversation. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from app.importers.source import Known
from app.protocol.client import SAMPLE_KEY
from app.protocol.events import Event
from app.protocol.frames import apply_mask, length_form
from app.protocol.handshake import accept_key, write_request, write_response
from app.trace import Side, Trace
from app.web.reading import fold_some
from app.web.wording import w

LONGEST = 65_536 * 2
"""Bytes of a payload."""
UNITS = 50
"""Units of one conversation."""
FORMS = ("auto", "7", "16", "64")
KEY = "37fa213d"
WHATS = ("frame", "request", "response")
HEADS = {
    "request": write_request("example.com", "/chat", SAMPLE_KEY),
    "response": write_response(
        101,
        (
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Accept", accept_key(SAMPLE_KEY.encode()).decode()),
        ),
    ),
}


class Wanted(NamedTuple):
    """The form. `said` are the units before this one."""

    side: Side = "client"
    what: str = "frame"
    fin: bool = True
    rsv: tuple[bool, bool, bool] = (False, False, False)
    opcode: int = 1
    masked: bool = True
    key: str = KEY
    form: str = "auto"
    length: str = ""
    kind: str = "text"
    payload: str = "Hello"
    head: str = ""
    said: tuple[tuple[Side, bytes], ...] = ()

    @property
    def written(self) -> str:
        """`said` as the form holds it."""
        return ";".join(f"{side}:{data.hex()}" for side, data in self.said)


class Built(NamedTuple):
    """The bytes, and what they become: the event of this unit, None where they make no whole unit."""

    data: bytes
    trace: Trace
    events: list[Event]
    event: Event | None
    shortest: str
    size: int


def wanted(fields: Mapping[str, str]) -> Wanted:
    """Read the form. Raises ValueError with one sentence."""
    what = fields.get("what", "frame")
    side: Side = "server" if fields.get("side") == "server" else "client"
    if what in ("request", "response"):
        side = "client" if what == "request" else "server"
    opcode, key = fields.get("opcode", "1"), fields.get("key", KEY).replace(" ", "").lower()
    if (
        what not in WHATS
        or fields.get("form", "auto") not in FORMS
        or fields.get("kind", "text") not in ("text", "hex")
    ):
        raise ValueError(w("build.unclear"))
    if not (opcode.isdecimal() and int(opcode) < 16):
        raise ValueError(w("build.opcode"))
    if len(key) != 8 or any(char not in "0123456789abcdef" for char in key):
        raise ValueError(w("build.key"))
    length = fields.get("length", "").strip()
    if length and not (length.isdecimal() and length.isascii() and len(length) < 20 and int(length) < 2**64):
        raise ValueError(w("build.length"))
    return Wanted(
        side=side,
        what=what,
        fin=fields.get("fin") == "1",
        rsv=(fields.get("rsv1") == "1", fields.get("rsv2") == "1", fields.get("rsv3") == "1"),
        opcode=int(opcode),
        masked=fields.get("masked", "1") == "1",
        key=key,
        form=fields.get("form", "auto"),
        length=length,
        kind=fields.get("kind", "text"),
        payload=fields.get("payload", ""),
        head=fields.get("head", "") or HEADS.get(what, b"").decode("latin-1"),
        said=read_said(fields.get("said", "")),
    )


def read_said(text: str) -> tuple[tuple[Side, bytes], ...]:
    """`client:HEX;server:HEX`. Raises ValueError."""
    found: list[tuple[Side, bytes]] = []
    for word in filter(None, text.split(";")):
        side, _, digits = word.partition(":")
        try:
            found.append(("server" if side == "server" else "client", bytes.fromhex(digits)))
        except ValueError:
            raise ValueError(w("build.unclear")) from None
    if len(found) > UNITS or sum(len(data) for _, data in found) > LONGEST * 4:
        raise ValueError(w("build.long"))
    return tuple(found)


def payload_of(form: Wanted) -> bytes:
    """The payload in clear. Raises ValueError."""
    try:
        data = form.payload.encode("utf-8", "surrogatepass") if form.kind == "text" else bytes.fromhex(form.payload)
    except ValueError:
        raise ValueError(w("build.hex")) from None
    if len(data) > LONGEST:
        raise ValueError(w("build.long"))
    return data


def frame(form: Wanted) -> bytes:
    """The frame, exactly as chosen: nothing is put right. Raises ValueError."""
    payload = payload_of(form)
    length = int(form.length) if form.length else len(payload)
    size = str(length_form(length)) if form.form == "auto" else form.form
    first = form.fin << 7 | form.opcode
    for bit, on in enumerate(form.rsv):
        first |= on << 6 - bit
    mask = form.masked << 7
    if size == "7":
        head = bytes((first, mask | length & 0x7F))
    elif size == "16":
        head = bytes((first, mask | 126)) + (length & 0xFFFF).to_bytes(2, "big")
    else:
        head = bytes((first, mask | 127)) + length.to_bytes(8, "big")
    if not form.masked:
        return head + payload
    key = bytes.fromhex(form.key)
    return head + key + apply_mask(payload, key)


def head(form: Wanted) -> bytes:
    """A head as typed; line ends become CRLF, and an empty line ends it."""
    text = form.head.replace("\r\n", "\n").rstrip("\n")
    return text.replace("\n", "\r\n").encode("latin-1", "replace") + b"\r\n\r\n"


def build(form: Wanted) -> Built:
    """The unit and what a receiver would make of it. Raises ValueError."""
    data = frame(form) if form.what == "frame" else head(form)
    trace = Trace("built", limit=2**30)
    for side, before in form.said:
        trace.add(0, side, before)
    start = trace.size(form.side) * 8
    trace.add(0, form.side, data)
    opens = trace.records[0].data[:4] in (b"GET ", b"HTTP")
    known = Known(opened=not opens and form.what == "frame")
    events, _ = fold_some(trace, known)
    mine = (
        e for e in events if e.side == form.side and e.start == start and e.kind in ("frame", "request", "response")
    )
    size = len(payload_of(form)) if form.what == "frame" else len(data)
    return Built(data, trace, events, next(mine, None), str(length_form(size)), size)
