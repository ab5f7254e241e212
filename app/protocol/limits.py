"""Every limit of the engine, each with a name (RFC 6455 section 10.4)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that a peer cannot talk its way past; sizes in bytes.

    A frame or message over its limit ends the connection with 1009, a head over its limit with 431.
    """

    head: int = 65_536
    """The opening handshake, up to and including the empty line."""
    frame: int = 16 * 2**20
    """The payload length that a single frame may announce."""
    message: int = 16 * 2**20
    """The payload of a message over all its fragments, as it is after inflation."""
    fragments: int = 131_072
    """Frames in one message."""
    empty_fragments: int = 1_024
    """Fragments in a row that carry nothing."""
