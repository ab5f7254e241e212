"""Events as they leave the server."""

import json
from hashlib import sha256

import pytest

from app.protocol.events import PREVIEW, Event, Violation, describe_payload, event_json, frame_payload, summary, tag
from app.protocol.fault import Fault
from app.protocol.frames import Opcode, write_frame
from app.protocol.rules import RULES
from app.trace import Trace
from tests.samples import REQUEST, RESPONSE, client_frame, events_of, oddity, trace_of

TRACE = trace_of(
    ("client", REQUEST),
    ("server", RESPONSE),
    ("client", client_frame(1, b"Hello")),
    ("server", write_frame(1, b"Hello")),
    ("client", client_frame(8, b"\x03\xe8bye")),
)
EVENTS = [event for event in events_of(TRACE) if event.kind != "violation"]
COMMON = {
    "seq", "stream", "connection", "at", "side", "kind", "space", "start", "end", "state", "tag", "summary",
    "violations",
}  # fmt: skip


def as_json(event: Event, trace: Trace = TRACE) -> dict[str, object]:
    value: dict[str, object] = json.loads(json.dumps(event_json(event, trace)))
    return value


class TestEventJson:
    @pytest.mark.parametrize("event", EVENTS, ids=lambda event: f"{event.seq}-{event.kind}")
    def test_what_every_event_has(self, event: Event) -> None:
        value = as_json(event)
        assert COMMON <= value.keys()
        assert (value["connection"], value["stream"], value["seq"]) == ("c1", 0, event.seq)

    def test_a_frame(self) -> None:
        value = as_json(next(event for event in EVENTS if event.kind == "frame"))
        assert value["frame"] == {
            "fin": 1,
            "rsv1": 0,
            "rsv2": 0,
            "rsv3": 0,
            "opcode": 1,
            "masked": 1,
            "masking_key": "37fa213d",
            "payload_length": 5,
        }
        assert value["payload_sha256"] == sha256(b"Hello").hexdigest()
        assert (value["start"], value["end"]) == (len(REQUEST) * 8, (len(REQUEST) + 11) * 8)

    def test_a_frame_without_a_key(self) -> None:
        value = as_json(next(event for event in EVENTS if event.kind == "frame" and event.side == "server"))
        assert value["frame"]["masking_key"] is None  # type: ignore[index]

    def test_a_message(self) -> None:
        frame, message = (next(event for event in EVENTS if event.kind == kind) for kind in ("frame", "message"))
        value = as_json(message)
        assert value["message"] == {"opcode": 1, "payload_length": 5, "frames": [frame.seq], "compressed": False}
        assert (value["space"], value["payload_sha256"]) == ("message", sha256(b"Hello").hexdigest())

    def test_an_end_tells_what_was_cut(self) -> None:
        trace = trace_of(("client", REQUEST), ("server", RESPONSE), ("client", b"\x81\x85"))
        trace.add(9, "client", kind="fin")
        end = next(event for event in events_of(trace) if event.kind == "end")
        value = as_json(end, trace)
        assert value["end_of"] == {"how": "fin", "clean": False}
        assert value["partial"] == {"start": len(REQUEST) * 8, "end": (len(REQUEST) + 2) * 8}

    def test_a_violation(self) -> None:
        trace = trace_of(("client", REQUEST), ("server", RESPONSE), ("client", oddity(3)))
        event = next(e for e in events_of(trace) if e.kind == "violation" and tag(e) == "frm.opcode")
        assert as_json(event, trace)["violation"] == {
            "rule": "frm.opcode",
            "severity": "error",
            "section": "5.2",
            "text": "opcode 3",
            "must": RULES["frm.opcode"].text,
            "close_code": 1002,
            "start_bit": len(REQUEST) * 8 + 4,
            "bits": 4,
            "seq": event.seq,
        }

    def test_hostile_text_stays_one_json_string(self) -> None:
        trace = trace_of(("client", b'GET /"\xff\x1b[2J HTTP/1.1\r\n\r\n'))
        assert [as_json(event, trace)["summary"] for event in events_of(trace) if event.kind == "request"]


class TestShortNames:
    def test_tags(self) -> None:
        assert [tag(event) for event in EVENTS] == [
            "GET",
            "101",
            "TEXT",
            "TEXT",
            "TEXT",
            "TEXT",
            "CLOSE",
            "STOP",
            "STOP",
        ]

    def test_summaries(self) -> None:
        said = [summary(event, TRACE) for event in EVENTS]
        assert said == ["/chat", "Switching Protocols", *["“Hello”"] * 4, "1000 bye", "", ""]

    def test_the_payload_of_a_frame_is_unmasked(self) -> None:
        assert frame_payload(next(event for event in EVENTS if event.kind == "frame"), TRACE) == b"Hello"

    @pytest.mark.parametrize(
        ("opcode", "payload", "said"),
        [
            (Opcode.TEXT, b"", ""),
            (Opcode.TEXT, b"a" * 100, f"“{'a' * PREVIEW}…”"),
            (Opcode.TEXT, "κ".encode() * PREVIEW, f"“{'κ' * PREVIEW}”"),
            (Opcode.BINARY, b"a", "1 byte"),
            (Opcode.BINARY, b"ab", "2 bytes"),
            (Opcode.CLOSE, b"", ""),
            (Opcode.CLOSE, b"\x03\xe8", "1000"),
            (Opcode.CLOSE, b"\x03\xe8bye", "1000 bye"),
            (Opcode.PING, b"?", "“?”"),
        ],
    )
    def test_payloads(self, opcode: int, payload: bytes, said: str) -> None:
        assert describe_payload(opcode, payload) == said

    def test_a_compressed_payload_is_not_quoted(self) -> None:
        assert describe_payload(Opcode.TEXT, b"\xf2H", compressed=True) == "2 bytes"


class TestViolation:
    def test_says_what_was_found_else_what_the_rule_says(self) -> None:
        found, said = (Violation.of(Fault("frm.opcode", 4, 4, note), 7) for note in ("opcode 3", ""))
        assert (found.text, said.text) == ("opcode 3", RULES["frm.opcode"].breach)
        assert (found.must, found.severity, found.seq) == (RULES["frm.opcode"].text, "error", 7)
