"""Key logs as programs write them, and as files that are none."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.protocol.tls.keylog import MOST_LINES, TRAFFIC, read_keylog

RANDOM, SECRET = "ab" * 32, "cd" * 48
LINE = f"CLIENT_TRAFFIC_SECRET_0 {RANDOM} {SECRET}"


def test_lines_are_read_whatever_ends_them() -> None:
    log = f"# a comment\r\n\r\n{LINE}\r\n{LINE.replace('CLIENT', 'SERVER')}".encode()
    assert read_keylog(b"\xef\xbb\xbf" + log).of(bytes.fromhex(RANDOM)) == {
        TRAFFIC["client"]: bytes.fromhex(SECRET),
        TRAFFIC["server"]: bytes.fromhex(SECRET),
    }


def test_what_is_no_line_is_ignored_and_counted() -> None:
    log = f"{LINE}\nRSA 00 11\n{LINE[:-1]}\nhello\nCLIENT_NEW {RANDOM} {SECRET}\n".encode()
    found = read_keylog(log)
    assert found.ignored == (2, 3, 4)
    assert list(found.secrets) == [bytes.fromhex(RANDOM)]


def test_the_first_of_two_secrets_counts_and_logs_are_joined() -> None:
    found = read_keylog(LINE.encode(), LINE.replace("cd", "ee").encode())
    assert found.of(bytes.fromhex(RANDOM))[TRAFFIC["client"]] == bytes.fromhex(SECRET)


def test_a_log_has_a_limit() -> None:
    log = b"x\n" * (MOST_LINES + 10)
    assert len(read_keylog(log).ignored) == MOST_LINES


@given(st.binary(max_size=300))
def test_nothing_raises(data: bytes) -> None:
    read_keylog(data, LINE.encode() + data)
