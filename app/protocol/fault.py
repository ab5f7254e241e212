"""A fault: one rule that bytes broke, and the exact bits. The rule's text and consequence stand in `rules`."""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    """`start` and `bits` are in the stream of the side that sent them; `note` says what was found, in a few words."""

    rule: str
    start: int
    bits: int
    note: str = ""


def at_bytes(rule: str, start: int, end: int, note: str = "") -> Fault:
    """A fault that covers whole bytes, `start` to `end`."""
    return Fault(rule, start * 8, (end - start) * 8, note)
