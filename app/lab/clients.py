"""Measuring with Python clients: one row, or the race, from opening to figures."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import Any

from app.lab.lab import Lab
from app.lab.lines import LINES, Line, Where
from app.lab.plan import ROWS, index_of, message
from app.lab.run import Run

GRACE_SECONDS = 5.0
"""How much longer than its pace a row may take."""
LOOK_SECONDS = 0.1
"""How often somebody who waits looks whether the run was stopped."""
CLIENT = "Python"

Told = Callable[[int], None]


class Failed(Exception):
    """A row that could not be measured; the text is one sentence."""


class Arrivals:
    """When messages arrived, by their number."""

    def __init__(self, clock: Callable[[], int], told: Told) -> None:
        self.times: dict[int, int] = {}
        self._clock, self._told = clock, told
        self._changed = threading.Condition()

    def heard(self, payload: bytes) -> None:
        """A message has arrived."""
        at = self._clock()
        with self._changed:
            index = index_of(payload)
            self.times[len(self.times) if index is None else index] = at
            self._changed.notify_all()
        self._told(len(self.times))

    def wait(self, count: int, seconds: float, stopped: threading.Event) -> None:
        """Wait until so many have come, or there is no more point in it."""
        deadline = monotonic() + seconds
        with self._changed:
            while len(self.times) < count and monotonic() < deadline and not stopped.is_set():
                self._changed.wait(LOOK_SECONDS)


def measure(lab: Lab, run: Run, row: str, *, told: Told = lambda n: None) -> Any:
    """Measure one row of a run. Raises Failed, app.lab.run.Early, OSError."""
    if run.plan.sender not in ROWS[row].sides:
        raise Failed("This row carries no messages from that side.")
    channel = run.open(row)
    arrivals = Arrivals(run.clock, told)
    line = _open(lab, run, row, arrivals)
    try:
        run.begin(row)
        times = arrivals.times
        if run.plan.sender == "client":
            times = _say_all(run, line, channel.stopped, told)
        elif ROWS[row].kind == "poll":
            _say_all(run, line, channel.stopped, lambda n: None)
        else:
            arrivals.wait(run.plan.count, run.plan.count * run.plan.pace * 2 + GRACE_SECONDS, channel.stopped)
        if channel.stopped.is_set():
            raise Failed("Stopped.")
        return run.finish(row, times, CLIENT)
    finally:
        line.close()
        channel.stop()
        lab.peers.release(channel)


def _open(lab: Lab, run: Run, row: str, arrivals: Arrivals) -> Line:
    h2 = ROWS[row].kind in ("h2", "h2-socket")
    context = lab.contexts().client("h2" if h2 else "http/1.1") if ROWS[row].tls else None
    listener = lab.listener()
    where = Where(lab.host, listener.port, run.id, ROWS[row], arrivals.heard, run.plan.cookies, context, lab.peers)
    if h2:
        from app.lab.h2lines import Posting, Tunnelled  # needs a package that may be missing

        return Posting(where) if ROWS[row].kind == "h2" else Tunnelled(where)
    return LINES[ROWS[row].kind](where)


def _say_all(run: Run, line: Line, stopped: threading.Event, told: Told) -> dict[int, int]:
    """Send every message at the pace of the plan; when each was sent."""
    times: dict[int, int] = {}
    began = monotonic()
    for index in range(run.plan.count):
        if stopped.wait(max(began + index * run.plan.pace - monotonic(), 0)):
            break
        payload = message(index, run.plan.size)
        times[index] = run.clock()
        line.say(payload)
        told(index + 1)
    return times


def race(lab: Lab, run: Run, rows: list[str]) -> dict[str, Any]:
    """The same events on several lines at once; polling asks as often as the plan says."""
    arrivals = {row: Arrivals(run.clock, lambda n: None) for row in rows}
    lines: dict[str, Line] = {}
    try:
        for row in rows:
            run.open(row, race=True)
            lines[row] = _open(lab, run, row, arrivals[row])
        for row in rows:
            run.begin(row)
        about = run.start_race()
        ended = threading.Event()
        ended.wait((about["starts"] - run.clock()) / 1e9 + about["poll_ms"] / 1000)
        if "poll" in lines:
            lines["poll"].say(b"")
        for row in rows:
            arrivals[row].wait(1, GRACE_SECONDS, ended)
        return run.finish_race(about["starts"], {row: arrivals[row].times for row in rows})
    finally:
        for line in lines.values():
            line.close()
        lab.tidy(run)
