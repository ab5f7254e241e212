"""What real programs did when a rule was broken: measured once, on one machine, with the versions that are named."""

from __future__ import annotations

from typing import NamedTuple

VERSIONS = {"websockets": "websockets 17.4", "ws": "node ws 8.23.0", "chromium": "Chromium 156"}


class Reaction(NamedTuple):
    """What each program did. An empty text says that it was not measured, or cannot be on that side.

    `lenient` names the programs that took what the rule forbids.
    """

    websockets: str = ""
    ws: str = ""
    chromium: str = ""
    lenient: tuple[str, ...] = ()


_1002 = "closes with 1002"
_BROWSER = "closes with 1002; the page sees 1006"

REACTIONS: dict[str, Reaction] = {
    "frm.mask.client": Reaction(_1002, _1002),
    "frm.mask.server": Reaction(_1002, _1002, _BROWSER),
    "frm.rsv": Reaction(_1002, _1002, _BROWSER),
    "frm.opcode": Reaction(_1002, _1002, _BROWSER),
    "ctl.len": Reaction(_1002, _1002, _BROWSER),
    "ctl.fin": Reaction(_1002, _1002, _BROWSER),
    "msg.utf8": Reaction("closes with 1007", "closes with 1007", "closes with 1002, not 1007; the page sees 1006"),
    "cls.body.reason": Reaction(
        "closes with 1007", "closes with 1007", "closes with 1002, not 1007; the page sees 1006"
    ),
    "cls.body.code": Reaction(_1002, _1002, _BROWSER),
    "cls.code.local-only": Reaction(_1002, _1002, _BROWSER),
    "cls.code.unused": Reaction(_1002, _1002, "takes it as a clean close; the page sees the code", ("chromium",)),
    "cls.code.unassigned": Reaction(_1002, _1002, "takes it as a clean close; the page sees the code", ("chromium",)),
    "frm.len.minimal": Reaction(
        "takes it", "takes it", "closes with 1002: “Invalid frame header”", ("websockets", "ws")
    ),
    "frm.len.msb": Reaction("closes with 1009", "closes with 1009", _BROWSER),
    "frm.limits": Reaction("closes with 1009", "closes with 1009", "ends TCP at once, without a Close frame; 1006"),
    "cls.no-data-after": Reaction(
        "ignores it, answers 1000", "ignores it, answers 1000", "fails: “Data frame received after close”"
    ),
    "pmd.rsv1.first": Reaction(_1002, _1002, _BROWSER),
    "pmd.rsv1.control": Reaction(_1002, _1002, _BROWSER),
    "pmd.deflate.valid": Reaction(_1002, "closes with 1007", _BROWSER),
    "pmd.tail": Reaction("takes it", "takes it", "takes it", ("websockets", "ws", "chromium")),
}
"""By rule. Clients were tested against the two servers, servers against all three."""
