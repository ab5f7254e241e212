"""Explanations as plain text: golden pairs in tests/examples, and nothing hostile reaches the terminal.

`NAME.hex` holds what each side sends, a line each (`00*256` is 256 times 00); `NAME.txt` what is printed of it.
`pytest --update` rewrites the latter, for review in the diff.
"""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.anatomy import explain
from app.anatomy.text import escape, place, position, render, section, span
from app.protocol.conversation import Conversation
from app.protocol.events import Violation
from app.trace import Trace
from tests.samples import HEADS, REQUEST, RESPONSE, STREAMS, events_of, trace_of

EXAMPLES = Path(__file__).parent.parent / "examples"


def read_example(path: Path) -> tuple[Trace, Conversation]:
    """A trace from lines of `side digits`; frames without a handshake before them belong to an open connection."""
    trace = Trace("c1")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        side, _, digits = line.partition("#")[0].strip().partition(" ")
        if side:
            assert side in ("client", "server"), f"{path.name}, line {number + 1}"
            trace.add(number, side, b"".join(map(run_of, digits.split())))  # type: ignore[arg-type]
    opened = not trace.records[0].data.startswith(b"GET ")
    return trace, Conversation(assume_open=opened)


def run_of(token: str) -> bytes:
    digits, _, times = token.partition("*")
    return bytes.fromhex(digits) * int(times or 1)


def printed(trace: Trace, conversation: Conversation | None = None) -> str:
    """Every event with its fields; a violation is told with the event that carries it."""
    events = events_of(trace, conversation)
    shown = [event for event in events if not isinstance(event.detail, Violation)]
    return "\n".join(line for event in shown for line in render(explain(event, trace), fields=True)) + "\n"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.hex")), ids=lambda path: path.stem)
def test_examples_are_printed_as_before(path: Path, request: pytest.FixtureRequest) -> None:
    text = printed(*read_example(path))
    golden = path.with_suffix(".txt")
    if request.config.getoption("--update"):
        golden.write_text(text, encoding="utf-8")
    assert text.splitlines() == golden.read_text(encoding="utf-8").splitlines()


class TestHostileText:
    """What the wire says is escaped: no control, no bidirectional and no invisible character."""

    @pytest.mark.parametrize(
        ("text", "safe"),
        [
            ("Hello κόσμε €", "Hello κόσμε €"),
            ("\x1b[2J", "\\x1b[2J"),
            ("a\nb\r\t\0", "a\\nb\\r\\t\\x00"),
            ("\u202eevil\u2066", "\\u202eevil\\u2066"),
            ("\u200b\ufeff\xa0\u2028", "\\u200b\\ufeff\\xa0\\u2028"),
            ("\ud800", "\\ud800"),
            ("\U000e0001", "\\U000e0001"),
        ],
    )
    def test_escape(self, text: str, safe: str) -> None:
        assert escape(text) == safe

    @settings(max_examples=150)
    @given(HEADS, HEADS)
    def test_heads(self, client: bytes, server: bytes) -> None:
        assert_safe(trace_of(("client", client), ("server", server)))

    @settings(max_examples=100)
    @given(STREAMS, st.text(max_size=30))
    def test_frames(self, stream: bytes, text: str) -> None:
        assert_safe(trace_of(("client", REQUEST), ("server", RESPONSE), ("client", stream), ("server", text.encode())))

    @pytest.mark.parametrize("method", [b"\x1b[2J", b"\xe2\x80\xae", b"\x9b2J", b"\r"])
    def test_a_method_is_hostile_text_too(self, method: bytes) -> None:
        assert_safe(trace_of(("client", method + b" / HTTP/1.1\r\n\r\n")))
        assert_safe(trace_of(("client", b"G" + method + b" / HTTP/1.1\r\n\r\n")))


def assert_safe(trace: Trace) -> None:
    for event in events_of(trace):
        for line in render(explain(event, trace), fields=True):
            assert escape(line) == line


class TestPlaces:
    """byte.bit, counted from zero."""

    @pytest.mark.parametrize(("bit", "said"), [(0, "0"), (8, "1"), (9, "1.1"), (15, "1.7")])
    def test_position(self, bit: int, said: str) -> None:
        assert position(bit) == said

    @pytest.mark.parametrize(
        ("start", "end", "said"),
        [
            (0, 8, "byte 0"),
            (0, 16, "bytes 0-1"),
            (16, 88, "bytes 2-10"),
            (1, 4, "bytes 0.1-0.3"),
            (8, 9, "byte 1.0"),
            (9, 16, "bytes 1.1-1.7"),
            (40, 40, "byte 5"),
        ],
    )
    def test_place(self, start: int, end: int, said: str) -> None:
        assert place(start, end) == said
        assert span(start, end) == said.split()[1]

    @pytest.mark.parametrize(
        ("name", "said"),
        [("5.2", "RFC 6455 section 5.2"), ("7692:6.1", "RFC 7692 section 6.1"), ("RFC 9110 9.3.1", "RFC 9110 9.3.1")],
    )
    def test_section(self, name: str, said: str) -> None:
        assert section(name) == said


def test_a_long_payload_is_cut_in_print() -> None:
    text = printed(trace_of(("client", REQUEST), ("server", RESPONSE), ("server", b"\x82\x7e\x10\x00" + bytes(4096))))
    assert "   and 3844 more bytes" in text.splitlines()
