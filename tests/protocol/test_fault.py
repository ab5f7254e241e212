"""Faults: whole bytes become bits."""

from app.protocol.fault import Fault, at_bytes


def test_bytes_are_counted_as_bits() -> None:
    assert at_bytes("frm.parse", 3, 5, "why") == Fault("frm.parse", 24, 16, "why")
