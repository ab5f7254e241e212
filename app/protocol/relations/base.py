"""What every detector is told, what it may look at, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from app.protocol.extensions import Deflate
from app.protocol.fault import Fault
from app.protocol.frames import Header, apply_mask
from app.protocol.handshake import Request, Response
from app.protocol.history import History
from app.protocol.limits import Limits
from app.trace import Side

SECOND = 1_000_000_000
"""Nanoseconds: the unit of every time here."""


class Finding(NamedTuple):
    """A fault, the side that committed it, and the stream that its bits count in: "wire" or "tls"."""

    side: Side
    fault: Fault
    space: str = "wire"


Findings = Iterable[Finding]


class Sight(NamedTuple):
    """A complete frame: who sent it, its header, where it starts and ends (bytes of that side's stream)."""

    side: Side
    header: Header
    start: int
    end: int
    read: Callable[[int, int], bytes]
    """Bytes of that side's stream; only those of this frame, and only while it is being told."""

    @property
    def body(self) -> int:
        """Where the payload starts."""
        return self.start + self.header.size

    def payload(self) -> bytes:
        """The payload, unmasked."""
        data = self.read(self.body, self.end)
        return apply_mask(data, self.header.key) if self.header.key is not None else data


class Closed(NamedTuple):
    """A side's Close frame: when, and with which code (None without one)."""

    at: int
    code: int | None


@dataclass
class Scene:
    """What is known of the connection so far. Detectors read it; only `Relations` writes it, but for the histories,
    which belong to the detector of compressed messages."""

    limits: Limits
    at: int = 0
    request: Request | None = None
    response: Response | None = None
    deflate: Deflate | None = None
    histories: dict[Side, History] = field(default_factory=dict)
    """What each side has compressed, where compression was agreed on."""
    opened: bool = False
    sizes: dict[Side, int] = field(default_factory=lambda: {"client": 0, "server": 0})
    """Bytes that each side has sent."""
    broken: dict[Side, list[str]] = field(default_factory=lambda: {"client": [], "server": []})
    """The rules of severity error that each side has broken."""
    closes: dict[Side, Closed] = field(default_factory=dict)
    ended: dict[Side, str] = field(default_factory=dict)
    inside: dict[Side, bool] = field(default_factory=lambda: {"client": False, "server": False})
    """Whether each side is between two fragments of a message."""
    fragment: dict[Side, bool] = field(default_factory=lambda: {"client": False, "server": False})
    """Whether the last data frame of each side was a fragment."""
    owing: bool = False
    """A control frame has come: from here on an answer may be due."""
    lost: bool = False
    """Bytes of the recording are missing: from here on nothing can be said about what did not come."""

    def missing(self, side: Side, rule: str, note: str) -> Finding:
        """A fault that has no bits: something did not come. It is marked where that side's stream stands."""
        return Finding(side, Fault(rule, self.sizes[side] * 8, 0, note))


class Detector:
    """One watcher of one connection. A subclass overrides what it wants to be told; each method answers with what was
    broken. All of them are told things in the order in which they happened."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def time(self, now: int) -> Findings:
        """It is now later than when the last thing happened."""
        return ()

    def junk(self, side: Side, data: bytes, start: int) -> Findings:
        """A side begins with something that is no HTTP; the last of these bytes shows it."""
        return ()

    def response(self, response: Response, faults: list[Fault], start: int) -> Findings:
        """The answer to the request has come, at byte `start`, with these faults."""
        return ()

    def early(self, data: bytes, start: int) -> Findings:
        """The client has sent bytes after its request, and there is no answer yet."""
        return ()

    def stray(self, side: Side, data: bytes, start: int) -> Findings:
        """Bytes that are neither a head nor frames."""
        return ()

    def fault(self, side: Side, fault: Fault) -> Findings:
        """The frames of a side are faulty."""
        return ()

    def frame(self, frame: Sight) -> Findings:
        """A frame is complete."""
        return ()

    def control(self, frame: Sight) -> Findings:
        """A control frame is complete."""
        return ()

    def end(self, side: Side, how: str, cut: bool, unfinished: tuple[Header, int] | None) -> Findings:
        """A side has stopped sending (fin, rst or stop); `cut` when its last bytes could not be read as frames,
        `unfinished` is a frame that was cut, and how many bytes of its payload came."""
        return ()

    def tls(self, side: Side, data: bytes) -> Findings:
        """Bytes of the TLS layer."""
        return ()
