"""A run: one plan, and the rows that are measured with it, one after the other."""

from __future__ import annotations

import secrets
import threading
import time
from typing import Any

from app.lab.channel import Channel
from app.lab.plan import POLL_SECONDS, RACE_EVENTS, RACE_SECONDS, RACERS, ROWS, Plan, Row
from app.lab.result import result

MOST_SECONDS = 300.0
"""A run that nobody has touched for this long is over."""
START_SECONDS = 10.0
"""How long a transport may take to open."""
LEAD_SECONDS = 0.15
ENDED_BY_US = ("poll", "long", "post", "channel")
"""Rows whose connections a client would keep, and use for the next row; a WebSocket's client says goodbye itself."""
CLOCK = Row("clock", "socket", ("server",), keep_alive=False)
"""Sets clocks and cookies; what it carries belongs to no row."""


class Early(Exception):
    """The row is not open, or not begun; the text is one sentence."""


class Run:
    """`id` is random: knowing it is the permission to use it. Times are nanoseconds since the run began."""

    def __init__(self, plan: Plan, origin: str = "") -> None:
        self.id = secrets.token_hex(16)
        self.plan, self.origin = plan, origin
        self.results: dict[str, dict[str, Any]] = {}
        self.traces: dict[str, Channel] = {}
        self.race: dict[str, Any] | None = None
        self._began = time.monotonic_ns()
        self._used = time.monotonic()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._channels: dict[str, Channel] = {"clock": Channel(CLOCK, plan, self.clock, origin=origin)}
        self._race_thread: threading.Thread | None = None
        self.dropped: list[Channel] = []

    def clock(self) -> int:
        """Nanoseconds since the run began."""
        return time.monotonic_ns() - self._began

    @property
    def idle(self) -> float:
        """Seconds since it was used."""
        return time.monotonic() - self._used

    @property
    def active(self) -> bool:
        """Whether messages are under way."""
        with self._lock:
            return any(channel.begun and not channel.stopped.is_set() for channel in self._channels.values())

    def channel(self, row: str) -> Channel | None:
        """The row under measurement with that name."""
        with self._lock:
            return self._channels.get(row)

    def open(self, row: str, *, race: bool = False) -> Channel:
        """Get ready to measure a row; what it had before is dropped. Raises KeyError, Early."""
        if self._stopped.is_set():
            raise Early("This run is over.")
        self._used = time.monotonic()
        channel = Channel(ROWS[row], self.plan, self.clock, race=race, origin=self.origin)
        with self._lock:
            old = self._channels.get(row)
            self._channels[row] = channel
        if old:
            self._drop(old)
        return channel

    def _drop(self, channel: Channel) -> None:
        channel.stop()
        self.dropped.append(channel)

    def begin(self, row: str) -> None:
        """Set-up is over. Raises Early when nothing has connected."""
        channel = self._get(row)
        if channel.row.kind in ("stream", "socket", "channel", "h2-socket") and not channel.open.wait(START_SECONDS):
            raise Early("Nothing has connected.")
        channel.begin()

    def finish(self, row: str, times: dict[int, int], client: str) -> dict[str, Any]:
        """The messages are over: the figures."""
        channel = self._get(row)
        channel.finish()
        found = result(channel, times, client)
        self.results[row] = found
        self.traces[row] = channel
        if channel.row.kind in ENDED_BY_US:
            self._drop(channel)
        return found

    def _get(self, row: str) -> Channel:
        self._used = time.monotonic()
        channel = self.channel(row)
        if channel is None or channel.row is CLOCK:
            raise Early("This row is not open.")
        return channel

    # the race: the same events on every line at once

    def start_race(self) -> dict[str, Any]:
        """Let things happen on every open line; when it starts, in nanoseconds, and how long it takes."""
        self._used = time.monotonic()
        channels = [channel for id in RACERS if (channel := self.channel(id)) and channel.race]
        starts = self.clock() + int(LEAD_SECONDS * 1e9)
        self._race_thread = threading.Thread(target=self._events, args=(channels, starts), daemon=True, name="lab race")
        self._race_thread.start()
        return {"starts": starts, "ms": RACE_SECONDS * 1000, "poll_ms": POLL_SECONDS * 1000}

    def _events(self, channels: list[Channel], starts: int) -> None:
        for at in RACE_EVENTS:
            if self._stopped.wait(max((starts + at * 1e9 - self.clock()) / 1e9, 0)):
                return
            for channel in channels:
                try:
                    channel.emit()
                except OSError:
                    channel.stop()

    def finish_race(self, starts: int, times: dict[str, dict[int, int]]) -> dict[str, Any]:
        """When each thing happened and when each client knew, in milliseconds of the race."""
        if self._race_thread:
            self._race_thread.join(5)
        lanes = {}
        for id in RACERS:
            channel = self.channel(id)
            if channel and channel.race and channel.sent:
                events = [(at - starts) / 1e6 for at in channel.sent]
                arrivals = [times.get(id, {}).get(index) for index in range(len(events))]
                known = [None if at is None else (at - starts) / 1e6 for at in arrivals]
                lanes[id] = {"events": events, "arrivals": known}
                self._drop(channel)
        self.race = {"ms": RACE_SECONDS * 1000, "poll_ms": POLL_SECONDS * 1000, "lanes": lanes}
        return self.race

    def stop(self) -> None:
        """End it: every thread that works for it returns."""
        self._stopped.set()
        with self._lock:
            channels = list(self._channels.values())
        for channel in channels:
            self._drop(channel)
