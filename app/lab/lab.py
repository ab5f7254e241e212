"""The lab: its listener, its WebRTC peers and its runs, started on first use, bounded, and stopped as one."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from app.lab import rtc
from app.lab.channel import Channel
from app.lab.listener import Listener
from app.lab.plan import ROWS, Plan
from app.lab.run import MOST_SECONDS, Run
from app.lab.tls import Contexts, contexts

RUNS = 4
FINISHED_SECONDS = 3.0
"""Between two rows a run may rest this long and still be under way."""


class Busy(Exception):
    """There are as many runs as there may be; trying again later helps."""


class Lab:
    """`host` is a loopback address: the lab measures a reader's own machine and serves nobody else."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.host = host
        self._contexts: Contexts | None = None
        self._listener: Listener | None = None
        self._secure: Listener | None = None
        self._peers = rtc.Peers(host)
        self._runs: dict[str, Run] = {}
        self._lock = threading.Lock()

    @property
    def peers(self) -> rtc.Peers:
        """The thread that WebRTC lives in."""
        return self._peers

    def listener(self) -> Listener:
        """The listener. Raises OSError."""
        with self._lock:
            if self._listener is None:
                self._listener = Listener(self.host, self._find, self._peers.answer)
            return self._listener

    def secure(self, make: Callable[[], ssl.SSLContext]) -> Listener:
        """A second listener, with the certificate that a page over https was loaded with. Raises OSError."""
        with self._lock:
            if self._secure is None:
                context = make()
                self._secure = Listener(self.host, self._find, self._peers.answer)
                self._secure.context = context
            return self._secure

    def contexts(self) -> Contexts:
        """TLS for the listener and for our own clients, from now on. Raises ModuleNotFoundError."""
        if self._contexts is None:
            self._contexts = contexts(self.host)
        self.listener().context = self._contexts.server
        return self._contexts

    def create(self, plan: Plan, origin: str = "") -> Run:
        """A new run; pages of `origin` may take part. Raises Busy, OSError."""
        self.listener()
        self.sweep()
        with self._lock:
            if len(self._runs) >= RUNS:
                raise Busy("Others are measuring just now; please try again in a minute.")
            run = Run(plan, origin)
            self._runs[run.id] = run
            return run

    def run(self, id: str) -> Run | None:
        """The run with that id."""
        return self._runs.get(id)

    def _find(self, run: str, row: str) -> Channel | None:
        found = self._runs.get(run)
        return found.channel(row) if found else None

    def tidy(self, run: Run) -> None:
        """Close what a run no longer uses."""
        while run.dropped:
            self._peers.release(run.dropped.pop())

    def end(self, run: Run) -> None:
        """The run is over."""
        run.stop()
        self.tidy(run)
        with self._lock:
            self._runs.pop(run.id, None)

    def sweep(self) -> None:
        """End runs that nobody uses any more, and when there is no room the one that has been finished longest."""
        runs = list(self._runs.values())
        for run in [run for run in runs if run.idle > MOST_SECONDS]:
            self.end(run)
        finished = [run for run in runs if not run.active and FINISHED_SECONDS < run.idle <= MOST_SECONDS]
        if len(self._runs) >= RUNS and finished:
            self.end(max(finished, key=lambda run: run.idle))

    def close(self) -> None:
        """End all runs, close the listener and every peer."""
        for run in list(self._runs.values()):
            self.end(run)
        self._peers.close()
        for listener in filter(None, (self._listener, self._secure)):
            listener.close()


def missing() -> dict[str, str]:
    """Rows that this installation cannot measure, and the module that each lacks."""
    return {row.id: row.needs for row in ROWS.values() if row.needs and find_spec(row.needs) is None}


def versions() -> dict[str, Any]:
    """What takes part in a measurement, with versions."""
    import platform
    from importlib.metadata import PackageNotFoundError, version

    found: dict[str, Any] = {
        "python": platform.python_version(),
        "system": f"{platform.system()} {'.'.join(platform.release().split('.')[:2])}",
    }
    for name in ("aiortc", "h2"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
