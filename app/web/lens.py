"""The lens inside permessage-deflate: the example of RFC 7692, and whatever somebody wants to see compressed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, abort, render_template, request

from app.anatomy.deflate import squeeze, take_apart
from app.live.hub import Hub
from app.web.sheets import sheet
from app.words import t

bp = Blueprint("lens", __name__, url_prefix="/lens")

HELLO = ("f248cdc9c90700", "f200110000")
"""“Hello” twice on one connection (RFC 7692 section 7.2.3.2)."""
MOST_BYTES = 4096
MOST_LINES = 6
FEW = (b'{"user":"ana","room":"4821","typing":true}',) * 3
"""A message that is worth compressing, three times."""
DEFAULT = "Hello\nHello"


def connect(app: Flask, hub: Hub) -> None:
    """Serve the lenses."""
    from app.web import sealed  # the other lens

    app.register_blueprint(bp)
    sealed.connect(app, hub)


@bp.get("/deflate")
def deflate() -> str:
    """The same word twice."""
    found = take_apart(map(bytes.fromhex, HELLO))
    return render_template("lens/deflate.html", **_page(found), own=False, text=DEFAULT, bits=15, takeover=True)


@bp.post("/deflate")
def own_text() -> str:
    """The same for text of one's own. A pure function of what was sent: nothing is stored."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    if len(text.encode()) > MOST_BYTES:
        abort(413, t("lens.deflate.long", most=MOST_BYTES))
    bits = request.form.get("bits", 15, type=int)
    bits = bits if 8 <= bits <= 15 else 15
    takeover = "takeover" in request.form
    lines = text.split("\n")[:MOST_LINES] if text else [""]
    found = take_apart(squeeze((line.encode() for line in lines), bits, takeover, level=9), bits, takeover)
    return render_template("lens/deflate.html", **_page(found), own=True, text=text, bits=bits, takeover=takeover)


def _page(found: list[Any]) -> dict[str, Any]:
    sheets = [sheet(unpacked) for unpacked in found]
    first = found[0].payload[:1] or b"\0"
    return {
        "active": "learn",
        "sheets": sheets,
        "last": sheets[-1],
        "few": [len(payload) for payload in squeeze(FEW, level=9)],
        "first": first.hex(),
        "first_bits": format(first[0], "08b"),
        "most_lines": MOST_LINES,
    }
