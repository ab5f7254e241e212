"""Every budget and setting of the server in one table; each can be set through the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

PREFIX = "SOCKETSCOPE_"
MIB = 2**20


class SettingsError(ValueError):
    """A setting in the environment that cannot be used; the text names it and says what is expected."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Sizes in bytes, times in seconds. `SOCKETSCOPE_TRACE_CONNECTION=1048576` sets `trace_connection`, and so on.

    Nothing here is a secret, and nothing here turns protection off: a limit can be moved, not removed.
    """

    hosts: str = ""
    """Names, separated by commas, that the Host header may carry beside IP addresses and localhost."""

    cert: str = ""
    """A file with a certificate (PEM) for https and wss; without one, one is made on first use."""
    key: str = ""
    """The file with its private key, where that is not in the same file."""
    state_dir: str = ""
    """Where what is made on first use is kept; by default a folder of its own in the user's state directory."""

    trace_connection: int = 16 * MIB
    """What is recorded of one connection; past it recording stops and the engine goes on."""
    trace_session: int = 64 * MIB
    """What is recorded of all connections of one session."""
    trace_process: int = 256 * MIB
    """What is recorded in the whole process."""
    session_connections: int = 64
    """How many connections a session remembers; the oldest that is closed is forgotten first."""
    sessions: int = 4096
    """Sessions at one time."""
    idle_seconds: float = 660
    """How long a session lives after its last close and its last reader: ten minutes at least, plus a margin."""

    connections: int = 1000
    """TCP connections at one time, of every kind."""
    followers: int = 500
    """Open pages that receive the feed at one time."""
    head_bytes: int = 65_536
    """A request head, on every path."""
    head_seconds: float = 15
    """The time in which a whole request head must arrive."""
    request_seconds: float = 60
    """The time in which the rest of a plain HTTP request must arrive."""
    send_seconds: float = 30
    """How long a peer may refuse to take what is sent before the connection is given up."""
    close_seconds: float = 10
    """How long the peer may take for its own half of the close."""
    body_bytes: int = 16 * MIB
    """The body of a plain HTTP request."""

    hold_head_seconds: float = 15
    """A held opening handshake is released by itself after this time."""
    hold_frame_seconds: float = 60
    """A held frame is released by itself after this time, while no other is released."""
    held_bytes: int = MIB
    """Held or unsent bytes of one connection beyond which it is no longer read, so that TCP slows the peer down."""

    message_bytes: int = 16 * MIB
    """One message, after inflation."""
    fragments: int = 131_072
    """Frames in one message."""
    empty_fragments: int = 1024
    """Fragments in a row that carry nothing."""

    log_items: int = 4096
    """News that a session keeps for followers who come back; who is further behind gets a gap mark and a summary."""
    events_kept: int = 20_000
    """Explained events that are kept per connection; later ones are computed again when they are asked for."""
    scripted: int = 32
    """Scripted clients inside the server at one time."""
    explain_workers: int = 2
    """Long explanations that are worked out at one time."""
    explain_waiting: int = 8
    """How many more may wait for their turn."""
    explain_seconds: float = 10
    """How long anybody waits for one; it goes on, so that it is there when it is asked for again."""

    @property
    def host_names(self) -> frozenset[str]:
        """The names of `hosts`, lower case."""
        return frozenset(name.strip().lower() for name in self.hosts.split(",") if name.strip())


def load(environ: Mapping[str, str]) -> Settings:
    """The settings, with what the environment overrides. Raises SettingsError."""
    known = {PREFIX + field.name.upper(): field for field in fields(Settings)}
    found = {known[name]: text for name, text in environ.items() if name in known}
    changes: dict[str, Any] = {}
    for field, text in found.items():
        changes[field.name] = _read(PREFIX + field.name.upper(), text, field.type)
    return replace(Settings(), **changes)


def _read(name: str, text: str, kind: object) -> str | int | float:
    if kind == "str":
        return text
    try:
        value = int(text) if kind == "int" else float(text)
    except ValueError:
        value = 0
    if not 0 < value < float("inf"):
        raise SettingsError(f"{name} is {text!r}; it must be a number above zero")
    return value
