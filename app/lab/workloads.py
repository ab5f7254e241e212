"""What messages are used for: five workloads, and which transports meet what each of them needs."""

from __future__ import annotations

from typing import Any, NamedTuple

from app.lab.plan import POLL_SECONDS, ROWS
from app.trace import Side


class Workload(NamedTuple):
    """`rate` messages a second, `per_visit` of them on one connection. `both`: the other side speaks as well."""

    id: str
    name: str
    text: str
    rate: float
    size: int
    sender: Side
    per_visit: int
    reliable: bool
    waits: bool
    """Whether news may wait for the next poll."""
    both: bool = False


WORKLOADS: tuple[Workload, ...] = (
    Workload("ticker", "Ticker", "prices to a page", 10, 100, "server", 6000, True, False),
    Workload("chat", "Chat", "a room whose members all speak", 0.5, 200, "server", 300, True, False, True),
    Workload("telemetry", "Telemetry", "one reading, then the device sleeps", 1 / 600, 100, "client", 1, True, True),
    Workload("game", "Game", "positions, where only the newest counts", 30, 32, "client", 18_000, False, False),
    Workload("file", "File", "one upload in parts of 64 KiB", 16, 65_536, "client", 16, True, True),
)


class Cost(NamedTuple):
    """What a row costs in a workload. `fits` is False with a reason when it does not do what is needed."""

    row: str
    bytes: float
    delay: float | None
    fits: bool
    why: str


def _layers(found: dict[str, Any], which: str) -> float:
    total = sum(size for side in found[which].values() for size in side.values())
    return float(total)


def cost(workload: Workload, found: dict[str, Any]) -> Cost:
    """Bytes for each message on every layer, with its share of set-up, from a measured (or recorded) row."""
    row = ROWS[found["row"]]
    each = _layers(found, "messages") / max(found["delivered"], 1)
    share = _layers(found, "setup") / workload.per_visit
    empty = 0.0
    if row.kind == "poll":
        polls = 1 / (POLL_SECONDS * workload.rate)
        empty = max(polls - 1, 0) * (each - workload.size)
    delay = POLL_SECONDS * 500 if row.kind == "poll" else (found["delay"] or {}).get("median")
    fits, why = _fits(workload, found["row"])
    return Cost(row.id, each + share + empty, delay, fits, why)


def _fits(workload: Workload, id: str) -> tuple[bool, str]:
    row = ROWS[id]
    if workload.reliable and not row.ordered:
        return False, "may lose messages"
    if workload.both and row.kind not in ("socket", "channel", "h2-socket"):
        return False, "carries one direction only"
    if not workload.waits and row.kind == "poll":
        return False, "news waits for the next request"
    if row.kind == "poll" and workload.rate * POLL_SECONDS > 1:
        return False, "news comes faster than the requests"
    return True, ""


def verdict(workload: Workload, costs: list[Cost]) -> dict[str, Any]:
    """The winners by count, and one sentence on whether WebSocket is the right choice."""
    fitting = [one for one in costs if one.fits]
    if not fitting:
        return {"workload": workload.id, "bytes": None, "delay": None, "costs": [one._asdict() for one in costs]}
    cheapest = min(fitting, key=lambda one: one.bytes)
    timed = [one for one in fitting if one.delay is not None]
    fastest = min(timed, key=lambda one: one.delay or 0.0) if timed else None
    return {
        "workload": workload.id,
        "bytes": cheapest.row,
        "delay": fastest.row if fastest else None,
        "costs": [one._asdict() for one in costs],
        "choice": choice(workload, fitting),
    }


CLOSE_ENOUGH = 1.25
"""A transport that costs at most a quarter more is as good when it brings something WebSocket lacks."""


SIMPLER = {"post": "once", "post-close": "once", "sse": "oneway"}
"""Transports that ask less of both sides, and what speaks for them."""


def choice(workload: Workload, fitting: list[Cost]) -> dict[str, Any]:
    """Whether WebSocket is right: the figures, and which consideration decides. The page makes a sentence of it."""
    by = {one.row: one for one in fitting}
    ws = by.get("ws")
    if ws is None:
        return {"right": None, "why": "unmeasured"}
    if not workload.reliable and "rtc-loose" in by:
        return {"right": False, "why": "late", "row": "rtc-loose", "ratio": by["rtc-loose"].bytes / ws.bytes}
    simpler = [one for one in fitting if one.row in SIMPLER and one.bytes <= ws.bytes * CLOSE_ENOUGH]
    if simpler:
        best = min(simpler, key=lambda one: one.bytes)
        return {"right": False, "why": SIMPLER[best.row], "row": best.row, "ratio": best.bytes / ws.bytes}
    others = [one.bytes for one in fitting if not one.row.startswith("ws")]
    return {"right": True, "why": "cheapest", "ratio": (min(others) / ws.bytes) if others else None}
