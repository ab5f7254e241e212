"""The fold over both sides: nothing raises, TCP's cuts change nothing, and a preview leaves no mark."""

import tracemalloc
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.protocol.conversation import Conversation
from app.protocol.events import End, Event, EventKind, Message
from app.protocol.extensions import Deflate
from app.protocol.frames import Opcode, write_close, write_frame
from app.protocol.handshake import Response, write_response
from app.protocol.limits import Limits
from app.trace import KINDS, LAYERS, SIDES, Record, Side, Trace
from tests.samples import (
    CUTS,
    DEFLATE_REQUEST,
    DEFLATE_RESPONSE,
    HEADS,
    REQUEST,
    RESPONSE,
    STREAMS,
    chop,
    client_frame,
    converse,
    events_of,
    oddity,
    opened,
    squeeze,
    trace_of,
)

SMALL = Limits(head=300, frame=150, message=100, fragments=3, empty_fragments=2)


def shape(events: list[Event]) -> list[tuple[EventKind, Side]]:
    return [(event.kind, event.side) for event in events]


def rules(events: list[Event]) -> list[str]:
    return [event.detail.rule for event in events if event.kind == "violation"]  # type: ignore[union-attr]


def told(*blocks: tuple[Side, bytes]) -> list[Event]:
    """The events of these blocks; nobody closes anything."""
    conversation = Conversation()
    return [event for record in trace_of(*blocks).records for event in conversation.feed(record)]


def frame_events(side: Side, data: bytes, deflate: Deflate | None = None) -> list[Event]:
    return converse(side, [data], Conversation(assume_open=True, deflate=deflate), end=False)


class TestWholeConversation:
    """RFC 6455 1.2: opening handshake, messages, closing handshake."""

    TRACE = trace_of(
        ("client", REQUEST),
        ("server", RESPONSE),
        ("client", client_frame(1, b"Hello")),
        ("server", write_frame(1, b"Hello")),
        ("client", client_frame(8, b"\x03\xe8")),
        ("server", write_close(1000)),
    )

    def test_everything_is_told_once_and_in_order(self) -> None:
        events = [event for event in events_of(self.TRACE) if event.kind != "violation"]
        assert shape(events) == [
            ("request", "client"),
            ("response", "server"),
            ("frame", "client"),
            ("message", "client"),
            ("frame", "server"),
            ("message", "server"),
            ("frame", "client"),
            ("frame", "server"),
            ("end", "client"),
            ("end", "server"),
        ]
        assert not [v for event in events_of(self.TRACE) for v in event.violations if v.severity == "error"]

    def test_seq_counts_every_event(self) -> None:
        events = events_of(self.TRACE)
        assert [event.seq for event in events] == list(range(len(events)))

    def test_states(self) -> None:
        events = [event for event in events_of(self.TRACE) if event.kind in ("response", "frame")]
        assert [event.state["client"] for event in events] == ["OPEN", "OPEN", "OPEN", "CLOSING", "CLOSING"]

    def test_places_are_bits_of_that_sides_stream(self) -> None:
        for side in SIDES:
            starts = [e for e in events_of(self.TRACE) if e.side == side and e.kind in ("request", "response", "frame")]
            assert [event.start for event in starts] == [0, *accumulate(e.end - e.start for e in starts)][:-1]
            assert starts[-1].end == self.TRACE.size(side) * 8

    def test_times_are_those_of_the_records(self) -> None:
        assert [e.at for e in events_of(self.TRACE) if e.kind in ("request", "response", "frame")] == list(range(6))

    def test_our_own_server_breaks_no_rule(self) -> None:
        trace, server = Trace("c1"), opened(DEFLATE_REQUEST)
        trace.add(0, "client", DEFLATE_REQUEST)
        trace.add(1, "server", DEFLATE_RESPONSE)
        said = [client_frame(1, squeeze(b"Hello"), rsv1=True), client_frame(9, b"?"), client_frame(8, b"\x03\xe8")]
        for at, data in enumerate(said, 2):
            trace.add(at, "client", data)
            for unit in server.receive(data):
                trace.add(at, "server", unit)
        assert not [rule for rule in rules(events_of(trace)) if not rule.startswith(("req.key", "frm.mask"))]


