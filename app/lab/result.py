"""What a measured row comes to: bytes for set-up and for each message, and delays. Everything is JSON."""

from __future__ import annotations

from statistics import median
from typing import Any

from app.lab.channel import Channel

NS = 1_000_000


def spread(values: list[float]) -> dict[str, float] | None:
    """Median, lowest and highest; None without values."""
    if not values:
        return None
    return {"median": round(median(values), 3), "low": round(min(values), 3), "high": round(max(values), 3)}


def windows(channel: Channel) -> list[float]:
    """Bytes between one message and the next, acknowledgements included: the first and the last window are left out
    where there are others, for a part of what belongs to them lies outside."""
    marks = [channel.setup.total(), *channel.stamps, channel.end.total()]
    sizes = [float(later - earlier) for earlier, later in zip(marks, marks[1:], strict=False)]
    return sizes[1:-1] if len(sizes) > 3 else sizes


def delays(channel: Channel, times: dict[int, int]) -> list[float]:
    """Milliseconds from event to arrival, for each message whose both ends are known."""
    sent = dict(enumerate(channel.sent)) if channel.plan.sender == "server" else times
    arrived = times if channel.plan.sender == "server" else channel.arrived
    return [(arrived[index] - at) / NS for index, at in sent.items() if index in arrived]


def result(channel: Channel, times: dict[int, int], client: str) -> dict[str, Any]:
    """The row as JSON. `times`: when the client sent or got each message, in nanoseconds of the run."""
    plan, row = channel.plan, channel.row
    delivered = len(times) if plan.sender == "server" else len(channel.arrived)
    asked = row.kind in ("poll", "post", "h2")
    return {
        "row": row.id,
        "source": "measured",
        "client": client,
        "size": plan.size,
        "count": plan.count,
        "sender": plan.sender,
        "cookies": plan.cookies,
        "delivered": delivered,
        "setup": channel.setup.json(),
        "setup_connections": channel.setup_connections,
        "messages": (channel.end - channel.setup).json(),
        "message_connections": channel.connections - channel.setup_connections,
        "foreign": channel.tally.foreign,
        "each": spread(windows(channel)),
        "network": "datagrams" if row.kind == "channel" else channel.counted_by,
        "delay": None if asked and plan.sender == "server" else spread(delays(channel, times)),
        "sample": channel.tally.sample_json(),
    }
