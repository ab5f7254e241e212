"""The trace: records in order, bytes by offset, a budget, and JSON Lines that survive being cut."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.trace import FIDELITIES, KINDS, LAYERS, RECORD_COST, SIDES, Record, Trace, TraceError, other
from app.trace import read_jsonl as read
from app.trace import write_jsonl as write

HEADER = '{"trace":1,"clock":"ns","started":"","connections":{"c1":{"fidelity":"wire","stopped":null}}}\n'
RECORDS = st.lists(
    st.builds(
        Record,
        st.integers(0, 2**63),
        st.sampled_from(SIDES),
        st.sampled_from(LAYERS),
        st.sampled_from(KINDS),
        st.binary(max_size=9),
        st.sampled_from([0, 1, 2]),
    ),
    max_size=6,
)


def made(records: list[Record], connection: str = "c1", limit: int = 10**6) -> Trace:
    trace = Trace(connection, limit=limit)
    for record in records:
        trace.add(record.at, record.side, record.data, record.kind, record.layer, record.opcode)
    return trace


def test_other_is_the_peer() -> None:
    assert [other(side) for side in SIDES] == ["server", "client"]


class TestRecording:
    def test_records_stand_in_the_order_in_which_they_were_added(self) -> None:
        trace = Trace("c1")
        assert trace.add(5, "client", b"ab")
        assert trace.add(7, "server", kind="fin")
        assert trace.records == [Record(5, "client", "wire", "data", b"ab"), Record(7, "server", "wire", "fin", b"")]

    def test_offsets_count_the_data_of_one_side_and_layer(self) -> None:
        trace = Trace("c1")
        for side, data, layer in [("client", b"ab", "wire"), ("server", b"xyz", "wire"), ("client", b"!!", "tls")]:
            trace.add(0, side, data, layer=layer)  # type: ignore[arg-type]
        trace.add(0, "client", b"cd")
        assert (trace.size("client"), trace.size("server"), trace.size("client", "tls")) == (4, 3, 2)
        assert (trace.bytes("client"), trace.bytes("client", layer="tls")) == (b"abcd", b"!!")

    def test_only_data_counts_as_bytes(self) -> None:
        trace = Trace("c1")
        trace.add(0, "client", b"note", kind="message")
        assert trace.size("client") == 0

    @given(st.lists(st.binary(max_size=4), max_size=8), st.integers(-3, 40), st.none() | st.integers(-3, 40))
    def test_any_run_of_bytes_can_be_read_back(self, blocks: list[bytes], start: int, end: int | None) -> None:
        trace = made([Record(0, "client", "wire", "data", block) for block in blocks])
        whole = b"".join(blocks)
        last = len(whole) if end is None else max(end, 0)
        assert trace.bytes("client", start, end) == whole[max(start, 0) : last]


class TestBudget:
    def test_recording_stops_at_the_first_record_that_does_not_fit(self) -> None:
        trace = Trace("c1", limit=2 * RECORD_COST + 10)
        assert trace.add(1, "client", b"x" * 9)
        assert not trace.add(2, "server", b"xx")
        assert not trace.add(3, "client")
        assert (len(trace.records), trace.stopped, trace.bytes("client")) == (1, 2, b"x" * 9)

    def test_records_without_data_use_it_up_too(self) -> None:
        trace = Trace("c1", limit=5 * RECORD_COST)
        assert [trace.add(at, "client", kind="gap") for at in range(6)] == [True] * 5 + [False]


class TestJsonLines:
    def test_a_header_and_then_a_record_a_line(self) -> None:
        trace = Trace("c1")
        trace.add(12, "client", b"\x81\x00")
        trace.add(15, "server", kind="fin")
        lines = [json.loads(line) for line in write([trace], "2030-01-02T03:04:05Z")]
        assert lines == [
            {
                "trace": 1,
                "clock": "ns",
                "started": "2030-01-02T03:04:05Z",
                "connections": {"c1": {"fidelity": "wire", "stopped": None}},
            },
            {"connection": "c1", "at": 12, "side": "client", "layer": "wire", "kind": "data", "data": "8100"},
            {"connection": "c1", "at": 15, "side": "server", "layer": "wire", "kind": "fin"},
        ]

    @given(RECORDS, RECORDS, st.sampled_from(FIDELITIES))
    def test_what_was_written_is_read_back(self, one: list[Record], two: list[Record], fidelity: str) -> None:
        traces = [made(one), made(two, "c2")]
        traces[1].fidelity = fidelity  # type: ignore[assignment]
        again = read(write(traces))
        assert [(t.connection, t.fidelity, t.records) for t in again] == [
            (t.connection, t.fidelity, t.records) for t in traces
        ]

    @given(RECORDS, st.integers(0, 10_000))
    def test_a_trace_cut_after_its_header_stays_readable(self, records: list[Record], cut: int) -> None:
        lines = list(write([made(records)]))
        text = "".join(lines)
        cut = len(lines[0]) + cut % (len(text) - len(lines[0]) + 1)
        (trace,) = read(text[:cut].splitlines(keepends=True))
        assert trace.records == records[: len(trace.records)]
        assert len(trace.records) >= text[:cut].count("\n") - 1

    def test_empty_lines_are_skipped(self) -> None:
        assert [trace.connection for trace in read([HEADER, "\n", "  \n"])] == ["c1"]

    def test_a_connection_may_appear_without_being_announced(self) -> None:
        (_, late) = read([HEADER, '{"connection":"c9","at":0,"side":"client","data":"00"}\n'])
        assert (late.connection, late.bytes("client")) == ("c9", b"\0")

    @pytest.mark.parametrize(
        ("line", "why"),
        [
            ("not json", "this is not JSON"),
            ("[1]", "not an object"),
            ("[" * 100_000, "nested too deeply"),
            ('{"at":1,"side":"client"}', "the key 'connection' is missing"),
            ('{"connection":"c1","side":"client"}', "the key 'at' is missing"),
            ('{"connection":"c1","at":1.5,"side":"client"}', '"at" must be whole nanoseconds'),
            ('{"connection":"c1","at":true,"side":"client"}', '"at" must be whole nanoseconds'),
            ('{"connection":"c1","at":1,"side":"nobody"}', "\"side\" is 'nobody'; it must be one of client, server"),
            ('{"connection":"c1","at":1,"side":"client","kind":"x"}', '"kind" is'),
            ('{"connection":"c1","at":1,"side":"client","layer":[]}', '"layer" is'),
            ('{"connection":"c1","at":1,"side":"client","data":"0g"}', '"data" must be hexadecimal digits'),
            ('{"connection":"c1","at":1,"side":"client","opcode":16}', '"opcode" must be a number from 0 to 15'),
            ('{"connection":"c1","at":1,"side":"client","data":7}', '"data" must be hexadecimal digits'),
        ],
    )
    def test_a_line_that_makes_no_sense_is_named(self, line: str, why: str) -> None:
        good = '{"connection":"c1","at":1,"side":"client","data":"00"}'
        with pytest.raises(TraceError) as caught:
            read([HEADER, line, good])
        assert str(caught.value).startswith(f"line 2: {why}")

    def test_only_a_line_that_was_cut_off_is_forgiven_at_the_end(self) -> None:
        with pytest.raises(TraceError, match="line 2"):
            read([HEADER, '{"connection":"c1","at":1,"side":"nobody"}\n'])

    @pytest.mark.parametrize(
        "header",
        ["", "{", "[]", "{}", '{"trace":2}', '{"trace":1,"connections":[]}', '{"trace":1,"connections":{"c":1}}']
        + ['{"trace":1,"connections":{"c":{"fidelity":"guess"}}}'],
    )
    def test_a_header_is_needed(self, header: str) -> None:
        if not header:
            assert read([]) == []
            return
        with pytest.raises(TraceError, match="line 1"):
            read([header])

    @given(st.lists(st.text(max_size=30), max_size=4))
    def test_no_text_raises_anything_but_a_trace_error(self, lines: list[str]) -> None:
        try:
            read([HEADER, *lines])
        except TraceError:
            pass
