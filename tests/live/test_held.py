"""What is said of held units, from their own bytes."""

import pytest

from app.live.gate import Gate, Policy
from app.live.held import describe, summary
from app.live.unit import Unit
from app.protocol.frames import write_close, write_frame

KEY = bytes.fromhex("37fa213d")


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        (Unit("client", True, True, 0, b"GET /ws/x HTTP/1.1\r\n\r\n"), "/ws/x"),
        (Unit("server", False, True, 0, b"HTTP/1.1 101 Switching Protocols\r\n\r\n"), "Switching Protocols"),
        (Unit("client", True, False, 0, write_frame(1, b"Hello", key=KEY)), "“Hello”"),
        (Unit("server", False, False, 0, write_frame(2, b"12345")), "5 bytes"),
        (Unit("server", False, False, 0, write_frame(1, b"12345", rsv1=True)), "5 bytes"),
        (Unit("server", False, False, 0, write_close(1000, "bye")), "1000 bye"),
        (Unit("client", True, False, 0, b"\x81"), ""),
    ],
)
def test_a_summary(unit: Unit, expected: str) -> None:
    assert summary(unit) == expected


def test_only_the_oldest_has_a_countdown() -> None:
    gate = Gate(Policy("hold"), 15, 60, lambda: 0, lambda: None)
    gate.offer(Unit("client", True, True, 0, b"GET / HTTP/1.1\r\n\r\n"))
    gate.offer(Unit("client", True, False, 18, write_frame(9, key=KEY)))
    first, second = describe(gate, 0)
    assert (first["n"], first["unit"], first["bytes"], first["left_ms"]) == (1, "head", 18, 15_000)
    assert (second["n"], second["unit"], second["hex"], second["left_ms"]) == (2, "frame", "898037fa213d", None)
