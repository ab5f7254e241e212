"""The shape of one requirement of RFC 6455 or RFC 7692, and what its columns mean."""

from typing import Literal, NamedTuple

Binds = Literal["client", "server", "both", "extension", "intermediary"]
Observe = Literal["violation", "behaviour", "teach"]
Severity = Literal["error", "warning", "note"]

# Where the one who detects a breach has to stand.
SEEN = {
    "H": "one handshake message",
    "C": "both directions, or the context",
    "F": "the frames of one direction",
    "M": "the assembled or inflated message",
    "T": "time, order, or the end of TCP",
    "S": "several frames: a statistical hint",
    "api": "refused before anything is sent",
    "N": "never visible from outside",
}


class Rule(NamedTuple):
    """One requirement.

    `section` is RFC 6455 unless it names another document ("7692:5"). `level` is the keyword of the RFC; "def" is a
    definition or a step of an algorithm, lower case a sentence without a keyword. `observe` says whether bytes or
    timing can break the rule ("violation"), only good behaviour can be shown, or nothing is ever visible ("teach").
    `severity` belongs to violations; only errors change an exit code. `close_code` is what a strict receiver sends in
    its Close frame; None where the RFC answers differently (an HTTP status, a dropped connection, nothing).
    `implies` names what is broken along with it where it cannot be broken alone; where that may be one of several
    rules, the usual one.
    """

    id: str
    section: str
    level: str
    binds: Binds
    text: str
    breach: str = ""
    outcome: str = ""
    group: str = ""
    seen: tuple[str, ...] = ()
    observe: Observe = "teach"
    severity: Severity | None = None
    close_code: int | None = None
    implies: tuple[str, ...] = ()
