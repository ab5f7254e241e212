"""Who sent what, when only the bytes can tell."""

import pytest

from app.importers.sides import divide, has_rsv1, is_head, is_tls
from app.protocol.frames import Opcode, write_frame
from app.trace import Side

REQUEST = b"GET /ws HTTP/1.1\r\nHost: a\r\n\r\n"
RESPONSE = b"HTTP/1.1 101 Switching Protocols\r\n\r\n"
MASKED = write_frame(Opcode.TEXT, b"Hello", key=bytes.fromhex("37fa213d"))
PLAIN = write_frame(Opcode.TEXT, b"Hello")


@pytest.mark.parametrize(
    ("data", "runs"),
    [
        (MASKED, [("client", MASKED)]),
        (PLAIN, [("server", PLAIN)]),
        (PLAIN[:1], [("server", PLAIN[:1])]),
        (REQUEST, [("client", REQUEST)]),
        (REQUEST + MASKED, [("client", REQUEST + MASKED)]),
        (RESPONSE + PLAIN, [("server", RESPONSE + PLAIN)]),
        (REQUEST + RESPONSE[:20], [("client", REQUEST), ("server", RESPONSE[:20])]),
        (
            REQUEST + RESPONSE + MASKED + PLAIN + MASKED[:3],
            [("client", REQUEST), ("server", RESPONSE), ("client", MASKED), ("server", PLAIN), ("client", MASKED[:3])],
        ),
    ],
)
def test_runs(data: bytes, runs: list[tuple[Side, bytes]]) -> None:
    found, _ = divide(data)
    assert found == runs
    assert b"".join(run for _, run in found) == data


@pytest.mark.parametrize(
    ("data", "says"),
    [(MASKED, "first frame is masked"), (PLAIN, "not masked"), (REQUEST + RESPONSE + PLAIN, "MASK bit"), (REQUEST, "")],
)
def test_what_was_guessed_is_said(data: bytes, says: str) -> None:
    assert says in " ".join(divide(data)[1])


def test_heads_tls_and_compression_are_recognised() -> None:
    assert is_head(REQUEST) and is_head(RESPONSE) and not is_head(MASKED)
    assert is_tls(bytes.fromhex("160301")) and not is_tls(REQUEST)
    compressed = write_frame(Opcode.TEXT, bytes.fromhex("f248cdc9c90700"), rsv1=True)
    assert has_rsv1(PLAIN + compressed) and not has_rsv1(PLAIN)
    assert not has_rsv1(write_frame(Opcode.PING, b"", rsv1=True))
