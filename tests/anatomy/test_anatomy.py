"""Explanations of whole events: every bit said once, nothing raises, and the explanation agrees with the engine."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.anatomy import Explanation, Field, Space, explain, explain_bytes
from app.anatomy.derive import AcceptKey, SentRequired
from app.anatomy.names import label
from app.anatomy.text import render
from app.protocol.conversation import Conversation
from app.protocol.events import Event
from app.protocol.frames import Header, write_frame
from app.protocol.rules import RULES
from app.trace import Trace
from tests.samples import (
    ACCEPT,
    DEFLATE_REQUEST,
    DEFLATE_RESPONSE,
    HEADS,
    REQUEST,
    RESPONSE,
    STREAMS,
    client_frame,
    events_of,
    oddity,
    squeeze,
    trace_of,
)

OPENINGS = st.sampled_from([(REQUEST, RESPONSE), (DEFLATE_REQUEST, DEFLATE_RESPONSE)])


def told(trace: Trace) -> list[tuple[Event, Explanation]]:
    return [(event, explain(event, trace)) for event in events_of(trace)]


def kinds(trace: Trace, kind: str) -> list[Explanation]:
    return [explanation for event, explanation in told(trace) if event.kind == kind]


def inside(parent: Field) -> None:
    """Children lie inside their parent, one after the other."""
    at = parent.start
    for child in parent.children:
        assert at <= child.start <= child.end <= parent.end
        at = child.end
        inside(child)


def check_space(space: Space) -> None:
    """The fields of a space cover each of its bits exactly once."""
    at = 0
    for field in space.fields:
        assert (field.start, field.bits > 0) == (at, True)
        at = field.end
        inside(field)
    if space.fields:
        assert at == len(space.data) * 8


def check(event: Event, trace: Trace) -> None:
    explanation = explain(event, trace)
    assert explanation.title
    for space in explanation.spaces:
        check_space(space)
        for top in space.fields:
            for field in top.walk():
                assert label(field.name)
                assert set(field.rules) <= RULES.keys()
    assert explanation.opening == "" or explanation.wire.find(explanation.opening) or explanation.wire.fields == ()
    if event.kind in ("request", "response", "frame"):
        assert explanation.wire.fields
        assert {field.name for field in explanation.wire.fields} <= explanation.derivations.keys()
        assert sum(part.bytes for part in explanation.sizes) * 8 == event.end - event.start
    assert list(render(explanation, fields=True))


class TestEverything:
    """What holds for every event of every trace."""

    @settings(max_examples=120)
    @given(OPENINGS, STREAMS, STREAMS)
    def test_frames(self, heads: tuple[bytes, bytes], client: bytes, server: bytes) -> None:
        trace = trace_of(("client", heads[0]), ("server", heads[1]), ("client", client), ("server", server))
        trace.add(9, "client", kind="fin")
        trace.add(9, "server", kind="rst")
        for event in events_of(trace):
            check(event, trace)

    @settings(max_examples=200)
    @given(HEADS, HEADS)
    def test_heads(self, client: bytes, server: bytes) -> None:
        trace = trace_of(("client", client), ("server", server))
        for event in events_of(trace):
            check(event, trace)

    @given(OPENINGS, STREAMS)
    def test_the_explanation_agrees_with_the_engine(self, heads: tuple[bytes, bytes], stream: bytes) -> None:
        trace = trace_of(("client", heads[0]), ("server", heads[1]), ("client", stream))
        for event, explanation in told(trace):
            if isinstance(event.detail, Header) and event.detail.form == 7:
                names = ("fin", "opcode", "mask", "len7")
                found = [explanation.wire.find(name) for name in names]
                values = [int(field.value.split()[0]) for field in found if field]
                assert values == [event.detail.fin, event.detail.opcode, event.detail.masked, event.detail.length]

    @given(STREAMS)
    def test_held_bytes_are_explained_like_those_that_were_sent(self, stream: bytes) -> None:
        trace = trace_of(("client", REQUEST), ("server", RESPONSE))
        conversation = Conversation()
        for record in trace.records:
            conversation.feed(record)
        pending = conversation.preview("client", stream)
        trace.add(2, "client", stream)
        for event in pending:
            if event.kind == "frame":
                start = event.start // 8 - len(REQUEST)
                data = stream[start : event.end // 8 - len(REQUEST)]
                assert explain_bytes(event, data) == explain(event, trace)


class TestFrames:
    """RFC 6455 5.2."""

    def test_the_example(self) -> None:
        (frame,) = kinds(
            trace_of(("client", REQUEST), ("server", RESPONSE), ("client", client_frame(1, b"Hello"))), "frame"
        )
        assert frame.title == "The client sends the text “Hello”"
        assert [space.name for space in frame.spaces] == ["wire", "unmasked"]
        assert [(part.bytes, part.label) for part in frame.sizes] == [(2, "header"), (4, "key"), (5, "payload")]
        assert frame.opening == "payload"

    @pytest.mark.parametrize(
        ("data", "opening"),
        [
            (client_frame(9), "opcode"),
            (client_frame(8, b"\x03\xe8"), "close.code"),
            (client_frame(2, bytes(300)), "len16"),
            (client_frame(2, bytes(70000)), "len64"),
            (oddity(1, b"Hi", mask=False), "mask"),
            (oddity(1, b"Hi", form=16), "len16"),
            (oddity(3, b"Hi"), "opcode"),
            (oddity(1, b"Hi", first=0x20), "rsv"),
            (client_frame(8, b"\x03\xee"), "close.code"),
            (client_frame(1, b"\xff"), "payload"),
        ],
    )
    def test_opens_with_what_is_wrong_or_new(self, data: bytes, opening: str) -> None:
        (frame,) = kinds(trace_of(("client", REQUEST), ("server", RESPONSE), ("client", data)), "frame")
        assert frame.opening == opening
        if any(violation.severity == "error" for violation in frame.violations):
            assert isinstance(frame.derivations[opening][0], SentRequired)

    def test_a_violation_stands_at_its_bits_wherever_the_frame_lies(self) -> None:
        data = client_frame(9) + oddity(1, b"Hi", first=0x10)
        (_, frame) = kinds(trace_of(("client", REQUEST), ("server", RESPONSE), ("client", data)), "frame")
        sent = frame.derivations["rsv"][0]
        assert isinstance(sent, SentRequired)
        assert (sent.sent, sent.violation.rule) == ("1", "frm.rsv")

    def test_a_huge_payload_is_shown_as_far_as_is_useful(self) -> None:
        data = write_frame(2, bytes(3 * 2**20))
        (frame,) = kinds(trace_of(("client", REQUEST), ("server", RESPONSE), ("server", data)), "frame")
        assert len(frame.wire.data) == 2**20
        check_space(frame.wire)
        assert sum(part.bytes for part in frame.sizes) == len(data)

    def test_compressed_payload_is_not_taken_for_text(self) -> None:
        data = client_frame(1, squeeze(b"Hello"), rsv1=True)
        frame = kinds(trace_of(("client", DEFLATE_REQUEST), ("server", DEFLATE_RESPONSE), ("client", data)), "frame")[0]
        assert frame.title == "The client sends compressed text, 7 bytes"


class TestHeads:
    """RFC 6455 1.3."""

    def test_the_answer_is_derived_from_the_key_of_the_request(self) -> None:
        (response,) = kinds(trace_of(("client", REQUEST), ("server", RESPONSE)), "response")
        (proof,) = response.derivations["res.accept"]
        assert isinstance(proof, AcceptKey)
        assert (proof.accept, proof.sent) == (ACCEPT, ACCEPT)
        assert response.opening == "res.accept"

    def test_without_the_request_nothing_is_made_up(self) -> None:
        response = kinds(trace_of(("server", RESPONSE)), "response")[0]
        assert not any(isinstance(step, AcceptKey) for steps in response.derivations.values() for step in steps)