class TestOpening:
    """RFC 6455 4: what a side's bytes are depends on the answer."""

    def test_an_answer_that_refuses_ends_it(self) -> None:
        events = told(("client", REQUEST), ("server", write_response(404, body=b"no")), ("client", b"\x81\x80"))
        assert shape([e for e in events if e.kind != "violation"]) == [("request", "client"), ("response", "server")]
        assert events[-1].state == {"client": "CLOSED", "server": "CLOSED"}

    def test_100_is_not_the_answer(self) -> None:
        events = told(("client", REQUEST), ("server", b"HTTP/1.1 100 Continue\r\n\r\n"), ("server", RESPONSE))
        answers = [event.detail for event in events if isinstance(event.detail, Response)]
        assert [answer.status for answer in answers] == [100, 101]
        assert events[-1].state["client"] == "OPEN"

    def test_frames_before_the_answer_are_early_and_still_read(self) -> None:
        events = told(("client", REQUEST + client_frame(1, b"Hello")), ("server", RESPONSE))
        assert "req.no-early-data" in rules(events)
        assert shape(events)[-1] == ("message", "client")

    def test_compression_is_in_force_once_it_is_agreed(self) -> None:
        hello = bytes.fromhex("f248cdc9c90700")
        events = told(
            ("client", DEFLATE_REQUEST), ("server", DEFLATE_RESPONSE), ("client", client_frame(1, hello, rsv1=True))
        )
        message = events[-1].detail
        assert isinstance(message, Message)
        assert (message.payload, message.compressed) == (b"Hello", True)

    def test_a_head_without_an_end(self) -> None:
        conversation = Conversation(SMALL)
        events = conversation.feed(Record(0, "client", "wire", "data", b"GET /" + b"x" * 400))
        assert "frm.limits" in rules(events)

    def test_the_handshake_can_be_taken_for_granted(self) -> None:
        assert shape(frame_events("client", client_frame(1, b"Hello")))[-1] == ("message", "client")
        conversation = Conversation(assume_answer=True)
        events = conversation.feed(Record(0, "client", "wire", "data", REQUEST + client_frame(1, b"Hello")))
        assert shape(events)[-1] == ("message", "client")


class TestFrames:
    """RFC 6455 5: frames, the messages they make, and what is wrong with them."""

    def test_a_message_names_its_frames(self) -> None:
        data = client_frame(1, b"Hel", fin=False) + client_frame(9) + client_frame(0, b"lo")
        events = [event for event in frame_events("client", data) if event.kind != "violation"]
        message = events[-1].detail
        assert isinstance(message, Message)
        assert message.frames == (events[0].seq, events[2].seq)
        assert (events[-1].start, events[-1].end) == (0, len(data) * 8)

    @pytest.mark.parametrize(
        ("data", "rule"),
        [
            (oddity(1, b"Hi", mask=False), "frm.mask.client"),
            (client_frame(1, b"\xce"), "msg.utf8"),
            (client_frame(1, b"\xff"), "msg.utf8"),
            (client_frame(8, b"\x03"), "cls.body.code"),
            (client_frame(1, b"\xff\xff\xff", rsv1=True), "pmd.deflate.valid"),
            (client_frame(1, squeeze(b"\xce"), rsv1=True), "msg.utf8"),
        ],
    )
    def test_a_violation_belongs_to_the_frame_that_commits_it(self, data: bytes, rule: str) -> None:
        events = frame_events("client", data + client_frame(2, b"next"), Deflate())
        bad, good = (event for event in events if event.kind == "frame")
        assert rule in [violation.rule for violation in bad.violations]
        assert rule not in [violation.rule for violation in good.violations]

    def test_a_violation_event_comes_before_its_frame_and_is_the_same_thing(self) -> None:
        events = frame_events("client", oddity(3))
        assert shape(events)[:2] == [("violation", "client"), ("frame", "client")]
        assert events[1].violations[0] == events[0].detail
        assert events[1].violations[0].seq == events[0].seq


class TestEnd:
    """RFC 6455 7.1: how a direction ends."""

    def test_a_frame_that_was_cut(self) -> None:
        events = converse("client", [client_frame(9), client_frame(1, b"Hello")[:7]])
        end = events[-1].detail if events[-1].kind == "end" else next(e.detail for e in events if e.kind == "end")
        assert isinstance(end, End)
        assert end == End("fin", (6, 13), False)
        assert "frm.truncated" in rules(events)

    def test_a_side_ends_once(self) -> None:
        conversation = Conversation(assume_open=True)
        ends = [Record(0, "client", "wire", kind, b"") for kind in ("fin", "rst", "fin")]  # type: ignore[arg-type]
        assert [e.kind for record in ends for e in conversation.feed(record)].count("end") == 1

    def test_both_sides_are_closed_when_both_have_ended(self) -> None:
        conversation = Conversation(assume_open=True)
        for side in SIDES:
            conversation.feed(Record(0, side, "wire", "fin", b""))
        assert conversation.states == {"client": "CLOSED", "server": "CLOSED"}

    def test_bytes_that_are_missing_end_the_reading(self) -> None:
        conversation = Conversation(assume_open=True)
        conversation.feed(Record(0, "client", "wire", "gap", b""))
        assert conversation.feed(Record(0, "client", "wire", "data", client_frame(1, b"Hello"))) == []

    def test_a_recording_that_stops_is_no_violation(self) -> None:
        conversation = Conversation(assume_open=True)
        conversation.feed(Record(0, "client", "wire", "data", client_frame(1, b"Hello")[:8]))
        assert rules(conversation.close()) == []


