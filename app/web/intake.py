"""What a reader hands in: the raw body, read once and bounded, never spooled to a file; and how to read it."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl

from flask import request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from app.importers import IMPORTERS
from app.trace import SIDES, Side
from app.web.edits import Edit, read_edits
from app.web.safety import ANY_BODY, UPLOAD_ON_LOOPBACK, the_hub
from app.web.wording import w

FORM = "application/x-www-form-urlencoded"
COMPRESSED = ("", "yes", "fresh", "no")
"""What a reader may say about compression: as the bytes show; agreed; agreed without a kept window; not agreed."""
FIELDS = 40
LONGEST_SEARCH = 200
LINK_BYTES = 2**20
"""What a link may unfold to."""


class Asked(NamedTuple):
    """Bytes, and what the reader said about them. `of` names bytes that were handed in before."""

    data: bytes
    of: str = ""
    format: str | None = None
    side: Side | None = None
    compressed: str = ""
    edits: tuple[Edit, ...] = ()
    connection: str = ""
    beside: str = ""
    seq: int | None = None
    place: tuple[str, int] | None = None
    field: str = ""
    more: str = ""
    search: str = ""
    start: int = 0
    text: str = ""
    open: bool = False


def most() -> int:
    """Bytes that may be handed in at a time: more where only this machine can reach the server."""
    hub = the_hub()
    return max(hub.settings.body_bytes, UPLOAD_ON_LOOPBACK) if hub.trusted else hub.settings.body_bytes


def asked() -> Asked:
    """What the request asks. Raises BadRequest with one sentence, or RequestEntityTooLarge."""
    try:
        body = request.get_data(cache=False, parse_form_data=False)
    except RequestEntityTooLarge:
        raise RequestEntityTooLarge(w("error.large", size=megabytes(most()))) from None
    if len(body) > most():
        raise RequestEntityTooLarge(w("error.large", size=megabytes(most())))
    if _is_form(body):
        fields = _fields(body)
        return _asked(fields.get("text", "").encode("utf-8", "surrogatepass"), fields)
    return _asked(body, request.args)


def _is_form(body: bytes) -> bool:
    """Whether this is a form of ours. Programs call everything one: curl does unless it is told otherwise."""
    return request.mimetype == FORM and (request.path not in ANY_BODY or body.startswith(b"text="))


def megabytes(size: int) -> str:
    """A limit as people say it."""
    return f"{size // 2**20} MiB"


def _fields(body: bytes) -> dict[str, str]:
    """A form by hand: the parsers of the framework may write what is long into files."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=FIELDS)
    except ValueError:
        raise BadRequest(w("error.form")) from None
    return dict(pairs)


def _asked(data: bytes, fields: Mapping[str, str]) -> Asked:
    chosen = {name: fields.get(name, "") for name in ("from", "side", "compressed", "seq", "start", "at")}
    if chosen["from"] not in ("", *IMPORTERS):
        raise BadRequest(w("error.format", names=", ".join(IMPORTERS)))
    if chosen["side"] not in ("", "both", *SIDES):
        raise BadRequest(w("error.side"))
    if chosen["compressed"] not in COMPRESSED:
        raise BadRequest(w("error.compressed"))
    try:
        edits = read_edits(fields.get("edits", ""))
    except ValueError as error:
        raise BadRequest(str(error)) from None
    connection, dot, place = chosen["at"].rpartition(":")  # what a button of the page says
    data = unpack(data) if fields.get("packed") else data
    return Asked(
        data=data,
        of=fields.get("of", ""),
        format=chosen["from"] or None,
        side=next((side for side in SIDES if side == chosen["side"]), None),
        compressed=chosen["compressed"],
        edits=edits,
        connection=connection if dot else fields.get("connection", ""),
        beside=fields.get("beside", ""),
        seq=_number(place if dot else chosen["seq"]),
        place=_place(fields.get("place", "")),
        field=fields.get("field", "")[:60],
        more=fields.get("more", ""),
        search=fields.get("search", "")[:LONGEST_SEARCH],
        start=_number(chosen["start"]) or 0,
        text=data.decode("utf-8", "replace") if fields is not request.args else "",
        open=fields.get("redact") == "no",
    )


def _place(text: str) -> tuple[str, int] | None:
    """`client:BIT`: a place that stays where it is when events are numbered anew."""
    side, _, bit = text.partition(":")
    number = _number(bit)
    return (side, number) if side in SIDES and number is not None else None


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 12 else None


def pack(data: bytes) -> str:
    """Bytes as they stand in the fragment of a link: deflated, base64 for addresses."""
    return base64.urlsafe_b64encode(zlib.compress(data, 9)).decode("ascii").rstrip("=")


def unpack(text: bytes) -> bytes:
    """What `pack` packed. Raises BadRequest."""
    try:
        raw = base64.b64decode(text.strip() + b"=" * (-len(text.strip()) % 4), altchars=b"-_", validate=True)
        stream = zlib.decompressobj()
        data = stream.decompress(raw, LINK_BYTES)
    except (binascii.Error, zlib.error, ValueError):
        raise BadRequest(w("error.link")) from None
    if not stream.eof:
        raise BadRequest(w("error.link"))
    return data
