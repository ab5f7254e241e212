"""What can be measured: the rows of the comparison, and the choices of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from app.trace import Side

Kind = Literal["poll", "long", "post", "stream", "socket", "channel", "h2", "h2-socket"]

SIZES = (1, 32, 100, 125, 126, 200, 1024, 4096, 16_384, 65_536)
"""Message sizes on offer, in bytes; 125 and 126 lie on both sides of a longer frame header."""
COUNTS = (20, 100, 1000)
MAX_SIZE = 65_536
MAX_COUNT = 1000
PACE = 0.01
"""Seconds between two messages: closer together, several share a segment and none can be told apart."""
LARGE = 16_384
LARGE_PACE = 0.03
"""A large message takes many datagrams; a burst of them would overflow the buffers of UDP."""
RACE_EVENTS = (0.12, 0.19, 0.43, 0.61, 0.86)
"""Seconds into the race at which something happens."""
RACE_SECONDS = 1.0
POLL_SECONDS = 1.0
"""How often a polling client asks in the race, and in the workloads."""
COOKIE_NAME = "lab"
COOKIE_BYTES = 188
"""Name, equals sign and value of the cookie that is sent when cookies are on."""


class Row(NamedTuple):
    """One way to carry messages. `sides` may send them; `main` rows are measured unless more is asked for."""

    id: str
    kind: Kind
    sides: tuple[Side, ...]
    main: bool = False
    keep_alive: bool = True
    deflate: bool = False
    tls: bool = False
    ordered: bool = True
    browser: bool = True
    needs: str = ""
    """The module without which this row cannot be measured."""


_DOWN: tuple[Side, ...] = ("server",)
_UP: tuple[Side, ...] = ("client",)
_BOTH: tuple[Side, ...] = ("server", "client")

ROWS: dict[str, Row] = {
    row.id: row
    for row in (
        Row("poll", "poll", _DOWN, main=True),
        Row("poll-close", "poll", _DOWN, keep_alive=False),
        Row("long", "long", _DOWN),
        Row("post", "post", _UP, main=True),
        Row("post-close", "post", _UP, keep_alive=False),
        Row("sse", "stream", _DOWN, main=True),
        Row("ws", "socket", _BOTH, main=True),
        Row("ws-deflate", "socket", _BOTH, deflate=True),
        Row("wss", "socket", _BOTH, tls=True, browser=False, needs="cryptography"),
        Row("rtc", "channel", _BOTH, main=True, needs="aiortc"),
        Row("rtc-loose", "channel", _BOTH, ordered=False, needs="aiortc"),
        Row("h2", "h2", _UP, tls=True, browser=False, needs="h2"),
        Row("ws-h2", "h2-socket", _BOTH, tls=True, browser=False, needs="h2"),
    )
}
RACERS = ("poll", "sse", "ws", "rtc")


@dataclass(frozen=True, slots=True)
class Plan:
    """The choices of a run: bytes a message, how many, who sends them, and whether a cookie goes along."""

    size: int = 32
    count: int = 20
    sender: Side = "server"
    cookies: bool = False

    @property
    def pace(self) -> float:
        """Seconds between two messages."""
        return LARGE_PACE if self.size >= LARGE else PACE


class Unclear(ValueError):
    """A choice that cannot be measured; the text says what can."""


def read_plan(value: object) -> Plan:
    """The plan in a JSON object. Raises Unclear."""
    if not isinstance(value, dict):
        raise Unclear("A plan is a JSON object.")
    size, count = value.get("size", 32), value.get("count", 20)
    sender, cookies = value.get("sender", "server"), value.get("cookies", False)
    if not _whole(size, MAX_SIZE):
        raise Unclear(f'"size" must be 1 to {MAX_SIZE} bytes.')
    if not _whole(count, MAX_COUNT):
        raise Unclear(f'"count" must be 1 to {MAX_COUNT} messages.')
    if sender not in ("client", "server"):
        raise Unclear('"sender" must be client or server.')
    return Plan(size, count, sender, bool(cookies))


def _whole(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most


def message(index: int, size: int) -> bytes:
    """Message number `index`: readings as JSON text, which compresses as such text does, cut to exactly `size`."""
    text = f"{index:04d}"
    step = 0
    while len(text) < size:
        seed = (index * 7919 + step * 104_729 + 12_345) * 2_654_435_761 % 2**32  # the page does the same sums
        text += f' {{"id":{seed % 97},"bid":{seed % 9973},"ask":{seed % 8191}}}'
        step += 1
    return text[:size].encode()


def index_of(payload: bytes) -> int | None:
    """Which message this is; None when it is too short to say."""
    return int(payload[:4]) if len(payload) >= 4 and payload[:4].isdigit() else None


def cookie() -> str:
    """Name and value of the cookie: a fixed text of the length of a usual session cookie."""
    return (COOKIE_NAME + "=" + "0123456789abcdef" * 16)[:COOKIE_BYTES]
