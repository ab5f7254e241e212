"""One sentence for an event, and the sum of its bytes."""

import pytest

from app.anatomy import explain
from app.anatomy.sentences import sizes
from app.protocol.frames import write_close, write_frame
from app.protocol.handshake import write_response
from app.trace import SIDES, Side
from tests.samples import REQUEST, RESPONSE, client_frame, events_of, oddity, trace_of


def titles(*blocks: tuple[Side, bytes], kind: str = "frame") -> list[str]:
    trace = trace_of(("client", REQUEST), ("server", RESPONSE), *blocks)
    return [explain(event, trace).title for event in events_of(trace) if event.kind == kind]


class TestTitle:
    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            (client_frame(1, b"Hello"), "The client sends the text “Hello”"),
            (client_frame(1), "The client sends an empty text"),
            (client_frame(1, b"a" * 40), f"The client sends the text “{'a' * 22}…”"),
            (client_frame(2, b"Hello"), "The client sends 5 bytes of binary data"),
            (client_frame(1, b"Hel", fin=False), "The client sends the first piece, “Hel”"),
            (client_frame(0, b"lo", fin=False), "The client sends another piece, “lo”"),
            (client_frame(0, b"lo"), "The client sends the last piece, “lo”"),
            (client_frame(8, b"\x03\xe8"), "The client says goodbye"),
            (client_frame(9), "The client asks: are you still there?"),
            (client_frame(10), "The client answers the Ping"),
            (oddity(3), "The client sends a frame with a reserved opcode"),
            (oddity(1, b"Hi", mask=False), "The client sends “Hi”, and forgets to mask it"),
        ],
    )
    def test_frames(self, data: bytes, sentence: str) -> None:
        assert titles(("client", data)) == [sentence]

    def test_a_server_that_masks(self) -> None:
        assert titles(("server", client_frame(1, b"Hi"))) == ["The server sends “Hi”, and masks it"]

    def test_heads(self) -> None:
        assert titles(kind="request") == ["The client asks to leave HTTP behind"]
        assert titles(kind="response") == ["The server agrees, and proves it understood"]
        trace = trace_of(("client", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"), ("server", write_response(404)))
        said = [explain(event, trace).title for event in events_of(trace) if event.kind in ("request", "response")]
        assert said == ["The client sends an HTTP request", "The server refuses with 404"]

    def test_messages_and_ends(self) -> None:
        blocks: tuple[tuple[Side, bytes], ...] = (("server", write_frame(1, b"Hi")), ("server", write_close(1000)))
        assert titles(*blocks, kind="message") == ["The server has said “Hi”"]
        assert titles(*blocks, kind="end") == [f"The {side} is not recorded any further" for side in SIDES]

    def test_violations(self) -> None:
        assert titles(("client", oddity(3)), kind="violation")[-1].startswith("The client breaks a rule: ")


class TestSizes:
    @pytest.mark.parametrize(
        ("data", "parts"),
        [
            (write_frame(1), [(2, "fin")]),
            (write_frame(1, b"Hello"), [(2, "fin"), (5, "payload")]),
            (client_frame(1, b"Hello"), [(2, "fin"), (4, "key"), (5, "payload")]),
            (client_frame(2, bytes(300)), [(2, "fin"), (2, "len16"), (4, "key"), (300, "payload")]),
            (client_frame(2, bytes(65536)), [(2, "fin"), (8, "len64"), (4, "key"), (65536, "payload")]),
        ],
    )
    def test_a_frame_is_the_sum_of_its_parts(self, data: bytes, parts: list[tuple[int, str]]) -> None:
        trace = trace_of(("client", REQUEST), ("server", RESPONSE), ("client", data))
        frame = next(event for event in events_of(trace) if event.kind == "frame")
        assert [(part.bytes, part.field) for part in sizes(frame)] == parts