RECORDS = st.lists(
    st.builds(
        Record,
        st.integers(0, 10**10),
        st.sampled_from(SIDES),
        st.sampled_from(["wire", "wire", "wire", *LAYERS]),
        st.sampled_from(["data", "data", "data", *KINDS]),
        st.one_of(STREAMS, HEADS, st.sampled_from([REQUEST, RESPONSE, DEFLATE_REQUEST, DEFLATE_RESPONSE])),
    ),
    max_size=6,
)
BOTH = st.sampled_from([(REQUEST, RESPONSE), (DEFLATE_REQUEST, DEFLATE_RESPONSE)])
"""The two heads that open a connection."""


class TestAnyBytes:
    """What holds for everything that can be recorded."""

    @settings(max_examples=100)
    @given(RECORDS)
    def test_nothing_raises(self, records: list[Record]) -> None:
        conversation = Conversation(SMALL)
        events = [event for record in records for event in conversation.feed(record)] + conversation.close()
        assert [event.seq for event in events] == list(range(len(events)))
        assert all(0 <= event.start <= event.end for event in events)

    @settings(max_examples=100)
    @given(st.one_of(HEADS, st.just(REQUEST)), CUTS)
    def test_how_tcp_cut_a_request_changes_nothing(self, head: bytes, cuts: list[int]) -> None:
        def fold(pieces: list[bytes]) -> list[Event]:
            return converse("client", pieces, Conversation(SMALL))

        assert fold(list(chop(head, cuts))) == fold([head])

    @settings(max_examples=100)
    @given(BOTH, STREAMS, STREAMS, CUTS)
    def test_how_tcp_cut_the_frames_changes_nothing(
        self, heads: tuple[bytes, bytes], client: bytes, server: bytes, cuts: list[int]
    ) -> None:
        def fold(ours: list[bytes], theirs: list[bytes]) -> list[Event]:
            conversation = Conversation(SMALL)
            converse("client", [heads[0]], conversation, end=False)
            events = converse("server", [heads[1]], conversation, end=False)
            events += converse("client", ours, conversation)
            return events + converse("server", theirs, conversation) + conversation.close()

        assert fold(list(chop(client, cuts)), list(chop(server, cuts))) == fold([client], [server])

    @settings(max_examples=100)
    @given(BOTH, STREAMS, STREAMS, st.sampled_from(SIDES))
    def test_a_preview_tells_what_comes_and_leaves_no_mark(
        self, heads: tuple[bytes, bytes], before: bytes, after: bytes, side: Side
    ) -> None:
        looked, not_looked = Conversation(), Conversation()
        for conversation in (looked, not_looked):
            converse("client", [heads[0]], conversation, end=False)
            converse("server", [heads[1]], conversation, end=False)
            converse(side, [before], conversation, end=False)
        seen = looked.preview(side, after)
        assert seen == not_looked.feed(Record(0, side, "wire", "data", after))
        assert looked.feed(Record(0, side, "wire", "data", after)) == seen

    @given(STREAMS)
    def test_every_message_is_delivered_to_the_server_half_too(self, stream: bytes) -> None:
        """Explanation and engine agree until the engine fails the connection."""
        server = opened()
        echoes = [unit for unit in server.receive(stream) if unit[0] & 0x0F in (Opcode.TEXT, Opcode.BINARY)]
        messages = [event.detail for event in frame_events("client", stream) if isinstance(event.detail, Message)]
        assert echoes == [write_frame(m.opcode, m.payload) for m in messages[: len(echoes)]]


def test_what_is_kept_of_a_frame_is_its_index() -> None:
    """A conversation lasts as long as its connection: events are given away, not kept."""
    conversation, frames = Conversation(assume_open=True), client_frame(Opcode.TEXT, b"Hello") * 100
    conversation.feed(Record(0, "client", "wire", "data", frames))
    tracemalloc.start()
    try:
        for _ in range(50):
            conversation.feed(Record(0, "client", "wire", "data", frames))
        assert tracemalloc.get_traced_memory()[0] / 5_000 < 32
    finally:
        tracemalloc.stop()
